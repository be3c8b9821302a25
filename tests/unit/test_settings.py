"""Settings: where each value comes from, and that no secret is shown."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tidegate.cli.config import command
from tidegate.settings import STACK_FILE, Settings, get_settings, settings_with_sources


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a running stack's file, and one variable set."""
    monkeypatch.setenv("TIDEGATE_HOME", str(tmp_path))
    monkeypatch.setenv("TIDEGATE_PARALLELISM", "3")
    monkeypatch.setenv("TIDEGATE_OPENSEARCH_PASSWORD", "open sesame")
    (tmp_path / STACK_FILE).write_text(json.dumps({"parallelism": 1, "kafka_bootstrap_servers": "127.0.0.1:1234"}))
    get_settings.cache_clear()
    return tmp_path


def test_the_environment_wins_over_the_stack_and_the_stack_over_defaults(home: Path) -> None:
    found = {each.variable: (each.value, each.source) for each in settings_with_sources(Settings())}
    assert found["TIDEGATE_PARALLELISM"] == ("3", "environment")
    assert found["TIDEGATE_KAFKA_BOOTSTRAP_SERVERS"] == ("127.0.0.1:1234", str(home / STACK_FILE))
    assert found["TIDEGATE_TRANSACTION_TIMEOUT_S"] == ("600", "default")
    assert found["TIDEGATE_OPENSEARCH_USER"] == (None, "default")


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_no_secret_is_shown(arguments: list[str]) -> None:
    result = CliRunner().invoke(command, ["show", *arguments])
    assert result.exit_code == 0
    assert "TIDEGATE_OPENSEARCH_PASSWORD" in result.output
    assert "sesame" not in result.output
    assert "**********" in result.output
