"""What a child process is told, and what its parent makes of what it says."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.project import PROJECT
from tidegate.child_process import child_environment, last_words, readable, reported_error
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

ENVELOPE = dict.fromkeys(("timestamp", "level", "dataset", "job", "run_id"))


def line(event: str, **facts: Any) -> str:
    return json.dumps({**ENVELOPE, "event": event, **facts}) + "\n"


FAILED = line("failed", error="there is no dataset 'x'.", remedy="Known: clicks.", transient=False, exit_code=1)
AWAY = line("failed", error="Kafka does not answer.", remedy="Start it.", transient=True, exit_code=1)


def test_an_error_arrives_with_its_remedy_apart() -> None:
    error = reported_error("Java: unrelated\n" + FAILED + line("command_finished", exit_code=1))

    assert type(error) is TidegateError
    assert (error.problem, error.remedy) == ("there is no dataset 'x'.", "Known: clicks.")


def test_an_outage_stays_one_and_the_last_error_counts() -> None:
    error = reported_error(FAILED + AWAY)

    assert isinstance(error, TransientError)
    assert error.problem == "Kafka does not answer."


@pytest.mark.parametrize("said", ["", "Traceback: {\n", "{broken\n", '{"event": "failed"}\n', line("crashed")])
def test_what_tells_of_no_error_is_none(said: str) -> None:
    assert reported_error(said) is None


def test_what_was_said_is_shown_as_text() -> None:
    said = "from Flink\n" + line("output", message="from C") + line("job_submitted", job_id="a") + FAILED

    assert readable(said) == (
        "from Flink\nfrom C\njob_submitted job_id=a\nerror: there is no dataset 'x'. Known: clicks.\n"
    )


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ("warning\nKilled\n", "Killed"),
        (
            line("wrong_usage", error="No such x", exit_code=2) + line("command_finished"),
            "error: No such x",
        ),
        (line("crashed", exception="Traceback:\n  a line\nKeyError: 'x'") + line("command_finished"), "KeyError: 'x'"),
        (line("command_finished"), "it said nothing"),
    ],
)
def test_the_last_words_are_of_what_went_wrong(said: str, last: str) -> None:
    assert last_words(said) == last


def test_a_child_reads_the_settings_that_its_parent_has(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path).model_copy(
        update={"lake_checkpoint_interval_s": 10.0, "metrics_since": datetime(2000, 1, 1, tzinfo=UTC)}
    )
    show = [sys.executable, "-m", "tidegate", "config", "show", "--json"]
    environment = child_environment(settings)
    done = subprocess.run(show, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)

    shown = {name: each["value"] for name, each in json.loads(done.stdout).items()}
    assert shown["TIDEGATE_HOME"] == str(tmp_path)
    assert shown["TIDEGATE_LAKE_CHECKPOINT_INTERVAL_S"] == "10.0"
    assert datetime.fromisoformat(shown["TIDEGATE_METRICS_SINCE"]) == settings.metrics_since
    assert {json.loads(said)["run_id"] for said in done.stderr.splitlines()} == {settings.run_id}
