"""What becomes of a run's evidence in the lake's tables; silver and branches: tests/stack/test_files.py."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.lake import DiskCatalog
from tests.unit.clients.strict_catalog import write_rows
from tests.unit.files.versions import version
from tidegate.clients import lake_rows
from tidegate.files import publish as module
from tidegate.files.publish import publish, published_numbers, without_quotes
from tidegate.files.run import Run
from tidegate.proof.rows import make_rows
from tidegate.settings import Settings

PLACE = pa.schema([pa.field("_source_partition", pa.int32()), pa.field("_source_offset", pa.int64())])
TABLES = ("silver.visits", "files.visits_verdicts", "files.visits_letters", "files.visits_splits")


Aside = dict[str, list[Any]]
"""By table the files that lie on the run's branch."""


@pytest.fixture
def aside() -> Aside:
    return {}


@pytest.fixture
def catalog(tmp_path: Path, aside: Aside, monkeypatch: pytest.MonkeyPatch) -> DiskCatalog:
    """Every table of the dataset; on the run's branch of each lies the row 2:10."""
    made = DiskCatalog(tmp_path)
    monkeypatch.setattr(lake_rows, "open_catalog", lambda _: made)
    monkeypatch.setattr(lake_rows, "find_table", lambda of, name: of.tables.get(name))
    for name in TABLES:
        made.create(name, PLACE)
    aside |= {name: write_rows(made.tables[name], rows((2, 10))) for name in TABLES}
    monkeypatch.setattr(module, "branch_files", lambda table, _branch: aside[".".join(table.name())])
    return made


def rows(*places: tuple[int, int]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(PLACE.names, each, strict=True)) for each in places], PLACE)


def held(catalog: DiskCatalog, name: str) -> Sequence[Any]:
    return sorted(tuple(row.values()) for row in catalog.tables[name].scan().to_arrow().to_pylist())


def run_of(run_id: str) -> Run:
    return Run("visits", run_id, (version(2), version(3)))


def run_with(run_id: str) -> None:
    publish(Settings(), run_of(run_id), [2], make_rows(), "tester")


@pytest.mark.parametrize("name", TABLES[1:])
def test_evidence_of_a_load_that_was_killed_and_begun_anew_is_not_there_twice(catalog: DiskCatalog, name: str) -> None:
    """Its contract was changed in between: it is another run, which does not know the commits of the first."""
    catalog.tables[name].append(rows((1, 0), (2, 10), (2, 20)))

    run_with("feed")

    assert held(catalog, name) == [(1, 0), (2, 10)]


def test_done_once_whoever_asks(catalog: DiskCatalog) -> None:
    run_with("feed")
    run_with("feed")

    assert [held(catalog, name) for name in TABLES] == [[(2, 10)]] * 4
    assert [len(catalog.tables[name].snapshots()) for name in TABLES] == [1] * 4


@pytest.mark.parametrize("name", TABLES[1:])
def test_evidence_is_of_what_is_published_where_files_were_judged_once_more_behind_a_crash(
    catalog: DiskCatalog, aside: Aside, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flink was started anew and knew of no job; a row that lacked its reference data passes by then, for instance."""
    with monkeypatch.context() as killed:
        killed.setattr(module, "_silver_files", _killed)
        with pytest.raises(KeyboardInterrupt):
            run_with("feed")
    assert held(catalog, name) == [(2, 10)]
    aside |= {each: write_rows(catalog.tables[each], rows((2, 20))) for each in TABLES}

    run_with("feed")
    run_with("feed")

    assert [held(catalog, each) for each in TABLES] == [[(2, 20)]] * 4


def _killed(*_: Any) -> Any:
    raise KeyboardInterrupt


def test_which_files_a_run_has_published_is_known_afterwards(catalog: DiskCatalog) -> None:
    """The third was put into quarantine; of the first, another run left evidence."""
    catalog.tables["files.visits_splits"].append(rows((1, 0)))
    assert published_numbers(Settings(), run_of("feed")) is None

    run_with("feed")

    assert published_numbers(Settings(), run_of("feed")) == frozenset({2})
    assert published_numbers(Settings(), run_of("f00d")) is None


@pytest.mark.parametrize("name", TABLES)
def test_rows_are_not_there_twice_where_the_snapshot_that_told_of_them_has_expired(
    catalog: DiskCatalog, name: str
) -> None:
    """Then a load that was killed behind its commit does not know it any more."""
    run_with("feed")
    catalog.tables[name].append(rows((1, 0), (9, 5)))

    run_with("f00d")

    assert held(catalog, name) == [(1, 0), (2, 10), (9, 5)]


def test_evidence_of_a_letter_quotes_nothing_of_its_row() -> None:
    letters = pa.table(
        {"payload": [b"ann@x.org;1"], "error_message": ["'ann@x.org' is no number"], "code": ["BAD_VALUE"]}
    )

    assert without_quotes(letters).to_pylist() == [{"payload": None, "error_message": "", "code": "BAD_VALUE"}]
