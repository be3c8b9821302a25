"""One raw record from the lake, by its coordinates."""

import importlib
from datetime import UTC, datetime, timedelta
from typing import Any

from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.contracts.envelope import (
    HEADERS,
    INGESTED_AT,
    KEY,
    SOURCE_OFFSET,
    SOURCE_PARTITION,
    SOURCE_TOPIC,
    VALUE,
)
from tidegate.dead_letters.ledger import Place
from tidegate.settings import Settings

_AROUND = timedelta(seconds=1)


def bronze_record(
    settings: Settings, table: str, place: Place, arrived_ms: int
) -> tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]] | None:
    """Key, value and headers of the record at a place, which arrived then; None if the table has it not.

    The time lets the lake open the files of one day only.

    Raises:
        TidegateError: pyiceberg is not installed.
        TransientError: the lake does not answer.
    """
    catalog = open_catalog(settings)
    with lake_errors(settings):
        found = find_table(catalog, table)
        rows = [] if found is None else _rows(found, place, arrived_ms)
    if not rows:
        return None
    return rows[0][KEY], rows[0][VALUE], [(name, header) for name, header in rows[0][HEADERS] or ()]


def _rows(table: Any, place: Place, arrived_ms: int) -> list[dict[str, Any]]:
    sql = importlib.import_module("pyiceberg.expressions")
    arrived = datetime.fromtimestamp(arrived_ms / 1000, UTC)
    conditions = (
        sql.GreaterThanOrEqual(INGESTED_AT, (arrived - _AROUND).isoformat()),
        sql.LessThanOrEqual(INGESTED_AT, (arrived + _AROUND).isoformat()),
        sql.EqualTo(SOURCE_TOPIC, place.topic),
        sql.EqualTo(SOURCE_PARTITION, place.partition),
        sql.EqualTo(SOURCE_OFFSET, place.offset),
    )
    condition = sql.And(*conditions)
    found: list[dict[str, Any]] = table.scan(condition, selected_fields=(KEY, VALUE, HEADERS)).to_arrow().to_pylist()
    return found
