"""What a run reads: which offsets, and that the text of the query holds exactly these."""

import base64
import re

from hypothesis import given
from hypothesis import strategies as st

from tidegate.sql.scope import ALL_OUTPUTS, CHUNK, Scope, chunks, encode


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


def test_the_usual_run_reads_everything_and_writes_everything() -> None:
    scope = Scope()

    assert (scope.name, scope.spans, scope.condition, scope.outputs) == ("refine", None, None, ALL_OUTPUTS)


def test_no_more_is_read_than_what_lies_between_the_offsets() -> None:
    assert Scope("again", {0: (5, 7, 9), 1: ()}).spans == {0: (5, 10), 1: (0, 0)}


def test_a_scope_without_any_offset_holds_for_no_record() -> None:
    assert Scope("again", {0: (), 1: ()}).condition == "FALSE"


def test_a_condition_holds_for_the_offsets_of_their_partition() -> None:
    assert Scope("again", {0: (42, 172), 1: (), 2: (7,)}).condition == (
        "(_source_partition = 0 AND _source_offset BETWEEN 42 AND 172 AND is_among(_source_offset, 'KoIB'))"
        " OR (_source_partition = 2 AND _source_offset BETWEEN 7 AND 7 AND is_among(_source_offset, 'Bw=='))"
    )


def test_many_offsets_are_cut_into_texts_that_a_query_can_hold() -> None:
    offsets = {0: tuple(range(0, 5 * CHUNK, 2)), 1: ()}

    found = [*chunks(offsets)]

    assert [(partition, chunk[0], chunk[-1]) for partition, chunk in found] == [
        (0, 0, 2 * CHUNK - 2),
        (0, 2 * CHUNK, 4 * CHUNK - 2),
        (0, 4 * CHUNK, 5 * CHUNK - 2),
    ]
    assert [number for _, chunk in found for number in chunk] == [*offsets[0]]


def test_the_texts_of_a_condition_hold_exactly_its_offsets() -> None:
    offsets = tuple(range(0, 3 * CHUNK, 2))

    texts = re.findall(r"is_among\(_source_offset, '([^']+)'\)", Scope("again", {0: offsets}).condition or "")

    assert [number for text in texts for number in decode(text)] == [*offsets]
    assert max(map(len, texts)) < 65_000
