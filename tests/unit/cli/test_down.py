"""``tidegate down`` says what it stopped and what it removed."""

import pytest
from click.testing import CliRunner

from tidegate.cli.down import command
from tidegate.settings import Settings
from tidegate.stack import local


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
    assert "Removed " in runner.invoke(command, ["--purge"]).stdout
    assert asked == [(["kafka", "flink"], False), (None, False), (None, True)]
