"""Blocks of rows are cut where their lines are, and lines of CSV are written in the contract's dialect."""

import csv

import numpy as np
import pytest

from producers.files.block import END, Ending, Endings, csv_text
from producers.files.texts import digit_texts, same
from tidegate.contracts.file_section import FileSection

ENDINGS = Endings([Ending(b"a"), Ending("ü".encode(), "no_u"), Ending(b'"x;y"')])


def test_each_line_is_found_where_it_lies() -> None:
    chosen = np.array([2, 0, 1, 1, 0])
    block = ENDINGS.block_of([digit_texts(np.arange(5), 3), same(";", 5)], chosen)
    assert block.data.count(END) == 5
    lines = [block.line(row) for row in range(5)]
    assert lines == [f"{row:03};".encode() + ENDINGS.all[ending].text for row, ending in enumerate(chosen)]
    assert block.data == b"".join(line + END for line in lines)
    assert [block.start(row) for row in range(5)] == [0, *block.ends[:-1].tolist()]


def test_endings_are_by_chance_and_the_same_for_the_same_seed() -> None:
    columns = [digit_texts(np.arange(300), 3)]
    first, second, other = (ENDINGS.block(columns, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.data == second.data != other.data
    assert {*first.endings.tolist()} == {0, 1, 2}


@pytest.mark.parametrize("delimiter", [",", ";", "\\t"])
def test_a_line_is_read_back_by_its_dialect(delimiter: str) -> None:
    file = FileSection.model_validate({"format": "csv", "pattern": "x", "csv": {"delimiter": delimiter}})
    cells = ["a", "b;c,d", 'e"f', "", "g\th"]
    text = csv_text(cells, file).decode()
    assert [*csv.reader([text], delimiter=delimiter.replace("\\t", "\t"))] == [cells]
