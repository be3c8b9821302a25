"""The index job: committed silver rows to OpenSearch, one document per identity, into the index of the event's day.

Run by ``tidegate run index`` or by ``flink run -py flink_jobs/index.py``; its SQL is in ``tidegate/sql/index.py``. A
document that OpenSearch refuses goes to the dataset's dead letters; the others go on.
"""

from flink_jobs.begun import Begun
from flink_jobs.job import Job
from flink_jobs.submit import main
from tidegate.contracts.dataset import Stream
from tidegate.job_names import INDEX
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import index
from tidegate.sql.job_sql import JobSql


def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
    """The SQL of one dataset."""
    return index.job_sql(dataset, platform_of(dataset, settings))


JOB = Job(name=INDEX, sql=sql)

if __name__ == "__main__":
    main(JOB)
