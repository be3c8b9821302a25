"""Which files a load begins with, and which it goes on with; that they are loaded: tests/stack/test_files.py."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest

from tests.unit.files.versions import version
from tests.unit.sql.test_file_source import visits_in_files
from tests.unit.sql.visits import PLATFORM
from tidegate.clients.file_version import FileVersion
from tidegate.files import load as module
from tidegate.files import revived
from tidegate.files.load import _begin, _begun, load_checked
from tidegate.settings import Settings

VISITS = visits_in_files()
SETTINGS = Settings()


class Table:
    """The newest states, in the place of ``files.versions``; ``between``: what others note before the next change."""

    def __init__(self, *versions: FileVersion) -> None:
        self._newest = {each.number: each for each in versions}
        self.between: list[FileVersion] = []

    def read(self, *_: Any) -> tuple[FileVersion, ...]:
        return tuple(self._newest[number] for number in sorted(self._newest))

    def change(self, _settings: Settings, _dataset: str, decide: Any) -> tuple[FileVersion, ...]:
        self._note(self.between)
        self.between = []
        added = tuple(decide(self.read()))
        self._note(added)
        return added

    def _note(self, rows: Sequence[FileVersion]) -> None:
        self._newest |= {each.number: each for each in rows}

    def states(self) -> dict[int, str]:
        return {each.number: each.state for each in self.read()}


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Nothing is published, no row repeats another; the runs whose jobs were ended."""
    runs: list[str] = []
    monkeypatch.setattr(module, "platform_of", lambda *_: PLATFORM)
    monkeypatch.setattr(module, "is_run_published", lambda *_: False)
    monkeypatch.setattr(module, "give_up_jobs", lambda _settings, run: runs.append(run))
    monkeypatch.setattr(revived, "table_if_there", lambda *_: None)
    return runs


def table_of(monkeypatch: pytest.MonkeyPatch, *versions: FileVersion) -> Table:
    table = Table(*versions)
    for each in (module, revived):
        monkeypatch.setattr(each, "read_versions", table.read)
        monkeypatch.setattr(each, "change_versions", table.change)
    return table


def begun_anew(day: date | None = None) -> Any:
    return _begin(SETTINGS, VISITS, day)


@pytest.mark.usefixtures("ended")
def test_files_that_are_checked_are_loaded_and_whoever_comes_again_finds_the_same_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = table_of(monkeypatch, version(1), version(2, state="loaded"), version(3, state="quarantined"))

    run = begun_anew()

    assert [each.number for each in run.files] == [1]
    assert table.states() == {1: "loading", 2: "loaded", 3: "quarantined"}
    assert _begun(SETTINGS, VISITS) == run


@pytest.mark.usefixtures("ended")
def test_there_is_nothing_to_load(monkeypatch: pytest.MonkeyPatch) -> None:
    table_of(monkeypatch, version(1), version(2, state="loaded"))

    assert begun_anew(date(2020, 1, 1)) is None
    assert _begun(SETTINGS, VISITS) is None


@pytest.mark.usefixtures("ended")
def test_what_a_file_takes_the_place_of_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    uri = version(1).uri
    refused = version(2, uri=uri, state="quarantined", replaces=1)
    table_of(monkeypatch, version(1, state="loaded"), refused, version(3, uri=uri, replaces=2))

    run = begun_anew()

    assert run.replaced == (1,)
    again = _begun(SETTINGS, VISITS)
    assert (again, again and again.replaced) == (run, (1,))


@pytest.mark.usefixtures("ended")
def test_a_file_that_was_corrected_while_the_run_was_planned_is_not_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows would be published, and nobody would take them out."""
    table = table_of(monkeypatch, version(1), version(2))
    table.between = [version(2, state="superseded"), version(3, uri=version(2).uri)]

    run = begun_anew()

    assert [each.number for each in run.files] == [1]
    assert table.states() == {1: "loading", 2: "superseded", 3: "checked"}
    assert {each.run for each in table.read() if each.state == "loading"} == {run.run_id}


def test_under_another_contract_it_is_another_run_and_the_jobs_of_the_first_are_ended(
    ended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table_of(monkeypatch, version(1))
    first = begun_anew()
    assert ended == []

    second = _begun(SETTINGS, visits_in_files(csv={"delimiter": ";"}))

    assert second is not None
    assert second.run_id != first.run_id
    assert ended == [first.run_id]


def _after_a_refused_correction(*more: FileVersion) -> list[FileVersion]:
    """The second file repeats a row of the first; both were corrected in one load, and the second's was refused."""
    first, second = version(1, state="superseded"), version(2, state="loaded")
    refused = version(4, uri=second.uri, state="quarantined", replaces=2)
    return [first, second, version(3, uri=first.uri, state="loaded", replaces=1), refused, *more]


@pytest.mark.usefixtures("ended")
def test_a_row_that_repeated_a_replaced_one_comes_back_though_its_own_correction_was_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(revived, "_repeats", lambda *_: {1: {2}})
    table = table_of(monkeypatch, *_after_a_refused_correction())

    run = begun_anew(date(2020, 1, 1))

    assert [(each.number, each.sha256, each.replaces) for each in run.files] == [(5, version(2).sha256, 2)]
    assert table.states() == {1: "superseded", 2: "loaded", 3: "loaded", 4: "quarantined", 5: "loading"}


@pytest.mark.usefixtures("ended")
def test_one_that_is_refused_too_is_not_judged_again_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revived, "_repeats", lambda *_: {1: {2}})
    again = version(5, uri=version(2).uri, state="quarantined", sha256=version(2).sha256, replaces=2)
    table_of(monkeypatch, *_after_a_refused_correction(again))

    assert begun_anew() is None


@pytest.mark.usefixtures("ended")
def test_letters_of_repair_files_in_quarantine_are_released_also_where_nothing_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table_of(monkeypatch, version(1, state="loaded"))
    released: list[str] = []
    monkeypatch.setattr(module, "load_turn", lambda *_: nullcontext())
    monkeypatch.setattr(module, "release_letters", lambda *told: released.append(told[2]))

    assert load_checked(SETTINGS, VISITS, None, "me") is None

    assert released == ["me"]
