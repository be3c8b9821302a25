"""What was written aside takes the range's place: chosen, accounted for, in one commit. On real files."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.replay.lake import DAY, SETTINGS, TIME, VISITS, Lake, Row
from tests.unit.replay.plans import plan
from tidegate.errors import TidegateError
from tidegate.replay import publish as module
from tidegate.replay.publish import prepare, publish
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.row_range import EventTimes, RowRange


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Rows before, in and after the range 10 to 20."""
    made = Lake(tmp_path)
    monkeypatch.setattr(module, "open_table", made.opened)
    monkeypatch.setattr(module, "table_if_there", made.opened)
    monkeypatch.setattr(module, "_raw", lambda _settings, _stream, _plan: made.raw)
    made.append((5, "e5", "old"), (11, "e11", "old"))
    made.append((12, "e12", "old"), (15, "e15", "old"), (25, "e25", "old"))
    return made


def planned(lake: Lake, **other: Any) -> RangePlan:
    table = lake.catalog.load_table(f"silver.{VISITS.name}")
    current = table.current_snapshot()
    assert current is not None
    asked = {"dataset": VISITS.name, "rows": RowRange({0: (10, 20)}), "snapshot_id": current.snapshot_id}
    return plan(**asked | other)


def replayed(lake: Lake, made: RangePlan) -> Any:
    prepared = prepare(SETTINGS, VISITS, made)
    publish(SETTINGS, made, prepared.files, 0)
    return prepared.account


def test_rows_take_their_place_and_each_record_is_accounted_for(lake: Lake) -> None:
    made = planned(lake)
    passed = [(10, "e10", "new"), (11, "e11", "new"), (13, "e11", "new"), (14, "e5", "new"), (15, "e15", "new")]
    others = {12: "rejected", 16: "dropped", 17: "dropped", 18: "rejected", 19: "rejected"}
    lake.aside(made, passed, others)

    found = replayed(lake, made)

    assert lake.content() == [(5, "old"), (10, "new"), (11, "new"), (15, "new"), (25, "old")]
    assert found.counts() == {
        "raw": 10,
        "passed": 3,
        "duplicates": 2,
        "rejected": 3,
        "dropped": 2,
        "out_of_time": 0,
        "rows_before": 3,
        "rows_now": 3,
        "now_rejected": 1,
        "now_passed": 1,
        "now_gone": 1,
    }


def test_files_of_which_every_row_is_taken_come_in_as_they_are(lake: Lake) -> None:
    made = planned(lake)
    lake.aside(made, [(10, "e10", "new")], dict.fromkeys(range(11, 20), "dropped"))
    (file,) = prepare(SETTINGS, VISITS, made).files
    publish(SETTINGS, made, (file,), 0)
    table = lake.catalog.load_table(f"silver.{VISITS.name}")
    assert file.file_path in {task.file.file_path for task in table.scan().plan_files()}
    assert lake.content() == [(5, "old"), (10, "new"), (25, "old")]


def test_a_record_without_a_verdict_stops_it_before_anything_is_changed(lake: Lake) -> None:
    made, before = planned(lake), lake.content()
    lake.aside(made, [(10, "e10", "new")], dict.fromkeys(range(12, 20), "dropped"))
    with pytest.raises(TidegateError, match="no verdict on 0:11"):
        replayed(lake, made)
    assert lake.content() == before


def test_all_rejected_empties_the_range(lake: Lake) -> None:
    made = planned(lake)
    lake.aside(made, [], dict.fromkeys(range(10, 20), "rejected"))
    assert replayed(lake, made).now_rejected == 3
    assert lake.content() == [(5, "old"), (25, "old")]


def test_of_a_time_only_its_rows_are_replaced(lake: Lake) -> None:
    start_us = int(DAY.timestamp()) * 1_000_000
    times = EventTimes(TIME, start_us + 12_000_000, start_us + 15_000_000)
    made = planned(lake, rows=RowRange({0: (10, 20)}, times))
    passed: list[Row] = [(offset, f"e{offset}", "new") for offset in range(10, 20)]
    lake.aside(made, passed, {})

    found = replayed(lake, made)

    assert lake.content() == [(5, "old"), (11, "old"), (12, "new"), (13, "new"), (14, "new"), (15, "old"), (25, "old")]
    assert (found.passed, found.out_of_time, found.duplicates) == (3, 7, 0)
    left = prepare(SETTINGS, VISITS, made).added
    assert left["other_time"][1].tolist() == [10, 11, 15, 16, 17, 18, 19]
    assert left["duplicate"][1].tolist() == []


def test_published_twice_is_published_once(lake: Lake) -> None:
    made = planned(lake)
    lake.aside(made, [(10, "e10", "new")], dict.fromkeys(range(11, 20), "dropped"))
    files = prepare(SETTINGS, VISITS, made).files
    first = publish(SETTINGS, made, files, 0)
    assert publish(SETTINGS, made, files, 0).snapshot_id == first.snapshot_id
    assert lake.content() == [(5, "old"), (10, "new"), (25, "old")]
