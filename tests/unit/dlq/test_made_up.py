"""Letters whose events silver has all the same are found by their identities; what was read once is read no more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from tests.clicks import click
from tests.contracts import SCHEMAS
from tests.letters import letter
from tests.unit.clients.registries import MemoryRegistry
from tests.unit.dlq.served import Served
from tidegate.avro.codec import Encoder
from tidegate.clients.kafka_records import Batch
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.dead_letters.ledger import Place, State
from tidegate.dlq import made_up
from tidegate.dlq.folders import looked_before
from tidegate.dlq.made_up import MadeUp, look
from tidegate.dlq.near import made_up_near

CLICKS = load_stream(SCHEMAS, "clicks")


class Topics:
    """Letters with clicks for payloads, and silver rows of clicks."""

    def __init__(self, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        self.served = served
        self.registry: MemoryRegistry = served.registry
        self.raw_id = self.registry.register("raw.clicks-value", CLICKS.latest)
        self.raw = Encoder(CLICKS.latest, self.raw_id)
        self.silver = Encoder(CLICKS.silver, self.registry.register("silver.clicks-value", CLICKS.silver))
        monkeypatch.setattr(made_up, "RegistryClient", lambda _: self.registry)

    def letter(self, offset: int, event_id: str | None, **changes: Any) -> dict[str, Any]:
        payload = b"?" if event_id is None else self.raw.encode(click(event_id=event_id))
        made = letter(offset, payload=payload, **changes)
        self.served.send(made)
        return made

    def row(self, event_id: str, offset: int = 0, topic: str = "silver.clicks") -> None:
        made = dict.fromkeys(field["name"] for field in CLICKS.silver["fields"])
        made |= {name: value for name, value in click(event_id=event_id).items() if name in made}
        made |= {"_source_partition": 0, "_source_offset": offset, "_source_topic": "raw.clicks", "_schema_id": 1}
        made |= {"_ingested_at": 0, "_warnings": [], "device_family": "phone"}
        self.served.broker.send(topic, [(0, self.silver.encode(made))])

    def look(self, stream: Stream = CLICKS) -> list[MadeUp]:
        with self.served.index() as index:
            return look(self.served.settings, index, stream)


@pytest.fixture
def topics(served: Served, monkeypatch: pytest.MonkeyPatch) -> Topics:
    return Topics(served, monkeypatch)


def ids(found: Sequence[MadeUp]) -> set[str]:
    return {each.letter.id for each in found}


def test_a_waiting_letter_with_the_identity_of_a_row_is_found_with_the_rows_place(topics: Topics) -> None:
    topics.row("other")
    topics.row("a")
    topics.row("a", offset=9)
    made = topics.letter(3, "a")
    topics.letter(4, "nowhere")
    topics.letter(5, None)
    topics.letter(6, "a", stage="index")

    (found,) = topics.look()

    assert found.silver == Place("silver.clicks", 0, 1)
    assert (found.letter.id, found.letter.state) == (made["dead_letter_id"], State.OPEN)
    assert (found.letter.source, found.letter.letter) == (Place("raw.clicks", 0, 3), Place("dlq.clicks", 0, 0))


def test_of_another_version_of_silver_its_own_rows_count_and_no_others(topics: Topics) -> None:
    topics.row("a")
    first, second = topics.letter(1, "a"), topics.letter(2, "b")
    assert ids(topics.look()) == {first["dead_letter_id"]}
    topics.row("b", topic="silver.clicks.v2")

    (found,) = topics.look(CLICKS.of_silver_version(2))

    assert (found.letter.id, found.silver) == (second["dead_letter_id"], Place("silver.clicks.v2", 0, 0))
    assert ids(topics.look()) == {first["dead_letter_id"]}


def test_letters_that_wait_no_more_are_left_out(topics: Topics) -> None:
    topics.row("a")
    parked, discarded, resolved = (topics.letter(offset, "a") for offset in range(3))
    topics.served.enter(parked, State.PARKED)
    topics.served.enter(discarded, State.DISCARDED)
    topics.served.enter(resolved, State.RESOLVED)

    assert ids(topics.look()) == {parked["dead_letter_id"]}


def test_only_what_came_since_is_read_again(topics: Topics, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    decode = made_up._Identities.__call__

    def counted(self: made_up._Identities, batch: Batch) -> dict[str, Sequence[Any]]:
        read.append(len(batch.values))
        return decode(self, batch)

    monkeypatch.setattr(made_up._Identities, "__call__", counted)
    first = topics.letter(1, "a")
    assert topics.look() == []
    topics.row("a")
    assert ids(topics.look()) == {first["dead_letter_id"]}
    second = topics.letter(2, "a")
    assert ids(topics.look()) == {first["dead_letter_id"], second["dead_letter_id"]}

    assert read == [1, 1]


def test_a_letter_is_found_once_the_registry_has_its_schema(topics: Topics, monkeypatch: pytest.MonkeyPatch) -> None:
    topics.row("a")
    made = topics.letter(1, "a", stage="decode", error_code="UNKNOWN_SCHEMA")
    with monkeypatch.context() as without:
        by_id = topics.registry.by_id
        without.setattr(topics.registry, "by_id", lambda number: None if number == topics.raw_id else by_id(number))
        assert (topics.look(), topics.look()) == ([], [])

    assert ids(topics.look()) == ids(topics.look()) == {made["dead_letter_id"]}


def test_a_letter_is_found_once_the_contract_reads_its_schema(topics: Topics) -> None:
    topics.row("a")
    made = topics.letter(1, "a", stage="decode", error_code="SCHEMA_MISMATCH")
    number = {"name": "screen", "type": "int"}  # without a default what was written before it can't be read
    mismatched = replace(CLICKS, versions={1: CLICKS.latest | {"fields": [*CLICKS.latest["fields"], number]}})

    assert topics.look(mismatched) == []
    assert ids(topics.look()) == {made["dead_letter_id"]}


def test_they_are_told_where_somebody_looked_before_and_little_came_since(
    topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    def near() -> Mapping[str, Place] | None:
        with topics.served.index() as index:
            return made_up_near(topics.served.settings, index, CLICKS)

    made = topics.letter(1, "a")
    topics.row("b")
    assert (looked_before(topics.served.settings, "clicks"), near()) == (False, None)
    topics.look()
    assert looked_before(topics.served.settings, "clicks")
    assert near() == {}
    topics.row("a")
    assert near() == {made["dead_letter_id"]: Place("silver.clicks", 0, 1)}
    monkeypatch.setattr(made_up, "NEAR_ROWS", 1)
    topics.row("c")
    topics.row("d")
    assert near() is None


def test_the_letter_of_one_row_needs_that_row_and_one_of_a_whole_record_any_row_of_it() -> None:
    session = duckdb.connect()
    session.execute(
        "create table silver as select * from (values ('o1', 'paid', 1, 0, 5), ('o1', 'paid', 2, 0, 6)) "
        "as s(order_id, status, line_number, letter_partition, letter_offset)"
    )
    session.execute(
        "create table letters as select *, 'orders' as dataset, 'open' as state, 'rule' as stage, "
        "0 as letter_partition, 0 as letter_offset, '' as source_topic, 0 as source_partition, "
        "0 as source_offset, 1 as attempt "
        "from (values ('whole', null), ('second', 2), ('third', 3), ('unpaid', null)) as l(id, source_row)"
    )
    session.execute(
        "create table identities as select id, ['o1', if(id = 'unpaid', 'new', 'paid')] as identity from letters"
    )

    sql = made_up._sql(("order_id", "status", "line_number"), 2)
    rows = session.execute(sql, ["orders", ["open"], ["rule"]]).fetchall()

    assert [(row[0], row[-1]) for row in rows] == [("second", 6), ("whole", 5)]
