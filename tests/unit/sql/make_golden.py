"""Writes the whole SQL of each job for each dataset to ``golden/<job>/<dataset>.sql``: ``make golden``.

A statement ends with a line of ``;``; the job's options of Flink stand in front. A change of a file is a change of what
running systems do: its diff is to be read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from tests.project import PROJECT
from tidegate.contracts.dataset import Files, Stream
from tidegate.contracts.load import file_datasets, stream_datasets
from tidegate.job_names import FILE_DOCUMENTS, FILE_DUPLICATES, FILES, INDEX, LAKE, METRICS, RECOMPUTE, REFINE, REPLAY
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import (
    file_duplicates,
    files,
    index,
    lake,
    metrics,
    recompute,
    refine,
    replay_index,
    replay_lake,
    replay_metrics,
    replay_silver,
)
from tidegate.sql.delivery import Delivery
from tidegate.sql.file_duplicates import Comparing
from tidegate.sql.file_to_read import FileToRead
from tidegate.sql.files import Judging
from tidegate.sql.job_sql import JobSql
from tidegate.sql.metrics import Counted
from tidegate.sql.recompute import Recomputation
from tidegate.sql.replay_index import DocumentsAgain
from tidegate.sql.replay_lake import Aside
from tidegate.sql.replay_silver import Filling
from tidegate.sql.scope import Scope

GOLDEN = Path(__file__).parent / "golden"
SCHEMAS = PROJECT / "schemas"
OTHER_SCHEMAS = PROJECT / "tests/data/schemas"
"""Of datasets that show what none of the project's own does."""
REPLAYED = Scope(REPLAY, {0: (7,), 1: (), 2: (3, 4, 1000), 3: ()})
LETTERED = replace(REPLAYED, outputs=frozenset({"dlq"}), every=True)
REPLAY_LAKE, REPLAY_BRONZE, REPLAY_INDEX = "replay_lake", "replay_bronze", "replay_index"
REPLAY_LETTERS = "replay_letters"
REPLAY_METRICS, REPLAY_SILVER = "replay_metrics", "replay_silver"
"""No names of jobs in Flink: the replays into the lake, out of raw and of bronze, into index, metrics, and silver."""
DAYS = ((1_767_312_000_000, 1_767_484_800_000),)
RANGES = {0: (7, 8), 1: (0, 0), 2: (3, 1001), 3: (0, 0)}
ENDS = {0: (0, 90), 1: (0, 0), 2: (5, 2000), 3: (0, 0)}
OPTIONS: Mapping[str, Mapping[str, str]] = {
    REFINE: refine.OPTIONS,
    INDEX: {},
    LAKE: lake.OPTIONS,
    METRICS: metrics.OPTIONS,
    REPLAY: refine.OPTIONS,
    RECOMPUTE: recompute.OPTIONS,
    REPLAY_LETTERS: refine.OPTIONS,
    REPLAY_LAKE: replay_lake.OPTIONS,
    REPLAY_BRONZE: replay_lake.OPTIONS,
    REPLAY_INDEX: replay_index.OPTIONS,
    REPLAY_METRICS: replay_metrics.OPTIONS,
    REPLAY_SILVER: replay_silver.OPTIONS,
    FILES: files.OPTIONS,
    FILE_DUPLICATES: file_duplicates.OPTIONS,
    FILE_DOCUMENTS: replay_index.OPTIONS,
}


def golden_settings() -> Settings:
    """Settings of no machine: nothing of the environment is in them, and every option that depends on one is."""
    return Settings.model_construct(
        schemas_dir=SCHEMAS,
        kafka_bootstrap_servers="kafka:9092",
        registry_url="http://registry:8080/apis/ccompat/v7",
        opensearch_url="https://opensearch:9200",
        opensearch_user="writer",
        opensearch_password=SecretStr("opensearch's password"),
        s3_endpoint="http://s3:8333",
        s3_access_key="access",
        s3_secret_key=SecretStr("secret"),
        lake_catalog_uri="http://catalog:8181",
    )


