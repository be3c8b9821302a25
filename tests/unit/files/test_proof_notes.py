"""What is said beside the verdict."""

from dataclasses import replace
from datetime import UTC, date, datetime

from tests.unit.files.versions import version
from tidegate.clients.landing import Listed
from tidegate.files.closer import Sums
from tidegate.files.proof import FileVerdict
from tidegate.files.proof_notes import SHOWN, Limits, of_landing, of_limits, of_load, of_quarantine
from tidegate.files.told import DayTold, FileTold

DAY = date(2026, 11, 28)
FILE = FileVerdict(4, "file:///in/4.csv", DAY, 10, Sums(), 0, ())


def limits(found: Limits, day: date | None = None, *files: FileVerdict) -> list[str]:
    return [*of_limits("visits", found, day, files or (FILE,))]


def test_nothing_is_said_of_what_was_seen() -> None:
    assert limits(Limits(deep=True)) == [
        "Compared: each row's place, and its verdict. Not compared: its other columns."
    ]
    assert limits(Limits())[0].endswith("and the bytes of copies (--deep).")


def test_rows_that_retention_removed_are_told_with_their_files() -> None:
    found = limits(Limits(DAY), None, replace(FILE, removed=3), replace(FILE, number=5, removed=1), FILE)

    assert found[0].startswith("left out: 4 rows of files 4, 5 are not in silver: `tidegate retention apply`")
    assert "before 2026-11-28" in found[0]
    assert len(limits(Limits(DAY))) == 1


def test_duplicates_and_letters_that_nobody_can_see_any_more_are_told() -> None:
    found = limits(Limits(DAY, undecided=2, letters_gone=7, letters_in_lake=5))

    assert found[0].startswith("left out: 2 duplicates")
    assert found[1] == (
        "Kafka has removed 7 offsets of dlq.visits before they were read here; "
        "5 letters are in files.visits_letters alone."
    )


def test_a_proof_of_a_date_says_what_it_does_not_look_for() -> None:
    assert "by the proof of all dates" in limits(Limits(), DAY)[0]
    assert next(of_limits("visits", Limits(), DAY, ())) == "no file of visits of 2026-11-28 is loaded."


def test_a_load_that_has_not_ended_is_named() -> None:
    busy = [version(3, state="loaded"), version(4, state="loading", run="abc", replaces=3)]

    (told,) = of_load("visits", busy)
    assert told == (
        "left out: files 3, 4: the load abc was begun and has not ended; `tidegate files load visits` goes on with it."
    )
    assert [*of_load("visits", [])] == []


def test_files_in_quarantine_are_told_with_the_reason() -> None:
    versions = [version(1, state="loaded"), version(2, state="quarantined", reason="BAD_HEADER: no id")]

    assert [*of_quarantine(versions)] == ["in quarantine: file 2 file:///in/2.csv: BAD_HEADER: no id"]


def test_files_that_are_there_and_not_loaded_are_told() -> None:
    listed = Listed("file:///in/9.csv", 1, 0, "e")
    files = (
        FileTold("file:///in/8.csv", "loaded", listed, version(8)),
        FileTold("file:///in/9.csv", "new", listed, None),
        *(FileTold(f"file:///in/{number}.csv", "waiting", listed, None) for number in range(10, 19)),
    )
    found = [*of_landing([DayTold(DAY, datetime(2026, 11, 29, tzinfo=UTC), False, None, files)])]

    assert found[0] == "not loaded: 1 files are new: file:///in/9.csv"
    assert found[1].startswith("not loaded: 9 files are waiting: ")
    assert found[1].endswith(", …")
    assert found[1].count("file://") == SHOWN
