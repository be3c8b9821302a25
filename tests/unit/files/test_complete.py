"""Whether a date's files are all there: by a list, a marker, or because nothing changes any more."""

from datetime import date, timedelta

import pytest

from tests.unit.clients.made_versions import NOW
from tidegate.clients.landing import Listed
from tidegate.contracts.file_pattern import FilePattern
from tidegate.contracts.file_section import Complete
from tidegate.files.complete import (
    Listing,
    by_manifest,
    by_marker,
    by_quiet,
    listing_of_text,
    listing_to_text,
    told_by,
)
from tidegate.files.manifest import Promised

DAY = date(2026, 11, 28)
FOLDER = "s3://landing/2026-11-28/"
PATTERN = FilePattern("s3://landing/{date:yyyy-MM-dd}/part-*.csv")
MANIFEST = f"{FOLDER}manifest.json"


def _listed(*names: str, etag: str = "e") -> tuple[Listed, ...]:
    return tuple(Listed(FOLDER + name, 10, 1000, etag) for name in names)


def _promises(*names: str) -> dict[str, Promised]:
    return {name: Promised(name, 10) for name in names}


def _is_of_date(uri: str) -> bool:
    return PATTERN.date_of(uri) == DAY


@pytest.mark.parametrize(
    ("complete", "uri"),
    [
        (Complete(by="manifest"), MANIFEST),
        (Complete(by="manifest", name="SHA256SUMS"), f"{FOLDER}SHA256SUMS"),
        (Complete(by="success"), f"{FOLDER}_SUCCESS"),
        (Complete(by="success", name="done_{date:yyyyMMdd}"), f"{FOLDER}done_20261128"),
        (Complete(by="stable"), None),
        (Complete(by="always"), None),
    ],
)
def test_what_tells_of_the_files_is_in_the_folder_of_their_date(complete: Complete, uri: str | None) -> None:
    assert told_by(PATTERN, complete, DAY) == uri


def test_a_marker_says_that_all_files_are_there() -> None:
    files = _listed("part-1.csv")

    assert by_marker(files, f"{FOLDER}_SUCCESS", is_there=True).files == files
    waiting = by_marker(files, f"{FOLDER}_SUCCESS", is_there=False)
    assert (waiting.files, waiting.waits_for) == ((), f"{FOLDER}_SUCCESS is not there")


def test_the_files_of_a_manifest_are_those_that_it_names() -> None:
    files = _listed("part-2.csv", "part-1.csv", "part-9.csv")

    ready = by_manifest(files, MANIFEST, _promises("part-1.csv", "part-2.csv", "readme.txt"), _is_of_date)

    assert ready.waits_for is None
    assert [each.name for each in ready.files] == ["part-1.csv", "part-2.csv"]
    assert ready.promised == {f"{FOLDER}{name}": Promised(name, 10) for name in ("part-1.csv", "part-2.csv")}
    assert [each.name for each in ready.strange] == ["part-9.csv"]


def test_a_manifest_that_names_itself_does_not_wait_for_itself() -> None:
    files = _listed("part-1.csv")

    ready = by_manifest(files, f"{FOLDER}SHA256SUMS", _promises("SHA256SUMS", "part-1.csv"), lambda _: True)

    assert (ready.waits_for, ready.files) == (None, files)
    assert ready.promised.keys() == {f"{FOLDER}part-1.csv"}


@pytest.mark.parametrize(
    ("named", "waits_for"),
    [
        (("part-1.csv", "part-2.csv"), f"{FOLDER}part-2.csv: in the manifest, and not there"),
        (("part-2.csv", "part-3.csv", "part-4.csv"), f"{FOLDER}part-2.csv and 2 more: in the manifest, and not there"),
        (("readme.txt",), f"{MANIFEST} names no file of file.pattern"),
    ],
)
def test_a_manifest_is_waited_for_until_all_its_files_are_there(named: tuple[str, ...], waits_for: str) -> None:
    ready = by_manifest(_listed("part-1.csv"), MANIFEST, _promises(*named), _is_of_date)

    assert (ready.files, ready.waits_for) == ((), waits_for)


def test_files_are_ready_when_two_listings_far_enough_apart_are_equal() -> None:
    files = _listed("part-1.csv", "part-2.csv")
    first = Listing(NOW, files)

    ready, kept = by_quiet(first, None, 60)
    assert (ready.files, kept) == ((), first)
    assert ready.waits_for == "the files are new or have changed: listed again after 60 s"

    ready, kept = by_quiet(Listing(NOW + timedelta(seconds=59), files[::-1]), kept, 60)
    assert (ready.files, ready.waits_for, kept) == ((), "unchanged for 59 s, of 60 s", first)

    ready, kept = by_quiet(Listing(NOW + timedelta(seconds=60), files), kept, 60)
    assert (ready.files, ready.waits_for, kept) == (files, None, first)


@pytest.mark.parametrize(
    "changed",
    [
        _listed("part-1.csv"),
        _listed("part-1.csv", "part-2.csv", "part-3.csv"),
        _listed("part-1.csv", "part-2.csv", etag="f"),
    ],
)
def test_a_change_begins_the_waiting_anew(changed: tuple[Listed, ...]) -> None:
    first, second = Listing(NOW, _listed("part-1.csv", "part-2.csv")), Listing(NOW + timedelta(hours=1), changed)

    ready, kept = by_quiet(second, first, 60)

    assert (ready.files, kept) == ((), second)
    assert by_quiet(Listing(NOW + timedelta(hours=2), changed), kept, 60)[0].files == changed


def test_no_files_are_never_ready() -> None:
    nothing = Listing(NOW, ())

    assert by_quiet(Listing(NOW + timedelta(days=1), ()), nothing, 60)[0].waits_for == "no file is there"


def test_a_clock_that_was_set_back_makes_nothing_ready_and_holds_nothing_up() -> None:
    """It was ahead when the files were listed first; else they would wait until it is that late again."""
    files = _listed("part-1.csv")

    back = Listing(NOW - timedelta(days=365), files)
    ready, kept = by_quiet(back, Listing(NOW, files), 60)

    assert (ready.files, ready.waits_for) == ((), "the clock was set back: listed again after 60 s")
    assert by_quiet(Listing(back.since + timedelta(seconds=60), files), kept, 60)[0].files == files


def test_a_listing_is_the_same_after_it_was_kept() -> None:
    listing = Listing(NOW, _listed("part-1.csv", "päckchen \n.csv"))

    assert listing_of_text(listing_to_text(listing)) == listing


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"since": "2026-11-28", "files": []}', '{"since": 1, "files": []}'])
def test_a_text_that_is_no_listing_is_none(text: str) -> None:
    assert listing_of_text(text) is None
