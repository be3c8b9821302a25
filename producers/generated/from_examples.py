"""Traffic for any dataset without code: its own examples again and again, with new identities and times."""

from collections.abc import Iterator, Mapping
from itertools import count, cycle, islice
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from producers.generated.generator import Generator, Traffic
from producers.generated.poison import Record
from producers.generated.records import Made, Records
from producers.sending.ids import uuid7_texts
from producers.sending.raw_paths import changed, raw_time
from tidegate.avro.paths import field_at, value_at
from tidegate.avro.types import Kind
from tidegate.contracts.examples import Accepted, Dropped, Example, Refused, read_examples
from tidegate.errors import TidegateError

_DROPPED_EVERY = 20
_FRESH: frozenset[Kind] = frozenset({"string", "int", "long"})
_PER_MS = 2**20
"""How many whole numbers a millisecond has, more than a run makes records in it: so the next run has others."""


def generator(traffic: Traffic, rng: np.random.Generator) -> Generator:
    """A generator that needs nothing but ``schemas/<dataset>/examples/``.

    Raises:
        TidegateError: no example becomes silver.
    """
    examples, _ = read_examples(traffic.dataset)
    return Records(traffic, rng, Examples(traffic, examples, rng), _breaks(examples))


class Examples:
    """Makes records from the valid examples, in turn; one in twenty from those that a drop rule leaves out."""

    def __init__(self, traffic: Traffic, examples: list[Example], rng: np.random.Generator) -> None:
        dataset = traffic.dataset
        silver = [_made(example) for example in examples if isinstance(example.expect, Accepted)]
        dropped = [_made(example) for example in examples if isinstance(example.expect, Dropped)]
        if not silver:
            raise TidegateError(
                f"dataset {dataset.name!r} has no generator and no example to make traffic from.",
                remedy=f"Add a line to {dataset.folder}/examples/valid.jsonl, or send a file with --from.",
            )
        found = {path: field_at(dataset.raw_fields, path) for path in dataset.raw_identity}
        types = {path: field.type for path, field in found.items() if field is not None}
        fields = {path: avro.kind for path, avro in types.items() if avro.stored != "enum"}
        self._fresh_field = next((path for path in types if fields.get(path) in _FRESH), None)
        self._fresh_kind = fields[self._fresh_field] if self._fresh_field else None
        self._is_bytes = self._fresh_field is not None and types[self._fresh_field].stored == "fixed"
        self._numbers = numbers_of(traffic, is_long=self._fresh_kind == "long")
        self._time = raw_time(dataset)
        often = cycle(silver)
        rounds = [*islice(often, _DROPPED_EVERY * len(silver))]
        for place, example in enumerate(dropped):
            rounds.insert((place + 1) * _DROPPED_EVERY, example)
        self._rounds = cycle(rounds)
        self._rng = rng

    def __call__(self, times_ms: NDArray[np.int64]) -> list[Made]:
        """One record per time."""
        ids = uuid7_texts(times_ms, self._rng)
        numbers = islice(self._numbers, len(times_ms))
        return [
            made._replace(
                record=changed(made.record, self._fresh(made.record, time_ms, bytes(text).decode("ascii"), number))
            )
            for made, time_ms, text, number in zip(
                islice(self._rounds, len(times_ms)), times_ms.tolist(), ids, numbers, strict=True
            )
        ]

    def _text(self, uuid: str) -> str | bytes:
        return UUID(uuid).bytes if self._is_bytes else uuid

    def _fresh(self, record: Record, time_ms: int, text: str, number: int) -> dict[str, Any]:
        """A new time as the record writes it, and a new value of one field of the identity, by their paths."""
        values: dict[str, Any] = {}
        if self._time is not None:
            values[self._time.path] = self._time.like(value_at(record, self._time.path), time_ms)
        if self._fresh_field is not None:
            values[self._fresh_field] = self._text(text) if self._fresh_kind == "string" else number
        return values


def numbers_of(traffic: Traffic, *, is_long: bool) -> Iterator[int]:
    """Whole numbers for identities: no two workers of a run have one in common, nor a run and the next.

    The latter holds for an ``int``, which has 31 bits, only for runs of up to 1,000 records per second within 24 days.
    """
    workers = traffic.workers
    span = 2 ** (63 if is_long else 31) // workers * workers  # so that a worker keeps to its own past the end
    start = traffic.start_ms * (_PER_MS if is_long else 1) // workers * workers
    return ((start + number) % span for number in count(traffic.worker, workers))


def _made(example: Example) -> Made:
    match example.expect:
        case Dropped(violations=rules):
            return Made(example.record, "dropped", rules[0])
        case Accepted(warnings=rules) if rules:
            return Made(example.record, "warned", rules[0])
        case _:
            return Made(example.record)


def _breaks(examples: list[Example]) -> Mapping[str, Record]:
    """For each rule that an invalid example breaks alone, the fields in which it differs from the valid ones."""
    valid = [example.record for example in examples if isinstance(example.expect, Accepted)]
    breaks: dict[str, Record] = {}
    for example in examples:
        if isinstance(example.expect, Refused) and len(example.expect.violations) == 1:
            closest = min((_difference(example.record, record) for record in valid), key=len)
            breaks.setdefault(example.expect.violations[0], closest)
    return breaks


def _difference(record: Record, other: Record) -> Record:
    return {name: value for name, value in record.items() if value != other.get(name)}
