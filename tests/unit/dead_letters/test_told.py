"""Which entries the audit tells of, and by what it knows them."""

from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.dead_letters.told import digest, is_told, named

PLACE = Place("dlq.clicks", 0, 1)
PARKED = Entry("a", "clicks", State.PARKED, PLACE, PLACE, 1, "anna@desk")
SENT = PARKED._replace(state=State.IN_FLIGHT, plan_id="p", copy=Place("raw.clicks", 0, 9))


def test_entries_that_no_copy_bears_witness_to_name_their_action() -> None:
    assert [is_told(each) for each in (PARKED, SENT)] == [True, False]
    assert [*named([PARKED, SENT], "an action")] == [PARKED._replace(action_id="an action"), SENT]


def test_a_digest_is_of_the_entry_and_not_of_the_registry_that_numbered_its_schema() -> None:
    assert digest(b"\0\0\0\0\1entry") == digest(b"\0\0\0\0\2entry") != digest(b"\0\0\0\0\1other")
    assert -(2**63) <= digest(b"\0\0\0\0\1entry") < 2**63
