"""An entry in flight has the bytes that a codec gives it."""

from hypothesis import given
from hypothesis import strategies as some

from tests.contracts import SCHEMAS
from tidegate.avro.codec import Encoder
from tidegate.contracts.load import platform_schema
from tidegate.dead_letters.flights import flight_body
from tidegate.dead_letters.ledger import Entry, Place, State, as_record

ENCODER = Encoder(platform_schema(SCHEMAS, "dead_letter_state"), 7)
PLACES = some.builds(Place, some.text(max_size=200), some.integers(0, 2**31 - 1), some.integers(0, 2**63 - 1))
ENTRIES = some.builds(
    Entry,
    dead_letter_id=some.text(),
    dataset=some.text(),
    state=some.just(State.IN_FLIGHT),
    letter=PLACES,
    source=PLACES,
    changed_at=some.integers(-(2**62), 2**62),
    actor=some.text(),
    attempt=some.integers(0, 2**31 - 1),
    plan_id=some.text(),
    copy=PLACES,
    **dict.fromkeys(("outcome", "outcome_place", "next_letter_id", "cause", "reason", "action_id"), some.none()),
)


@given(ENTRIES)
def test_the_bytes_are_those_of_the_codec(entry: Entry) -> None:
    assert ENCODER.frame + flight_body(entry) == ENCODER.encode(as_record(entry))
