"""From a record to the value that a dataset's topic holds: Avro in the registry's frame, or plain JSON."""

from collections.abc import Mapping
from typing import Any, Protocol

from tidegate.avro.codec import Encoder
from tidegate.avro.json_codec import JsonEncoder
from tidegate.contracts.dataset import Dataset


class RecordEncoder(Protocol):
    """Writes records of one dataset, and reads them again."""

    def encode(self, record: Mapping[str, object]) -> bytes: ...

    def decode(self, value: bytes) -> dict[str, Any]: ...


def encoder_of(dataset: Dataset, schema_id: int) -> RecordEncoder:
    """The encoder of the dataset's records, as its contract says they are written; JSON needs no schema's id."""
    return JsonEncoder(dataset.latest) if dataset.contract.is_json else Encoder(dataset.latest, schema_id)
