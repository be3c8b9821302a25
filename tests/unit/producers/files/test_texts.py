"""Columns of text for a whole block are what Python writes for each row."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from producers.files.texts import DAY_MS, digit_texts, same, time_texts

DAY = date(2026, 11, 28)


def test_numbers_have_leading_zeros() -> None:
    numbers = np.array([0, 7, 12_345, 999_999_999_999], dtype=np.int64)
    assert [bytes(text).decode() for text in digit_texts(numbers, 12)] == [f"{number:012}" for number in numbers]


def test_times_of_a_day_are_written_to_the_millisecond() -> None:
    times_ms = np.array([0, 1, 59_999, 3_600_000, 40_271_042, DAY_MS - 1], dtype=np.int64)
    midnight = datetime(2026, 11, 28, tzinfo=UTC)
    wanted = [(midnight + timedelta(milliseconds=int(ms))).isoformat(timespec="milliseconds") for ms in times_ms]
    found = [bytes(text).decode() for text in time_texts(DAY, times_ms)]
    assert found == [text.replace("+00:00", "Z") for text in wanted]


def test_one_text_stands_in_all_rows() -> None:
    assert [bytes(text) for text in same("a;", 3)] == [b"a;"] * 3
