"""The columns say of each letter what its newest entry says, whatever lies between."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.broker import Broker
from tests.contracts import SCHEMAS
from tests.unit.clients.registries import MemoryRegistry
from tidegate.avro.codec import Encoder
from tidegate.avro.leading_fields import Buffer
from tidegate.avro.records import WriterSchemas
from tidegate.clients import ledger_columns
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.ledger_columns import STATES, LedgerScan, no_entries
from tidegate.contracts.load import platform_schemas
from tidegate.dead_letters.ledger import Entry, Outcome, Place, State, as_record
from tidegate.dead_letters.told import digest
from tidegate.settings import Settings

OLD, NEW = (Encoder(schema, number) for number, schema in enumerate(platform_schemas(SCHEMAS, "dead_letter_state"), 1))
NUMBERS = some.integers(0, 2**40)
PLACES = some.builds(Place, some.sampled_from(["raw.clicks", "silver.clicks"]), some.integers(0, 99), NUMBERS)
ENTRIES = some.builds(
    Entry,
    dead_letter_id=some.sampled_from(["a", "b", "an id of 32 bytes, as it were, ä"]),
    dataset=some.sampled_from(["clicks", "orders"]),
    state=some.sampled_from(State),
    letter=PLACES,
    source=PLACES,
    changed_at=NUMBERS,
    actor=some.text(max_size=9),
    attempt=some.integers(1, 9),
    plan_id=some.none() | some.text(max_size=9),
    copy=some.none() | PLACES,
    outcome=some.none() | some.sampled_from(Outcome),
    outcome_place=some.none() | PLACES,
    next_letter_id=some.none(),
    cause=some.none(),
    reason=some.none() | some.text(max_size=9),
    action_id=some.none() | some.sampled_from(["0" * 32, "1"]),
)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = MemoryRegistry()
    for schema in (OLD.schema, NEW.schema):
        registry.register("audit.dead_letters-value", schema)
    monkeypatch.setattr(ledger_columns, "RegistryClient", lambda _: registry)


def place_of(place: Place | None) -> list[int]:
    return [-1, -1] if place is None or place.topic != "raw.clicks" else [place.partition, place.offset]


def expected(values: list[bytes]) -> dict[str, list[object]]:
    """What a plain program makes of the records: by letter, the last entry of the dataset."""
    found: dict[str, list[object]] = {}
    for value in values:
        entry = (OLD if value[4] == 1 else NEW).decode(value)
        copy, source = (entry[name] and Place(**entry[name]) for name in ("copy", "source"))
        told = digest(value) if copy is None else 0
        changed_at = round(entry["changed_at"].timestamp() * 1000)
        named = [
            entry["state"],
            place_of(source),
            place_of(copy),
            copy is not None,
            entry["outcome"] == "index",
            changed_at,
        ]
        if entry["dataset"] == "clicks":
            found[entry["dead_letter_id"]] = [*named, entry.get("action_id") or "", told]
    return found


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(some.tuples(ENTRIES, some.booleans()), max_size=12), some.integers(0, 12))
def test_columns_are_what_the_newest_entries_say(entries: list[tuple[Entry, bool]], read_first: int) -> None:
    values = [(OLD if is_old else NEW).encode(as_record(entry)) for entry, is_old in entries]
    scan = LedgerScan(Settings(), "clicks", "raw.clicks")
    for part in (values[:read_first], values[read_first:]):
        scan.take(
            Buffer.of([*part, b"no entry"]),
            WriterSchemas({1: OLD.schema, 2: NEW.schema}.get, ledger_columns.writer_type),
        )

    columns = scan.columns
    letters = [letter.decode() for letter in columns.letter.tolist()]
    assert letters == sorted(letters, key=str.encode)
    rows = zip(
        (STATES[number].value for number in columns.state),
        columns.source.tolist(),
        columns.copy.tolist(),
        columns.has_copy.tolist(),
        columns.indexed.tolist(),
        columns.changed_at.tolist(),
        (action.decode() for action in columns.action.tolist()),
        columns.digest.tolist(),
        strict=True,
    )
    assert dict(zip(letters, map(list, rows), strict=True)) == expected(values)


def test_a_ledger_is_read_on_where_it_was_read_to(broker: Broker) -> None:
    place = Place("raw.clicks", 0, 7)
    parked = Entry("a", "clicks", State.PARKED, place, place, 1, "anna")
    scan = LedgerScan(broker.settings, "clicks", "raw.clicks")
    for entry in (parked, parked._replace(state=State.OPEN)):
        before = topic_spans(broker.settings, "audit.dead_letters")
        broker.send("audit.dead_letters", [(0, NEW.encode(as_record(entry)))])
        after = topic_spans(broker.settings, "audit.dead_letters")
        scan.read({number: (before.get(number, (0, 0))[1], end) for number, (_, end) in after.items()})
        assert [STATES[number] for number in scan.columns.state] == [entry.state]


def test_letters_are_found_by_their_ids() -> None:
    assert no_entries().rows_of(np.array([b"a"])).tolist() == [-1]
    place = Place("raw.clicks", 0, 7)
    scan = LedgerScan(Settings(), "clicks", "raw.clicks")
    values = [NEW.encode(as_record(Entry(name, "clicks", State.OPEN, place, place, 1, ""))) for name in ("c", "a")]
    scan.take(Buffer.of(values), WriterSchemas({2: NEW.schema}.get, ledger_columns.writer_type))

    assert scan.columns.rows_of(np.array([b"c", b"b", b"a", b"longer"])).tolist() == [1, -1, 0, -1]
