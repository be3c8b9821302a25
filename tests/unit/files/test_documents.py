"""Killed at any step and run again, search ends the same: each published row is there, those of replaced files are not.

On real servers: ``tests/stack/test_files.py``.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tests.unit.files.versions import version
from tidegate.clients.document_versions import Versioned
from tidegate.clients.file_version import FileVersion
from tidegate.contracts.load import load_files
from tidegate.errors import ContractError
from tidegate.files import documents as module
from tidegate.files.documents import Indexed, write_again, write_documents
from tidegate.files.to_index import due
from tidegate.settings import Settings
from tidegate.sql.replay_index import DocumentsAgain

CATALOG = load_files(SCHEMAS, "catalog")
STEPS = ("write_rows", "delete_documents", "give_up_letters", "change_versions")


def is_meant(number: int, condition: str) -> bool:
    """Whether the part of a condition that is about numbers, the first one, holds for one."""
    of_numbers = re.split(" and ", condition, flags=re.IGNORECASE)[0]
    named = {int(each) for each in re.findall(r"-?\d+", of_numbers)}
    assert "BETWEEN" not in of_numbers, "no file has a neighbour here"
    return number in named


class Killed(BaseException):
    """The command ends here."""


class World:
    """``silver``: the number of the file that a row is of; ``found``: of a document its number and version."""

    def __init__(self) -> None:
        self.versions = [version(1, state="superseded", silver=2, indexed=5), version(2, state="loaded", silver=2)]
        self.silver = {"a": 2, "b": 2}
        self.found = {"a": (1, 5), "gone": (1, 5)}
        self.refused: set[str] = set()
        self.now_ms = 1_000
        self.orders: list[DocumentsAgain] = []
        self.kill = ""

    def run(self, settings: Settings) -> Indexed | None:
        return write_documents(settings, CATALOG, "test")

    def write_rows(self, _settings: Settings, asked: DocumentsAgain) -> None:
        self.orders.append(asked)
        for name, number in self.silver.items():
            there = self.found.get(name, (0, 0))
            if is_meant(number, asked.condition) and name not in self.refused and there[1] <= asked.version:
                self.found[name] = (number, asked.version)

    def of(self, query: dict[str, Any]) -> list[Versioned]:
        terms = query.get("terms") or query["bool"]["filter"][0]["terms"]
        [numbers] = terms.values()
        return [Versioned("i", name, at) for name, (number, at) in self.found.items() if number in numbers]

    def delete(self, _settings: Settings, documents: Iterator[Versioned], version: int) -> None:
        for each in [*documents]:
            if self.found[each.document_id][1] <= version:
                del self.found[each.document_id]

    def change(self, _settings: Settings, _name: str, decide: Callable[..., Iterator[FileVersion]]) -> Any:
        last = max(each.sequence for each in self.versions)
        rows = {each.number: replace(each, sequence=last + n) for n, each in enumerate(decide(tuple(self.versions)), 1)}
        self.versions = [rows.get(each.number, each) for each in self.versions]
        return tuple(rows.values())

    def rows_held(self, _settings: Settings, _table: Any, condition: str) -> Any:
        return SimpleNamespace(rows=sum(is_meant(number, condition) for number in self.silver.values()))

    def killed_behind(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            result = real(*given, **named)
            if self.kill == name:
                raise Killed
            return result

        return call


@contextmanager
def nothing(*_: Any) -> Iterator[dict[str, int]]:
    yield {}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings().model_copy(update={"home": tmp_path})


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    search = SimpleNamespace(refresh=lambda _name: None)
    parts: dict[str, Any] = {
        "read_versions": lambda *_: tuple(made.versions),
        "change_versions": made.change,
        "write_rows": made.write_rows,
        "give_up_documents": lambda *_: None,
        "give_up_letters": lambda *_: 0,
        "documents_count": lambda _settings, _name, query: len(made.of(query)),
        "documents_held": lambda _settings, _name, query: iter(made.of(query)),
        "delete_documents": made.delete,
        "rows_held": made.rows_held,
        "open_table": lambda *_: None,
        "refuse_index": lambda *_: None,
        "SearchClient": lambda _settings: search,
        "audited": nothing,
        "load_turn": nothing,
        "now_ms": lambda: made.now_ms,
    }
    for name, part in parts.items():
        monkeypatch.setattr(module, name, made.killed_behind(name, part) if name in STEPS else part)
    return made


def test_rows_become_documents_and_those_of_a_replaced_file_go(world: World, settings: Settings) -> None:
    assert world.run(settings) == Indexed(1, 2, 0, 1)

    assert {name: number for name, (number, _) in world.found.items()} == {"a": 2, "b": 2}
    assert world.run(settings) is None, "all is done"


@pytest.mark.parametrize("step", STEPS)
def test_killed_behind_any_step_it_ends_the_same_under_one_version(world: World, settings: Settings, step: str) -> None:
    world.kill = step
    with pytest.raises(Killed):
        world.run(settings)
    world.kill, world.now_ms = "", 2_000
    world.run(settings)

    assert {name: number for name, (number, _) in world.found.items()} == {"a": 2, "b": 2}
    assert len({asked.version for asked in world.orders}) == 1
    assert not due(world.versions)


def test_a_file_that_was_replaced_before_it_was_searchable_loses_what_was_written(
    world: World, settings: Settings
) -> None:
    world.kill = "write_rows"
    with pytest.raises(Killed):
        world.run(settings)
    world.kill, world.now_ms = "", 500
    world.versions = [world.versions[0], replace(world.versions[1], state="superseded"), version(3, state="loaded")]
    world.silver = {"a": 3}
    world.run(settings)

    assert [*world.found] == ["a"]
    assert world.found["a"][0] == 3
    assert world.orders[1].version > world.orders[0].version, "though the clock was put back"


def test_a_row_whose_document_is_refused_keeps_the_older_one_and_is_counted(world: World, settings: Settings) -> None:
    world.run(settings)
    world.refused = {"a"}
    world.found["stray"] = (2, 5)

    assert write_again(settings, CATALOG, None, "test") == Indexed(1, 1, 1, 0)
    assert {*world.found} == {"a", "b", "stray"}

    world.refused = set()
    assert write_again(settings, CATALOG, None, "test") == Indexed(1, 2, 0, 0)
    assert {*world.found} == {"a", "b"}


def test_a_dataset_without_an_index_is_left_alone_and_refused_if_it_is_named(settings: Settings) -> None:
    transactions = load_files(SCHEMAS, "transactions")

    assert write_documents(settings, transactions, "test") is None
    with pytest.raises(ContractError, match="transactions has no search index"):
        write_again(settings, transactions, None, "test")
