"""Ways to break a record in JSON, each with the error code its dead letter must carry."""

import json
from collections.abc import Mapping

import numpy as np

from producers.generated.poison import Damage, Kind, Record, absurd_times, empty, raw_time, rule_breaks, tombstone
from producers.sending.encoding import RecordEncoder
from tidegate.avro.frame import frame
from tidegate.avro.json_values import sent_name
from tidegate.contracts.dataset import Dataset
from tidegate.contracts.json_topics import unknown_fields

_ABSURD_TIMES_MS = (0, 7_258_118_400_000)
"""Of those that a JSON number can say: no year behind 9999."""


def json_kinds_for(dataset: Dataset, encoder: RecordEncoder, breaks: Mapping[str, Record]) -> list[Kind]:
    """All that can be done to records of ``dataset``; ``breaks`` has for a reject rule the fields that break it."""
    time = raw_time(dataset)
    kinds = [*_STRUCTURAL, *absurd_times(dataset, encoder, _ABSURD_TIMES_MS)]
    if time is not None:
        kinds.append(Kind("no_time", "BAD_VALUE", _with(sent_name(time), "yesterday")))
    if unknown_fields(dataset.contract) == "reject":
        kinds.append(Kind("unknown_field", "UNKNOWN_FIELD", _with("no field of the contract", None)))
    return [*kinds, *rule_breaks(dataset, encoder, breaks)]


def _with(name: str, value: object) -> Damage:
    def damage(good: bytes, rng: np.random.Generator) -> bytes:
        return json.dumps({**json.loads(good), name: value}, ensure_ascii=False).encode()

    return damage


def _cut(good: bytes, rng: np.random.Generator) -> bytes:
    """Cut somewhere, but not within a character."""
    return good[: int(rng.integers(1, len(good)))].decode(errors="ignore").encode()


def _trailing(good: bytes, rng: np.random.Generator) -> bytes:
    return good + good


def _key_twice(good: bytes, rng: np.random.Generator) -> bytes:
    first = next(iter(json.loads(good)))
    return b"{%s:null,%s" % (json.dumps(first).encode(), good[1:])


def _bad_utf8(good: bytes, rng: np.random.Generator) -> bytes:
    place = int(rng.integers(1, len(good)))
    return good[:place] + b"\xff" + good[place:]


def _no_json(good: bytes, rng: np.random.Generator) -> bytes:
    return b"id=%d" % rng.integers(1_000_000)


def _no_object(good: bytes, rng: np.random.Generator) -> bytes:
    return b"[" + good + b"]"


def _no_schema_id(good: bytes, rng: np.random.Generator) -> bytes:
    return frame(0) + good


_STRUCTURAL: tuple[Kind, ...] = (
    Kind("empty_value", "EMPTY_VALUE", empty),
    Kind("tombstone", "TOMBSTONE", tombstone),
    Kind("cut", "NOT_JSON", _cut),
    Kind("two_records", "TRAILING_BYTES", _trailing),
    Kind("key_twice", "NOT_JSON", _key_twice),
    Kind("bad_utf8", "BAD_UTF8", _bad_utf8),
    Kind("no_json", "NOT_JSON", _no_json),
    Kind("no_object", "BAD_VALUE", _no_object),
    Kind("no_schema_id", "UNKNOWN_SCHEMA", _no_schema_id),
)
