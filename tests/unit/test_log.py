"""JSON lines on standard error: each whole, complete and without a secret, whatever wrote it."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.project import PROJECT
from tidegate.cli.main import COMMANDS
from tidegate.log import REQUIRED, without_secrets

SECRETS = {
    "TIDEGATE_PRIVACY_KEY": "the-privacy-key",
    "TIDEGATE_REDRIVE_KEY": "the-redrive-key",
    "TIDEGATE_S3_SECRET_KEY": "the-s3-secret",
    "TIDEGATE_OPENSEARCH_PASSWORD": "open-sesame",
}
# Nothing answers on port 1, so each ends with what it has to say of that.
NOWHERE = {
    "TIDEGATE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
    "TIDEGATE_REGISTRY_URL": "http://127.0.0.1:1",
    "TIDEGATE_OPENSEARCH_URL": "http://127.0.0.1:1",
    "TIDEGATE_FLINK_REST_URL": "http://127.0.0.1:1",
}
FAMILIES = {
    "up": ("up", "--only", "nothing"),
    "down": ("down", "--only", "nothing"),
    "status": ("status", "--nothing"),
    "logs": ("logs", "nothing"),
    "doctor": ("doctor", "--nothing"),
    "config": ("config", "show"),
    "contract": ("contract", "show", "nothing"),
    "index": ("index", "apply"),
    "produce": ("produce", "clicks", "--count", "1"),
    "load": ("load", "products", "--from", "postgresql://ann:open-sesame@127.0.0.1:1/shop"),
    "query": ("query", "select 1"),
    "files": ("files", "show", "nothing", "1"),
    "lake": ("lake", "stats"),
    "retention": ("retention", "show", "nothing"),
    "apply": ("apply", "nothing"),
    "remove": ("remove", "nothing", "--yes"),
    "run": ("run", "refine"),
    "stop": ("stop", "refine"),
    "prove": ("prove", "nothing"),
    "replay": ("replay", "nothing"),
    "redrive": ("redrive", "status", "nothing"),
    "dlq": ("dlq", "stats", "nothing"),
    "audit": ("audit", "list"),
    "monitor": ("monitor", "--once"),
    "dashboards": ("dashboards", "make", "nothing"),
    "demo": ("demo", "--seconds", "0"),
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")
Line = dict[str, Any]
Results = dict[str, subprocess.CompletedProcess[str]]


def run(home: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A Python command of its own, with every secret set and no server there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")}
    environment = kept | SECRETS | NOWHERE | {"TIDEGATE_HOME": str(home), "TIDEGATE_LOG_FORMAT": "json"} | variables
    return subprocess.run(
        [sys.executable, *command], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )


def lines(result: subprocess.CompletedProcess[str]) -> list[Line]:
    """Standard error, which must be JSON from the first line to the last."""
    return [json.loads(line) for line in result.stderr.splitlines()]


def test_every_command_is_tried() -> None:
    assert FAMILIES.keys() == COMMANDS.keys()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """What each command does, all run once."""
    home = tmp_path_factory.mktemp("home")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(lambda command: run(home, "-m", "tidegate", *command), FAMILIES.values())
        return dict(zip(FAMILIES, done, strict=True))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_command_says_everything_in_complete_lines(name: str, results: Results) -> None:
    result = results[name]

    said = lines(result)
    assert [line["event"] for line in (said[0], said[-1])] == ["command_started", "command_finished"]
    assert said[-1]["exit_code"] == result.returncode
    assert said[-1]["command"] == name
    for line in said:
        assert list(line)[: len(REQUIRED)] == list(REQUIRED)
        assert TIME.fullmatch(line["timestamp"])
        assert line["level"] in ("info", "warning", "error", "critical")
    assert len({line["run_id"] for line in said}) == 1
    assert [secret for secret in SECRETS.values() if secret in result.stderr] == []


def test_an_error_carries_its_remedy_and_exit_code(results: Results) -> None:
    result = results["contract"]

    [error] = [line for line in lines(result) if line["level"] == "error"]
    assert error["event"] == "failed"
    assert error["error"] == "there is no dataset 'nothing'."
    assert error["remedy"].startswith("Known: ")
    assert error["exit_code"] == result.returncode == 1


def test_wrong_usage_is_an_error_too(results: Results) -> None:
    result = results["status"]

    [error] = [line for line in lines(result) if line["level"] == "error"]
    assert (error["event"], error["exit_code"], result.returncode) == ("wrong_usage", 2, 2)


def test_results_stay_on_standard_output(tmp_path: Path) -> None:
    text = run(tmp_path, "-m", "tidegate", "config", "show", TIDEGATE_LOG_FORMAT="text", TIDEGATE_RUN_ID="r")
    result = run(tmp_path, "-m", "tidegate", "config", "show", TIDEGATE_RUN_ID="r")

    assert result.stdout == text.stdout.replace("LOG_FORMAT=text", "LOG_FORMAT=json")
    assert text.stderr == ""


def test_a_run_id_that_is_given_is_kept(tmp_path: Path) -> None:
    result = run(tmp_path, "-m", "tidegate", "config", "show", TIDEGATE_RUN_ID="nightly-7")

    assert {line["run_id"] for line in lines(result)} == {"nightly-7"}


def test_an_unknown_format_is_said_with_its_remedy(tmp_path: Path) -> None:
    result = run(tmp_path, "-m", "tidegate", "config", "show", TIDEGATE_LOG_FORMAT="xml")

    assert result.returncode == 1
    assert result.stderr == "error: there is no such log format. Set TIDEGATE_LOG_FORMAT to text or json.\n"


def test_wrong_settings_are_said_in_json(tmp_path: Path) -> None:
    result = run(tmp_path, "-m", "tidegate", "config", "show", TIDEGATE_PARALLELISM="many")

    assert "parallelism" in lines(result)[1]["error"]


def test_a_bug_is_one_line_with_its_traceback(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['tidegate', 'config', 'show']\n"
        "import tidegate.cli.config as config, tidegate.cli.main as main\n"
        "config.settings_with_sources = lambda settings: 1 / 0\n"
        "main.main()"
    )
    result = run(tmp_path, "-c", code)

    [crash] = [line for line in lines(result) if line["level"] == "critical"]
    assert "ZeroDivisionError" in crash["exception"]
    assert result.returncode == 1


def test_what_others_write_is_taken_over(tmp_path: Path) -> None:
    code = """
