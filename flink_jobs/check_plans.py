"""Whether every job of a dataset can be planned just as a start of it does, with the real connectors but no server.

What only streams refuse shows here: a batch query may sort, or look at rows by an order that is no time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from tempfile import TemporaryDirectory

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment

from flink_jobs.begun import Begun
from flink_jobs.configured import configuration_of
from flink_jobs.file_documents import job_of as documents_job
from flink_jobs.file_metrics import job_of as metrics_job
from flink_jobs.files import job_of as files_job
from flink_jobs.job import Job, Part
from flink_jobs.sql_error import FLINK_REFUSES, SqlError
from flink_jobs.submit import attach
from flink_jobs.together import job_of
from tidegate.contracts.dataset import Files, Stream, is_stream
from tidegate.contracts.problem import Problem
from tidegate.files.orders import JudgingOrder
from tidegate.job_names import JOBS
from tidegate.settings import Settings
from tidegate.sql.file_metrics import Counting
from tidegate.sql.file_to_read import FileToRead
from tidegate.sql.files import Judging
from tidegate.sql.job_sql import JobSql
from tidegate.sql.lake import lake_catalog
from tidegate.sql.replay_index import DocumentsAgain

_NO_FILE = FileToRead("file:///nowhere", 0, 0, 1, "nowhere")
"""Planned with, never read."""


def plan_problems(datasets: Sequence[Stream], settings: Settings) -> list[Problem]:
    """The first refusal of each job for each dataset; jobs that run one after the other are all looked at.

    Of a dataset that comes in files these are the jobs that judge, make rows searchable and count metrics.
    """
    streams = [dataset for dataset in datasets if is_stream(dataset)]
    comes_in_files = [dataset for dataset in datasets if isinstance(dataset, Files)]
    with TemporaryDirectory(prefix="tidegate-plans-") as warehouse:
        found = [problem for job in JOBS for problem in _of_job(job_of(job.name), streams, settings, warehouse)]
        for files in comes_in_files:
            order = JudgingOrder("check", Judging(files.name, "check", (_NO_FILE,)))
            found += _of_job(files_job(order), [files], settings, warehouse)
            if files.contract.index is not None:
                asked = DocumentsAgain(files.name, "check", "TRUE", 0)
                found += _of_job(documents_job(asked), [files], settings, warehouse)
            if files.metrics:
                counting = Counting(files.name, "check", "check", (date(2026, 1, 1),))
                found += _of_job(metrics_job(counting), [files], settings, warehouse)
    return found


def _of_job(job: Job, streams: Iterable[Stream], settings: Settings, warehouse: str) -> Iterator[Problem]:
    planned = _without_servers(job, warehouse)
    options = configuration_of({"table.local-time-zone": "UTC", **planned.options})
    environment = StreamExecutionEnvironment.get_execution_environment(options)
    table_environment = StreamTableEnvironment.create(environment)
    for stream in streams:
        try:
            attach(Part(planned, stream, settings), table_environment, environment)
        except FLINK_REFUSES as error:
            remedy = f"Change the SQL of {stream.name} so that a stream can be read by it: the job {job.name} runs it."
            yield Problem(f"{stream.name}/contract.yaml", f"job {job.name}", SqlError(error).reason, remedy)


def _without_servers(job: Job, warehouse: str) -> Job:
    """The job with a lake of its own, an empty folder: a catalog is asked for its tables while a job is planned."""
    folder = {"catalog-type": "hadoop", "warehouse": f"file://{warehouse}"}

    def sql(dataset: Stream, settings: Settings, begun: Begun) -> JobSql:
        found = job.sql(dataset, settings, begun)
        own = lake_catalog(folder)
        return replace(found, definitions=tuple(own if each.name == own.name else each for each in found.definitions))

    return replace(job, sql=sql, before_inserts=lambda _dataset, _settings: None)
