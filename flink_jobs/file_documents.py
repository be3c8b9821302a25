"""The job that makes rows of loaded files searchable: those of the lake's silver table become documents, and it ends.

Run by ``tidegate files load``, once they are published. It writes to no topic but the dead letters of documents that
OpenSearch refuses.
"""

from flink_jobs.job import Job
from flink_jobs.lake_evolution import follow_silver
from flink_jobs.once import named_by_plan, run_once
from flink_jobs.replay_index import documents_again, sql_of
from tidegate.job_names import FILE_DOCUMENTS, INDEX
from tidegate.sql import replay_index
from tidegate.sql.replay_index import DocumentsAgain


def main() -> None:
    """Entry point: the file that says which rows."""
    run_once(FILE_DOCUMENTS, "tidegate files load", named_by_plan(documents_again, job_of))


def job_of(asked: DocumentsAgain) -> Job:
    """The job of one turn."""
    options = replay_index.OPTIONS
    return Job(FILE_DOCUMENTS, sql_of(asked), options, before_inserts=follow_silver, interval_of=INDEX, of_files=True)


if __name__ == "__main__":
    main()
