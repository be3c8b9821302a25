"""Dead letters by reason: whole records, rows of exploded ones, records of silver."""

from typing import Any

import numpy as np
import pytest

from tidegate.dead_letters.record import Source, dead_letter_id
from tidegate.proof.letters import WHOLE, EarlierLetter, Letters, Reason, read_letter, still_refused, together
from tidegate.proof.rows import Rows, make_rows
from tidegate.proof.window import Window


def named(*places: tuple[int, int, int]) -> Rows:
    """Partition, offset, number of the row."""
    identity = np.array([[number, 0] for _, _, number in places], np.uint64).reshape(-1, 2)
    return make_rows([at[0] for at in places], [at[1] for at in places], identity)


def places(rows: Rows) -> list[tuple[int, int, int]]:
    return [*zip(rows.partition.tolist(), rows.offset.tolist(), rows.identity[:, 0].tolist(), strict=True)]


LETTERS = Letters(
    {
        Reason("rule", "RULE_VIOLATED"): named((0, 1, WHOLE), (0, 1, WHOLE), (1, 5, WHOLE)),
        Reason("enrich", "REFERENCE_MISSING"): named((0, 2, 1), (0, 2, 3)),
        Reason("index", "DOCUMENT_REJECTED"): named((0, 3, 2), (0, 4, WHOLE)),
        Reason("index", "TRUNCATED", of_silver=True): named((1, 9, WHOLE), (1, 9, WHOLE)),
    }
)


def test_letters_are_told_apart_by_stage_and_by_what_they_are_about() -> None:
    assert places(LETTERS.raw_records({"rule", "enrich"})) == [(0, 1, WHOLE), (0, 1, WHOLE), (1, 5, WHOLE)]
    assert places(LETTERS.raw_rows({"rule", "enrich"})) == [(0, 2, 1), (0, 2, 3)]
    assert places(LETTERS.raw_records({"index"})) == [(0, 4, WHOLE)]
    assert places(LETTERS.silver_records({"index", "lake"})) == [(1, 9, WHOLE), (1, 9, WHOLE)]
    assert places(LETTERS.silver_records({"lake"})) == []


def test_a_letter_counts_once_in_its_window_and_each_row_of_a_record_by_itself() -> None:
    assert LETTERS.count([Window(0, 0, 4, 9)]) == {
        "REFERENCE_MISSING": 2,
        "RULE_VIOLATED": 1,
        "DOCUMENT_REJECTED": 1,
    }
    assert LETTERS.count_of_silver() == {"index TRUNCATED": 1}


def test_a_letter_that_is_settled_excuses_nothing() -> None:
    refused = named((0, 3, 2), (0, 4, WHOLE), (1, 4, WHOLE))
    settled = {dead_letter_id(Source("raw.x", 0, 3, 2), "index"), dead_letter_id(Source("raw.x", 1, 4), "index")}

    assert places(still_refused(refused, "raw.x", "index", settled)) == [(0, 4, WHOLE)]
    assert places(still_refused(refused, "raw.x", "lake", settled)) == places(refused)


def test_letters_of_several_readings_are_one() -> None:
    more = Letters({Reason("rule", "RULE_VIOLATED"): named((0, 7, WHOLE))}, strange=named((0, 0, WHOLE)))

    both = together([LETTERS, more])

    assert len(both.raw_records({"rule"})) == 4
    assert len(both.strange) == 1


def letter(**fields: Any) -> dict[str, Any]:
    source = {"topic": "raw.x", "partition": 1, "offset": 2, "row": None}
    return {"stage": "rule", "error_code": "A", "source": source} | fields


def test_a_letter_is_read_with_the_number_of_its_row() -> None:
    source = {"topic": "raw.x", "partition": 1, "offset": 2}

    assert read_letter(letter()) == (Reason("rule", "A"), Source("raw.x", 1, 2, None))
    assert read_letter(letter(source=source)) == (Reason("rule", "A"), Source("raw.x", 1, 2, None)), "an old one"
    assert read_letter(letter(source=source | {"row": 3})) == (Reason("rule", "A"), Source("raw.x", 1, 2, 3))
    assert read_letter(letter(source=None)) == (Reason("rule", "A"), None), "one of a file"


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"stage": "rule", "error_code": "A"},
        letter(source="raw.x"),
        letter(source={"topic": "raw.x"}),
        letter(source={"topic": "raw.x", "partition": "1", "offset": 2}),
        letter(source={"topic": "raw.x", "partition": 1, "offset": -2}),
        letter(source={"topic": "raw.x", "partition": 1 << 40, "offset": 2}),
        letter(source={"topic": None, "partition": 1, "offset": 2}),
        letter(stage=None),
        letter(error_code=7),
    ],
)
def test_a_record_of_another_shape_is_no_letter_and_no_exception(record: dict[str, Any]) -> None:
    assert read_letter(record) is None


def test_letters_about_an_earlier_version_of_silver_are_counted_with_those_of_this_one_each_once() -> None:
    mine = Letters(
        {Reason("lake", "A", of_silver=True): named((0, 1, WHOLE))},
        earlier=(EarlierLetter("lake", "A", "aa", b"1"), EarlierLetter("lake", "A", "aa", b"1")),
    )
    other = Letters(earlier=(EarlierLetter("index", "B", None, None), EarlierLetter("lake", "A", "bb", b"2")))

    every = together([mine, other])

    assert every.count_of_silver() == {"lake A": 3, "index B": 1}
