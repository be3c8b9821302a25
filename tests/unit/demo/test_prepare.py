"""What the demo's settings are once its stack is up."""

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tidegate.demo import prepare
from tidegate.demo.options import DemoOptions
from tidegate.demo.phases import Phases
from tidegate.settings import Settings


def started(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a demo whose stack is there at once, on a port of its own."""

    def up(given: Settings, **_options: Any) -> Settings:
        return given.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})

    monkeypatch.setattr("tidegate.stack.local.up", up)
    console = Console(file=io.StringIO())
    return prepare.start_stack(settings, DemoOptions(), Phases(console), console)


def test_the_lake_commits_often_enough_for_a_short_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = started(Settings(home=tmp_path), monkeypatch)

    assert settings.lake_checkpoint_interval_s == prepare.LAKE_INTERVAL_S
    assert settings.kafka_bootstrap_servers == "127.0.0.1:1"


def test_an_interval_that_was_set_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = started(Settings(home=tmp_path, lake_checkpoint_interval_s=33), monkeypatch)

    assert settings.lake_checkpoint_interval_s == 33
