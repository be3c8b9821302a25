"""The refine job's SQL: raw records to silver rows, dead letters and dropped coordinates, in one pass over the topic.

decode → rules → personal fields hashed → reference columns as of the event's time → the dataset's ``refine.sql`` →
first of each identity → silver. What is refused or dropped leaves before the identity is looked at, and an expression
that fails for a record fails in the chain of the decoder, which makes the record a dead letter. A dataset that explodes
an array has its identity looked at first; the reference columns and ``refine.sql`` of each item follow in the chain of
``items``, which does the same for the item.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.avro.paths import column_of
from tidegate.contracts import naming
from tidegate.contracts.dataset import Files, Reference, Stream
from tidegate.contracts.envelope import (
    COORDINATES,
    HEADERS,
    INGESTED_AT,
    KEY,
    PLACE,
    RESCUED,
    SCHEMA_ID,
    SOURCE_TOPIC,
    SPLIT_ROW,
    WARNINGS,
)
from tidegate.contracts.model import Contract, Enrich, Explode
from tidegate.contracts.naming import Output
from tidegate.sql.ddl import quoted
from tidegate.sql.dead_letters import FAULT, MISSING_MESSAGE, insert_dead_letters, missing_message
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import Insert, JobSql, View
from tidegate.sql.literals import text
from tidegate.sql.mapped import MAPPED, mapped_query
from tidegate.sql.platform import Platform
from tidegate.sql.private import private
from tidegate.sql.raw_records import raw_records
from tidegate.sql.refined import refined_view
from tidegate.sql.rules import verdict_sql
from tidegate.sql.scope import Scope
from tidegate.sql.sinks import Sink, kafka_sink
from tidegate.sql.sources import reference_table
from tidegate.sql.state import ROCKSDB, dedup_ttl_ms

OPTIONS = ROCKSDB
RECORDS = "raw_records"
_TABLES: Mapping[Output, str] = {"silver": "silver", "dlq": "dead_letters", "dropped": "dropped"}
_PAYLOAD = ("_payload", "_payload_sha256", "_payload_bytes")
_EVIDENCE = (KEY, HEADERS, *_PAYLOAD)
"""What a dead letter shows of its record."""
_BESIDE = (KEY, *COORDINATES, INGESTED_AT, HEADERS, "_error_code", "_error_message", *_PAYLOAD, SCHEMA_ID, "_proc_time")
"""What goes with a record beside its own columns."""
_OF_FILES = (SPLIT_ROW,)
"""The same of a row of a file: a dead letter tells its number by it."""
_APPENDED_AT = "_appended_at"
"""Within ``judged``: the raw record's own time stamp, while ``_ingested_at`` is when the record came first."""
_GOOD = "(SELECT * FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped = 0)"


@dataclass(frozen=True, slots=True)
class _Join:
    """The ``number``-th reference that records are looked up in."""

    number: int
    enrich: Enrich
    key: str

    @property
    def on(self) -> str:
        """The record's column."""
        return f"e.`{column_of(self.enrich.on)}`"

    @property
    def columns(self) -> list[str]:
        """What it adds to the record."""
        return [f"r{self.number}.`{column}` AS `{self.enrich.prefix}{column}`" for column in self.enrich.columns]

    @property
    def missing(self) -> str:
        """Holds where the record names a row that is not there."""
        return f"({self.on} IS NOT NULL AND r{self.number}.`{self.key}` IS NULL)"

    def sql(self, event_time: str) -> str:
        """The join with the row as it was at the event's time."""
        return (
            f"LEFT JOIN ref_{self.enrich.reference} FOR SYSTEM_TIME AS OF e._proc_time AS r{self.number}\n"
            f"  ON r{self.number}.`{self.key}` = {self.on} AND r{self.number}.`_as_of` = e.`{event_time}`"
        )


