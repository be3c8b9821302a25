"""Ids carry their time, keep their layout, and are made again from the same line."""

import uuid

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from producers.sending.ids import line_uuid, name_uuid, uuid7_texts

TIMES = st.integers(0, 2**48 - 1)


@given(st.lists(TIMES, min_size=1, max_size=20), st.integers(0, 2**32))
def test_uuid7_is_a_version_7_uuid_of_its_time(times_ms: list[int], seed: int) -> None:
    texts = uuid7_texts(np.array(times_ms, dtype=np.int64), np.random.default_rng(seed))
    ids = [uuid.UUID(row.tobytes().decode()) for row in texts]
    assert [id_.version for id_ in ids] == [7] * len(ids)
    assert [id_.variant for id_ in ids] == [uuid.RFC_4122] * len(ids)
    assert [id_.int >> 80 for id_ in ids] == times_ms
    assert len(set(ids)) == len(ids)


@given(st.binary(max_size=200), st.integers(1, 10**9), TIMES)
def test_line_uuid_is_a_version_8_uuid_made_again_from_the_same_line(line: bytes, number: int, time_ms: int) -> None:
    made = uuid.UUID(line_uuid(line, number, time_ms))
    assert made.version == 8
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == time_ms
    assert line_uuid(line, number, time_ms) == str(made)


def test_identical_lines_at_other_places_stay_distinct() -> None:
    assert len({line_uuid(b"GET /", number, 0) for number in range(1000)}) == 1000


def test_a_number_cannot_be_taken_for_the_start_of_the_line() -> None:
    assert line_uuid(b"2:x", 1, 0) != line_uuid(b"x", 12, 0)


def test_name_uuid_depends_on_each_part() -> None:
    assert name_uuid("a", "b") == name_uuid("a", "b")
    assert len({name_uuid("a", "b"), name_uuid("ab", ""), name_uuid("b", "a")}) == 3
