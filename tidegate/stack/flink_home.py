"""A Flink distribution of the stack's own: the PyFlink wheel's, with the runtime jars and Tidegate's connectors."""

import shutil
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from tidegate.errors import TidegateError
from tidegate.stack.fetch import Cache
from tidegate.stack.maven import run_maven

CONNECTORS_FOLDER = Path(__file__).parents[2] / "connectors"
CONNECTORS = "sql"
REPORTER = "metrics"
IN_LIB = (CONNECTORS, "highavailability")
"""Folders of the Maven modules whose jars go into Flink's lib; the reporter is a plugin."""
MODULES = (*IN_LIB, REPORTER)
HOME_IS_SET = "_FLINK_HOME_DETERMINED"
"""Of Flink's scripts: take FLINK_HOME as it is, in place of where a script really lies."""


def wheel_folder() -> Path:
    """The installed PyFlink package, found without importing it."""
    spec = find_spec("pyflink")
    if spec is None or not spec.submodule_search_locations:
        raise TidegateError("PyFlink is not installed.", remedy="Run `pip install 'tidegate[flink,lake]'`.")
    return Path(spec.submodule_search_locations[0])


def flink_version() -> str:
    """Version of the installed PyFlink wheel, which is Flink's."""
    wheel_folder()
    return version("apache-flink")


def built_jar(module: str, folder: Path = CONNECTORS_FOLDER) -> Path | None:
    """The built jar of one Maven module, if it is there."""
    jars = sorted(jar for jar in (folder / module).glob("target/*.jar") if not jar.stem.endswith(("sources", "tests")))
    return jars[-1] if jars else None


def is_current(folder: Path = CONNECTORS_FOLDER) -> bool:
    """Whether every module is built, and no source is newer than its jar."""
    return all(_is_current(module, folder) for module in MODULES)


def _is_current(module: str, folder: Path) -> bool:
    jar = built_jar(module, folder)
    if jar is None:
        return False
    sources = [folder / "pom.xml", folder / module / "pom.xml"]
    sources += [path for path in (folder / module).glob("src/main/**/*") if path.is_file()]
    built = jar.stat().st_mtime
    return all(source.stat().st_mtime <= built for source in sources)


def build_connectors(cache: Cache, folder: Path = CONNECTORS_FOLDER) -> Path:
    """The jar of the connectors and functions. Maven builds all modules if one is missing or older than its sources."""
    if not (folder / "pom.xml").exists():
        raise TidegateError(
            f"There are no connectors in {folder}.",
            remedy="Run Tidegate from a clone of its repository (`pip install -e .`).",
        )
    if not is_current(folder):
        arguments = ["-q", "-f", str(folder / "pom.xml"), "-DskipTests", "package"]
        run_maven(arguments, cache.root / "connectors-build.log", lambda line: None)
        for jar in _built_jars(MODULES, folder):
            # Maven leaves a jar alone whose classes did not change.
            jar.touch()
    return _built_jars((CONNECTORS,), folder)[0]


def _built_jars(modules: Sequence[str], folder: Path = CONNECTORS_FOLDER) -> list[Path]:
    return [jar for module in modules if (jar := built_jar(module, folder)) is not None]


def make(stack_home: Path, cache: Cache) -> Path:
    """Make or renew ``<stack>/flink``; its ``conf/config.yaml`` is written by :mod:`tidegate.stack.flink`."""
    wheel = wheel_folder()
    home = stack_home / "flink"
    for part in ("bin", "conf", "lib", "opt"):
        shutil.rmtree(home / part, ignore_errors=True)
    # Flink's scripts take their own real place for the home, and don't look through links to folders.
    shutil.copytree(wheel / "bin", home / "bin")
    for script in (home / "bin").iterdir():
        script.chmod(0o755)
    shutil.copytree(wheel / "conf", home / "conf")
    _link([*(wheel / "lib").iterdir(), *cache.files("flink")], home / "lib")
    # A copy: building the connectors again must not change the jar under a running cluster.
    build_connectors(cache)
    for jar in _built_jars(IN_LIB):
        shutil.copy2(jar, home / "lib")
    _link(list((wheel / "opt").iterdir()), home / "opt")
    make_plugins(wheel / "plugins", home / "plugins")
    return home


def make_plugins(shipped: Path, plugins: Path) -> None:
    """Flink's own plugins, and its Prometheus reporter once more in the form that listens on loopback only."""
    if plugins.is_symlink():
        plugins.unlink()
    shutil.rmtree(plugins, ignore_errors=True)
    _link([path for path in shipped.iterdir() if path.is_dir()], plugins)
    reporter = plugins / "metrics-loopback"
    _link(list((shipped / "metrics-prometheus").glob("*.jar")), reporter)
    for jar in _built_jars((REPORTER,), CONNECTORS_FOLDER):
        shutil.copy2(jar, reporter)


def library(stack_home: Path) -> list[Path]:
    """The jars of the stack's distribution, none before it was made."""
    return sorted((stack_home / "flink" / "lib").glob("*.jar"))


def java_options() -> str:
    """The module openings that the wheel's own configuration gives to every JVM."""
    shipped: Any = yaml.safe_load((wheel_folder() / "conf" / "config.yaml").read_text())
    options = shipped["env"]["java"]["opts"]["all"]
    assert isinstance(options, str)
    return options


def _link(files: list[Path], folder: Path) -> None:
    folder.mkdir(parents=True)
    for file in files:
        (folder / file.name).symlink_to(file)
