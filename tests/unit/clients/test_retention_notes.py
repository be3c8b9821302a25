"""What was taken once stays noted, whatever the contract says later."""

from datetime import date

from tidegate.clients.retention_notes import erased_before, note_erased, note_removed, removed_before

EARLY, LATE = date(2024, 2, 29), date(2025, 3, 1)


def test_nothing_is_noted_of_a_table_that_retention_has_left_alone() -> None:
    assert removed_before({}) is None
    assert erased_before({}) == {}


def test_what_is_noted_is_read() -> None:
    assert removed_before(note_removed({}, EARLY)) == EARLY
    assert erased_before(note_erased({}, {"ip": EARLY})) == {"ip": EARLY}


def test_a_note_never_goes_back() -> None:
    assert removed_before(note_removed(note_removed({}, LATE), EARLY)) == LATE
    noted = note_erased(note_erased({}, {"ip": LATE, "user_id": EARLY}), {"ip": EARLY, "user_id": LATE})
    assert erased_before(noted) == {"ip": LATE, "user_id": LATE}
