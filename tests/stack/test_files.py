"""Daily files on real servers: each row is somewhere, a bad file is put aside, a corrected one takes its place."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.pipeline import tidegate
from tests.sales import FIRST, HEADER, TIME, Sales, counts, sales_of_its_own
from tidegate.clients.letters import read_letters
from tidegate.dead_letters.filter import LetterFilter
from tidegate.settings import Settings

CORRECTED = f"""{HEADER}
b,x,1.50,{TIME}
c,test,2.00,{TIME}
d,x,2.50,{TIME}
f,x,4.25,2026-11-27T23:59:59Z
g,x,5.00,{TIME}
"""
SECOND = f"{HEADER}\na,y,9.00,{TIME}\nh,y,8.00,{TIME}\n"
BAD = f"id,shop,price,sold_at\nz,x,1,{TIME}\n"
NOT_ALL = 3
"""Exit code: the bad file is in quarantine."""


@pytest.fixture(scope="module")
def loaded(stack: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sales, list[dict[str, Any]]]]:
    """Three files, of which one is bad, loaded; then the first is corrected, and loaded again; and what loads said."""
    with sales_of_its_own(tmp_path_factory.mktemp("sales")) as sales:
        for name, content in {"bad.csv": BAD, "first.csv": FIRST, "second.csv": SECOND}.items():
            sales.put(name, content)
        said = [sales.load(NOT_ALL)]
        sales.put("first.csv", CORRECTED)
        said += [sales.load(NOT_ALL), sales.load(NOT_ALL)]
        yield sales, said


@pytest.fixture
def sales(loaded: tuple[Sales, list[dict[str, Any]]]) -> Sales:
    return loaded[0]


@pytest.fixture
def said(loaded: tuple[Sales, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return loaded[1]


def test_every_row_of_a_file_has_one_verdict(said: list[dict[str, Any]]) -> None:
    (load,) = said[0]["loads"]
    by_name = {file["uri"].rpartition("/")[2]: file for file in load["files"]}

    assert counts(by_name["first.csv"]) == (8, 3, 3, 1, 1, 2)
    assert counts(by_name["second.csv"]) == (2, 1, 0, 0, 1, 1)
    assert load["letters"] == 3


def test_a_bad_file_is_put_aside_as_a_whole(sales: Sales) -> None:
    file = sales.newest("bad.csv")["bad.csv", 1]

    assert file["state"] == "quarantined"
    assert file["reason"].startswith("BAD_HEADER: columns missing: 'amount'; unknown: 'price'")


def test_a_corrected_file_takes_the_place_of_its_rows_and_brings_back_what_repeated_them(sales: Sales) -> None:
    files = sales.newest("bad.csv", "first.csv", "second.csv")

    assert {place: file["state"] for place, file in files.items()} == {
        ("bad.csv", 1): "quarantined",
        ("first.csv", 2): "superseded",
        ("second.csv", 3): "superseded",
        ("first.csv", 4): "loaded",
        ("second.csv", 5): "loaded",
    }
    assert sales.silver() == {
        "a": ("9.00", 5),
        "b": ("1.50", 4),
        "d": ("2.50", 4),
        "f": ("4.25", 4),
        "g": ("5.00", 4),
        "h": ("8.00", 5),
    }
    assert counts(files["first.csv", 4]) == (5, 4, 0, 1, 0, 1)


def test_a_load_of_what_is_loaded_does_nothing(said: list[dict[str, Any]]) -> None:
    assert [len(each["loads"]) for each in said] == [1, 1, 0]


def test_a_letter_names_its_row_and_those_of_a_replaced_file_are_given_up(sales: Sales) -> None:
    letters = [found.letter for found in read_letters(sales.settings, sales.name, LetterFilter())]

    uri = (sales.folder / "first.csv").as_uri()
    sources = {(each["source_file"]["uri"], each["source_file"]["row"], each["error_code"]) for each in letters}
    assert sources == {(uri, 2, "RULE_VIOLATED"), (uri, 4, "BAD_VALUE"), (uri, 6, "CELL_COUNT")}
    assert {each["payload"] for each in letters} >= {f"d,x,much,{TIME}".encode()}
    shown = json.loads(tidegate("dlq", "list", sales.name, "--state", "discarded", "--json"))
    assert shown["letters"] == 3


def test_the_proof_holds_after_a_correction(sales: Sales) -> None:
    proof = json.loads(tidegate("prove", sales.name, "--deep", "--json"))

    assert {file["number"]: (file["rows"], file["silver"]) for file in proof["files"]} == {4: (5, 4), 5: (2, 2)}
    assert proof["findings"] == []
