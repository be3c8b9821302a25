"""The table of files' versions: who adds to it does so to what is there, however many add at once."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyiceberg.exceptions import BadRequestError, CommitStateUnknownException
from pyiceberg.schema import Schema

from tests.unit.clients.made_versions import version
from tests.unit.clients.versions_lake import VersionsLake
from tidegate.clients import file_versions
from tidegate.clients.file_version import FileVersion, to_arrow
from tidegate.clients.file_versions import (
    ATTEMPTS,
    PARTITIONS,
    SCHEMA,
    TABLE,
    change_versions,
    first_number,
    forget_versions,
    read_history,
    read_versions,
)
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VersionsLake:
    """A lake without the table."""
    lake = VersionsLake(tmp_path)
    monkeypatch.setattr(file_versions, "open_catalog", lambda _: lake)
    return lake


def _next(name: str) -> Callable[[tuple[FileVersion, ...]], list[FileVersion]]:
    """Another version with the next number."""
    return lambda known: [version(1 + max((each.number for each in known), default=0), name)]


def test_nothing_was_ever_taken_in(lake: VersionsLake) -> None:
    assert read_versions(Settings(), "orders") == ()
    assert lake.tables == {}


def test_the_table_is_made_by_who_first_adds_to_it(lake: VersionsLake) -> None:
    added = change_versions(Settings(), "orders", _next("a"))

    assert lake.namespaces == ["files"]
    assert lake.tables[TABLE].properties["commit.manifest-merge.enabled"] == "true"
    assert [(each.number, each.sequence) for each in added] == [(1, 1)]
    assert read_versions(Settings(), "orders") == added


def test_a_table_that_somebody_makes_meanwhile_is_taken(lake: VersionsLake) -> None:
    def meanwhile() -> None:
        lake.meanwhile = None
        change_versions(Settings(), "orders", _next("theirs"))

    lake.meanwhile = meanwhile

    change_versions(Settings(), "orders", _next("ours"))

    assert [each.number for each in read_versions(Settings(), "orders")] == [1, 2]


def test_states_follow_upon_each_other_and_datasets_do_not_mix(lake: VersionsLake) -> None:
    settings = Settings()
    change_versions(settings, "orders", _next("a"))
    change_versions(settings, "clicks", lambda known: [version(len(known) + 1, dataset="clicks")])
    change_versions(settings, "orders", lambda known: [version(known[0].number, "a", "checked"), version(2, "b")])

    found = read_versions(settings, "orders")

    assert [(each.number, each.state, each.sequence) for each in found] == [(1, "checked", 2), (2, "seen", 3)]
    assert [each.sequence for each in read_history(settings, "orders")] == [1, 2, 3]
    assert [each.number for each in read_versions(settings, "clicks")] == [1]


def test_nothing_to_add_is_no_commit(lake: VersionsLake) -> None:
    change_versions(Settings(), "orders", _next("a"))

    assert change_versions(Settings(), "orders", lambda known: []) == ()
    assert len(lake.load_table(TABLE).metadata.snapshots) == 1


def test_a_number_is_given_once_if_somebody_else_comes_between(lake: VersionsLake) -> None:
    settings = Settings()
    change_versions(settings, "orders", _next("a"))

    def meanwhile() -> None:
        change_versions(settings, "orders", _next("theirs"))

    lake.before_commit = meanwhile

    (ours,) = change_versions(settings, "orders", _next("ours"))

    assert (ours.number, ours.sequence) == (3, 3)
    assert [each.uri.rpartition("/")[2] for each in read_versions(settings, "orders")] == ["a", "theirs", "ours"]


def test_a_conflict_that_the_catalog_calls_a_bad_request_is_one(lake: VersionsLake) -> None:
    settings = Settings()
    change_versions(settings, "orders", _next("a"))

    def answer(commit: Callable[[], Any]) -> Any:
        change_versions(settings, "orders", _next("theirs"))
        raise BadRequestError("metadata location has changed")

    lake.answers = [answer]

    assert change_versions(settings, "orders", _next("ours"))[0].number == 3


def test_a_bad_request_of_any_other_kind_is_a_refusal(lake: VersionsLake) -> None:
    change_versions(Settings(), "orders", _next("a"))

    def answer(commit: Callable[[], Any]) -> Any:
        raise BadRequestError("no such column")

    lake.answers = [answer]

    with pytest.raises(TidegateError, match="refuses: no such column"):
        change_versions(Settings(), "orders", _next("ours"))


@pytest.mark.parametrize("is_done", [True, False])
def test_a_commit_that_was_not_answered_is_done_once(lake: VersionsLake, is_done: bool) -> None:
    change_versions(Settings(), "orders", _next("a"))

    def answer(commit: Callable[[], Any]) -> Any:
        if is_done:
            commit()
        raise CommitStateUnknownException("504")

    lake.answers = [answer]

    change_versions(Settings(), "orders", _next("ours"))

    assert [each.number for each in read_versions(Settings(), "orders")] == [1, 2]


def test_who_never_gets_a_turn_says_so(lake: VersionsLake) -> None:
    settings = Settings()
    change_versions(settings, "orders", _next("a"))

    def answer(commit: Callable[[], Any]) -> Any:
        raise CommitStateUnknownException("502")

    lake.answers = [answer] * ATTEMPTS

    with pytest.raises(TransientError, match=f"changed by others {ATTEMPTS} times"):
        change_versions(settings, "orders", _next("ours"))


def test_a_lake_that_is_away_is_an_outage(nobody: Settings) -> None:
    with pytest.raises(TransientError, match="catalog at http://127"):
        read_versions(nobody, "orders")


def test_a_table_of_an_earlier_tidegate_gets_the_columns_that_it_lacks(lake: VersionsLake) -> None:
    fields = [field for field in SCHEMA.fields if field.name != "indexed"]
    lake.create_table(TABLE, schema=Schema(*fields), partition_spec=PARTITIONS, properties={})
    lake.load_table(TABLE).append(to_arrow([version(1, dataset="orders", sequence=1)]).drop_columns(["indexed"]))
    assert read_versions(Settings(), "orders") == (version(1, dataset="orders", sequence=1),)

    change_versions(Settings(), "orders", lambda known: [replace(known[0], state="loaded", indexed=7)])

    assert [each.indexed for each in read_history(Settings(), "orders")] == [None, 7]


def test_what_is_forgotten_was_never_seen_and_the_others_are_known(lake: VersionsLake) -> None:
    for dataset in ("orders", "visits", "orders"):
        change_versions(Settings(), dataset, lambda known, dataset=dataset: [  # type: ignore[misc]
            replace(version(1 + len(known), f"{len(known)}"), dataset=dataset)
        ])  # fmt: skip
    assert forget_versions(Settings(), "orders") == 2
    assert read_versions(Settings(), "orders") == ()
    assert len(read_versions(Settings(), "visits")) == 1
    assert forget_versions(Settings(), "orders") == 0


def test_numbers_go_on_behind_what_was_forgotten(lake: VersionsLake) -> None:
    assert first_number(Settings(), "orders") == 1
    for _ in range(2):
        first = first_number(Settings(), "orders")
        change_versions(Settings(), "orders", lambda known, first=first: [  # type: ignore[misc]
            replace(version(first + each), dataset="orders") for each in range(2)
        ])  # fmt: skip
        forget_versions(Settings(), "orders")

    assert (first_number(Settings(), "orders"), first_number(Settings(), "visits")) == (5, 1)
