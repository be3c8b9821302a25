"""A range that raw has no more is proved against bronze: the rows that passed, each once, and no others."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.unit.replay.lake import SETTINGS, VISITS, Lake
from tests.unit.replay.plans import plan
from tidegate.proof.rows import Rows, fingerprints, make_rows
from tidegate.replay import prove_range as module
from tidegate.replay import sources
from tidegate.replay.prove_range import doubled_rows, faults_of, prove_range, scope_of
from tidegate.replay.row_range import RowRange
from tidegate.replay.store import Status

HELD = make_rows([0] * 10, range(10, 20))


def rows(*found: tuple[int, str]) -> Rows:
    names = fingerprints([identity.encode() for _, identity in found])
    return make_rows([0] * len(found), [offset for offset, _ in found], names)


def faults(*found: tuple[int, str], expected: int) -> list[str]:
    silver = rows(*found)
    within = np.asarray((silver.offset >= 10) & (silver.offset < 20))
    return faults_of(HELD, silver, within, expected)


def test_each_row_once_holds() -> None:
    assert faults((5, "e5"), (10, "e10"), (11, "e11"), expected=2) == []


def test_what_is_wrong_is_named() -> None:
    assert faults((10, "e10"), expected=2) == ["1 rows, and 2 were published"]
    assert faults_of(HELD, rows((10, "e10")), np.ones(1, np.bool_), 1, 1) == ["1 rows twice"]
    assert faults((5, "e10"), (10, "e10"), expected=1) == ["1 rows of events that the table has from another record"]
    assert faults_of(make_rows(), rows((10, "a")), np.ones(1, np.bool_), 1) == ["1 rows of no record"]


def test_the_rows_of_one_record_are_no_doubles_of_each_other() -> None:
    assert faults((10, "e10"), (10, "e10"), expected=2) == []
    lines = [{"_source_offset": 10, "id": "e10", "line": line} for line in (1, 2, 2)]
    assert doubled_rows([lines[:2]]) == doubled_rows([]) == 0
    assert doubled_rows([lines[:2], lines[2:]]) == 1


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    made = Lake(tmp_path)
    made.append((5, "e5", "old"), (10, "e10", "new"))
    monkeypatch.setattr(module, "open_table", made.opened)
    monkeypatch.setattr(module, "load_stream", lambda *_: VISITS)
    monkeypatch.setattr(module, "bronze_places", lambda *_: HELD)
    return made


@pytest.mark.usefixtures("lake")
def test_of_what_raw_has_the_whole_proof_is_made_too(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {0: (15, 100)}
    monkeypatch.setattr(sources, "topic_spans", lambda *_: kept)
    monkeypatch.setattr(module, "prove", lambda *_: SimpleNamespace(verdict=lambda: "It does not.", holds=False))
    made = plan(dataset=VISITS.name, rows=RowRange({0: (10, 20)}), source="bronze")
    text, holds = prove_range(SETTINGS, made, Status(counts={"rows_now": 1}))
    assert ("each of its 10 records" in text, "It does not." in text, holds) == (True, True, False)
    kept[0] = (20, 100)
    text, holds = prove_range(SETTINGS, made, Status(counts={"rows_now": 1}))
    assert ("It does not." in text, holds) == (False, True)
    text, holds = prove_range(SETTINGS, made, Status(counts={"rows_now": 2}))
    assert ("does not hold: 1 rows, and 2 were published" in text, holds) == (True, False)


def test_the_scope_is_that_of_the_offsets() -> None:
    scope = scope_of(plan())
    assert (scope.start, scope.end, scope.lake, scope.index) == ("0:10,1:0", "0:20,1:0", True, False)
    assert scope_of(plan(target="lake,index")).index


@pytest.mark.usefixtures("lake")
def test_of_an_index_whose_topics_are_gone_the_numbers_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "topic_spans", lambda *_: {0: (20, 100)})
    made = plan(dataset=VISITS.name, rows=RowRange({0: (10, 20)}), target="index")
    for written, holds in ((5, True), (4, False)):
        proof = prove_range(SETTINGS, made, Status(documents={"rows": 5, "written": written, "removed": 0}))
        assert (f"{written} documents for 5 rows" in proof.text, proof.holds) == (True, holds)


@pytest.mark.usefixtures("lake")
@pytest.mark.parametrize("kept", [{0: (20, 100)}, {}])
def test_a_range_that_retention_has_overtaken_is_not_said_to_hold(
    monkeypatch: pytest.MonkeyPatch, kept: dict[int, tuple[int, int]]
) -> None:
    """Whether raw has some later records or there is no such topic."""
    monkeypatch.setattr(sources, "topic_spans", lambda *_: kept)
    made = plan(dataset=VISITS.name, rows=RowRange({0: (10, 20)}))

    text, holds = prove_range(SETTINGS, made, Status(counts={"rows_now": 1}))

    assert ("Nothing of the lake's rows is proved" in text, holds) == (True, False)
    both = prove_range(SETTINGS, plan(dataset=VISITS.name, rows=made.rows, target="lake,index"), _INDEXED)
    assert ("Nothing of the lake" in both.text, "5 documents for 5 rows" in both.text, both.holds) == (
        True,
        True,
        False,
    )


_INDEXED = Status(documents={"rows": 5, "written": 5, "removed": 0})
