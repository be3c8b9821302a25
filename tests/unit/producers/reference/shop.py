"""A shop's products in place of a source and of the topic, for tests."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from producers.reference.load import Changes, Load, Table
from producers.reference.rows import Row
from producers.reference.topic import Known
from producers.sending.rejects import Rejects
from tidegate import log
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Reference
from tidegate.settings import Settings

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "postgresql://h/shop"
ENCODER_ID = 7


def product(key: str, since: datetime | None = NOW, **values: str | None) -> dict[str, Any]:
    """A row as PostgreSQL's row_to_json tells it."""
    fields = {"product_id": key, "name": "Lamp", "category": "Home", "list_price": "12.50", "currency": "EUR"}
    return {**fields, "updated_at": since and since.isoformat(timespec="milliseconds"), **values}


class Shop:
    """In place of a table of PostgreSQL and of the topic: rows, and what loads have made known."""

    def __init__(self, dataset: Reference, folder: Path) -> None:
        self.rows_by_key: dict[str, dict[str, Any]] = {}
        self.topic: dict[str, tuple[datetime, bytes]] = {}
        self.dataset = dataset
        self._folder = folder

    def set(self, *rows: dict[str, Any]) -> None:
        self.rows_by_key = {row["product_id"]: row for row in rows}

    def versions(self) -> dict[str, datetime | None]:
        times = {key: row["updated_at"] for key, row in self.rows_by_key.items()}
        return {key: time and datetime.fromisoformat(time) for key, time in times.items()}

    def rows(self, keys: Sequence[str]) -> Iterator[Row]:
        for number, key in enumerate(keys, start=1):
            yield Row(number, self.rows_by_key[key], "", json.dumps(self.rows_by_key[key]).encode())

    def read_known(self, _settings: Settings, _dataset: Reference, with_body: Collection[str]) -> dict[str, Known]:
        return {key: Known(since, body if key in with_body else None) for key, (since, body) in self.topic.items()}

    def load(self, at: datetime, *, mass_delete: bool = False) -> dict[str, datetime | None]:
        """Loads the table; since when each key that was sent holds, None for a deletion."""
        return dict(self.send(Load(table=Table(URL, "products", mass_delete)), at))

    def send(self, load: Load, at: datetime) -> list[tuple[str, datetime | None]]:
        """Loads; the same of each record that was sent."""
        encoder = Encoder(self.dataset.latest, ENCODER_ID)
        sent: list[tuple[str, datetime | None]] = []
        with Rejects(self._folder / "kept", log.console()) as rejects:
            changes = Changes(
                self.dataset, load, at, rejects, lambda keys: self.read_known(Settings(), self.dataset, keys)
            )
            for batch in changes.batches(encoder):
                for key, value in zip(batch.keys, batch.values, strict=True):
                    assert key is not None
                    sent.append((key.decode(), self._keep(key.decode(), value, encoder)))
        return sent

    def _keep(self, key: str, value: bytes | None, encoder: Encoder) -> datetime | None:
        if value is None:
            del self.topic[key]
            return None
        since = encoder.decode(value)["updated_at"]
        assert isinstance(since, datetime)
        self.topic[key] = since, value[len(encoder.frame) :]
        return since
