"""``tidegate config show``: every setting, no secret, and what nothing reads."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.project import PROJECT
from tidegate.cli.config import command
from tidegate.settings import STACK_FILE


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a running stack's file, and one variable set."""
    monkeypatch.setenv("TIDEGATE_HOME", str(tmp_path))
    monkeypatch.setenv("TIDEGATE_PARALLELISM", "3")
    monkeypatch.setenv("TIDEGATE_OPENSEARCH_PASSWORD", "open sesame")
    (tmp_path / STACK_FILE).write_text(json.dumps({"parallelism": 1}))
    return tmp_path


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_no_secret_is_shown(arguments: list[str]) -> None:
    result = CliRunner().invoke(command, ["show", *arguments])
    assert result.exit_code == 0
    assert "TIDEGATE_OPENSEARCH_PASSWORD" in result.output
    assert "sesame" not in result.output
    assert "**********" in result.output


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_no_password_in_an_address_is_shown(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setenv("TIDEGATE_OPENSEARCH_URL", "http://admin:hunter2@search:9200")

    output = CliRunner().invoke(command, ["show", *arguments]).output

    assert "http://admin:***@search:9200" in output
    assert "hunter2" not in output


@pytest.mark.parametrize(("given", "source"), [(None, "generated"), ("", "generated"), ("nightly-7", "environment")])
def test_a_run_id_says_whether_it_was_given(home: Path, given: str | None, source: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "TIDEGATE_RUN_ID"}
    if given is not None:
        environment["TIDEGATE_RUN_ID"] = given
    show = [sys.executable, "-m", "tidegate", "config", "show", "--json"]
    shown = subprocess.run(show, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True).stdout

    run_id = json.loads(shown)["TIDEGATE_RUN_ID"]
    assert run_id["source"] == source
    assert run_id["value"] == given if source == "environment" else re.fullmatch("[0-9a-f]{32}", run_id["value"])


def test_unknown_variables_are_one_line_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_KAFKA_BOOTSTRAP", "kafka:9092")
    monkeypatch.setenv("TIDEGATE_XYZZY", "1")

    result = CliRunner().invoke(command, ["show", "--json"])

    assert json.loads(result.stdout)["TIDEGATE_PARALLELISM"]["value"] == "3"
    assert result.stderr == (
        "warning: nothing reads TIDEGATE_KAFKA_BOOTSTRAP (did you mean TIDEGATE_KAFKA_BOOTSTRAP_SERVERS?),"
        " TIDEGATE_XYZZY\n"
    )


@pytest.mark.parametrize("engine", ["duckdb", "pyiceberg", "spark", "trino", "aws"])
def test_what_an_engine_needs_holds_no_secret(monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    monkeypatch.setenv("TIDEGATE_S3_ACCESS_KEY", "keyed")
    monkeypatch.setenv("TIDEGATE_S3_SECRET_KEY", "it's hidden")
    result = CliRunner().invoke(command, ["show", "--for", engine])
    assert result.exit_code == 0
    assert "tidegate config show --secrets" in result.output.splitlines()[0]
    assert "keyed" not in result.output
    assert "hidden" not in result.output


def test_the_login_is_given_to_a_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_S3_ACCESS_KEY", "keyed")
    monkeypatch.setenv("TIDEGATE_S3_SECRET_KEY", "it's hidden")
    lines = CliRunner().invoke(command, ["show", "--secrets"]).output
    echoed = subprocess.run(
        ["sh", "-c", f'{lines}\necho "$TIDEGATE_S3_ACCESS_KEY/$TIDEGATE_S3_SECRET_KEY"'],
        capture_output=True, text=True, check=True, env={},
    )  # fmt: skip
    assert echoed.stdout == "keyed/it's hidden\n"


def test_no_login_is_said_with_the_remedy() -> None:
    result = CliRunner().invoke(command, ["show", "--secrets"])
    assert "Set TIDEGATE_S3_ACCESS_KEY and TIDEGATE_S3_SECRET_KEY" in str(result.exception)


def test_one_output_at_a_time() -> None:
    assert CliRunner().invoke(command, ["show", "--json", "--for", "aws"]).exit_code == 2
