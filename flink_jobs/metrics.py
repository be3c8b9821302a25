"""The metrics job: metrics per minute from committed silver rows, to compacted topics and OpenSearch.

Run by ``tidegate run metrics`` or by ``flink run -py flink_jobs/metrics.py``; its SQL is in
``tidegate/sql/metrics.py``. There are no windows that close: a late event corrects the metric of its own minute, and a
replay ends with the same metrics.
"""

from flink_jobs.begun import Begun
from flink_jobs.job import ComputedAgain, Job
from flink_jobs.metrics_since import begin
from flink_jobs.metrics_state import go_on, unusable
from flink_jobs.submit import main
from tidegate.contracts.dataset import Stream
from tidegate.job_names import METRICS
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import metrics
from tidegate.sql.job_sql import JobSql
from tidegate.sql.metrics import Counted


def sql(dataset: Stream, settings: Settings, begun: Begun) -> JobSql:
    """The SQL of one dataset."""
    counted = Counted(settings.metrics_max_lateness_hours, begun.since, begun.empty_at)
    return metrics.job_sql(dataset, platform_of(dataset, settings), counted)


JOB = Job(name=METRICS, sql=sql, options=metrics.OPTIONS, computed_again=ComputedAgain(begin, go_on, unusable))

if __name__ == "__main__":
    main(JOB)
