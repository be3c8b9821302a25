"""The job of a replay into the index: rows of the lake's silver table become documents once more, and it ends.

Run by ``tidegate replay run``. It writes to no topic but the dead letters of documents that OpenSearch refuses.
"""

from collections.abc import Callable
from pathlib import Path

from flink_jobs.begun import Begun
from flink_jobs.job import Job
from flink_jobs.lake_evolution import follow_schemas
from flink_jobs.once import named_by_plan, run_once
from tidegate.contracts.dataset import Stream
from tidegate.job_names import INDEX, REPLAY
from tidegate.jobs.platform import platform_of
from tidegate.search.mapping import no_search_index
from tidegate.settings import Settings
from tidegate.sql import replay_index
from tidegate.sql.job_sql import JobSql
from tidegate.sql.replay_index import DocumentsAgain


def main() -> None:
    """Entry point: the file that says which rows."""
    run_once(REPLAY, "tidegate replay run", named_by_plan(documents_again, job_of))


def documents_again(file: Path) -> DocumentsAgain:
    """What is asked for."""
    return DocumentsAgain.from_json(file.read_text())


def job_of(asked: DocumentsAgain) -> Job:
    """The job of one replay."""
    return Job(REPLAY, sql_of(asked), replay_index.OPTIONS, before_inserts=follow_schemas, interval_of=INDEX)


def sql_of(asked: DocumentsAgain) -> Callable[[Stream, Settings, Begun], JobSql]:
    """Of a dataset with an index; another is refused by name."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        index = dataset.contract.index
        if index is None:
            raise no_search_index(dataset)
        return replay_index.job_sql(dataset, index, platform_of(dataset, settings), asked)

    return sql


if __name__ == "__main__":
    main()
