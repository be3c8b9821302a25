"""Writes into the table that a replay leaves in the lake what only its command knows."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from pyiceberg.io.pyarrow import schema_to_pyarrow

from tidegate.avro.leading_fields import Ints
from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.clients.replay_evidence import FILLED, REPLAYED_AT
from tidegate.contracts.envelope import PLACE
from tidegate.settings import Settings
from tidegate.sql.replay_lake import ADDED, VERDICT

Places = tuple[Ints, Ints]
"""Partitions and offsets."""


def note_judged(settings: Settings, name: str, added: Mapping[str, Places], properties: Mapping[str, str]) -> None:
    """Adds places by verdict, in the place of those that were added before, and says what the table is about.

    All in one commit, which may be made again.

    Raises:
        TransientError: the catalog does not answer.
    """
    with lake_errors(settings):
        table = open_catalog(settings).load_table(name)
        before = f"{VERDICT} in ({', '.join(repr(verdict) for verdict in ADDED)})"
        schema = schema_to_pyarrow(table.schema(), include_field_ids=False)
        rows = pa.concat_tables([_rows(schema, verdict, places) for verdict, places in added.items()])
        with table.transaction() as transaction:
            if _has(table, before):
                transaction.delete(before)
            if rows.num_rows:
                transaction.append(rows)
            transaction.set_properties({**properties})


def note_published(settings: Settings, name: str, at_ms: int) -> None:
    """From now on that is known without a look at the snapshots of silver, which are expired some day.

    Raises:
        TransientError: the catalog does not answer.
    """
    _note(settings, name, {REPLAYED_AT: str(at_ms)})


def note_filled(settings: Settings, name: str, version: int) -> None:
    """From now on the proof holds silver's topics of this version and of later ones to what the replay made.

    Raises:
        TransientError: the catalog does not answer.
    """
    _note(settings, name, {FILLED: str(version)})


def note_not_filled(settings: Settings, name: str) -> None:
    """Takes back what :func:`note_filled` has noted, before the topics are deleted: others may come in their place.

    Raises:
        TransientError: the catalog does not answer.
    """
    with lake_errors(settings):
        table = find_table(open_catalog(settings), name)
        if table is not None and FILLED in table.properties:
            with table.transaction() as transaction:
                transaction.remove_properties(FILLED)


def _note(settings: Settings, name: str, properties: dict[str, str]) -> None:
    """Nothing of a replay of an earlier version, which has left no table."""
    with lake_errors(settings):
        table = find_table(open_catalog(settings), name)
        if table is not None:
            with table.transaction() as transaction:
                transaction.set_properties(properties)


def _rows(schema: pa.Schema, verdict: str, places: Places) -> pa.Table:
    """Each with this verdict; null in all other columns."""
    known = {**dict(zip(PLACE, places, strict=True)), VERDICT: pa.repeat(verdict, len(places[0]))}
    columns = [
        pa.array(known[field.name]).cast(field.type) if field.name in known else pa.nulls(len(places[0]), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _has(table: Any, condition: str) -> bool:
    return table.current_snapshot() is not None and any(table.scan(row_filter=condition).plan_files())
