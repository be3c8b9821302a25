"""Rows that ``tidegate retention apply`` has taken out of lake and index: looked for among those that are missing.

Which days it took of what, it has noted there. The day of a missing row is told by its record in the topic. So nothing
is read where nothing is missing, and a row of a day that was not taken stays missing.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np

from tidegate.avro.records import decode_record, plain_schemas
from tidegate.avro.types import Kind
from tidegate.clients.index_retention import removed_before as removed_from_index
from tidegate.clients.kafka_offsets import offsets_at, topic_spans
from tidegate.clients.kafka_records import Scan
from tidegate.clients.lake_rows import table_if_there
from tidegate.clients.registry import RegistryClient
from tidegate.clients.retention_notes import removed_before
from tidegate.contracts.dataset import Stream
from tidegate.contracts.naming import Layer, lake_table
from tidegate.proof.record_reader import silver_of
from tidegate.proof.report import LayerName
from tidegate.proof.rows import Rows, among_places, concat, make_rows
from tidegate.search.dated import Dated
from tidegate.search.mapping import alias
from tidegate.settings import Settings

_EPOCH = date(1970, 1, 1)
_PER_DAY = {"timestamp-millis": 86_400_000, "timestamp-micros": 86_400_000_000, "date": 1}
_LAYERS: dict[LayerName, Layer] = {"lake_bronze": "bronze", "lake_silver": "silver"}


@dataclass(slots=True)
class _Known:
    """What was looked up of one layer: the places, and the rows there that were taken."""

    before: date
    places: Rows = field(default_factory=make_rows)
    taken: Rows = field(default_factory=make_rows)


class TakenReader:
    """Of one dataset; each missing record is looked up once."""

    def __init__(self, settings: Settings, dataset: Stream) -> None:
        self._settings = settings
        self._dataset = dataset
        self._known: dict[LayerName, _Known] = {}

    def of(self, layer: LayerName, missing: Rows) -> Rows:
        """Those of the rows that the layer lacks at these places that were taken out of it.

        Raises:
            TransientError: a server does not answer.
        """
        before = self._noted(layer)
        if before is None:
            return make_rows()
        known = self._known.get(layer)
        if known is None or known.before != before:
            known = self._known[layer] = _Known(before)
        new = missing.where(~among_places(missing, known.places))
        if len(new):
            known.taken = concat([known.taken, self._taken(layer, new, before)])
            known.places = concat([known.places, new])
        return known.taken

    def before(self, layer: LayerName) -> date | None:
        """The day before which rows were taken, as it was read last; None if nothing was asked for or taken."""
        known = self._known.get(layer)
        return None if known is None else known.before

    def _noted(self, layer: LayerName) -> date | None:
        if layer == "index":
            return removed_from_index(self._settings, alias(self._dataset.contract))
        table = table_if_there(self._settings, lake_table(_LAYERS[layer], self._dataset.name))
        return None if table is None else removed_before(table.properties)

    def _taken(self, layer: LayerName, missing: Rows, before: date) -> Rows:
        if layer == "lake_bronze":
            return self._of_raw(missing, before)
        index, event_time = self._dataset.contract.index, self._dataset.contract.event_time.column
        return self._of_silver(missing, before, Dated.of(index).column if layer == "index" and index else event_time)

    def _of_raw(self, missing: Rows, before: date) -> Rows:
        """By the broker's time stamps, which only grow."""
        midnight_ms = int(datetime(before.year, before.month, before.day, tzinfo=UTC).timestamp() * 1000)
        first_kept = offsets_at(self._settings, self._dataset.contract.topic.name, midnight_ms)
        ends = [first_kept.get(number, np.iinfo(np.int64).max) for number in missing.partition.tolist()]
        return missing.where(missing.offset < np.asarray(ends, np.int64))

    def _of_silver(self, missing: Rows, before: date, column: str) -> Rows:
        contract, schemas = self._dataset.contract, plain_schemas(RegistryClient(self._settings).by_id)
        kind = self._dataset.silver_fields[column].type.kind
        scan = Scan(self._settings, contract.silver_topic, topic_spans(self._settings, contract.silver_topic))
        found = []
        for rows, values in silver_of(scan, contract.row_identity, missing):
            days = (day_of((decode_record(value, schemas) or {}).get(column), kind) for value in values)
            found.append(
                rows.where(np.fromiter((day is not None and day < before for day in days), np.bool_, len(rows)))
            )
        return concat(found)


def day_of(value: object, kind: Kind) -> date | None:
    """The day (UTC) of a time as Avro stores it; None of what is none."""
    try:
        return _EPOCH + timedelta(days=value // _PER_DAY[kind]) if isinstance(value, int) else None
    except (KeyError, OverflowError):
        return None