def job_sql(stream: Stream, platform: Platform, scope: Scope, delivery: Delivery) -> JobSql:
    """The SQL of one dataset: what ``scope`` names is read and written, under its name."""
    contract, connections = stream.contract, platform.connections
    references = [platform.references[enrich.reference] for enrich in contract.enrich]
    names = dict.fromkeys(enrich.reference for enrich in contract.enrich)
    sinks = {output: sink for output, sink in _sinks(stream, platform, scope).items() if output in scope.outputs}
    inserts = {"silver": insert_silver(stream), "dlq": insert_dead_letters(stream)}
    if contract.rules_of("drop"):
        inserts["dropped"] = insert_dropped(contract)
    judged: tuple[View, ...] = (judged_view(stream, scope),)
    enriched = enriched_view(stream, references, every=scope.every)
    views: tuple[View, ...] = (enriched, validated_view(stream), refined_view(stream))
    if stream.map_sql is not None:
        # Planned once: a value is converted once, whatever reads it.
        judged, views = (), (mapped_view(stream), *judged, *views)
    elif stream.is_mapped:
        judged = (mapped_view(stream), *judged)
    are_shared = bool(contract.explode or not judged)
    return JobSql(
        dedup_ttl_ms(contract),
        definitions=(
            *raw_records(stream, platform, scope),
            *(reference_table(platform.references[name], connections) for name in names),
            *(kafka_sink(_TABLES[output], sink, connections, delivery) for output, sink in sinks.items()),
            *judged,
            *(() if are_shared else views),
        ),
        shared_views=views if are_shared else (),
        inserts=tuple(insert for output, insert in inserts.items() if output in scope.outputs),
    )


def _beside(stream: Stream) -> tuple[str, ...]:
    return (*_BESIDE, *_OF_FILES) if isinstance(stream, Files) else _BESIDE


def silver_key(stream: Stream) -> str | None:
    """The Kafka key of a silver row: the raw topic's, where silver still has that column as text."""
    key = column_of(stream.contract.topic.key or "")
    has_column = any(column.name == key and column.sql_type == "STRING" for column in stream.silver_columns)
    return key if has_column else None


def mapped_view(stream: Stream) -> View:
    """``mapped``: every raw record as rules and ``refine.sql`` see it."""
    beside = (*_beside(stream), RESCUED) if stream.contract.rescues else _beside(stream)
    return View(MAPPED, mapped_query(stream, RECORDS, beside, undecoded="_error_code IS NOT NULL"))


def judged_view(stream: Stream, scope: Scope) -> View:
    """``judged``: every raw record of the scope with its masks; personal fields are replaced from here on.

    The rules see the time at which the record came first: a redriven one is judged as it was then.
    """
    contract = stream.contract
    verdict = verdict_sql(contract)
    methods = {privacy.field: privacy.method for privacy in contract.privacy}
    body = [private(field, methods) for field in stream.record_fields.values()]
    beside = [f"{_APPENDED_AT} AS {INGESTED_AT}" if name == INGESTED_AT else name for name in _beside(stream)]
    return View(
        "judged",
        f"""SELECT {", ".join(body)},
  {", ".join(beside)},{_rescued(contract)}
  {verdict.reject_mask} AS _rejected,
  {verdict.warn_mask} AS _warned,
  {verdict.drop_mask} AS _dropped
FROM {_as_they_came_first(stream)}{f" WHERE {scope.condition}" if scope.condition else ""}""",
    )


def _as_they_came_first(stream: Stream) -> str:
    """The records, whose ``_ingested_at`` is that of the first of a chain of copies."""
    beside = [name for name in _beside(stream) if name != INGESTED_AT]
    names = [*(f"`{name}`" for name in stream.record_fields), *beside]
    if stream.contract.rescues:
        names.append(RESCUED)
    return f"""(
  SELECT {", ".join(names)},
    {INGESTED_AT} AS {_APPENDED_AT},
    first_arrival({INGESTED_AT}, {HEADERS}, _payload, _payload_sha256) AS {INGESTED_AT}
  FROM {MAPPED if stream.is_mapped else RECORDS}
)"""


def enriched_view(stream: Stream, references: Sequence[Reference], *, every: bool = False) -> View:
    """``enriched``: the records that met their contract, with the reference columns as of their own time.

    ``references`` are those of ``enrich``, in its order. ``every``: as in ``Scope``.
    """
    contract = stream.contract
    joins = [
        _Join(number, enrich, reference.key)
        for number, (enrich, reference) in enumerate(zip(contract.enrich, references, strict=True))
    ]
    demanded = [join for join in joins if join.enrich.missing == "dead_letter"]
    names = [*(f"e.`{name}`" for name in record_columns(stream)), *(name for join in joins for name in join.columns)]
    kept = [*COORDINATES, INGESTED_AT, SCHEMA_ID, "_proc_time", "_warned"]
    if contract.rescues:
        kept.append(RESCUED)
    if contract.explode:
        kept.append(FAULT)
    if demanded or contract.explode:
        kept += (*_EVIDENCE, *_OF_FILES) if isinstance(stream, Files) else _EVIDENCE
    return View(
        "enriched",
        f"""SELECT {", ".join(names)},
  {_missing(demanded)},
  {", ".join(f"e.{name}" for name in kept)}
FROM {_items(stream, contract.explode, every) if contract.explode else _GOOD} AS e
{chr(10).join(join.sql(contract.event_time.column) for join in joins)}""",
    )


