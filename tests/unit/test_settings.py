"""Settings: where each value comes from, and which are refused."""

import json
import re
from pathlib import Path

import pytest

from tests.another_user import closed_to_this_user
from tests.project import PROJECT
from tidegate.cli.config import OTHERS
from tidegate.errors import TidegateError
from tidegate.settings import (
    STACK_FILE,
    Settings,
    as_environment,
    get_settings,
    settings_with_sources,
    unknown_variables,
    with_stack,
)

READERS = ("tidegate", "flink_jobs", "producers", "deploy", "docs", "warehouse", "scripts")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a running stack's file, and one variable set."""
    monkeypatch.setenv("TIDEGATE_HOME", str(tmp_path))
    monkeypatch.setenv("TIDEGATE_PARALLELISM", "3")
    monkeypatch.setenv("TIDEGATE_OPENSEARCH_PASSWORD", "open sesame")
    (tmp_path / STACK_FILE).write_text(json.dumps({"parallelism": 1, "kafka_bootstrap_servers": "127.0.0.1:1234"}))
    return tmp_path


def test_the_environment_wins_over_the_stack_and_the_stack_over_defaults(home: Path) -> None:
    found = {each.variable: (each.value, each.source) for each in settings_with_sources(Settings())}
    assert found["TIDEGATE_PARALLELISM"] == ("3", "environment")
    assert found["TIDEGATE_KAFKA_BOOTSTRAP_SERVERS"] == ("127.0.0.1:1234", str(home / STACK_FILE))
    assert found["TIDEGATE_TRANSACTION_TIMEOUT_S"] == ("600", "default")
    assert found["TIDEGATE_OPENSEARCH_USER"] == (None, "default")


def test_another_process_is_told_what_was_set_or_changed_and_no_secret(home: Path) -> None:
    settings = Settings().model_copy(update={"lake_checkpoint_interval_s": 10.0})
    told = as_environment(settings)

    assert {name: told[name] for name in told if name != "TIDEGATE_CACHE"} == {
        "TIDEGATE_HOME": str(home),
        "TIDEGATE_RUN_ID": settings.run_id,
        "TIDEGATE_PARALLELISM": "3",
        "TIDEGATE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1234",
        "TIDEGATE_LAKE_CHECKPOINT_INTERVAL_S": "10.0",
    }


def test_a_stack_that_is_up_gives_its_addresses_but_for_those_of_the_environment() -> None:
    settings = with_stack(Settings(), {"parallelism": 5, "opensearch_url": "http://127.0.0.1:1"})

    assert (settings.parallelism, settings.opensearch_url) == (3, "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("parallelism", "0"),
        ("opensearch_heap_mb", "100"),
        ("opensearch_shards", "0"),
        ("opensearch_replicas", "-1"),
        ("transaction_timeout_s", "0"),
        ("refine_checkpoint_interval_s", "0"),
        ("index_checkpoint_interval_s", "-1"),
        ("lake_checkpoint_interval_s", "inf"),
        ("metrics_checkpoint_interval_s", "nan"),
        ("metrics_max_lateness_hours", "0"),
        ("flink_task_manager_memory", "3.5g"),
    ],
)
def test_a_number_that_no_job_could_run_with_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"TIDEGATE_{name.upper()}", value)

    with pytest.raises(TidegateError, match=rf"{name}: (Input|String) should .* TIDEGATE_ variables"):
        get_settings()


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("TIDEGATE_KAFKA_BOOTSTRAP", "TIDEGATE_KAFKA_BOOTSTRAP_SERVERS"),
        ("TIDEGATE_PARALELISM", "TIDEGATE_PARALLELISM"),
        ("TIDEGATE_PORT_KAFK", "TIDEGATE_PORT_KAFKA"),
        ("TIDEGATE_XYZZY", None),
    ],
)
def test_a_variable_that_nothing_reads_is_named_with_what_was_meant(variable: str, meant: str | None) -> None:
    assert unknown_variables({variable: "1", "PATH": "/bin"}, OTHERS) == {variable: meant}


def test_what_kubernetes_tells_of_a_service_is_no_typo() -> None:
    told = {
        "TIDEGATE_SERVICE_HOST": "10.0.0.1",
        "TIDEGATE_REST_SERVICE_PORT_REST": "8081",
        "TIDEGATE_REST_PORT": "tcp://10.0.0.1:8081",
        "TIDEGATE_PORT_6123_TCP_ADDR": "10.0.0.1",
    }
    assert unknown_variables(told, OTHERS) == {}


def test_every_variable_that_the_project_mentions_is_known() -> None:
    files = [path for folder in READERS for path in (PROJECT / folder).rglob("*") if path.is_file()]
    files += [PROJECT / name for name in ("Makefile", "docker-compose.yml", ".env.example", "README.md")]
    text = "\n".join(path.read_text(errors="ignore") for path in files if path.suffix != ".pyc")
    # A name cut off by a placeholder, as in TIDEGATE_PORT_<NAME>, ends with an underscore.
    mentioned = dict.fromkeys(re.findall(r"TIDEGATE_[A-Z0-9_]*[A-Z0-9]\b", text), "")

    assert {"TIDEGATE_HOME", "TIDEGATE_STACK_HOME", "TIDEGATE_S3_ENDPOINT"} <= mentioned.keys()
    assert unknown_variables(mentioned, OTHERS) == {}


def test_a_damaged_stack_file_is_no_reason_to_delete_the_keys_in_it(home: Path) -> None:
    (home / "stack.json").write_text('{"privacy_key": "k"')
    with pytest.raises(TidegateError, match=r"stack\.json is not valid JSON.*don't delete it"):
        get_settings()


def test_a_home_that_cannot_be_read_is_said_in_one_line(home: Path) -> None:
    with closed_to_this_user(home), pytest.raises(TidegateError, match="Set TIDEGATE_HOME to a folder that you may"):
        get_settings()
