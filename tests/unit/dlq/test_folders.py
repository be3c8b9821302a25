"""What was read of dead letters is kept by dataset, for its owner alone, and one process at a time."""

import threading
from pathlib import Path

import pytest

from tidegate.dlq.folders import alone, forget, identities_folder, kept_folders, letters_folder, silver_folder
from tidegate.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_those_of_a_dataset_are_forgotten_with_what_is_in_them(settings: Settings) -> None:
    own = [each(settings, "clicks") for each in (letters_folder, silver_folder, identities_folder)]
    own.append(silver_folder(settings, "clicks", 2))
    other = letters_folder(settings, "clicks_of_others")
    for folder in (*own, other):
        (folder / "id").mkdir(parents=True)
        (folder / "id" / "p0-0-7.parquet").touch()

    assert kept_folders(settings, "clicks") == own
    for _ in range(2):
        forget(settings, own)
        assert kept_folders(settings, "clicks") == []
    assert kept_folders(settings, "clicks_of_others") == [other]


def test_the_folder_is_its_owners_and_another_waits_for_it(settings: Settings) -> None:
    order = []

    def second() -> None:
        with alone(settings):
            order.append("second")

    with alone(settings) as folder:
        assert folder.stat().st_mode & 0o077 == 0
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]
