"""The index holds each letter once, with the ledger's word on it."""

from tests.letters import FAILED_AT, letter
from tests.unit.dlq.served import Served
from tidegate.dead_letters.ledger import State

OFFSETS = "select source_offset, state from letters order by 1"


def test_it_is_empty_before_the_first_letter(served: Served) -> None:
    with served.index() as index:
        assert index.rows("select count(*) from letters") == [(0,)]


def test_a_letter_has_the_state_of_its_newest_entry_or_is_open(served: Served) -> None:
    first, second, third = letter(1), letter(2), letter(3)
    served.send(first, second, third)
    served.enter(first, State.IN_FLIGHT)
    served.enter(first, State.RESOLVED)
    served.enter(second, State.PARKED)

    with served.index() as index:
        assert index.rows(OFFSETS) == [(1, "resolved"), (2, "parked"), (3, "open")]
    served.enter(second, State.OPEN)
    with served.index() as index:
        assert index.rows(OFFSETS)[1] == (2, "open")


def test_a_letter_that_was_written_twice_counts_once(served: Served) -> None:
    served.send(letter(1), letter(2), letter(1))

    for _ in range(2):
        with served.index() as index:
            assert index.rows(OFFSETS) == [(1, "open"), (2, "open")]


def test_what_is_kept_of_a_letter_is_what_it_says(served: Served) -> None:
    served.send(letter(7, rules=("a", "b"), source={"headers": {"producer": b"x", "none": None}, "row": 3}))

    with served.index() as index:
        (record,) = index.records("select * from letters")
    assert record["failed_at"] == FAILED_AT
    assert record["rules"] == ["a", "b"]
    assert record["header_names"] == ["producer", "none"]
    assert record["header_values"] == [b"x", b""]
    assert (record["source_topic"], record["source_row"], record["key"]) == ("raw.clicks", 3, b"session-1")
    assert (record["dataset"], record["schema_id"], record["plan"]) == ("clicks", 7, None)


def test_a_row_of_no_topic_is_kept_too(served: Served) -> None:
    served.send(letter() | {"source": None})

    with served.index() as index:
        assert index.rows("select source_topic, key, rules from letters") == [(None, None, [])]
