"""``tidegate up`` passes on what it is asked, and says where the stack is."""

from typing import Any

import pytest
from click.testing import CliRunner

from tidegate.cli.up import command
from tidegate.settings import Settings
from tidegate.stack import local


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the stack was asked for; it is up at once."""
    asked: dict[str, Any] = {}

    def up(settings: Settings, **arguments: Any) -> Settings:
        asked.update(arguments)
        return settings.model_copy(update={"flink_rest_url": "http://127.0.0.1:5", "opensearch_url": "http://o:6"})

    monkeypatch.setattr(local, "up", up)
    return asked


def test_the_whole_stack_tells_where_flink_and_opensearch_are(asked: dict[str, Any]) -> None:
    result = CliRunner().invoke(command, [])

    assert result.exit_code == 0
    assert (asked["only"], asked["choice"]) == (None, None)
    assert result.stdout.startswith("The stack is up after 0.0 s; its data is in ")
    assert "Flink: http://127.0.0.1:5  OpenSearch: http://o:6\n" in result.stdout


def test_some_servers_are_named_and_may_take_free_ports(asked: dict[str, Any]) -> None:
    result = CliRunner().invoke(command, ["--only", "kafka,registry", "--ports", "auto"])

    assert (asked["only"], asked["choice"]) == (["kafka", "registry"], "auto")
    assert result.stdout.startswith("kafka,registry is up after ")
    assert "Flink:" not in result.stdout
