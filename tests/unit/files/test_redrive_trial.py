"""A trial of rows: what a check says of repair files, which no threshold holds up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.files.test_mending import FIRST, HEADS, SET_A, row_letter
from tests.unit.sql.test_file_source import visits_in_files
from tidegate.dead_letters.ledger import Place
from tidegate.errors import TidegateError
from tidegate.files import mending, redrive_trial
from tidegate.files.check import CheckedFile, Report
from tidegate.files.redrive_trial import as_repaired, try_rows
from tidegate.redrive.plan import PlannedLetter, RedrivePlan
from tidegate.settings import Settings

VISITS = visits_in_files(complete={"by": "manifest"})


def plan_of(count: int) -> RedrivePlan:
    letters = [
        PlannedLetter(f"{at}", Place("dlq.visits", 0, at), Place(FIRST.uri, 1, at), "decode", 1) for at in range(count)
    ]
    return RedrivePlan("visits-1", "visits", 0, "me", "", SET_A, "mend.yaml", tuple(letters))


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, float, Any]]:
    """What is handed to the check: content, time and dataset; two letters, of which the recipe means one."""
    found: list[tuple[bytes, float, Any]] = []

    def check(_settings: Settings, dataset: Any, files: list[Path], *, are_repairs: bool) -> Report:
        assert are_repairs
        found.extend((file.read_bytes(), file.stat().st_mtime, dataset) for file in files)
        return Report("visits", tuple(CheckedFile(file.as_uri(), 1, "", "loaded") for file in files), ())

    def read_planned(_settings: Settings, letters: Any) -> Iterator[Any]:
        for each, code in zip(letters, ("BAD_VALUE", "CELL_COUNT"), strict=False):
            yield each.letter, row_letter(b"x,y", error_code=code)

    monkeypatch.setattr(redrive_trial, "check", check)
    monkeypatch.setattr(redrive_trial, "read_planned", read_planned)
    monkeypatch.setattr(redrive_trial, "ledger_of", lambda *_: {})
    monkeypatch.setattr(redrive_trial, "read_versions", lambda *_: (FIRST,))
    monkeypatch.setattr(mending, "read_head", lambda _settings, _dataset, of: HEADS[of.number])
    return found


def test_mended_rows_are_checked_as_if_they_had_come_with_their_file(checked: list[tuple[bytes, float, Any]]) -> None:
    report, not_made = try_rows(Settings(), VISITS, plan_of(2))

    [(content, time_s, _)] = checked
    assert content == b"b,a\nx,1\n"
    assert time_s == FIRST.modified_at.timestamp()
    assert [each.uri for each in report.files] == ["repair of file 1"]
    assert not_made == {"no fix of the recipe matches it": 1}


@pytest.mark.usefixtures("checked")
def test_where_no_letter_is_left_nothing_is_checked() -> None:
    with pytest.raises(TidegateError, match="no letter of visits-1 is left"):
        try_rows(Settings(), VISITS, plan_of(0))


def test_a_trial_knows_no_list() -> None:
    assert as_repaired(VISITS).file.complete.by == "always"
    assert VISITS.file.complete.by == "manifest"


@pytest.mark.parametrize(("of", "written"), [("csv", "csv"), ("json_array", "json_array"), ("parquet", "json_lines")])
def test_mended_rows_are_written_as_their_file_is_but_those_of_parquet(of: str, written: str) -> None:
    assert as_repaired(visits_in_files(format=of)).file.format == written
