"""A plan of offsets: what is read, how it is written down, and that its text holds exactly its offsets."""

import base64

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proof.rows import Difference
from tidegate.proof.verdict import PartitionVerdict
from tidegate.proof.window import Window
from tidegate.replay.plan import CHUNK, Plan, encode

NONE = np.array([], np.int64)


def decode(text: str) -> list[int]:
    """As the Java function reads it."""
    numbers, value, shift, last = [], 0, 0, 0
    for byte in base64.b64decode(text):
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            last += value
            numbers.append(last)
            value = shift = 0
    return numbers


@given(st.sets(st.integers(0, 2**62)).map(sorted))
def test_encoded_offsets_are_read_back_as_they_were(offsets: list[int]) -> None:
    assert decode(encode(offsets)) == offsets


def test_the_encoding_is_the_one_that_the_java_test_reads() -> None:
    assert encode([42, 172]) == "KoIB"


def test_a_plan_of_what_is_missing_reads_no_more_than_it_must() -> None:
    missing = {0: [5, 7, 9], 1: []}
    verdicts = [
        PartitionVerdict(
            Window(number, 0, 10, 10), 10, 10, 10, 0, 0, 0, 0, NONE, Difference(np.array(offsets, np.int64), NONE, NONE)
        )
        for number, offsets in missing.items()
    ]

    plan = Plan.of_missing("clicks", verdicts)

    assert plan.count == 3
    assert plan.spans() == {0: (5, 10), 1: (0, 0)}
    assert Plan.from_json(plan.to_json()) == plan


def test_many_offsets_are_cut_into_texts_that_a_query_can_hold() -> None:
    plan = Plan("clicks", {0: tuple(range(0, 5 * CHUNK, 2)), 1: ()})

    chunks = [*plan.chunks()]

    assert [(partition, first, last) for partition, first, last, _ in chunks] == [
        (0, 0, 2 * CHUNK - 2),
        (0, 2 * CHUNK, 4 * CHUNK - 2),
        (0, 4 * CHUNK, 5 * CHUNK - 2),
    ]
    assert [number for *_, text in chunks for number in decode(text)] == [*plan.offsets[0]]
    assert max(len(text) for *_, text in chunks) < 65_000
