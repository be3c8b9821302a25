"""An entry of the ledger is the record of its schema, and back."""

from typing import get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from tests.contracts import SCHEMAS
from tidegate.avro.codec import Encoder
from tidegate.contracts.load import platform_schema
from tidegate.dead_letters.ledger import END_STATES, Entry, Outcome, Place, State, as_record, from_record

TEXT = st.text(max_size=20)
PLACES = st.builds(Place, TEXT, st.integers(0, 2**31 - 1), st.integers(0, 2**63 - 1))
ENTRIES = st.builds(
    Entry,
    dead_letter_id=TEXT,
    dataset=TEXT,
    state=st.sampled_from(State),
    letter=PLACES,
    source=PLACES,
    changed_at=st.integers(0, 2**45),
    actor=TEXT,
    attempt=st.integers(1, 1000),
    plan_id=st.none() | TEXT,
    copy=st.none() | PLACES,
    outcome=st.none() | st.sampled_from(Outcome),
    outcome_place=st.none() | PLACES,
    next_letter_id=st.none() | TEXT,
    cause=st.none() | TEXT,
    reason=st.none() | TEXT,
)


@given(ENTRIES)
def test_what_is_written_is_read(entry: Entry) -> None:
    assert from_record(as_record(entry)) == entry


def test_the_record_has_the_fields_of_its_schema() -> None:
    schema = platform_schema(SCHEMAS, "dead_letter_state")
    place = Place("dlq.clicks", 1, 2)
    entry = Entry("id", "clicks", State.DISCARDED, place, place, 5, "anna@desk", reason="a test")

    names = [field["name"] for field in schema["fields"]]
    assert names == [*as_record(entry)] == [*get_type_hints(Entry)]
    encoded = Encoder(schema, 7).encode(as_record(entry))
    assert encoded.startswith(b"\0\0\0\0\7") and b"a test" in encoded


def test_work_is_left_for_open_ones_those_on_their_way_and_parked_ones_alone() -> None:
    assert set(State) - END_STATES == {State.OPEN, State.IN_FLIGHT, State.PARKED}


def test_a_place_is_told_as_its_coordinates() -> None:
    assert str(Place("raw.clicks", 2, 4711)) == "raw.clicks/2/4711"
