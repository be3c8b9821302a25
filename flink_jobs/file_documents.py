"""The job that makes rows of loaded files searchable: those of the lake's silver table become documents, and it ends.

Run by ``tidegate files load``, once they are published. It writes to no topic but the dead letters of documents that
OpenSearch refuses.
"""

from flink_jobs.begun import Begun
from flink_jobs.job import Job
from flink_jobs.lake_evolution import follow_silver
from flink_jobs.once import named_by_plan, run_once
from flink_jobs.replay_index import documents_again
from tidegate.contracts.dataset import Stream
from tidegate.job_names import FILE_DOCUMENTS, INDEX
from tidegate.jobs.platform import platform_of
from tidegate.search.mapping import no_search_index
from tidegate.settings import Settings
from tidegate.sql import replay_index
from tidegate.sql.job_sql import JobSql
from tidegate.sql.replay_index import DocumentsAgain


def main() -> None:
    """Entry point: the file that says which rows."""
    run_once(FILE_DOCUMENTS, "tidegate files load", named_by_plan(documents_again, job_of))


def job_of(asked: DocumentsAgain) -> Job:
    """The job of one turn."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        index = dataset.contract.index
        if index is None:
            raise no_search_index(dataset)
        return replay_index.job_sql(dataset, index, platform_of(dataset, settings), asked)

    options = replay_index.OPTIONS
    return Job(FILE_DOCUMENTS, sql, options, before_inserts=follow_silver, interval_of=INDEX, of_files=True)


if __name__ == "__main__":
    main()
