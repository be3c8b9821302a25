"""Lines of a log become whole entries; nothing is lost, and a stack trace stays with its message."""

from collections.abc import Iterable

from producers.live.log_entries import MAX_LINES, entries
from producers.recorded.split import Line

FIRST = b"2026-11-21 20:30:25,800 ERROR a.B - failed"
SECOND = b"2026-11-21 20:30:26,000 INFO  a.B - went on"


def bodies(lines: Iterable[bytes | None], clock: Iterable[float] = ()) -> list[str | None]:
    times = iter(clock)
    numbered = (line if line is None else Line(number, line) for number, line in enumerate(lines, start=1))
    return [entry.body() if entry else None for entry in entries(numbered, lambda: next(times, 1000.0))]


def test_the_lines_of_a_stack_trace_belong_to_their_message() -> None:
    found = bodies([FIRST, b"java.lang.Error: boom", b"\tat a.B.c(B.java:1)", SECOND])
    assert found == ["failed\njava.lang.Error: boom\n\tat a.B.c(B.java:1)", "went on"]


def test_an_entry_waits_for_more_of_it_but_not_for_ever() -> None:
    times = [0.0, 0.0, 0.5, 0.5, 2.0]
    found = bodies([FIRST, None, None], times)
    assert found == [None, None, "failed"] or found == [None, "failed", None]


def test_lines_before_the_first_entry_are_kept() -> None:
    assert bodies([b"WARNING: old module", b"more of it", SECOND]) == ["WARNING: old module\nmore of it", "went on"]


def test_a_log_that_is_begun_again_ends_the_entry() -> None:
    lines = [Line(7, FIRST), Line(1, b"banner of the new run"), Line(2, SECOND)]
    assert [entry.body() for entry in entries(lines, lambda: 0.0) if entry] == [
        "failed",
        "banner of the new run",
        "went on",
    ]


def test_an_endless_entry_is_cut() -> None:
    found = bodies([FIRST, *[b"x"] * (MAX_LINES + 5)])
    assert len(found) == 2
    assert sum(text.count("x") for text in found if text) == MAX_LINES + 5


def test_an_entry_ends_with_its_file() -> None:
    lines = [Line(7, FIRST, "old"), Line(9, b"rest of something", "new")]
    assert [(entry.body(), entry.last.file) for entry in entries(lines, lambda: 0.0) if entry] == [
        ("failed", "old"),
        ("rest of something", "new"),
    ]