def validated_view(stream: Stream) -> View:
    """``validated``: what ``refine.sql`` reads: raw and reference columns, and the envelope of silver."""
    contract = stream.contract
    names = [f"`{name}`" for name in record_columns(stream)]
    names += [f"`{enrich.prefix}{column}`" for enrich in contract.enrich for column in enrich.columns]
    condition = f"NOT _reference_missing AND {FAULT} IS NULL" if contract.explode else "NOT _reference_missing"
    return View(
        "validated",
        f"""SELECT {", ".join(names)},
  {", ".join(PLACE)}, {SOURCE_TOPIC}, {INGESTED_AT}, {SCHEMA_ID},{_rescued(contract)}
  {verdict_sql(contract).warnings} AS {WARNINGS}
FROM enriched WHERE {condition}""",
    )


def _rescued(contract: Contract) -> str:
    """The column of the fields that the contract lacks, at the end of a line; nothing where none are rescued."""
    return f" {RESCUED}," if contract.rescues else ""


def record_columns(stream: Stream) -> list[str]:
    """The columns that a record brings: its own, and where it explodes those of the item and the item's position."""
    explode = stream.contract.explode
    return [*stream.record_fields, *(_item_columns(stream, explode) if explode else [])]


def insert_silver(stream: Stream) -> Insert:
    """What ``refine.sql`` made of the first record of each identity, columns by name."""
    names = quoted(stream.silver_columns)
    rows = "refined"
    if not stream.contract.explode:
        rows = _first_of_identity(stream.contract, "(SELECT *, PROCTIME() AS _proc_time FROM refined)")
    return Insert("silver", f"INSERT INTO silver ({names})\nSELECT {names} FROM {rows}")


def insert_dropped(contract: Contract) -> Insert:
    """Coordinates and rule of what a drop rule leaves out."""
    return Insert("dropped", f"INSERT INTO dropped\n{dropped_query(contract)}")


def dropped_query(contract: Contract, *more: str) -> str:
    """The rows of ``dropped``, with ``more`` columns behind its own."""
    columns = (*PLACE, SOURCE_TOPIC, INGESTED_AT, verdict_sql(contract).dropped_by, *more)
    return f"""SELECT {", ".join(columns)}
FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped <> 0"""


def _sinks(stream: Stream, platform: Platform, scope: Scope) -> dict[Output, Sink]:
    contract = stream.contract

    def prefix(output: Output) -> str:
        return naming.transactional_prefix(scope.name, output, stream.name)

    return {
        "silver": Sink(prefix("silver"), contract.silver_topic, stream.silver, silver_key(stream)),
        "dlq": Sink(prefix("dlq"), contract.dead_letter_topic, platform.dead_letter, headers=True),
        "dropped": Sink(prefix("dropped"), contract.dropped_topic, platform.dropped),
    }


def _missing(demanded: Sequence[_Join]) -> str:
    """Whether a reference is missing that must be there; where there are several, the first that is missing, too."""
    columns = [f"{' OR '.join(join.missing for join in demanded) or 'FALSE'} AS _reference_missing"]
    if len(demanded) > 1:
        cases = " ".join(f"WHEN {join.missing} THEN {text(missing_message(join.enrich))}" for join in demanded)
        columns.append(f"CASE {cases} END AS {MISSING_MESSAGE}")
    return ",\n  ".join(columns)


def _first_of_identity(contract: Contract, relation: str) -> str:
    identity = ", ".join(f"`{field}`" for field in contract.identity_columns)
    return f"""(
  SELECT * FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY {identity} ORDER BY _proc_time) AS _occurrence
    FROM {relation}
  )
  WHERE _occurrence = 1
)"""


def _items(stream: Stream, explode: Explode, every: bool) -> str:
    """One row per item of the first record of each identity, or of every record."""
    names = [*_item_columns(stream, explode), FAULT]
    return f"""(
  SELECT d.*, {", ".join(f"i.`{name}`" for name in names)}
  FROM {_GOOD if every else _first_of_identity(stream.contract, _GOOD)} AS d
  CROSS JOIN LATERAL TABLE(items(d.`{explode.field}`)) AS i ({", ".join(f"`{name}`" for name in names)})
)"""


def _item_columns(stream: Stream, explode: Explode) -> list[str]:
    return [*stream.item_fields, explode.position]
