"""The Flink distribution of the stack's own."""

import os
from pathlib import Path

import pytest

from tidegate.stack import flink_home
from tidegate.stack.flink_home import MODULES, built_jar, is_current, wheel_folder


def test_the_loopback_reporter_is_a_plugin_beside_flinks_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped, plugins = tmp_path / "shipped", tmp_path / "plugins"
    built = tmp_path / "connectors" / "metrics" / "target" / "tidegate-loopback-metrics-0.1.0.jar"
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


def test_the_wheel_is_found_without_being_imported() -> None:
    assert (wheel_folder() / "bin" / "flink").exists()


def test_sources_and_test_jars_are_not_the_connectors(tmp_path: Path) -> None:
    target = tmp_path / "sql" / "target"
    target.mkdir(parents=True)
    for suffix in ("", "-sources", "-tests"):
        (target / f"tidegate-connectors-0.1.0{suffix}.jar").touch()
    assert built_jar("sql", tmp_path) == target / "tidegate-connectors-0.1.0.jar"


@pytest.mark.parametrize("module", MODULES)
def test_the_jars_are_built_again_once_a_source_of_one_is_newer(tmp_path: Path, module: str) -> None:
    files = [tmp_path / "pom.xml"]
    for name in MODULES:
        files += [
            tmp_path / name / "src/main/java/A.java",
            tmp_path / name / "target/a.jar",
            tmp_path / name / "pom.xml",
        ]
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (1000, 1000))
    assert is_current(tmp_path)
    os.utime(tmp_path / module / "src/main/java/A.java", (2000, 2000))
    assert not is_current(tmp_path)


def test_a_module_without_a_jar_is_built(tmp_path: Path) -> None:
    assert not is_current(tmp_path)
