"""The SQL that fills the next version of silver's topics: all records of the old ones, but with a range made again.

What lies outside of the range is copied as it is: key, value, headers and time stamp. Of the range the silver rows
come from the lake, which a replay has made again, and the marks of dropped records from refine's own rules. Rows of a
key have an order within each of the two, as they had it before; between the two there is none.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import DROPPED_PLACE, HEADERS, INGESTED_AT, KEY, PLACE, VALUE
from tidegate.contracts.naming import Output
from tidegate.sql import lake
from tidegate.sql.ddl import quoted
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import Insert, JobSql, Table, View
from tidegate.sql.lake_tables import as_in_silver, namespace, quoted_name
from tidegate.sql.platform import Platform
from tidegate.sql.refine import dropped_query, silver_key
from tidegate.sql.refine import job_sql as refine_sql
from tidegate.sql.scope import Scope, Spans, of_spans
from tidegate.sql.sinks import WRITTEN_AT, Sink, copied_sink, kafka_sink
from tidegate.sql.sources import Copied, copied_source

OPTIONS: Mapping[str, str] = {}
FILL = "fill"
"""What its consumer group and its transactions begin with."""
FILL_RANGE = "fill-range"
"""The same of the transactions by which the range is written."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What one job fills the topics of ``version`` with; every partition of a topic is named in its spans.

    ``silver`` and ``dropped``: the records that are copied out of the topics of the version before. Of these none whose
    raw record is ``within`` the range. ``made``: the raw records whose rows and marks are made again; none of them
    where that has been done.
    """

    dataset: str
    plan_id: str
    version: int
    silver: Spans
    dropped: Spans
    within: Spans
    made: Spans

    def of(self, output: Output) -> Spans:
        """The records that are copied out of one of the topics."""
        return self.silver if output == "silver" else self.dropped

    @property
    def makes(self) -> bool:
        """Whether the range is written, and not only what is outside of it."""
        return any(start < end for start, end in self.made.values())

    def to_json(self) -> str:
        """As text."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> "Filling":
        """The one that ``to_json`` wrote."""
        return cls.of_json(json.loads(text))

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> "Filling":
        """The same, of what JSON has."""
        spans = {
            name: {int(number): (start, end) for number, (start, end) in found[name].items()}
            for name in ("silver", "dropped", "within", "made")
        }
        return cls(**{**found, **spans})


def job_sql(stream: Stream, platform: Platform, filling: Filling, delivery: Delivery) -> JobSql:
    """It ends with the last record of the spans, and of the lake's table as it is when the job is made."""
    new = stream.of_silver_version(filling.version)
    copies: tuple[Output, ...] = ("silver", "dropped")
    made = _made(new, platform, filling, delivery) if filling.makes else JobSql(0)
    return JobSql(
        0,
        definitions=(
            *(table for each in copies for table in _copied(stream, each, platform, filling, delivery)),
            *made.definitions,
        ),
        shared_views=made.shared_views,
        inserts=(*(insert_copied(each, filling) for each in copies), *made.inserts),
    )


def _copied(
    stream: Stream, output: Output, platform: Platform, filling: Filling, delivery: Delivery
) -> Iterator[Table]:
    old, new = (naming.output_topic(output, stream.name, version) for version in (filling.version - 1, filling.version))
    schema = stream.silver if output == "silver" else platform.dropped
    read = Copied(old, schema, _place(output), filling.of(output))
    yield copied_source(f"{output}_before", read, platform.connections, naming.group(FILL, stream.name))
    prefix = naming.transactional_prefix(FILL, output, stream.name)
    yield copied_sink(f"{output}_copied", prefix, new, platform.connections, delivery)


def insert_copied(output: Output, filling: Filling) -> Insert:
    """The records that can be read, without those of the range."""
    within = " OR ".join(of_spans(filling.within, _place(output))) or "FALSE"
    return Insert(
        f"{output}_copied",
        f"""INSERT INTO {output}_copied ({KEY}, {VALUE}, {HEADERS}, {WRITTEN_AT})
SELECT {KEY}, {VALUE}, {HEADERS}, _appended_at
FROM {output}_before WHERE _error_code IS NULL AND NOT ({within})""",
    )


def _made(new: Stream, platform: Platform, filling: Filling, delivery: Delivery) -> JobSql:
    """Rows and marks of the range; these have the time stamps of their raw records."""
    contract, connections = new.contract, platform.connections
    prefix = naming.transactional_prefix(FILL_RANGE, "silver", new.name)
    sink = Sink(prefix, contract.silver_topic, new.silver, silver_key(new), written_at=True)
    definitions: tuple[Table | View, ...] = (
        lake.lake_catalog(connections.lake_catalog),
        namespace("silver"),
        lake.silver_table(new),
        kafka_sink("silver_of_range", sink, connections, delivery),
    )
    if not contract.rules_of("drop"):
        return JobSql(0, definitions, inserts=(insert_rows(new, filling),))
    refined = refine_sql(new, platform, Scope(FILL, ranges=filling.made, outputs=frozenset(), every=True), delivery)
    prefix = naming.transactional_prefix(FILL_RANGE, "dropped", new.name)
    marks = Sink(prefix, contract.dropped_topic, platform.dropped, written_at=True)
    return JobSql(
        0,
        (*definitions, *refined.definitions, kafka_sink("dropped_of_range", marks, connections, delivery)),
        refined.shared_views,
        (insert_rows(new, filling), insert_marks(new)),
    )


def insert_rows(stream: Stream, filling: Filling) -> Insert:
    """The lake's rows of the range, as refine writes them."""
    values = ", ".join(map(as_in_silver, stream.silver_columns))
    return Insert(
        "silver_of_range",
        f"""INSERT INTO silver_of_range ({quoted(stream.silver_columns)}, {WRITTEN_AT})
SELECT {values}, {_stamp(f"CAST({INGESTED_AT} AS TIMESTAMP_LTZ(3))")}
FROM {quoted_name(naming.lake_table("silver", stream.name))}
WHERE {" OR ".join(of_spans(filling.made))}""",
    )


def insert_marks(stream: Stream) -> Insert:
    """Where the records of the range lie that a drop rule leaves out, and which."""
    query = dropped_query(stream.contract, _stamp(INGESTED_AT))
    return Insert("dropped_of_range", f"INSERT INTO dropped_of_range\n{query}")


def _stamp(arrived: str) -> str:
    """A time stamp that Kafka takes, of a record that arrived then: its producer may have dated it."""
    return f"GREATEST(LEAST({arrived}, CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3))), TO_TIMESTAMP_LTZ(0, 3))"


def _place(output: Output) -> tuple[str, str]:
    return PLACE if output == "silver" else DROPPED_PLACE
