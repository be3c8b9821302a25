"""The SQL of a replay into the lake: a range of raw refined as it would be now, beside what is there.

Rows that pass go to a branch of the silver table, all of them, duplicates too: which take their place is chosen where
the table is known. Of the others a side table keeps where they lie and why: each raw record can be accounted for. The
command adds what only it knows, and the proof judges the range by it, for as long as topics have something of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import PLACE, SOURCE_OFFSET, SOURCE_PARTITION
from tidegate.contracts.naming import TableName
from tidegate.job_names import REPLAY
from tidegate.sql import lake
from tidegate.sql.dead_letters import causes
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import Insert, JobSql, Table
from tidegate.sql.lake_schema import PARTITIONS
from tidegate.sql.lake_tables import as_in_silver, lake_table, namespace, quoted_name
from tidegate.sql.platform import Platform
from tidegate.sql.refine import job_sql as refine_sql
from tidegate.sql.rules import verdict_sql
from tidegate.sql.scope import Scope, Spans

OPTIONS: Mapping[str, str] = lake.OPTIONS
VERDICT, CODE, SOURCE_ROW = "verdict", "code", "source_row"
"""Columns of the side table: one of the verdicts, the error code or the rule, and of what is rejected the number of its
row, where it is not the record as a whole.
"""
OTHERS = (SOURCE_PARTITION, SOURCE_OFFSET, VERDICT, CODE, SOURCE_ROW)
OTHERS_COLUMNS = tuple(
    f"`{name}` {kind}" for name, kind in zip(OTHERS, ("INT", "BIGINT", "STRING", "STRING", "BIGINT"), strict=True)
)
REJECTED, DROPPED = "rejected", "dropped"
DUPLICATE, OTHER_TIME = ADDED = ("duplicate", "other_time")
"""Verdicts that the command adds: a record whose row another brings, and one that a range of event times leaves as it
is, since a row of it lies outside of them.
"""


@dataclass(frozen=True, slots=True)
class Aside:
    """Where one replay writes: a branch of silver, and a table of what did not pass."""

    branch: str
    table: TableName

    @classmethod
    def of(cls, dataset: str, replay_id: str) -> "Aside":
        """Of a replay, by its id."""
        return cls(f"replay-{replay_id}", TableName(f"{naming.REPLAYS}.{dataset}__{replay_id.replace('-', '_')}"))


def scope_of(ranges: Spans, *, from_bronze: bool = False) -> Scope:
    """What a replay reads, all of it."""
    return Scope(REPLAY, ranges=ranges, outputs=frozenset(), every=True, from_bronze=from_bronze)


def job_sql(stream: Stream, platform: Platform, scope: Scope, aside: Aside) -> JobSql:
    """The SQL of one replay; it ends with the last record of the scope's ranges."""
    refined = refine_sql(stream, platform, scope, Delivery(0))
    return replace(
        refined,
        definitions=(
            lake.lake_catalog(platform.connections.lake_catalog),
            namespace("silver"),
            namespace(naming.REPLAYS),
            lake.silver_table(stream),
            side_table(aside),
            *refined.definitions,
        ),
        inserts=(insert_passed(stream, aside.branch), insert_others(stream, aside)),
    )


def side_table(aside: Aside) -> Table:
    """The records that did not pass."""
    return lake_table(aside.table, OTHERS_COLUMNS, (VERDICT,), {})


def insert_passed(stream: Stream, branch: str) -> Insert:
    """What ``refine.sql`` made of every record, in the types of silver, to a branch."""
    name = naming.lake_table("silver", stream.name)
    names = [column.name for column in stream.silver_columns]
    into = ", ".join(f"`{each}`" for each in (*names, *PARTITIONS))
    return Insert(
        f"lake.{name}",
        f"""INSERT INTO {quoted_name(name)} /*+ OPTIONS('branch' = '{branch}') */ ({into})
SELECT {", ".join(map(as_in_silver, stream.silver_columns))}, {lake.day_of(f"`{stream.contract.event_time.column}`")}
FROM refined""",
    )


def insert_others(stream: Stream, aside: Aside) -> Insert:
    """Where the rejected and dropped records lie, and why they are."""
    return Insert(f"lake.{aside.table}", f"INSERT INTO {quoted_name(aside.table)}\n{others_query(stream)}")


def others_query(stream: Stream) -> str:
    """The rows of the side table."""
    place = ", ".join(PLACE)
    branches = [
        f"SELECT {place}, '{REJECTED}', CAST({cause.code} AS STRING), {cause.row} FROM {cause.relation}"
        for cause in causes(stream)
    ]
    if stream.contract.rules_of("drop"):
        dropped_by = verdict_sql(stream.contract).dropped_by
        branches.append(
            f"SELECT {place}, '{DROPPED}', {dropped_by}, CAST(NULL AS BIGINT)\n"
            "FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped <> 0"
        )
    return "\nUNION ALL\n".join(branches)
