"""The SQL of a replay into the index: rows of the lake's silver table as documents once more, by the index job's sink.

They come from the lake, so that search says what the lake does; their version is above that of all documents before.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.contracts.model import Index
from tidegate.sql import lake
from tidegate.sql.job_sql import Insert, JobSql
from tidegate.sql.lake_tables import as_in_silver, namespace, quoted_name
from tidegate.sql.platform import Platform
from tidegate.sql.sinks import index_sink
from tidegate.sql.state import dedup_ttl_ms

OPTIONS: Mapping[str, str] = lake.OPTIONS


@dataclass(frozen=True, slots=True)
class DocumentsAgain:
    """Rows of a dataset's silver table that meet a condition in SQL, and the version of their documents."""

    dataset: str
    plan_id: str
    condition: str
    version: int

    def to_json(self) -> str:
        """As text."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> "DocumentsAgain":
        """The one that ``to_json`` wrote."""
        return cls(**json.loads(text))


def job_sql(stream: Stream, index: Index, platform: Platform, asked: DocumentsAgain) -> JobSql:
    """It ends with the last row of the table as it is when the job is made."""
    silver = quoted_name(naming.lake_table("silver", stream.name))
    values = ", ".join(map(as_in_silver, stream.silver_columns))
    return JobSql(
        dedup_ttl_ms(stream.contract),
        definitions=(
            lake.lake_catalog(platform.connections.lake_catalog),
            namespace("silver"),
            lake.silver_table(stream),
            index_sink(stream, index, platform, asked.version),
        ),
        inserts=(
            Insert("documents", f"INSERT INTO documents\nSELECT {values}\nFROM {silver}\nWHERE {asked.condition}"),
        ),
    )
