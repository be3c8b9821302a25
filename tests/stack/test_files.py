"""Daily files on real servers: each row is somewhere, a bad file is put aside, a corrected one takes its place."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.daily_sales import sales_folder
from tests.pipeline import run_tidegate, tidegate
from tidegate.clients.lake_rows import open_table, scan_rows
from tidegate.clients.letters import read_letters
from tidegate.dead_letters.filter import LetterFilter
from tidegate.settings import Settings

DAY = "2026-11-28"
TIME = f"{DAY}T10:00:00Z"
HEADER = "id,shop,amount,sold_at"
FIRST = f"""{HEADER}
a,x,1.00,{TIME}
b,x,-1.00,{TIME}
c,test,2.00,{TIME}

d,x,much,{TIME}
a,x,1.00,{TIME}
e,x,3.00,{TIME},more
f,x,4.00,2026-11-27T23:59:59Z
g,x,5.00,{TIME}
"""
CORRECTED = f"""{HEADER}
b,x,1.50,{TIME}
c,test,2.00,{TIME}
d,x,2.50,{TIME}
f,x,4.25,2026-11-27T23:59:59Z
g,x,5.00,{TIME}
"""
SECOND = f"{HEADER}\na,y,9.00,{TIME}\nh,y,8.00,{TIME}\n"
BAD = f"id,shop,price,sold_at\nz,x,1,{TIME}\n"


@dataclass(frozen=True)
class Sales:
    """The dataset ``name``, its folder of files, and what its loads have said."""

    settings: Settings
    name: str
    folder: Path
    loads: list[dict[str, Any]]

    def put(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def load(self) -> None:
        result = run_tidegate("files", "load", self.name, "--json")
        assert result.returncode == 3, result.stderr  # the bad file stays in quarantine
        self.loads.append(json.loads(result.stdout))

    def files(self) -> dict[tuple[str, int], dict[str, Any]]:
        """The newest state of each version by the file's name and its number."""
        found: list[dict[str, Any]] = []
        for name in ("first.csv", "second.csv", "bad.csv"):
            uri = (self.folder / name).as_uri()
            result = run_tidegate("files", "show", self.name, uri, "--json")
            newest = {row["number"]: row for row in json.loads(result.stdout)} if result.returncode == 0 else {}
            found += newest.values()
        return {(row["uri"].rpartition("/")[2], row["number"]): row for row in found}

    def silver(self) -> dict[str, tuple[str, int]]:
        """Amount and number of the file, by id; each id is there once."""
        table = open_table(self.settings, f"silver.{self.name}")
        rows = [
            row
            for batch in scan_rows(self.settings, table, ("id", "amount", "_source_partition"))
            for row in batch.to_pylist()
        ]
        found = {row["id"]: (str(row["amount"]), row["_source_partition"]) for row in rows}
        assert len(found) == len(rows)
        return found


@pytest.fixture(scope="module")
def sales(stack: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sales]:
    """Three files, of which one is bad, loaded; then the first is corrected, and loaded again."""
    with sales_folder(tmp_path_factory.mktemp("sales"), DAY) as made:
        found = Sales(made.settings, made.name, made.landing, [])
        for name, content in {"bad.csv": BAD, "first.csv": FIRST, "second.csv": SECOND}.items():
            found.put(name, content)
        found.load()
        found.put("first.csv", CORRECTED)
        found.load()
        found.load()
        yield found


def counts(file: dict[str, Any]) -> tuple[int, ...]:
    return tuple(file[name] for name in ("rows", "silver", "rejected", "dropped", "duplicates", "blank"))


def test_every_row_of_a_file_has_one_verdict(sales: Sales) -> None:
    (load,) = sales.loads[0]["loads"]
    by_name = {file["uri"].rpartition("/")[2]: file for file in load["files"]}

    assert counts(by_name["first.csv"]) == (8, 3, 3, 1, 1, 2)
    assert counts(by_name["second.csv"]) == (2, 1, 0, 0, 1, 1)
    assert load["letters"] == 3


def test_a_bad_file_is_put_aside_as_a_whole(sales: Sales) -> None:
    file = sales.files()["bad.csv", 1]

    assert file["state"] == "quarantined"
    assert file["reason"].startswith("BAD_HEADER: columns missing: 'amount'; unknown: 'price'")


def test_a_corrected_file_takes_the_place_of_its_rows_and_brings_back_what_repeated_them(sales: Sales) -> None:
    files = sales.files()
    states = {place: file["state"] for place, file in files.items()}

    assert states == {
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


def test_a_load_of_what_is_loaded_does_nothing(sales: Sales) -> None:
    assert [len(each["loads"]) for each in sales.loads] == [1, 1, 0]


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
