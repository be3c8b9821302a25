"""Writes the whole SQL of each job for each dataset to ``golden/<job>/<dataset>.sql``: ``make golden``.

A statement ends with a line of ``;``; the job's options of Flink stand in front. A change of a file is a change of what
running systems do: its diff is to be read.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from flink_jobs import index, lake, metrics, refine, replay
from flink_jobs.environment import Job
from tests.project import PROJECT
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import stream_datasets
from tidegate.replay.plan import Plan
from tidegate.settings import Settings

GOLDEN = Path(__file__).parent / "golden"
SCHEMAS = PROJECT / "schemas"
JOBS = (refine.JOB, index.JOB, lake.JOB, metrics.JOB)
SCOPE = {0: (7,), 1: (), 2: (3, 4, 1000), 3: ()}
"""The offsets of the replay, by partition."""


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
    for dataset in stream_datasets(SCHEMAS):
        scoped = replay.job_of(Plan(dataset.name, SCOPE))
        for job in (*JOBS, scoped):
            yield GOLDEN / job.name / f"{dataset.name}.sql", text_of(job, dataset, settings)


def text_of(job: Job, dataset: Stream, settings: Settings) -> str:
    """All that one job tells Flink for one dataset, in the order in which it is told."""
    statements = job.statements(dataset, settings)
    if not statements:
        return "-- nothing\n"
    inserts = [statement for statement in statements if statement.startswith("INSERT")]
    parts = [
        *(f"SET '{name}' = '{value}'" for name, value in job.options.items()),
        f"SET 'table.exec.state.ttl' = '{job.state_ttl_ms(dataset, settings)} ms'",
        *(statement for statement in statements if statement not in inserts),
        *(f"CREATE TEMPORARY VIEW `{name}` AS\n{query.rstrip()}" for name, query in job.views(dataset).items()),
        *inserts,
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
