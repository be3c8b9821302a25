"""What is told of files: their state, why, and whether a date is late."""

from datetime import timedelta

import pytest

from tests.unit.clients.made_versions import DAY, NOW, version
from tidegate.clients.landing import Listed
from tidegate.files.complete import Ready
from tidegate.files.told import DayTold, Found, day_told

DUE = NOW - timedelta(hours=1)


def _listed(name: str, etag: str) -> Listed:
    return Listed(f"s3://landing/{DAY}/{name}", 100, 1000, etag)


def _states(told: DayTold) -> dict[str, tuple[str, str | None, int | None]]:
    return {
        each.uri.rpartition("/")[2]: (each.state, each.reason, each.version.number if each.version else None)
        for each in told.files
    }


def test_each_file_has_the_state_of_its_newest_version_if_it_is_as_it_was() -> None:
    listed = (_listed("a", "etag-1"), _listed("b", "etag-3"), _listed("c", "new"))
    known = [
        version(1, "a", "loaded"),
        version(2, "b", "superseded"),
        version(3, "b", "quarantined", reason="it is empty"),
        version(4, "gone", "loaded"),
        version(5, "of another day", "loaded", date=DAY - timedelta(days=1)),
    ]

    told = day_told(Found(DAY, listed, Ready(listed)), known, DUE, NOW)

    assert _states(told) == {
        "a": ("loaded", None, 1),
        "b": ("quarantined", "it is empty", 3),
        "c": ("new", None, None),
        "gone": ("loaded", None, 4),
    }
    assert [each.listed for each in told.files] == [*listed, None]


def test_a_repair_file_is_told_as_long_as_it_counts() -> None:
    known = [
        version(1, "a", "loaded"),
        version(2, "a#repair-1", "loaded", repairs=1),
        version(3, "a#repair-2", "superseded", repairs=1),
    ]

    told = day_told(Found(DAY, (_listed("a", "etag-1"),), Ready(())), known, DUE, NOW)

    assert [(each.state, each.version and each.version.number) for each in told.files] == [("loaded", 1), ("loaded", 2)]


def test_a_file_that_was_written_again_is_new_beside_its_version() -> None:
    listed = (_listed("a", "other"),)

    told = day_told(Found(DAY, listed, Ready(listed)), [version(1, "a", "loaded")], DUE, NOW)

    assert _states(told) == {"a": ("new", None, 1)}


def test_a_file_that_is_not_taken_in_says_why() -> None:
    listed = tuple(_listed(name, "e") for name in ("left", "new", "unnamed"))
    found = Found(DAY, listed, Ready(listed[:2], strange=listed[2:]), {listed[0].uri: "it was removed"})

    assert _states(day_told(found, [], DUE, NOW)) == {
        "left": ("left", "it was removed", None),
        "new": ("new", None, None),
        "unnamed": ("unnamed", "the manifest does not name it", None),
    }


@pytest.mark.parametrize(("due_in_s", "is_late"), [(-1, True), (0, True), (1, False)])
def test_a_date_that_waits_is_late_once_it_is_due(due_in_s: int, is_late: bool) -> None:
    found = Found(DAY, (_listed("a", "e"),), Ready(waits_for="_SUCCESS is not there"))

    told = day_told(found, [], NOW + timedelta(seconds=due_in_s), NOW)

    assert (told.is_late, told.waits_for) == (is_late, "_SUCCESS is not there")
    assert _states(told) == {"a": ("waiting", "_SUCCESS is not there", None)}


def test_a_date_without_files_waits_for_them() -> None:
    told = day_told(Found(DAY, (), Ready()), [], DUE, NOW)

    assert (told.is_late, told.waits_for, told.files) == (True, "no file is there", ())


def test_a_date_whose_files_are_gone_but_were_taken_in_waits_for_nothing() -> None:
    told = day_told(Found(DAY, (), Ready()), [version(1, "a", "loaded")], DUE, NOW)

    assert (told.is_late, told.waits_for) == (False, None)
