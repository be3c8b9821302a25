"""What of a check needs no Flink: files as a whole; that their rows are judged: tests/flink/test_check_files.py."""

import gzip
import hashlib
import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.sql.test_file_source import visits_in_files
from tidegate.errors import TidegateError
from tidegate.files import check as module
from tidegate.files.account import Account, Known, Split, Verdicts, account_of
from tidegate.files.check import Report, check
from tidegate.files.tally import Tally
from tidegate.settings import Settings
from tidegate.sql.file_to_read import FileToRead

SETTINGS = Settings()
TEXT = b"id,page\na,/\nb,/x\n"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose rows were judged: each has two good ones."""
    names: list[str] = []

    def judged(_settings: Settings, dataset: Any, files: Sequence[FileToRead], _wanted: Any) -> Any:
        names.extend(each.name.rpartition("/")[2] for each in files)
        numbers = [each.number for each in files]

        def account(file: Known) -> Account:
            part, verdicts = Split(0, len(TEXT), 2, 1, 0, 0, 5), Verdicts(passed=Tally(2, 5))
            return account_of(file, [part], verdicts, dataset.file.thresholds)

        return nullcontext(
            SimpleNamespace(
                splits=lambda: {number: [Split(0, len(TEXT), 2, 1, 0, 0, 5)] for number in numbers},
                accounts=lambda known: [*map(account, known)],
                duplicates=lambda accepted: dict.fromkeys(accepted, 1),
                codes=lambda _number: {},
                faults=lambda *_: (),
            )
        )

    monkeypatch.setattr(module, "judged", judged)
    return names


def put(folder: Path, **files: bytes) -> list[Path]:
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(content)
    return sorted(folder.glob("*.csv"))


def outcomes(report: Report) -> dict[str, tuple[str, str | None]]:
    return {each.uri.rpartition("/")[2]: (each.outcome, each.reason) for each in report.files}


def manifest(folder: Path, *files: dict[str, Any]) -> Path:
    path = folder / "manifest.json"
    path.write_text(json.dumps({"files": files}))
    return path


def test_a_file_that_is_wrong_as_a_whole_is_told_and_the_others_are_judged(tmp_path: Path, asked: list[str]) -> None:
    files = put(tmp_path, cut=gzip.compress(TEXT * 99)[:-9], empty=b"", good=TEXT)

    found = check(SETTINGS, visits_in_files(), files)

    assert outcomes(found) == {
        "cut.csv": ("quarantined", "its gzip ends too soon: it is cut off"),
        "empty.csv": ("quarantined", "it is empty"),
        "good.csv": ("loaded", None),
    }
    good = found.files[-1]
    assert (good.rows, good.silver, good.duplicates, good.blank) == (2, 1, 1, 1)
    assert good.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert asked == ["good.csv"]


def test_files_are_held_against_the_manifest_beside_them(tmp_path: Path, asked: list[str]) -> None:
    files = put(tmp_path, other=TEXT, rows=TEXT, sums=TEXT, unnamed=TEXT)
    sums = {"name": "sums.csv", "sha256": "0" * 64}
    told = manifest(tmp_path, {"name": "other.csv", "rows": 2}, {"name": "rows.csv", "rows": 3}, sums)

    found = outcomes(check(SETTINGS, visits_in_files(), files, told))

    assert found["other.csv"] == ("loaded", None)
    assert found["rows.csv"] == ("quarantined", "it has 2 rows, its manifest says 3")
    assert found["sums.csv"][0] == "quarantined"
    assert "and its manifest says 000" in str(found["sums.csv"][1])
    assert found["unnamed.csv"] == ("unnamed", "the manifest does not name it")
    assert asked == ["other.csv", "rows.csv"]


def test_thresholds_hold_as_in_a_load(tmp_path: Path, asked: list[str]) -> None:
    few = visits_in_files(thresholds={"min_rows": 3})

    found = check(SETTINGS, few, put(tmp_path, few=TEXT))

    assert outcomes(found)["few.csv"][0] == "quarantined"
    assert (found.files[0].rows, found.files[0].silver) == (2, None)


def test_of_repair_files_no_threshold_holds(tmp_path: Path, asked: list[str]) -> None:
    few = visits_in_files(thresholds={"min_rows": 3})

    found = check(SETTINGS, few, put(tmp_path, few=TEXT), are_repairs=True)

    assert outcomes(found) == {"few.csv": ("loaded", None)}


def test_it_says_what_it_does_not_check(tmp_path: Path, asked: list[str]) -> None:
    of_manifest = visits_in_files(pattern="in/{date:yyyy-MM-dd}/*.csv", complete={"by": "manifest"})

    left_out = check(SETTINGS, of_manifest, put(tmp_path, a=TEXT)).not_checked

    assert left_out == (
        "the manifest, which the contract asks for",
        "page is not looked up in pages; a load rejects rows that it lacks",
        "plan is not looked up in plans; a load rejects rows that it lacks",
        "rows that are in silver already are no duplicates here",
    )


def test_a_file_that_is_not_there_is_named(tmp_path: Path, asked: list[str]) -> None:
    with pytest.raises(TidegateError, match=r"nothing\.csv is not there"):
        check(SETTINGS, visits_in_files(), [tmp_path / "nothing.csv"])
