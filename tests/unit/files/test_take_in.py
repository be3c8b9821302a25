"""New files are taken in once, corrected ones beside the old, and whoever is killed goes on."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.polling import wait_for
from tests.unit.clients.made_versions import NOW
from tests.unit.clients.versions_lake import VersionsLake
from tests.unit.files.made_files import files_of
from tidegate.clients import file_versions
from tidegate.clients.file_store import INCOMING, open_store
from tidegate.clients.file_versions import read_history, read_versions
from tidegate.contracts.dataset import Files
from tidegate.files import take_in as module
from tidegate.files.intake import Left
from tidegate.files.take_in import Taken, look, take_in
from tidegate.files.versions import Copy
from tidegate.jobs import warm_client
from tidegate.jobs.warm_client import end_client
from tidegate.settings import Settings

DAY = date(2026, 11, 28)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files arrive, beside a lake."""
    lake = VersionsLake(tmp_path / "lake")
    monkeypatch.setattr(file_versions, "open_catalog", lambda _: lake)
    (tmp_path / "in").mkdir()
    return tmp_path


@pytest.fixture
def settings(folder: Path) -> Settings:
    """Of a store beside it."""
    return Settings(home=folder / "home", files_store=f"file://{folder}/store")


def _files(folder: Path, **section: Any) -> Files:
    return files_of(f"{folder}/in/{{date:yyyy-MM-dd}}_*", **{"complete": {"by": "always"}, **section})


def _deliver(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / "in" / f"{DAY}_{name}").write_text(text)


def _states(taken: Taken) -> list[tuple[int, str, str]]:
    return [(each.number, each.uri.rpartition("_")[2], each.state) for each in taken.versions]


def _stored(folder: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in (folder / "store").rglob("*") if path.is_file())


def test_new_files_are_copied_and_may_be_loaded(folder: Path, settings: Settings) -> None:
    _deliver(folder, a="1\n", b="2\n")
    read: list[Copy | Left] = []

    taken = take_in(settings, _files(folder), DAY, now=NOW, tell=read.append)

    assert _states(taken) == [(1, "a", "checked"), (2, "b", "checked")]
    assert [each.number for each in taken.checked] == [1, 2]
    assert [(each.day, [told.state for told in each.files]) for each in taken.days] == [(DAY, ["checked", "checked"])]
    assert _stored(folder) == [b"1\n", b"2\n"]
    assert len(read) == 2
    stored = Path(taken.versions[0].stored.removeprefix("file://"))
    assert stored.read_bytes() == b"1\n"


def test_a_file_is_taken_in_once(folder: Path, settings: Settings) -> None:
    _deliver(folder, a="1\n")
    first = take_in(settings, _files(folder), DAY, now=NOW)
    read: list[Copy | Left] = []

    again = take_in(settings, _files(folder), DAY, now=NOW, tell=read.append)

    assert (again, read) == (replace(first, new=frozenset()), [])


def test_flinks_client_starts_beside_the_copying_but_not_where_there_is_nothing_to_load(
    folder: Path, settings: Settings
) -> None:
    client = folder / "flink" / "bin" / "flink"
    client.parent.mkdir(parents=True)
    client.write_text(f"#!/bin/sh\ntouch {folder}/started\n")
    client.chmod(0o755)
    settings = settings.model_copy(update={"flink_home": folder / "flink"})
    end_client()
    take_in(settings, _files(folder), DAY, now=NOW)
    assert warm_client._kept == []

    _deliver(folder, a="1\n")
    take_in(settings, _files(folder), DAY, now=NOW)

    wait_for("Flink's client", (folder / "started").exists)
    end_client()


def test_a_corrected_file_is_another_version(folder: Path, settings: Settings) -> None:
    _deliver(folder, a="1\n")
    take_in(settings, _files(folder), DAY, now=NOW)
    _deliver(folder, a="1!\n")

    assert _states(take_in(settings, _files(folder), DAY, now=NOW)) == [(1, "a", "superseded"), (2, "a", "checked")]


def test_a_number_is_not_given_again_once_its_version_is_forgotten(folder: Path, settings: Settings) -> None:
    _deliver(folder, a="1\n", b="2\n")
    take_in(settings, _files(folder), DAY, now=NOW)
    file_versions.forget_versions(settings, "orders")

    assert _states(take_in(settings, _files(folder), DAY, now=NOW)) == [(3, "a", "checked"), (4, "b", "checked")]


def test_a_file_that_was_only_touched_is_none(folder: Path, settings: Settings) -> None:
    _deliver(folder, a="1\n")
    take_in(settings, _files(folder), DAY, now=NOW)
    (folder / "in" / f"{DAY}_a").touch()

    taken = take_in(settings, _files(folder), DAY, now=NOW)
    again: list[object] = []
    take_in(settings, _files(folder), DAY, now=NOW, tell=again.append)

    assert [each.state for each in read_history(settings, "orders")] == ["seen", "checked", "checked"]
    assert again == []
    assert _states(taken) == [(1, "a", "checked")]


