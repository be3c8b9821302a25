"""The SQL of a recomputation: records of raw or bronze, refined once more into a table of their own, to be compared.

It is refine's own SQL, but for the identities, which are not looked at: duplicates are there too, and compared with
nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.contracts.naming import TableName
from tidegate.job_names import RECOMPUTE
from tidegate.sql import lake
from tidegate.sql.ddl import quoted
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import Insert, JobSql
from tidegate.sql.lake_tables import as_in_silver, lake_lines, lake_table, namespace, quoted_name
from tidegate.sql.platform import Platform
from tidegate.sql.refine import job_sql as refine_sql
from tidegate.sql.scope import Offsets, Scope, Spans

OPTIONS: Mapping[str, str] = lake.OPTIONS


@dataclass(frozen=True, slots=True)
class Recomputation:
    """Which records of a dataset are refined once more, and into which table.

    Every partition is named. ``ranges``: all of [start, end); else ``offsets`` alone, ascending. ``from_bronze``: out
    of the lake's raw bytes.
    """

    dataset: str
    table: TableName
    ranges: Spans | None = None
    offsets: Offsets | None = None
    from_bronze: bool = False

    @classmethod
    def of(cls, dataset: str, token: str, **which: Any) -> "Recomputation":
        """A new one; two have different tokens, of letters and digits."""
        return cls(dataset, TableName(f"{naming.RECOMPUTED}.{dataset}__{token}"), **which)

    @property
    def scope(self) -> Scope:
        """A run of refine that writes to no topic."""
        return Scope(RECOMPUTE, self.offsets, frozenset(), self.ranges, every=True, from_bronze=self.from_bronze)

    def to_json(self) -> str:
        """As text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Recomputation":
        """The one that ``to_json`` wrote."""
        found = json.loads(text)
        ranges, offsets = (_read(found[name]) for name in ("ranges", "offsets"))
        return cls(found["dataset"], TableName(found["table"]), ranges, offsets, found["from_bronze"])


def job_sql(stream: Stream, platform: Platform, asked: Recomputation) -> JobSql:
    """The SQL of one recomputation; it ends with the last of its offsets."""
    refined = refine_sql(stream, platform, asked.scope, Delivery(0))
    return replace(
        refined,
        definitions=(
            lake.lake_catalog(platform.connections.lake_catalog),
            namespace(naming.RECOMPUTED),
            lake_table(asked.table, lake_lines(stream.silver_columns), (), {}),
            *refined.definitions,
        ),
        inserts=(_insert(stream, asked),),
    )


def _insert(stream: Stream, asked: Recomputation) -> Insert:
    """The rows as silver would have them: with times in milliseconds, where the lake would keep more."""
    names = quoted(stream.silver_columns)
    values = ", ".join(map(as_in_silver, stream.silver_columns))
    into = quoted_name(asked.table)
    return Insert(f"lake.{asked.table}", f"INSERT INTO {into} ({names})\nSELECT {values} FROM refined")


def _read(found: Mapping[str, list[int]] | None) -> dict[int, Any] | None:
    """Numbers by partition; JSON's keys are texts."""
    return None if found is None else {int(partition): tuple(numbers) for partition, numbers in found.items()}
