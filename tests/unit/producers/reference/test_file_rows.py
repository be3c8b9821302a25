"""Files of reference data that are refused as a whole, each by one line, and those that are taken."""

import gzip
import json
from pathlib import Path

import pytest

from producers.reference.file_rows import file_rows
from tests.project import PROJECT
from tidegate.contracts.dataset import Reference
from tidegate.errors import TidegateError

INPUTS = PROJECT / "tests/data/inputs"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ((INPUTS / "c05_duplicate_header.csv").read_bytes(), "has the column 'name' twice. Leave out one of them"),
        ((INPUTS / "c10_json_array.json").read_bytes(), "holds a JSON array. Give one object a line: `jq -c"),
        (b"product_id;name\nL1;Lamp\n", "a column 'product_id;name' that the schema does not have.*commas"),
        (b"name,category\nLamp,Home\n", "has no column 'product_id', the key of products"),
        (b"\nproduct_id\n", "has no header that can be read .its first line is empty"),
        (b'product_id,"name\n', "has no header that can be read .not CSV: a quote that does not end"),
        (b"product_id,n\xe9\n", "has no header that can be read .not UTF-8"),
        ("product_id\nL1\n".encode("utf-16"), "is UTF-16"),
    ],
)
def test_a_file_that_cannot_be_rows_is_one_clear_error(
    products: Reference, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "rows"
    path.write_bytes(content)
    with pytest.raises(TidegateError, match=said) as raised:
        list(file_rows(path, products))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("content", [b"product_id\nL1\nL2\n", b'{"product_id": "L1"}\n{"product_id": "L2"}'])
def test_gzip_is_read(products: Reference, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rows.gz"
    path.write_bytes(gzip.compress(content))
    assert [row.values for row in file_rows(path, products)] == [{"product_id": "L1"}, {"product_id": "L2"}]


def test_each_line_of_json_stands_for_itself(products: Reference, tmp_path: Path) -> None:
    path = tmp_path / "rows"
    good = json.dumps({"product_id": "L\u2028"}, ensure_ascii=False).encode()
    path.write_bytes(b"\n".join([b"\xef\xbb\xbf" + good, b"\xff", b"[1]", b"[" * 100_000, b"", b'{"a": NaN', good]))
    problems = [row.problem for row in file_rows(path, products)]
    assert problems[0] == problems[-1] == ""
    assert [problem.split(":")[0] for problem in problems[1:-1]] == [
        "not UTF-8",
        "not a JSON object",
        "not JSON that can be read",
        "not JSON",
        "not JSON",
    ]


def test_a_missing_file_is_one_clear_error(products: Reference, tmp_path: Path) -> None:
    with pytest.raises(TidegateError, match="cannot be read"):
        next(file_rows(tmp_path / "none", products))
