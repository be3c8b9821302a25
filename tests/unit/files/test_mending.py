"""Rows of letters as they are loaded again: by the header of the file that they come from, mended or as they were."""

from typing import Any

import pytest

from tests.unit.files.versions import version
from tests.unit.redrive.letters import letter
from tests.unit.sql.test_file_source import visits_in_files
from tidegate.clients.file_version import FileVersion
from tidegate.contracts.dataset import Files
from tidegate.files import mending as module
from tidegate.files.file_head import FileHead
from tidegate.files.mending import Mending
from tidegate.redrive.fix import NotFixed
from tidegate.redrive.recipe import parse_recipe
from tidegate.settings import Settings

FIRST = version(1, state="loaded")
HEADS = {1: FileHead(b"b,a\n", "utf-8", ("b", "a")), 3: FileHead(b"a,b\n", "utf-8", ("a", "b"))}
PARQUET = visits_in_files(format="parquet")
SET_A = """
fixes:
  - when: {code: BAD_VALUE}
    do: [{set: {a: 1}}]
"""


@pytest.fixture(autouse=True)
def _heads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "read_head", lambda _settings, _dataset, of: HEADS[of.number])


def mending(*newest: FileVersion, recipe: str | None = SET_A, dataset: Files | None = None) -> Mending:
    found = None if recipe is None else parse_recipe(recipe, "mend.yaml")
    return Mending(Settings(), dataset or visits_in_files(), newest or (FIRST,), found)


def row_letter(payload: bytes, number: int = 1, **changes: Any) -> dict[str, Any]:
    source = {"topic": FIRST.uri, "partition": number, "offset": 10, "key": None, "headers": {}}
    values: dict[str, Any] = {"stage": "decode", "error_code": "BAD_VALUE", "source": source}
    return letter(payload, **{**values, **changes})


def test_a_row_is_mended_by_the_columns_of_its_own_file() -> None:
    mended = mending(FIRST, version(3, state="loaded"))

    assert mended.row(row_letter(b"x,y")) == b"x,1"
    assert mended.row(row_letter(b"x,y", 3)) == b"1,y"


def test_a_row_of_a_repair_file_is_one_of_the_file_that_it_repairs() -> None:
    mended = mending(FIRST, version(2, state="loaded", repairs=1))

    assert mended.root(row_letter(b"x,y", 2)) == 1
    assert mended.row(row_letter(b"x,y", 2)) == b"x,1"


def test_without_a_recipe_a_row_is_as_it_was() -> None:
    assert mending(recipe=None).row(row_letter(b'x, "y')) == b'x, "y'


def test_what_the_recipe_means_not_is_left() -> None:
    found = mending().row(row_letter(b"x,y", error_code="CELL_COUNT"))

    assert isinstance(found, NotFixed)
    assert found.kind == "unmatched"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"payload_truncated": True}, "the first part of its row only"),
        ({"stage": "index"}, "`tidegate files index` writes its document"),
    ],
)
def test_a_row_that_is_not_whole_or_is_in_silver_is_refused(changes: dict[str, Any], said: str) -> None:
    found = mending(recipe=None).row(row_letter(b"x,y", **changes))

    assert isinstance(found, NotFixed)
    assert said in found.reason


def test_a_file_that_was_replaced_is_not_repaired() -> None:
    assert mending(version(1, state="superseded")).row(row_letter(b"x,y")) == NotFixed("file 1 is superseded")


def test_a_row_of_parquet_is_mended_as_the_json_that_its_letter_has() -> None:
    found = mending(dataset=PARQUET).row(row_letter(b'{"a":"x","b":{"c":1.50}}'))

    assert found == b'{"a":1,"b":{"c":1.50}}'


def test_a_row_of_parquet_that_its_letter_can_not_quote_is_refused() -> None:
    letter = row_letter(b'{"a":"x"}', error_code="BAD_UTF8", error_message="field 'a': a text that is not UTF-8")

    found = mending(dataset=PARQUET, recipe=None).row(letter)

    assert isinstance(found, NotFixed)
    assert "have its file corrected" in found.reason


def test_a_bad_row_that_could_take_others_with_it_is_refused() -> None:
    array = visits_in_files(format="json_array")

    found = mending(recipe=None, dataset=array).row(row_letter(b'{"a": '))

    assert isinstance(found, NotFixed)
    assert "take others with it" in found.reason
