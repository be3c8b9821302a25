"""With which state a job is to be stopped: one that fails again and again makes no savepoint."""

from tidegate.clients.flink import FlinkClient


def makes_savepoint(client: FlinkClient, name: str) -> bool:
    """Whether the job of that name runs with all its tasks; else its newest checkpoint is what a start goes on from."""
    job = client.live_job(name)
    return job is not None and client.running(job.job_id)
