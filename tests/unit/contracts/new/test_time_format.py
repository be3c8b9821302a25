"""Patterns of times: what fits them, and how they write a moment."""

from datetime import UTC, datetime

import pytest

from tidegate.contracts.new.time_format import TimeFormat, likely_format
from tidegate.errors import ContractError

EVENING = datetime(2026, 3, 5, 19, 8, 9, 120_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("yyyy-MM-dd HH:mm:ss", "2026-03-05 19:08:09"),
        ("uuuu-MM-dd'T'HH:mm:ss.SSS", "2026-03-05T19:08:09.120"),
        ("dd.MM.yy HH:mm", "05.03.26 19:08"),
        ("M/d/yyyy h:mm:ss a", "3/5/2026 7:08:09 PM"),
        ("d MMM yyyy 'at' hh 'o''clock' ''H", "5 Mar 2026 at 07 o'clock '19"),
        ("yyyyMMddHHmmssSSSSSSSSS", "20260305190809120000000"),
    ],
)
def test_a_moment_is_written_as_the_pattern_says_and_fits_it(pattern: str, text: str) -> None:
    form = TimeFormat(pattern)
    assert form.written(EVENING) == text
    assert form.fits(text)
    assert not form.fits(f"{text}0")
    assert form.is_finer_than_ms == pattern.endswith("SSSS")


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("yyyy-MM-dd HH:mm:ssXXX", "XXX is not known.*Its letters: yyyy"),
        ("yyyy-MM-dd[ HH:mm]", r"\[ is not known"),
        ("yyyy-MM-dd SSSSSSSSSS", "SSSSSSSSSS is not known"),
        ("yyyy-MM-dd 'T", "' is not known"),
        ("HH:mm", "has no year"),
        ("yyyy-MM", "has no day"),
    ],
)
def test_a_pattern_that_no_time_can_be_read_by_is_refused(pattern: str, problem: str) -> None:
    with pytest.raises(ContractError, match=problem):
        TimeFormat(pattern)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("2026-11-21 10:00:00", "yyyy-MM-dd HH:mm:ss"),
        ("2026-11-21T10:00:00.123", "yyyy-MM-dd'T'HH:mm:ss.SSS"),
        ("21.11.2026 10:00", "dd.MM.yyyy HH:mm"),
        ("20261121", "yyyyMMdd"),
        ("11/12/2026", None),
        ("yesterday", None),
    ],
)
def test_the_likely_pattern_of_a_text(text: str, pattern: str | None) -> None:
    assert likely_format(text) == pattern
