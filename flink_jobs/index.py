"""The index job: committed silver rows to OpenSearch, one document per identity, into the index of the event's day.

Run by ``tidegate run index`` or by ``flink run -py flink_jobs/index.py``. A document that OpenSearch refuses goes to
the dataset's dead letters; the others go on.
"""

from flink_jobs import tables
from flink_jobs.environment import Job, main
from tidegate.avro.types import columns
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import platform_schema
from tidegate.settings import Settings

NAME = "index"


def statements(dataset: Stream, settings: Settings) -> list[str]:
    """The SQL of one dataset; none if its contract has no ``index`` section."""
    if dataset.contract.index is None:
        return []
    names = ", ".join(f"`{column.name}`" for column in columns(dataset.silver))
    dead_letter = platform_schema(settings.schemas_dir, "dead_letter")
    return [
        tables.silver_source(dataset, settings, f"tidegate-{NAME}-{dataset.name}"),
        tables.index_sink(dataset, dead_letter, settings),
        f"INSERT INTO documents SELECT {names} FROM silver WHERE _error_code IS NULL",
    ]


JOB = Job(name=NAME, statements=statements)

if __name__ == "__main__":
    main(JOB)