def test_a_file_that_is_cut_off_is_kept_and_not_loaded(folder: Path, settings: Settings) -> None:
    (folder / "in" / f"{DAY}_a").write_bytes(gzip.compress(b"1\n" * 100)[:-4])

    taken = take_in(settings, _files(folder), DAY, now=NOW)

    assert taken.checked == []
    assert [(each.state, each.reason) for each in taken.days[0].files] == [
        ("quarantined", "its gzip ends too soon: it is cut off")
    ]


def test_files_that_wait_are_not_read(folder: Path, settings: Settings) -> None:
    _deliver(folder, a="1\n")

    taken = take_in(settings, _files(folder, complete={"by": "success"}), DAY, now=NOW)

    assert (taken.versions, [each.state for each in taken.days[0].files]) == ((), ["waiting"])
    assert not (folder / "store").exists()


def test_to_look_takes_nothing_in(folder: Path, settings: Settings) -> None:
    _deliver(folder, a="1\n")

    taken = look(settings, _files(folder), now=NOW)

    assert [(each.day, [told.state for told in each.files]) for each in taken.days] == [(DAY, ["new"])]
    assert read_versions(settings, "orders") == ()
    assert not (folder / "store").exists()


def test_what_is_left_is_told_and_taken_in_the_next_time(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _deliver(folder, a="1\n", b="2\n")

    def remove_b(asked: Settings) -> Any:
        """Between the listing and the reading."""
        (folder / "in" / f"{DAY}_b").unlink()
        return open_store(asked)

    monkeypatch.setattr(module, "open_store", remove_b)
    taken = take_in(settings, _files(folder), DAY, now=NOW)
    assert [(each.state, each.reason) for each in taken.days[0].files] == [
        ("checked", None),
        ("left", f"file://{folder}/in/{DAY}_b was removed while it was read"),
    ]

    monkeypatch.setattr(module, "open_store", open_store)
    _deliver(folder, b="2\n")
    assert _states(take_in(settings, _files(folder), DAY, now=NOW)) == [(1, "a", "checked"), (2, "b", "checked")]


def test_a_name_in_another_encoding_does_not_keep_the_other_files(folder: Path, settings: Settings) -> None:
    """The lake could note neither it nor what is noted in the same commit."""
    _deliver(folder, **{"a": "id\n", "caf\udce9": "id\n", "z": "id\n1\n"})

    taken = take_in(settings, _files(folder))

    assert [name for _, name, state in _states(taken) if state != "seen"] == ["a", "z"]
    [left] = [file for day in taken.days for file in day.files if file.state == "left"]
    assert left.reason is not None
    assert left.reason.endswith("caf\\udce9' is not in UTF-8")


def test_what_was_noted_is_not_copied_again_by_who_goes_on(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NOTED_FILES", 2)
    _deliver(folder, **{name: name for name in "abcdefg"})

    with pytest.raises(KeyboardInterrupt):
        take_in(settings, _files(folder), DAY, now=NOW, tell=_interrupt_at(5))
    noted = len(read_versions(settings, "orders"))
    read: list[Copy | Left] = []
    taken = take_in(settings, _files(folder), DAY, now=NOW, tell=read.append)

    assert noted == 4
    assert len(read) == 3
    assert [(number, state) for number, _, state in _states(taken)] == [(number, "checked") for number in range(1, 8)]
    assert list((folder / "store" / INCOMING).iterdir()) == []


def _interrupt_at(count: int) -> Callable[[object], None]:
    told: list[object] = []

    def tell(each: object) -> None:
        told.append(each)
        if len(told) == count:
            raise KeyboardInterrupt

    return tell


def test_all_is_well_but_for_what_this_intake_has_refused_or_left(folder: Path, settings: Settings) -> None:
    """Else a load would end badly as long as any file is in quarantine, which says nothing of this load."""
    _deliver(folder, a="1\n", bad="")
    first = take_in(settings, _files(folder), DAY, now=NOW)
    again = take_in(settings, _files(folder), DAY, now=NOW)
    _deliver(folder, b="2\n")
    more = take_in(settings, _files(folder), DAY, now=NOW)
    (folder / "in" / f"{DAY}_tab\t").write_text("3\n")
    left = take_in(settings, _files(folder), DAY, now=NOW)

    assert [each.is_all_well for each in (first, again, more, left)] == [False, True, True, False]
    assert [{*each.new} for each in (first, again, more)] == [{1, 2}, set(), {3}]
