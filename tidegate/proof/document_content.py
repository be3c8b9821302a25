"""The content of the index: documents against the rows of the lake's silver table that they were made from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

import duckdb

from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import SOURCE_OFFSET, SOURCE_PARTITION, identity_text
from tidegate.proof.content import Changed, ContentVerdict
from tidegate.proof.content_compare import FIRST
from tidegate.proof.documents import differing
from tidegate.proof.erased import is_emptied
from tidegate.proof.rows import Rows
from tidegate.search.mapping import alias
from tidegate.settings import Settings

PAGE_ROWS = 2000
TIMEOUT_S = 60.0
Row = dict[str, Any]
Found = tuple[Row, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Apart:
    """What is not compared: columns, and by column or path the day before which retention may have emptied it."""

    columns: tuple[str, ...] = ()
    emptied: Mapping[str, date] = field(default_factory=dict)


def document_content(settings: Settings, dataset: Stream, held: Any, places: Rows, apart: Apart) -> ContentVerdict:
    """The documents of the rows of ``held`` (the silver table as an Arrow dataset) at these places.

    A document that is not there is not looked at: which are missing is told by the comparison of places. Of what
    retention has emptied both need not be as far: there a value that one of them lacks is no difference.
    """
    columns = [column.name for column in dataset.silver_columns if column.name not in apart.columns]
    client, name = SearchClient(settings, timeout_s=TIMEOUT_S), alias(dataset.contract)
    compared, changed = 0, list[Found]()
    rows = _rows(held, places, [column.name for column in dataset.silver_columns])
    while page := [*islice(rows, PAGE_ROWS)]:
        by_id = {identity_text([row[field] for field in dataset.contract.row_identity]): row for row in page}
        for hit in _documents(client, name, [*by_id]):
            row = by_id[hit["_id"]]
            compared += 1
            gone = _gone(dataset, row, hit["_source"], apart.emptied)
            if differs := tuple(name for name in differing(hit["_source"], row, columns) if name not in gone):
                changed.append((row, differs))
    first = sorted(changed, key=lambda found: (found[0][SOURCE_OFFSET], found[0][SOURCE_PARTITION]))[:FIRST]
    named = tuple(Changed(f"{row[SOURCE_PARTITION]}:{row[SOURCE_OFFSET]}", differs) for row, differs in first)
    return ContentVerdict("index", compared, compared, len(changed), named, apart.columns)


def _rows(held: Any, places: Rows, columns: list[str]) -> Iterator[Row]:
    names = ", ".join(f'"{name}"' for name in columns)
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as session:
        session.register("held", held)
        session.register("places", {"p": places.partition, "o": places.offset})
        session.execute("set TimeZone = 'UTC'")
        batches = session.sql(
            f'select {names} from held semi join places on "{SOURCE_PARTITION}" = p and "{SOURCE_OFFSET}" = o'
        ).to_arrow_reader(PAGE_ROWS)
        for batch in batches:
            yield from batch.to_pylist()


def _gone(dataset: Stream, row: Row, source: Row, emptied: Mapping[str, date]) -> set[str]:
    """The columns of a row that is so old that they may be empty, and are so in the row or in its document."""
    at = dataset.contract.event_time.column
    old = {path.partition(".")[0] for path in emptied}
    within = {path.partition(".")[0] for path in emptied if "." in path}
    return {
        name
        for name in old
        if name in row and is_emptied(row, name, at, emptied)
        if name in within or row[name] is None or source.get(name) is None
    }


def _documents(client: SearchClient, name: str, ids: list[str]) -> list[Row]:
    body = {"query": {"ids": {"values": ids}}, "size": 2 * len(ids), "_source": True}
    found: list[Row] = client.search(name, body).get("hits", {}).get("hits", [])
    return found
