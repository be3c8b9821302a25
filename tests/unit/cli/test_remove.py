"""``tidegate remove``: says what ends and what stays, asks, and leaves the folder to its owner."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tidegate.apply.removal import Part, Removal, Written
from tidegate.apply.remove import Say
from tidegate.cli import remove
from tidegate.errors import TidegateError
from tidegate.settings import Settings

PARTS = (Part("refine", "refine.readings", ()),)
DONE: list[Removal] = []


@pytest.fixture(autouse=True)
def servers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    DONE.clear()

    def plan(_settings: Settings, dataset: str, *, purge: bool) -> Removal:
        return Removal(dataset, PARTS, Written(topics=("raw.readings",)), purge)

    def done(_settings: Settings, removal: Removal, say: Say) -> list[TidegateError]:
        DONE.append(removal)
        say("refine.readings stopped")
        return []

    (tmp_path / "readings").mkdir()
    monkeypatch.setattr(remove, "plan_removal", plan)
    monkeypatch.setattr(remove, "remove", done)
    monkeypatch.setattr(remove, "get_settings", lambda: Settings(schemas_dir=tmp_path))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(remove.command, ["readings", *arguments])


def test_a_dry_run_says_what_ends_and_what_stays() -> None:
    result = run("--dry-run")
    assert (result.exit_code, DONE) == (0, [])
    assert result.stdout.splitlines() == [
        "Ends:",
        "  stop refine.readings with a savepoint",
        "Stays:",
        "  topics: raw.readings",
        "  its state, in the savepoint",
    ]


def test_nothing_is_done_unasked() -> None:
    result = run()
    assert isinstance(result.exception, TidegateError) and "--yes" in result.exception.remedy
    assert DONE == []


def test_it_is_done_and_the_folder_is_left_to_its_owner() -> None:
    result = run("--yes")
    assert (result.exit_code, len(DONE)) == (0, 1)
    assert "refine.readings stopped\nNow delete " in result.stdout


def test_what_is_deleted_for_good_asks_for_more_than_a_y() -> None:
    result = run("--purge")
    assert isinstance(result.exception, TidegateError) and "gone for good" in result.exception.problem
    purged = run("--purge", "--yes")
    assert purged.exit_code == 0
    assert "--dataset readings --recover-from none`" in purged.stdout, "its state is of what is gone"
    assert [removal.purge for removal in DONE] == [True]


def test_what_does_not_succeed_is_told_and_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    failure = TidegateError("refine could not be started.", remedy="Try again.")
    monkeypatch.setattr(remove, "remove", lambda *_: [failure])
    result = run("--yes")
    assert result.exit_code == 1
    assert "refine could not be started. Try again." in result.stderr


def test_of_daily_files_it_says_what_would_load_them_again(monkeypatch: pytest.MonkeyPatch) -> None:
    written = Written(copies=("s3://files/readings/",))
    monkeypatch.setattr(remove, "plan_removal", lambda _settings, name, *, purge: Removal(name, (), written, purge))
    result = run("--purge", "--yes")
    assert "while it is there, `tidegate files load readings` loads its files again." in result.stdout
    assert "saved state" not in result.stdout
