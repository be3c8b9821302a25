"""The lake job: raw bytes to bronze and silver rows to silver, Iceberg tables on S3, committed at checkpoints.

Run by ``tidegate run lake`` or by ``flink run -py flink_jobs/lake.py``; its SQL is in ``tidegate/sql/lake.py``.
"""

from flink_jobs.begun import Begun
from flink_jobs.job import Job
from flink_jobs.lake_evolution import follow_schemas
from flink_jobs.lake_guard import refuse_older_state
from flink_jobs.submit import main
from tidegate.contracts.dataset import Stream
from tidegate.job_names import LAKE
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import lake
from tidegate.sql.job_sql import JobSql


def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
    """The SQL of one dataset."""
    return lake.job_sql(dataset, platform_of(dataset, settings))


JOB = Job(name=LAKE, sql=sql, options=lake.OPTIONS, before_inserts=follow_schemas, refuse_state=refuse_older_state)

if __name__ == "__main__":
    main(JOB)
