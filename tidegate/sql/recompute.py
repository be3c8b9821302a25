"""The SQL of a recomputation: raw records refined once more into a table of their own, for a proof to compare.

It is refine's own SQL over the offsets that silver has. Each of these has an identity of its own, so that none is taken
for a duplicate of another.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.contracts.naming import TableName
from tidegate.job_names import RECOMPUTE
from tidegate.sql import lake
from tidegate.sql.ddl import quoted
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import Insert, JobSql, Table
from tidegate.sql.lake_tables import lake_lines, lake_table, quoted_name
from tidegate.sql.platform import Platform
from tidegate.sql.refine import good_rows
from tidegate.sql.refine import job_sql as refine_sql
from tidegate.sql.scope import Offsets, Scope

OPTIONS: Mapping[str, str] = lake.OPTIONS


@dataclass(frozen=True, slots=True)
class Recomputation:
    """Which offsets of a dataset are refined once more (every partition is named, ascending), and into which table."""

    dataset: str
    table: TableName
    offsets: Offsets

    @classmethod
    def of(cls, dataset: str, token: str, offsets: Offsets) -> "Recomputation":
        """A new one; two have different tokens, of letters and digits."""
        return cls(dataset, TableName(f"{naming.RECOMPUTED}.{dataset}__{token}"), offsets)

    def to_json(self) -> str:
        """As text."""
        offsets = {partition: [*among] for partition, among in self.offsets.items()}
        return json.dumps({"dataset": self.dataset, "table": self.table, "offsets": offsets})

    @classmethod
    def from_json(cls, text: str) -> "Recomputation":
        """The one that ``to_json`` wrote."""
        found = json.loads(text)
        offsets = {int(partition): tuple(among) for partition, among in found["offsets"].items()}
        return cls(found["dataset"], TableName(found["table"]), offsets)


def job_sql(stream: Stream, platform: Platform, asked: Recomputation) -> JobSql:
    """The SQL of one recomputation; it ends with the last of its offsets."""
    refined = refine_sql(stream, platform, Scope(RECOMPUTE, asked.offsets, frozenset()), Delivery(0))
    namespace = Table(f"lake.{naming.RECOMPUTED}", f"CREATE DATABASE IF NOT EXISTS lake.`{naming.RECOMPUTED}`")
    return replace(
        refined,
        definitions=(
            lake.lake_catalog(platform.connections.lake_catalog),
            namespace,
            lake_table(asked.table, lake_lines(stream.silver_columns), (), {}),
            *refined.definitions,
        ),
        inserts=(_insert(stream, asked),),
    )


def _insert(stream: Stream, asked: Recomputation) -> Insert:
    """The rows as silver would have them: with times in milliseconds, where the lake would keep more."""
    names = quoted(stream.silver_columns)
    values = ", ".join(
        f"CAST(`{column.name}` AS {column.sql_type}) AS `{column.name}`"
        if column.sql_type == "TIMESTAMP_LTZ(3)"
        else f"`{column.name}`"
        for column in stream.silver_columns
    )
    into = quoted_name(asked.table)
    return Insert(f"lake.{asked.table}", f"INSERT INTO {into} ({names})\nSELECT {values} FROM {good_rows(stream)}")
