"""``tidegate down`` says what it stopped and what it removed."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tidegate.cli.down import command
from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.stack import local
from tidegate.stack.home import claim


def test_purging_some_servers_only_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "down", lambda *_, **__: pytest.fail("nothing may be stopped"))

    result = CliRunner().invoke(command, ["--only", "kafka", "--purge"])

    assert result.exit_code == 2
    assert "--purge removes the data of all servers" in result.output


@pytest.mark.parametrize(
    ("stopped", "said"), [(["flink", "kafka"], "Stopped: flink, kafka.\n"), ([], "Nothing was running.\n")]
)
def test_it_names_what_it_stopped(monkeypatch: pytest.MonkeyPatch, stopped: list[str], said: str) -> None:
    monkeypatch.setattr(local, "down", lambda *_, **__: stopped)

    assert CliRunner().invoke(command, []).stdout == said


def test_only_what_is_asked_for_is_stopped_and_nothing_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[str] | None, bool]] = []

    def down(settings: Settings, *, only: list[str] | None, purge: bool) -> list[str]:
        asked.append((only, purge))
        return []

    monkeypatch.setattr(local, "down", down)
    runner = CliRunner()

    assert "Removed" not in runner.invoke(command, ["--only", "kafka,flink"]).stdout
    assert "Removed" not in runner.invoke(command, []).stdout
    assert asked == [(["kafka", "flink"], False), (None, False)]


def test_a_purge_without_a_terminal_needs_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "stack"
    monkeypatch.setenv("TIDEGATE_HOME", str(home))
    claim(home)
    (home / "data").mkdir()
    (home / "mine").touch()
    runner = CliRunner()

    refused = runner.invoke(command, ["--purge"])
    assert isinstance(refused.exception, TidegateError)
    assert "Add --yes" in refused.exception.remedy
    assert (home / "data").exists()

    assert "but what is not its own: mine." in runner.invoke(command, ["--purge", "--yes"]).stdout
    assert not (home / "data").exists()
    assert (home / "mine").exists()


def test_a_purge_of_nothing_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_HOME", str(tmp_path / "none"))
    assert "There is no folder" in CliRunner().invoke(command, ["--purge"]).stdout
