"""Daily files by state, and how many dates are late, of the lake's own table of versions."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.clients.versions_lake import VersionsLake
from tests.unit.files.versions import version
from tests.unit.sql.test_file_source import visits_in_files
from tidegate.clients import file_versions
from tidegate.clients.file_versions import change_versions
from tidegate.metric_names import FILES, FILES_LATE
from tidegate.monitor import files
from tidegate.monitor.files import STATES, FilesReader, by_date, samples
from tidegate.settings import Settings

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
VISITS = visits_in_files()


def told(dates: Any, now: datetime = NOW) -> tuple[dict[str, float], float]:
    found = [*samples(VISITS, dates, now)]
    by_state = {sample.labels[1]: sample.value for sample in found if sample.metric is FILES}
    (late,) = (sample.value for sample in found if sample.metric is FILES_LATE)
    return {state: value for state, value in by_state.items() if isinstance(value, float)}, float(str(late))


def test_files_are_counted_by_state_and_a_date_without_any_is_late() -> None:
    versions = [
        version(1, state="loaded", date=date(2026, 11, 27)),
        version(2, state="superseded", date=date(2026, 11, 27)),
        version(3, state="quarantined", date=date(2026, 11, 28)),
        version(4, state="loaded", date=date(2026, 11, 28)),
        version(5, state="checked", date=TODAY),
        version(6, state="checked", date=date(2026, 11, 28), repairs=4),
    ]
    by_state, late = told(by_date(versions))
    assert by_state == {"seen": 0, "checked": 1, "loading": 0, "loaded": 2, "quarantined": 1}
    assert late == 1, "29 is due, of 30 nothing is"


def test_states_that_nobody_can_do_anything_about_any_more_are_left_out() -> None:
    old = TODAY - timedelta(days=40)
    by_state, _ = told(by_date([version(1, state="quarantined", date=old), version(2, state="loaded", date=TODAY)]))
    assert by_state["quarantined"] == 0
    assert set(by_state) == set(STATES)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VersionsLake:
    made = VersionsLake(tmp_path)
    for module in (file_versions, files):
        monkeypatch.setattr(module, "open_catalog", lambda _: made)
    return made


def test_it_is_read_again_once_somebody_has_committed(lake: VersionsLake, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []
    real = file_versions.read_versions

    def counted(settings: Settings, name: str) -> Any:
        reads.append(name)
        return real(settings, name)

    monkeypatch.setattr(file_versions, "read_versions", counted)
    reader = FilesReader(Settings(), [VISITS])
    assert {sample.value for sample in reader.read()} == {0}, "nothing was ever taken in"

    change_versions(Settings(), "visits", lambda _: [version(1, state="seen")])
    first, again = [*reader.read()], [*reader.read()]
    change_versions(Settings(), "visits", lambda _: [version(1, state="checked")])
    last = [*reader.read()]

    assert reads == ["visits", "visits"]
    values = [{each.labels[1]: each.value for each in found if each.metric is FILES} for found in (first, again, last)]
    assert [(each["seen"], each["checked"]) for each in values] == [(1, 0), (1, 0), (0, 1)]
