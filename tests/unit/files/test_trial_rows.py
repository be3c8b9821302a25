"""Verdicts that a check has written, counted and summed; that Flink writes them so: tests/flink/test_check_files.py."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.sql.test_file_source import visits_in_files
from tidegate.contracts.dataset import Files
from tidegate.errors import TidegateError
from tidegate.files.account import Known, Split
from tidegate.files.places import places_hash
from tidegate.files.tally import Tally
from tidegate.files.trial_rows import Fault, TrialRows, open_rows
from tidegate.sql.file_check import Checking

VISITS = visits_in_files()


def row(number: int, offset: int, **more: Any) -> dict[str, Any]:
    return {"_source_partition": number, "_source_offset": offset, **more}


def rejected(number: int, offset: int, code: str = "BAD_VALUE", **more: Any) -> dict[str, Any]:
    return row(number, offset, **{"_split_row": 1, "code": code, "message": "no number", "violations": [], **more})


@contextmanager
def opened(
    folder: Path, dataset: Files = VISITS, wanted: tuple[str, ...] = ("id",), **outputs: list[dict[str, Any]]
) -> Iterator[TrialRows]:
    """What a check has written: the columns of ``passed`` are called ``c0`` and so on."""
    for name, rows in outputs.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "part-0").write_text("".join(json.dumps(each) + "\n" for each in rows))
        (folder / name / ".part-1.inprogress").write_text("no row")
    with open_rows(Checking("visits", str(folder), (), wanted), dataset) as found:
        yield found


def test_rows_are_counted_and_summed_by_file(tmp_path: Path) -> None:
    passed = [row(1, 0, c0="a"), row(1, 9, c0="b"), row(2, 0, c0="a")]

    with opened(tmp_path, passed=passed, rejected=[rejected(1, 20)], dropped=[row(2, 30, rule="no_robots")]) as rows:
        found = rows.verdicts()

    assert found[1].passed == Tally(2, places_hash(np.array([0, 9])))
    assert found[1].rejected == Tally(1, places_hash(np.array([20])))
    assert (found[2].passed.count, found[2].rejected.count, found[2].dropped.count) == (1, 0, 1)


def test_of_nothing_there_is_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as rows:
        assert (rows.verdicts(), rows.splits(), rows.duplicates([1]), rows.codes(1)) == ({}, {}, {}, {})


@pytest.mark.parametrize(("accepted", "found"), [([1, 2], {1: 1, 2: 1}), ([2], {2: 0}), ([], {})])
def test_a_duplicate_repeats_a_row_of_a_file_that_would_be_loaded(
    tmp_path: Path, accepted: list[int], found: dict[int, int]
) -> None:
    passed = [row(2, 0, c0="a"), row(1, 9, c0="a"), row(1, 0, c0="a"), row(1, 20, c0=None), row(2, 7, c0="b")]

    with opened(tmp_path, passed=passed) as rows:
        assert rows.duplicates(accepted) == found


def test_a_record_that_explodes_counts_once_and_has_passed_if_an_item_has(tmp_path: Path) -> None:
    contract = VISITS.contract.model_copy(update={"explode": object()})
    exploding = Files(contract, VISITS.folder, VISITS.versions, VISITS.silver, VISITS.refine_sql)
    passed = [row(1, 0, c0="a"), row(1, 0, c0="a"), row(1, 9, c0="a")]

    with opened(
        tmp_path, exploding, passed=passed, rejected=[rejected(1, 0), rejected(1, 30), rejected(1, 30)]
    ) as rows:
        verdicts, duplicates = rows.verdicts()[1], rows.duplicates([1])

    assert (verdicts.passed.count, verdicts.rejected.count, duplicates) == (2, 1, {1: 1})


def test_faults_are_told_in_the_order_of_the_file_with_its_numbers_of_rows(tmp_path: Path) -> None:
    broken = [{"rule": "known_length", "field": "seconds", "message": "seconds is not negative"}]
    bad = [rejected(1, 90), rejected(1, 10, _split_row=2, violations=broken), rejected(1, 95), rejected(2, 0)]
    splits = [Split(0, 50, 4, 1, 0, 0, 0), Split(50, 50, 3, 0, 0, 0, 0)]

    with opened(tmp_path, rejected=bad) as rows:
        faults, codes = rows.faults(1, splits, 2), rows.codes(1)

    assert faults == (
        Fault(2, 10, "BAD_VALUE", "no number", ("known_length: seconds is not negative",)),
        Fault(5, 90, "BAD_VALUE", "no number"),
    )
    assert codes == {"BAD_VALUE": 3}


def test_what_a_part_of_a_file_held_is_read_back(tmp_path: Path) -> None:
    counted = {"_length": 50, "_rows": 4, "_header_lines": 1, "_blank_lines": 2, "_comment_lines": 3, "_places": -7}
    told = [row(1, 0, **counted, _error_code="BAD_HEADER", _error_message="no id")]

    with opened(tmp_path, splits=told) as rows:
        assert rows.splits() == {1: [Split(0, 50, 4, 1, 2, 3, -7, "BAD_HEADER", "no id")]}


def test_a_row_without_a_verdict_is_no_account(tmp_path: Path) -> None:
    counted = {"_length": 50, "_rows": 2, "_header_lines": 1, "_blank_lines": 0, "_comment_lines": 0}
    both = places_hash(np.array([3, 9]))
    told = [row(1, 0, **counted, _places=both, _error_code=None, _error_message=None)]

    with opened(tmp_path / "whole", splits=told, passed=[row(1, 3, c0="a"), row(1, 9, c0="b")]) as rows:
        [account] = rows.accounts([Known(1, 50)])
    assert (account.rows, account.passed, account.fault, account.wrong) == (2, 2, None, None)
    with (
        opened(tmp_path / "part", splits=told, passed=[row(1, 3, c0="a")]) as rows,
        pytest.raises(TidegateError, match="file 1: 2 rows were read, 1 have a verdict"),
    ):
        rows.accounts([Known(1, 50)])