def golden_files() -> Iterator[tuple[Path, str]]:
    """Each file below ``GOLDEN`` and the text that the code as it is gives it."""
    settings = golden_settings()
    for stream in (*stream_datasets(SCHEMAS), *stream_datasets(OTHER_SCHEMAS)):
        for job, sql in sql_of_jobs(stream, settings).items():
            yield GOLDEN / job / f"{stream.name}.sql", text_of(sql, OPTIONS[job])
    for dataset in file_datasets(SCHEMAS):
        for job, sql in sql_of_loads(dataset, settings).items():
            yield GOLDEN / job / f"{dataset.name}.sql", text_of(sql, OPTIONS[job])


def sql_of_loads(dataset: Files, settings: Settings) -> dict[str, JobSql]:
    """The SQL of a load of two files, of which one takes the place of another."""
    platform, branch = platform_of(dataset, settings), "files-0123456789abcdef"
    read = tuple(
        FileToRead(f"s3://files/{dataset.name}/ab/{number}", 5000, 1_767_323_045_000, number, f"s3://in/{number}.csv")
        for number in (7, 8)
    )
    index, rows = dataset.contract.index, "_source_partition IN (7, 8)"
    again = DocumentsAgain(dataset.name, f"{dataset.name}-0123456789abcdef", rows, 1_767_323_045_000)
    comparing = Comparing(dataset.name, branch, (7, 8), (3,), ((2026, 1, 2), (2026, 1, 3)))
    return {
        FILES: files.job_sql(dataset, platform, Judging(dataset.name, branch, read)),
        FILE_DUPLICATES: file_duplicates.job_sql(dataset, platform, comparing),
        **({FILE_DOCUMENTS: replay_index.job_sql(dataset, index, platform, again)} if index else {}),
    }


def sql_of_jobs(stream: Stream, settings: Settings) -> dict[str, JobSql]:
    """The SQL of every job for one dataset."""
    platform, documents = platform_of(stream, settings), stream.contract.index
    again = DocumentsAgain(stream.name, "20260102T030405-abcd", "_source_partition = 0", 1_767_323_045_000)
    delivery = Delivery(settings.transaction_timeout_s)
    aside = Aside.of(stream.name, "20260102T030405-abcd")
    made = RANGES | {2: (700, 1001)}
    filling = Filling(stream.name, "20260102T030405-abcd", 2, ENDS, ENDS, within=RANGES, made=made)
    return {
        REFINE: refine.job_sql(stream, platform, Scope(), delivery),
        INDEX: index.job_sql(stream, platform),
        LAKE: lake.job_sql(stream, platform),
        METRICS: metrics.job_sql(stream, platform, Counted(settings.metrics_max_lateness_hours)),
        REPLAY: refine.job_sql(stream, platform, REPLAYED, delivery),
        REPLAY_LETTERS: refine.job_sql(stream, platform, LETTERED, delivery),
        RECOMPUTE: recompute.job_sql(
            stream, platform, Recomputation.of(stream.name, "20260102t030405", ranges={0: (5, 9), 1: (0, 0)})
        ),
        REPLAY_LAKE: replay_lake.job_sql(stream, platform, replay_lake.scope_of(RANGES), aside),
        REPLAY_BRONZE: replay_lake.job_sql(stream, platform, replay_lake.scope_of(RANGES, from_bronze=True), aside),
        REPLAY_INDEX: replay_index.job_sql(stream, documents, platform, again) if documents else JobSql(0),
        REPLAY_METRICS: replay_metrics.job_sql(stream, platform, DAYS),
        REPLAY_SILVER: replay_silver.job_sql(stream, platform, filling, delivery),
    }


def text_of(sql: JobSql, options: Mapping[str, str]) -> str:
    """All that one job tells Flink for one dataset, in the order in which it is told."""
    if not sql.inserts:
        return "-- nothing\n"
    parts = [
        *(f"SET '{name}' = '{value}'" for name, value in options.items()),
        f"SET 'table.exec.state.ttl' = '{sql.state_ttl_ms} ms'",
        *(definition.sql for definition in sql.definitions),
        *(f"CREATE TEMPORARY VIEW `{view.name}` AS\n{view.query.rstrip()}" for view in sql.shared_views),
        *(insert.sql for insert in sql.inserts),
    ]
    return "\n;\n\n".join(parts) + "\n;\n"


def main() -> None:
    """Writes all files, and takes away those that no dataset or job has any more."""
    files = dict(golden_files())
    for stale in set(GOLDEN.glob("*/*.sql")) - files.keys():
        stale.unlink()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    print(f"{len(files)} files in {GOLDEN}")


if __name__ == "__main__":
    main()
