"""Letters whose repair file will not be loaded; a load on servers releases them in tests/jobs/test_equal_silver.py."""

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

import pytest

from tests.unit.files.test_load import Table
from tests.unit.files.test_mended import COPY, ENTRY
from tests.unit.files.versions import version
from tests.unit.sql.test_file_source import visits_in_files
from tidegate.clients.file_version import FileVersion
from tidegate.dead_letters.ledger import Entry, State
from tidegate.errors import TransientError
from tidegate.files import released as module
from tidegate.files.released import given_back, release_letters
from tidegate.settings import Settings

FIRST = version(1, state="loaded")
ASIDE = version(4, state="quarantined", repairs=1, reason="BAD_HEADER: columns missing: 'page'")
SEEN_AT = 1_800_000_000_000


def back(*versions: FileVersion) -> list[Entry]:
    """Of the letter whose row is in version 4."""
    return [*given_back(ENTRY, {each.number: each for each in versions}, SEEN_AT)]


def test_a_letter_waits_again_and_says_why() -> None:
    [entry] = back(FIRST, ASIDE)

    assert (entry.state, entry.copy, entry.changed_at) == (State.OPEN, None, SEEN_AT)
    assert entry.reason == "its repair file was put into quarantine: BAD_HEADER: columns missing: 'page'"


@pytest.mark.parametrize("versions", [(FIRST,), (FIRST, version(4, state="superseded", repairs=1))])
def test_so_it_does_where_its_file_was_given_up(versions: tuple[FileVersion, ...]) -> None:
    [entry] = back(*versions)

    assert (entry.state, entry.reason) == (State.OPEN, "its repair file was not loaded")


def test_it_goes_with_the_file_that_its_row_came_from() -> None:
    [entry] = back(version(1, state="superseded"), ASIDE)

    assert (entry.state, entry.reason) == (State.DISCARDED, "its file was replaced by a newer version")


@pytest.mark.parametrize("state", ["seen", "checked", "loading", "loaded"])
def test_one_whose_row_may_still_be_loaded_is_in_flight(state: Any) -> None:
    assert back(FIRST, version(4, state=state, repairs=1)) == []


class Ledger:
    """What is in flight, and what is written; None: Kafka is away."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.in_flight: list[Entry] | None = [*entries]
        self.written: list[Entry] = []

    def read(self, _settings: Any, _dataset: Any, numbers: set[int]) -> list[Entry]:
        if self.in_flight is None:
            raise TransientError("Kafka is away", remedy="Wait.")
        return [each for each in self.in_flight if each.copy and each.copy.partition in numbers]

    def write(self, _settings: Any, _action: Any, entries: list[Entry]) -> Iterable[int]:
        self.written += entries
        yield len(entries)


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """One letter in flight in version 4, another in version 5."""
    found = Ledger([ENTRY, ENTRY._replace(dead_letter_id="c" * 32, copy=COPY._replace(partition=5))])
    monkeypatch.setattr(module, "in_flight_in", found.read)
    monkeypatch.setattr(module, "write_entries", found.write)
    monkeypatch.setattr(module, "audited", lambda *_: nullcontext({}))
    monkeypatch.setattr(module, "letters_turn", lambda *_: nullcontext())
    return found


def table_of(monkeypatch: pytest.MonkeyPatch, *versions: FileVersion) -> Table:
    table = Table(*versions)
    monkeypatch.setattr(module, "read_versions", table.read)
    monkeypatch.setattr(module, "change_versions", table.change)
    return table


def released() -> int:
    return release_letters(Settings(), visits_in_files(), "me")


def test_a_load_releases_the_letters_of_repair_files_in_quarantine_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = version(3, state="quarantined")
    table = table_of(monkeypatch, FIRST, bad, ASIDE, version(5, state="loading", repairs=1))

    assert (released(), released()) == (1, 0)

    assert [(each.state, each.actor) for each in ledger.written] == [(State.OPEN, "me")]
    assert table.states() == {1: "loaded", 3: "quarantined", 4: "superseded", 5: "loading"}


def test_where_that_fails_the_next_load_does_it(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    table = table_of(monkeypatch, FIRST, ASIDE)
    letters, ledger.in_flight = ledger.in_flight, None
    with pytest.raises(TransientError):
        released()
    assert table.states() == {1: "loaded", 4: "quarantined"}

    ledger.in_flight = letters
    assert released() == 1


def test_without_such_a_file_nothing_is_asked(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    table_of(monkeypatch, FIRST, version(3, state="quarantined"))
    ledger.in_flight = None

    assert released() == 0
