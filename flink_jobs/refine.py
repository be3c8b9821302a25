"""The refine job: raw records to silver rows, dead letters and dropped coordinates, exactly once.

Run by ``tidegate run refine`` or by ``flink run -py flink_jobs/refine.py``; its SQL is in ``tidegate/sql/refine.py``.
"""

from flink_jobs.begun import Begun
from flink_jobs.error_budget import put_budget
from flink_jobs.job import Job
from flink_jobs.submit import main
from tidegate.contracts.dataset import Stream
from tidegate.job_names import REFINE
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import refine
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import JobSql
from tidegate.sql.scope import Scope


def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
    """All of the topic, without end, to all outputs."""
    return refine.job_sql(dataset, platform_of(dataset, settings), Scope(), Delivery(settings.transaction_timeout_s))


JOB = Job(
    name=REFINE,
    sql=sql,
    options=refine.OPTIONS,
    writes=lambda dataset: dataset.contract.silver_topic,
    complete=put_budget,
)

if __name__ == "__main__":
    main(JOB)
