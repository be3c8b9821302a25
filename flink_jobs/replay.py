"""The replay job: refines the offsets of a plan once more, and ends.

Run by ``tidegate replay``, which makes the plan of what is missing. It writes to the outputs of refine, beside it, in
transactions of its own. It knows no identities but those of the plan: that nothing else has them is the plan's promise.
Of records that a replay into the lake has rejected it writes the dead letters alone.
"""

from pathlib import Path

from flink_jobs.begun import Begun
from flink_jobs.job import Job
from flink_jobs.once import Once, run_once
from tidegate.contracts.dataset import Stream
from tidegate.job_names import REFINE, REPLAY
from tidegate.jobs.platform import platform_of
from tidegate.replay.plan import Plan
from tidegate.settings import Settings
from tidegate.sql import refine
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import JobSql


def main() -> None:
    """Entry point: the file that says what to refine."""
    run_once(REPLAY, "tidegate replay", once_of)


def once_of(file: Path) -> Once:
    """By the file."""
    plan = Plan.from_json(file.read_text())
    return Once(job_of(plan), plan.dataset, plan.letters_of)


def job_of(plan: Plan) -> Job:
    """The job of one plan."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        delivery = Delivery(settings.transaction_timeout_s)
        return refine.job_sql(dataset, platform_of(dataset, settings), plan.scope(), delivery)

    return Job(name=REPLAY, sql=sql, options=refine.OPTIONS, interval_of=REFINE)


if __name__ == "__main__":
    main()
