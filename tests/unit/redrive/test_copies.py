"""What is sent for a letter, and what the ledger says of it."""

from typing import Any

import pytest

from tests.unit.redrive.letters import letter
from tidegate.dead_letters import redriven
from tidegate.dead_letters.ledger import Entry, Outcome, Place, State
from tidegate.dead_letters.redriven import Origin, Redriven
from tidegate.redrive.copies import ANY_PARTITION, Copier, Copy, failed_again, parked, sent, settled
from tidegate.redrive.fix import Fixed, NotFixed

AT = Place("dlq.orders", 0, 7)
SOURCE = Place("raw.orders", 1, 42)
NOW_MS = 1_800_000_000_000
ARRIVED_MS = 1_790_000_000_000
KEY = "secret"
FIRST: dict[str, Any] = {"first_failed_at": ARRIVED_MS + 1, "replay_id": None}


def as_it_came(given: object) -> Fixed:
    assert isinstance(given, dict)
    return Fixed(given["source"]["key"], given["payload"], [*given["source"]["headers"].items()])


def copier(**changes: Any) -> Copier:
    fields: dict[str, Any] = {"dataset": "orders", "plan_id": "p2", "actor": "anna@desk", "fix": as_it_came, "key": KEY}
    return Copier(**fields | changes)


def copy_of(given: dict[str, Any], **changes: Any) -> Copy:
    copy = copier(**changes).copy_of(AT, given, NOW_MS)
    assert isinstance(copy, Copy)
    return copy


def test_the_copy_of_a_first_letter_is_the_record_and_names_it_as_its_origin() -> None:
    copy = copy_of(letter(**FIRST))

    assert (copy.key, copy.value, copy.partition) == (b"k", b"{}", 1)
    assert redriven.own_headers(copy.headers) == [("producer", b"shop 2.1")]
    assert redriven.read(copy.headers) == Redriven(Origin(*SOURCE, "aa"), 1, "p2", ARRIVED_MS, ARRIVED_MS + 1)
    assert redriven.is_genuine(copy.headers, copy.value, KEY)
    assert copy.entry == Entry(
        "aa", "orders", State.IN_FLIGHT, AT, SOURCE, NOW_MS, "anna@desk", attempt=1, plan_id="p2"
    )


def copied(*, signed_by: str = KEY) -> dict[str, bytes | None]:
    """Headers of a copy that failed in its turn."""
    said = Redriven(Origin("raw.orders", 0, 1, "first"), 1, "p1", 1_000, 2_000)
    return dict(redriven.marked([("producer", b"shop 2.1")], said, b"{}", signed_by))


@pytest.mark.parametrize("witness", ["refine", "ledger"])
def test_the_copy_of_a_copys_letter_keeps_the_origin_and_counts_on(witness: str) -> None:
    replay_id = "p1" if witness == "refine" else None
    copies = frozenset({SOURCE}) if witness == "ledger" else frozenset[Place]()
    attempt = 2 if witness == "refine" else 1
    again = letter(first_failed_at=2_000, replay_id=replay_id, attempt=attempt, source={"headers": copied()})

    copy = copy_of(again, copies=copies)

    assert redriven.read(copy.headers) == Redriven(Origin("raw.orders", 0, 1, "first"), 2, "p2", 1_000, 2_000)
    assert len(copy.headers) == len(copied())
    assert copy.entry.attempt == 2


def test_headers_that_nobody_vouches_for_are_replaced() -> None:
    forged = letter(**FIRST, source={"headers": copied(signed_by="another")})

    said = redriven.read(copy_of(forged).headers)

    assert said is not None
    assert (said.of, said.arrived_ms) == (Origin(*SOURCE, "aa"), ARRIVED_MS)


def test_another_key_may_lie_in_another_partition() -> None:
    copy = copy_of(letter(**FIRST), fix=lambda _: Fixed(b"another", b"{}", []))

    assert copy.partition == ANY_PARTITION


def test_what_can_not_be_fixed_or_must_not_be_sent_has_no_copy() -> None:
    assert copier(fix=lambda _: NotFixed("no")).copy_of(AT, letter(**FIRST), NOW_MS) == NotFixed("no")
    for fields in ({"stage": "index"}, {"source": {"row": 2}}):
        refused = copier().copy_of(AT, letter(**FIRST, **fields), NOW_MS)
        assert isinstance(refused, NotFixed) and "silver" in refused.reason


def test_the_entries_of_a_letters_way() -> None:
    entry = sent(copy_of(letter(**FIRST)), Place("raw.orders", 1, 99))
    next_letter, next_at = letter(dead_letter_id="bb", source={"offset": 99}), Place("dlq.orders", 0, 8)

    good = settled(entry, Outcome.SILVER, Place("silver.orders", 0, 5), NOW_MS + 1)
    failed = failed_again(entry, next_letter, next_at, NOW_MS + 1)
    stopped = parked(entry, next_letter, next_at, 2, NOW_MS + 1)

    assert (good.state, good.outcome, good.copy) == (State.RESOLVED, Outcome.SILVER, Place("raw.orders", 1, 99))
    assert (failed.state, failed.next_letter_id, failed.cause) == (State.FAILED_AGAIN, "bb", "rule/RULE_VIOLATED")
    assert failed.outcome_place == next_at
    assert (stopped.dead_letter_id, stopped.state, stopped.attempt) == ("bb", State.PARKED, 2)
    assert (stopped.letter, stopped.source) == (next_at, Place("raw.orders", 1, 99))
    assert stopped.reason == "it failed 2 times, at most 2 are tried"
