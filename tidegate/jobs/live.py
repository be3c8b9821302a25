"""The Flink jobs that have not ended, each with the datasets it works on and what it runs of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.errors import TidegateError, TransientError
from tidegate.job_names import NAMES, job_of
from tidegate.jobs.fingerprints import DATASET_PARAMETER
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class LiveJob:
    """A job of the pipeline as it runs: ``refine``, or ``refine.readings`` beside it, whose ``job`` is ``refine`` too.

    ``fingerprints`` of what it runs, by dataset; empty of a job that does not tell, as those of older versions.
    """

    name: str
    job_id: str
    job: str
    fingerprints: Mapping[str, str] = field(default_factory=dict)

    @property
    def tells(self) -> bool:
        """Whether it tells of its datasets."""
        return bool(self.fingerprints)

    @property
    def is_shared(self) -> bool:
        """Whether it works on every dataset that has no job of its own."""
        return self.name == self.job


def live_jobs(settings: Settings) -> list[LiveJob]:
    """Those of the pipeline, by name.

    Raises:
        TransientError: Flink is out of reach.
    """
    client = FlinkClient(settings)
    found = [job for job in client.jobs() if job.live and job_of(job.name) in NAMES]
    return sorted((_told(client, job) for job in found), key=lambda job: job.name)


def of_dataset(jobs: Iterable[LiveJob], job: str, dataset: str) -> LiveJob | None:
    """The live job of that kind that works on the dataset; one that does not tell may work on every one."""
    same = [each for each in jobs if each.job == job]
    certain = [each for each in same if dataset in each.fingerprints]
    return next(iter(certain or [each for each in same if not each.tells]), None)


def told_by(client: FlinkClient, job_id: str) -> dict[str, str]:
    """The fingerprints of a job's datasets, by dataset, as it tells them; nothing of one that is gone.

    Raises:
        TransientError: Flink is out of reach.
    """
    try:
        parameters = client.parameters(job_id)
    except TransientError:
        raise
    except TidegateError:  # it has ended between two questions
        return {}
    told = {name: value for name, value in parameters.items() if name.startswith(DATASET_PARAMETER)}
    return {name.removeprefix(DATASET_PARAMETER): value for name, value in told.items()}


def _told(client: FlinkClient, job: FlinkJob) -> LiveJob:
    return LiveJob(job.name, job.job_id, job_of(job.name), told_by(client, job.job_id))
