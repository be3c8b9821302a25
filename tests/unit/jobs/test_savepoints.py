"""Which savepoints a stop leaves on disk."""

import os
from pathlib import Path

import pytest

from tidegate.jobs.savepoints import KEPT, remove_old
from tidegate.settings import Settings


def savepoint(home: Path, number: int, job: str = "refine", *, holds: tuple[str, ...] = ()) -> str:
    """A whole savepoint, each a second younger than the one before; its path as Flink says it."""
    folder = home / "flink-savepoints" / job / f"savepoint-{number:06x}-abc"
    folder.mkdir(parents=True)
    uids = (f"\0\x12{job.partition('.')[0]}:{name}:Calc:1" for name in holds)
    (folder / "_metadata").write_text("".join(["state", *uids]))
    os.utime(folder / "_metadata", (1_700_000_000 + number, 1_700_000_000 + number))
    return f"file:{folder}"


def numbers(home: Path, job: str = "refine") -> list[str]:
    return sorted(path.name for path in (home / "flink-savepoints" / job).iterdir())


@pytest.mark.parametrize("name", ["home", "a b"])
def test_the_newest_stay(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    for number in range(KEPT + 2):
        savepoint(home, number)
    settings = Settings.model_validate({"home": home})
    assert remove_old(settings, "refine", savepoint(home, 99)) == 3
    assert numbers(home) == [*(f"savepoint-{number:06x}-abc" for number in range(3, KEPT + 2)), "savepoint-000063-abc"]


def test_the_one_just_made_stays_whatever_its_time_says(tmp_path: Path) -> None:
    for number in range(10, 10 + KEPT):
        savepoint(tmp_path, number)
    remove_old(Settings.model_validate({"home": tmp_path}), "refine", savepoint(tmp_path, 0))  # the clock was set back
    assert "savepoint-000000-abc" in numbers(tmp_path)
    assert len(numbers(tmp_path)) == KEPT


def test_what_is_no_whole_savepoint_or_another_jobs_stays(tmp_path: Path) -> None:
    for number in range(KEPT + 3):
        savepoint(tmp_path, number, "lake")
    folder = tmp_path / "flink-savepoints" / "refine"
    for name in ("mine", "savepoint-unfinished"):
        (folder / name).mkdir(parents=True)
    newest = savepoint(tmp_path, 1)
    assert remove_old(Settings.model_validate({"home": tmp_path}), "refine", newest) == 0
    assert numbers(tmp_path) == ["mine", "savepoint-000001-abc", "savepoint-unfinished"]
    assert len(numbers(tmp_path, "lake")) == KEPT + 3


def test_the_newest_of_a_dataset_stays_however_old_it_is(tmp_path: Path) -> None:
    """It was left out since, or has moved: its next start goes on from there."""
    for number, holds in enumerate([("clicks", "readings"), ("clicks", "readings", "orders"), *[("clicks",)] * KEPT]):
        savepoint(tmp_path, number, holds=holds)
    savepoint(tmp_path, 50, "refine.orders", holds=("orders",))
    settings = Settings.model_validate({"home": tmp_path})
    newest = savepoint(tmp_path, 99, holds=("clicks",))
    assert remove_old(settings, "refine", newest) == 2
    assert "savepoint-000001-abc" in numbers(tmp_path)
    assert "savepoint-000000-abc" not in numbers(tmp_path)

    savepoint(tmp_path, 60, "refine.readings", holds=("readings",))
    assert remove_old(settings, "refine", newest) == 1, "another job's is newer"
    assert "savepoint-000001-abc" not in numbers(tmp_path)


@pytest.mark.parametrize("savepoints", ["s3://bucket/savepoints", "file:///elsewhere"])
def test_nothing_is_removed_where_the_savepoint_is_not(tmp_path: Path, savepoints: str) -> None:
    for number in range(KEPT + 3):
        savepoint(tmp_path, number)
    settings = Settings.model_validate({"home": tmp_path, "savepoints": savepoints})
    assert remove_old(settings, "refine", f"{savepoints}/refine/savepoint-1") == 0
    assert len(numbers(tmp_path)) == KEPT + 3
