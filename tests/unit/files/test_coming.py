"""Which version of a file is the newest, where an older one was judged again in between."""

from dataclasses import replace
from datetime import timedelta

from tests.unit.clients.made_versions import DAY, NOW, version
from tidegate.clients.landing import Listed
from tidegate.files.coming import in_order_of_coming, newest_of_files
from tidegate.files.revived import once_more
from tidegate.files.versions import Copy, superseded_by, taken_in, to_load, unread

FIRST = version(1, state="loaded")
REFUSED = version(2, state="quarantined", replaces=1)
IGNORED = version(4, "part-2.csv", state="ignored")
[AGAIN] = once_more([FIRST, REFUSED], {1})


def test_versions_come_in_the_order_of_their_numbers() -> None:
    other = version(3, "part-2.csv")

    assert in_order_of_coming([other, REFUSED, FIRST]) == [FIRST, REFUSED, other]
    assert newest_of_files([other, REFUSED, FIRST]) == {FIRST.uri: REFUSED, other.uri: other}


def test_what_came_since_is_newer_than_a_version_that_is_judged_again() -> None:
    assert (AGAIN.number, AGAIN.replaces) == (3, 1)
    assert in_order_of_coming([FIRST, REFUSED, AGAIN]) == [FIRST, AGAIN, REFUSED]
    assert in_order_of_coming([FIRST, AGAIN]) == [FIRST, AGAIN]


def test_a_file_that_was_ignored_and_came_back_is_older_than_what_came_since() -> None:
    bad = version(5, "part-2.csv", state="quarantined")
    [revived] = once_more([IGNORED, bad], {4})

    assert in_order_of_coming([IGNORED, bad, revived]) == [IGNORED, revived, bad]


def test_the_same_bytes_that_were_sent_once_more_are_newer() -> None:
    """S3 calls them as before, and tells when they came; a file of a folder that was moved back keeps its time."""
    in_bucket = replace(AGAIN, modified_at=FIRST.modified_at + timedelta(seconds=1))
    in_folder = replace(AGAIN, etag="moved back")

    for sent in (in_bucket, in_folder):
        assert newest_of_files([FIRST, REFUSED, sent]) == {FIRST.uri: sent}


def test_a_version_that_is_judged_again_does_not_put_a_correction_in_quarantine_out_of_place() -> None:
    """It would be gone where the supplier's folder is empty by then, and else be loaded though it was put aside."""
    first, refused = version(1, state="loaded"), version(2, state="quarantined", replaces=1)
    [again] = once_more([first, refused], {1})
    known = [first, refused, replace(again, state="loaded")]
    listed = Listed(first.uri, refused.size, 0, refused.etag)
    copy = Copy(listed, DAY, refused.sha256, refused.stored)

    assert superseded_by(again, known) == [first]
    assert unread([listed], newest_of_files(known)) == []
    assert taken_in("orders", [copy], known, NOW) == []


def test_out_of_quarantine_a_correction_is_loaded_before_an_older_version_that_is_judged_again() -> None:
    first, correction = version(1, state="loaded"), version(2, state="checked", replaces=1)
    again = version(3, state="checked", replaces=1, etag="etag-1", sha256=first.sha256)
    known = [first, correction, again]

    assert [(each.number, each.replaces) for each in to_load(known, None)] == [(2, 1)]
    assert superseded_by(correction, known) == [first, again]
