"""The refine job without transactions, whose rows may come twice after a failure: what exactly-once is compared with.

``python -m benchmarks.catch_up refine --at-least-once`` submits it.
"""

from dataclasses import replace

from flink_jobs.begun import Begun
from flink_jobs.refine import JOB as REFINE_JOB
from flink_jobs.submit import main
from tidegate.contracts.dataset import Stream
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import refine
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import JobSql
from tidegate.sql.scope import Scope


def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
    """That of refine, with sinks that show a row at once."""
    delivery = Delivery(settings.transaction_timeout_s, "at-least-once")
    return refine.job_sql(dataset, platform_of(dataset, settings), Scope(), delivery)


JOB = replace(REFINE_JOB, sql=sql, options={**REFINE_JOB.options, "execution.checkpointing.mode": "AT_LEAST_ONCE"})

if __name__ == "__main__":
    main(JOB)
