"""The Flink distribution and its configuration."""

import os
from pathlib import Path

import pytest

from tidegate.settings import Settings
from tidegate.stack import flink_home
from tidegate.stack.fetch import Cache
from tidegate.stack.flink import METRICS_REPORTER, SLOTS, JobManager, TaskManager, configuration
from tidegate.stack.flink_home import CONNECTORS_FOLDER, connectors_jar, is_current, wheel_folder
from tidegate.stack.state import load_state


def test_everything_listens_on_loopback_only(tmp_path: Path) -> None:
    config = configuration(load_state(Settings.model_validate({"home": tmp_path})))
    hosts = {key: value for key, value in config.items() if key.endswith((".address", "-address", "host"))}
    assert len(hosts) == 6
    assert set(hosts.values()) == {"127.0.0.1"}


def test_checkpoints_are_files_of_the_stack_and_failures_are_retried_with_a_growing_pause(tmp_path: Path) -> None:
    config = configuration(load_state(Settings.model_validate({"home": tmp_path})))
    assert config["execution.checkpointing.dir"] == (tmp_path / "flink-checkpoints").as_uri()
    assert config["restart-strategy.type"] == "exponential-delay"


def test_the_privacy_key_reaches_the_task_manager_by_its_environment_only(tmp_path: Path) -> None:
    state = load_state(Settings.model_validate({"home": tmp_path}))
    key = state.privacy_key.get_secret_value()
    cache = Cache(tmp_path / "cache", [])
    (cache.root / "java").mkdir(parents=True)
    (cache.root / "java" / "java-21.jsa").touch()
    command = TaskManager(state, cache).command()
    assert command.env["TIDEGATE_PRIVACY_KEY"] == key
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


def test_the_loopback_reporter_is_a_plugin_beside_flinks_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped, plugins = tmp_path / "shipped", tmp_path / "plugins"
    built = tmp_path / "connectors" / "target" / "plugins" / "tidegate-connectors-0.1.0-loopback-metrics.jar"
    for file in (
        shipped / "metrics-prometheus" / "p.jar",
        shipped / "metrics-jmx" / "j.jar",
        shipped / "README",
        built,
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    plugins.symlink_to(shipped)  # as stacks of before have it
    monkeypatch.setattr(flink_home, "CONNECTORS_FOLDER", tmp_path / "connectors")

    for _ in range(2):
        flink_home.make_plugins(shipped, plugins)

    found = {str(path.relative_to(plugins)) for folder in plugins.iterdir() for path in folder.iterdir()}
    assert found == {
        "metrics-prometheus/p.jar", "metrics-jmx/j.jar", "metrics-loopback/p.jar", f"metrics-loopback/{built.name}"
    }  # fmt: skip
    assert sorted(path.name for path in shipped.iterdir()) == ["README", "metrics-jmx", "metrics-prometheus"]


def test_the_reporter_is_the_one_in_the_plugin_jar() -> None:
    services = CONNECTORS_FOLDER / "src/main/resources/META-INF/services"
    (factory,) = (services / "org.apache.flink.metrics.reporter.MetricReporterFactory").read_text().split()
    assert factory == METRICS_REPORTER
    assert (CONNECTORS_FOLDER / "src/main/java" / f"{factory.replace('.', '/')}.java").exists()


def test_the_wheel_is_found_without_being_imported() -> None:
    assert (wheel_folder() / "bin" / "flink").exists()


def test_sources_and_test_jars_are_not_the_connectors(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    for suffix in ("", "-sources", "-tests"):
        (tmp_path / "target" / f"tidegate-connectors-0.1.0{suffix}.jar").touch()
    assert connectors_jar(tmp_path) == tmp_path / "target" / "tidegate-connectors-0.1.0.jar"


def test_a_jar_is_built_anew_once_a_source_is_newer(tmp_path: Path) -> None:
    source, jar = tmp_path / "src" / "main" / "java" / "A.java", tmp_path / "target" / "a.jar"
    for path in (source, jar, tmp_path / "pom.xml"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (1000, 1000))
    assert is_current(jar, tmp_path)
    os.utime(source, (2000, 2000))
    assert not is_current(jar, tmp_path)
