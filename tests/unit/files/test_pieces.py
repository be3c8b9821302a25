"""Pieces of files: each row is in one, and none is too large."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from pyiceberg.expressions.parser import parse
from pyiceberg.expressions.visitors import bind
from pyiceberg.io.pyarrow import expression_to_pyarrow
from pyiceberg.schema import Schema
from pyiceberg.types import IntegerType, NestedField

from tidegate.contracts.envelope import PLACE
from tidegate.files.pieces import MOST_NAMED, Piece, Sized, condition_of, exactly, pieces
from tidegate.proof.rows import make_rows


def test_small_files_are_read_together() -> None:
    found = [*pieces([Sized(3, 5, 90), Sized(1, 4, 80), Sized(2, 3, 70)], most=8)]

    assert found == [Piece((1, 2)), Piece((3,))]
    assert found[0].condition() == "_source_partition in (1, 2)"


def test_a_large_file_is_read_in_parts_that_have_all_places_there_could_be() -> None:
    found = [*pieces([Sized(7, 25, 100)], most=10)]

    assert found == [Piece((7,), 0, 34), Piece((7,), 34, 68), Piece((7,), 68, None)]
    assert [each.condition(("n", "at")) for each in found] == [
        "n in (7) and at < 34",
        "n in (7) and at >= 34 and at < 68",
        "n in (7) and at >= 68",
    ]


def test_a_file_of_more_rows_than_it_has_bytes_is_read_all_the_same() -> None:
    assert [*pieces([Sized(7, 25, 0)], most=10)] == [Piece((7,))]


def test_many_numbers_are_named_by_the_first_and_the_last() -> None:
    many = [*range(2, 2 * MOST_NAMED + 6, 2)]

    assert condition_of(many) == f"_source_partition >= 2 and _source_partition <= {many[-1]}"
    assert condition_of([]) == "_source_partition = -1"
    assert len([*pieces(Sized(number, 0, 0) for number in many)]) == 2


def test_rows_of_files_in_between_are_left_out() -> None:
    assert Piece((1, 3)).of(make_rows([1, 2, 3], [0, 0, 5])).offset.tolist() == [0, 5]


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(1, 2000), max_size=600))
def test_exactly_the_rows_of_some_files_meet_their_condition(numbers: set[int]) -> None:
    rows = pa.table({PLACE[0]: pa.array(range(1, 2001), pa.int32())})
    schema = Schema(NestedField(1, PLACE[0], IntegerType(), required=False))

    bound = bind(schema, parse(exactly([*numbers])), case_sensitive=True)

    assert {*rows.filter(expression_to_pyarrow(bound))[PLACE[0]].to_pylist()} == numbers


def test_a_condition_for_many_files_in_a_row_is_short() -> None:
    assert exactly([*range(1, 100_001)]) == "((_source_partition >= 1 and _source_partition <= 100000))"
