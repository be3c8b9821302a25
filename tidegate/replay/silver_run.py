"""Silver's next topics as a step of a replay: filled once the proof holds, taken away when it is cancelled."""

from dataclasses import replace

from tidegate.clients.flink import FlinkClient
from tidegate.clients.replay_notes import note_filled, note_not_filled
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError
from tidegate.replay.fill_run import asked_ends, ends_now, fill, fill_job
from tidegate.replay.next_topics import delete_next
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.run import wait_until_gone
from tidegate.replay.silver_plan import refuse_another_filler
from tidegate.replay.store import FILLED, FILLING, Status, store_status
from tidegate.settings import Settings


def refuse_version(plan: RangePlan, stream: Stream) -> None:
    """Raises: TidegateError: the contract does not say the version before the one that the plan fills."""
    if plan.silver is not None and plan.silver_version != stream.contract.silver_version + 1:
        raise TidegateError(
            f"the replay {plan.plan_id} fills version {plan.silver_version} of silver's topics, and the contract of "
            f"{plan.dataset} says version {stream.contract.silver_version}.",
            remedy=f"Let it say {plan.silver_version - 1} until the replay is filled, or make a new plan.",
        )


def fill_next(settings: Settings, plan: RangePlan, status: Status) -> Status:
    """As far as the old topics reach when it begins; what comes until readers are switched is filled then.

    Raises:
        TidegateError: as :func:`~tidegate.replay.fill_run.fill`; or another replay has filled them.
        TransientError: the same.
    """
    refuse_another_filler(settings, plan.dataset, plan.silver_version, plan.plan_id)
    if status.state != FILLING:
        status = store_status(settings, plan.plan_id, replace(status, state=FILLING))
    stream = load_stream(settings.schemas_dir, plan.dataset)
    ends = asked_ends(status) or ends_now(settings, stream, plan.silver_version - 1)
    status = fill(settings, plan, status, ends)
    note_filled(settings, plan.aside.table, plan.silver_version)
    return store_status(settings, plan.plan_id, replace(status, state=FILLED))


def take_away(settings: Settings, plan: RangePlan, status: Status) -> None:
    """Ends the job that fills the topics, and deletes these if they were made.

    Raises:
        TidegateError: a server refuses, or the job does not end.
        TransientError: a server is out of reach.
    """
    if status.filling is None:
        return
    end_filling(settings, plan, status)
    note_not_filled(settings, plan.aside.table)
    delete_next(settings, load_stream(settings.schemas_dir, plan.dataset), plan.silver_version)


def end_filling(settings: Settings, plan: RangePlan, status: Status) -> None:
    """Ends the job that fills the topics, if there is one; what is filled next is filled anew.

    Raises:
        TidegateError: the job does not end.
        TransientError: Flink is out of reach.
    """
    client = FlinkClient(settings)
    job = fill_job(client, plan, status)
    if job is not None and job.live:
        client.cancel(job.job_id)
        wait_until_gone(client, job.job_id)