import logging, os, subprocess, sys, warnings
from tidegate import log
from tidegate.settings import LogSettings
log.start(LogSettings())
log.bind(dataset="clicks", job="refine")
os.write(2, b"from C, key the-privacy-key\\n")
subprocess.run([sys.executable, "-c", "import sys; print('from a child', file=sys.stderr)"])
logging.getLogger("library").warning("from %s", "a library")
warnings.warn("from Python")
log.event("mine", rows=3, secrets=["the-s3-secret"])
log.tell("for people", "told", "warning", shown=True)
"""
    said = lines(run(tmp_path, "-c", code))

    messages = {str(line.get("message", line["event"])) for line in said}
    assert {"from C, key ***", "from a child", "from a library", "mine", "told"} <= messages
    assert any("from Python" in message for message in messages)
    [mine] = [line for line in said if line["event"] == "mine"]
    assert (mine["dataset"], mine["job"], mine["rows"], mine["secrets"]) == ("clicks", "refine", 3, ["***"])


def test_lines_of_a_process_of_the_same_run_pass_as_they_are(tmp_path: Path) -> None:
    code = """
import subprocess, sys
from tidegate import log
from tidegate.child_process import child_environment
from tidegate.settings import get_settings
settings = get_settings()
log.start(settings)
show = [sys.executable, "-m", "tidegate", "config", "show"]
subprocess.run(show, stdout=subprocess.DEVNULL, env=child_environment(settings))
"""
    said = lines(run(tmp_path, "-c", code))

    assert [line["event"] for line in said] == ["command_started", "command_finished"]
    assert len({line["run_id"] for line in said}) == 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("key=abc", "key=***"),
        ({"a": ["abc", 1, None]}, {"a": ["***", 1, None]}),
        ("postgresql://ann:pass@host/db", "postgresql://ann:***@host/db"),
        ("http://127.0.0.1:8081/a@b", "http://127.0.0.1:8081/a@b"),
    ],
)
def test_secrets_are_hidden_wherever_they_stand(value: Any, shown: Any) -> None:
    assert without_secrets(value, ["abc"]) == shown
