"""A scan with a condition sees every file that has such rows, however its threads take turns."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyiceberg import table as library
from pyiceberg.expressions.visitors import _InclusiveMetricsEvaluator

from tests.unit.clients.strict_catalog import NAME, StrictCatalog, append, lake, rows
from tidegate.clients.lake_scans import OwnEvaluator

FILES, ROUNDS = 24, 60


@pytest.fixture
def turns() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def found(catalog: StrictCatalog) -> list[int]:
    """How many files a scan has found, a number for each of many; every second file has such rows."""
    table = catalog.load_table(NAME)
    return [len(list(table.scan("_source_offset >= 1000").plan_files())) for _ in range(ROUNDS)]


@pytest.fixture
def catalog(tmp_path: Path) -> StrictCatalog:
    made, _ = lake(tmp_path)
    for number in range(FILES):
        append(made, rows([(0, number + 1000 * (number % 2))]))
    return made


def test_no_file_is_left_out(catalog: StrictCatalog, turns: None) -> None:
    assert {*found(catalog)} == {FILES // 2}


def test_the_librarys_own_evaluator_still_has_the_fault(
    catalog: StrictCatalog, turns: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once this fails, a newer version has mended it, and ours can go."""
    assert library._InclusiveMetricsEvaluator is OwnEvaluator  # type: ignore[attr-defined]
    monkeypatch.setattr(library, "_InclusiveMetricsEvaluator", _InclusiveMetricsEvaluator)
    assert {*found(catalog)} != {FILES // 2}
