"""Flink's configuration and its processes."""

from pathlib import Path

import pytest

from tidegate.settings import Settings
from tidegate.stack.fetch import Cache
from tidegate.stack.flink import METRICS_REPORTER, SLOTS, JobManager, TaskManager, configuration
from tidegate.stack.flink_home import CONNECTORS_FOLDER, REPORTER
from tidegate.stack.state import load_state


def test_everything_listens_on_loopback_only(tmp_path: Path) -> None:
    config = configuration(load_state(Settings.model_validate({"home": tmp_path})))
    hosts = {key: value for key, value in config.items() if key.endswith((".address", "-address", "host"))}
    assert len(hosts) == 6
    assert set(hosts.values()) == {"127.0.0.1"}


def test_checkpoints_are_files_of_the_stack_and_failures_are_retried_with_a_growing_pause(tmp_path: Path) -> None:
    config = configuration(load_state(Settings.model_validate({"home": tmp_path})))
    assert config["execution.checkpointing.dir"] == f"file://{tmp_path}/flink-checkpoints"
    assert config["restart-strategy.type"] == "exponential-delay"


@pytest.mark.parametrize("name", ["privacy_key", "redrive_key"])
def test_a_key_reaches_the_task_manager_by_its_environment_only(tmp_path: Path, name: str) -> None:
    state = load_state(Settings.model_validate({"home": tmp_path}))
    key = getattr(state, name).get_secret_value()
    cache = Cache(tmp_path / "cache", [])
    (cache.root / "java").mkdir(parents=True)
    (cache.root / "java" / "java-21.jsa").touch()
    command = TaskManager(state, cache).command()
    assert command.env[f"TIDEGATE_{name.upper()}"] == key
    assert key not in " ".join(command.argv)
    assert key not in str(configuration(state))


def test_each_process_has_its_own_port_for_metrics_and_its_own_temporary_files(tmp_path: Path) -> None:
    state = load_state(Settings.model_validate({"home": tmp_path}))
    cache = Cache(tmp_path / "cache", [])
    (cache.root / "java").mkdir(parents=True)
    (cache.root / "java" / "java-21.jsa").touch()
    servers = [JobManager(state, cache), TaskManager(state, cache)]
    assert [server.command().argv[2:] for server in servers] == [
        ["-D", "metrics.reporter.prom.port=9249", "-D", f"io.tmp.dirs={tmp_path}/tmp/jobmanager"],
        ["-D", "metrics.reporter.prom.port=9250", "-D", f"io.tmp.dirs={tmp_path}/tmp/taskmanager"],
    ]
    assert [server.address for server in servers] == ["127.0.0.1:8088, metrics :9249", f"{SLOTS} slots, metrics :9250"]


def test_the_reporter_is_the_one_in_the_plugin_jar() -> None:
    services = CONNECTORS_FOLDER / REPORTER / "src/main/resources/META-INF/services"
    (factory,) = (services / "org.apache.flink.metrics.reporter.MetricReporterFactory").read_text().split()
    assert factory == METRICS_REPORTER
    assert (CONNECTORS_FOLDER / REPORTER / "src/main/java" / f"{factory.replace('.', '/')}.java").exists()


def test_no_script_of_flink_meets_a_blank_and_no_folder_is_named_by_a_code_for_one(tmp_path: Path) -> None:
    state = load_state(Settings.model_validate({"home": tmp_path / "a b"}))
    cache = Cache(tmp_path / "c d", [])
    (cache.root / "java").mkdir(parents=True)
    (cache.root / "java" / "java-21.jsa").touch()
    command = TaskManager(state, cache).command()
    assert not any(" " in word for word in command.argv)
    flink = {name: command.env[name] for name in command.env if name.startswith(("FLINK_", "JAVA_"))}
    assert not any(" " in value for value in flink.values()), flink
    options = command.env["JVM_ARGS"].split(" ")
    assert all(option.startswith("-X") for option in options)
    assert Path(flink["FLINK_LOG_DIR"]).resolve() == tmp_path / "a b" / "logs"
    folders = {value for key, value in configuration(state).items() if key.endswith(("dir", "storageDir"))}
    assert folders == {f"file://{tmp_path}/a b/flink-{kind}" for kind in ("checkpoints", "savepoints", "ha")}
