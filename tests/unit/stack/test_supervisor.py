"""Starting and stopping, with tiny servers of our own."""

import socket
import sys
import threading
from pathlib import Path
from typing import ClassVar

import httpx
import psutil
import pytest

from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.stack import preflight, process, supervisor
from tidegate.stack.fetch import Cache
from tidegate.stack.flink import TaskManager
from tidegate.stack.opensearch import OpenSearch
from tidegate.stack.ports import LOOPBACK
from tidegate.stack.process import Command, processes_of, running
from tidegate.stack.server import Server
from tidegate.stack.state import StackState, load_state


class WebServer(Server):
    """Healthy when it answers."""

    name = "web"
    port_names = ("registry",)
    memory_mb = 50

    def prepare(self) -> None:
        self.stack.folder("data")

    def command(self) -> Command:
        port = self.stack.ports.get(self.port_names[0])
        return Command([sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)])

    def check(self) -> None:
        try:
            httpx.get(self.stack.url(self.port_names[0]), timeout=5).raise_for_status()
        except httpx.HTTPError as error:
            raise self.not_ready(error) from error


class SecondServer(WebServer):
    """Needs the first."""

    name = "second"
    port_names = ("opensearch",)
    needs = ("web",)


class LeavingServer(WebServer):
    """Ends once while it is waited for."""

    leaves = False

    def check(self) -> None:
        if self.leaves:
            self.leaves = False
            alive = running(self.files)
            assert alive is not None
            alive.kill()
            raise self.not_ready("it leaves")
        super().check()


class DyingServer(WebServer):
    """Ends at once, with a reason."""

    name = "dying"
    port_names = ("kafka",)
    said: ClassVar[str] = "no room left"

    def command(self) -> Command:
        return Command(["sh", "-c", f"echo {self.said}; exit 3"])


@pytest.fixture
def state(tmp_path: Path) -> StackState:
    return load_state(Settings.model_validate({"home": tmp_path}), choice="auto")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", [])


def test_servers_start_after_those_they_need_and_stop_without_a_trace(state: StackState, cache: Cache) -> None:
    servers = [WebServer(state, cache), SecondServer(state, cache)]
    phases: list[tuple[str, str]] = []
    supervisor.start(servers, lambda name, phase: phases.append((name, phase)))
    assert phases.index(("web", "healthy")) < phases.index(("second", "starting"))
    assert all(status.healthy for status in supervisor.status(servers))
    assert supervisor.stop(servers) == ["web", "second"]
    assert list(processes_of(state.home)) == []
    assert [status.detail for status in supervisor.status(servers)] == ["not running", "not running"]


def test_a_server_that_dies_is_reported_with_its_last_words_and_its_log(state: StackState, cache: Cache) -> None:
    server = DyingServer(state, cache)
    with pytest.raises(TidegateError, match=r"dying .* no room left.* See .*dying\.log") as raised:
        supervisor.start([server], lambda name, phase: None)
    assert "\n" not in str(raised.value)


def test_a_server_that_reports_its_own_end_at_length_is_reported_with_the_error(
    state: StackState, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "java.io.IOException: No space left\\n\\tat a.B.c\\n[INFO] stopping\\n[INFO] closed"
    monkeypatch.setattr(DyingServer, "said", f"'{said}'")
    with pytest.raises(TidegateError, match=r"ended at its start: java.io.IOException: No space left\. See "):
        supervisor.start([DyingServer(state, cache)], lambda name, phase: None)


def test_a_server_that_dies_since_another_program_took_its_port_says_so(state: StackState, cache: Cache) -> None:
    port = state.ports.kafka
    with (
        socket.create_server((LOOPBACK, port)),
        pytest.raises(TidegateError, match=rf"dying .* ended at its start: Port {port} of dying is in use\. Stop the"),
    ):
        supervisor.start([DyingServer(state, cache)], lambda name, phase: None)


def test_a_server_that_ran_and_ends_while_it_is_waited_for_is_started_again(state: StackState, cache: Cache) -> None:
    server = LeavingServer(state, cache)
    supervisor.start([server], lambda name, phase: None)
    first = running(server.files)
    server.leaves = True
    supervisor.start([server], lambda name, phase: None)
    second = running(server.files)
    assert first is not None
    assert second is not None
    assert first.pid != second.pid
    supervisor.stop([server])


def test_temporary_files_of_the_run_before_are_gone_when_a_server_starts(state: StackState, cache: Cache) -> None:
    server = WebServer(state, cache)
    server.temporary.mkdir(parents=True)
    (server.temporary / "left-by-a-crash").touch()
    supervisor.start([server], lambda name, phase: None)
    supervisor.stop([server])
    assert list(server.temporary.iterdir()) == []


def test_leftovers_are_stopped_without_pid_files(state: StackState, cache: Cache) -> None:
    server = WebServer(state, cache)
    supervisor.start([server], lambda name, phase: None)
    server.files.pid_file.unlink()
    assert len(supervisor.stop_leftovers(state.home)) == 1
    assert list(processes_of(state.home)) == []


def test_a_server_is_chosen_with_what_it_needs(state: StackState, cache: Cache) -> None:
    assert [server.name for server in supervisor.select(["taskmanager"], state, cache)] == [
        "jobmanager",
        "taskmanager",
    ]
    assert len(supervisor.select(None, state, cache)) == len(supervisor.SERVERS)


def test_an_unknown_server_is_answered_with_the_known_ones(state: StackState, cache: Cache) -> None:
    with pytest.raises(TidegateError, match=r"no server kafak\. Choose from: kafka"):
        supervisor.select(["kafak"], state, cache)


def test_a_server_that_hangs_or_answers_nonsense_is_told_and_hides_no_other(
    state: StackState, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    thawed = threading.Event()

    class Hanging(WebServer):
        def check(self) -> None:
            thawed.wait(30)

    class Nonsense(SecondServer):
        def check(self) -> None:
            raise KeyError("id")

    monkeypatch.setattr(supervisor, "STATUS_S", 0.3)
    servers = [Hanging(state, cache), Nonsense(state, cache), DyingServer(state, cache)]
    monkeypatch.setattr(process, "running", lambda files: psutil.Process() if files.name != "dying" else None)
    try:
        found = {status.name: (status.healthy, status.detail) for status in supervisor.status(servers)}
    finally:
        thawed.set()
    assert found == {
        "web": (False, "has not answered within 0.3 s: it hangs"),
        "second": (False, "what it answers is not understood (KeyError)"),
        "dying": (False, "not running"),
    }


def test_two_ups_of_one_stack_exclude_each_other(tmp_path: Path) -> None:
    with (
        supervisor.exclusive(tmp_path),
        pytest.raises(TidegateError, match="Another `tidegate up`"),
        supervisor.exclusive(tmp_path),
    ):
        pass
    with supervisor.exclusive(tmp_path):
        pass


def test_too_little_memory_is_refused_before_anything_starts(
    state: StackState, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WebServer, "memory_mb", 10**9)
    with pytest.raises(TidegateError, match=r"web need 1000000\.0 GB"):
        preflight.check_memory([WebServer(state, cache)])


@pytest.mark.parametrize(
    ("kind", "setting", "value", "at_least_mb"),
    [
        (OpenSearch, "opensearch_heap_mb", "4096", 4096),
        (TaskManager, "flink_task_manager_memory", "8192m", 7000),
        (TaskManager, "flink_task_manager_memory", "8g", 7000),
    ],
)
def test_memory_that_is_set_for_a_server_is_looked_for(
    tmp_path: Path, cache: Cache, kind: type[Server], setting: str, value: str, at_least_mb: int
) -> None:
    usual = kind(load_state(Settings.model_validate({"home": tmp_path})), cache)
    large = kind(load_state(Settings.model_validate({"home": tmp_path, setting: value})), cache)
    assert usual.memory_mb < 3000 < at_least_mb <= large.memory_mb


def test_too_little_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "MINIMUM_FREE_DISK_GB", 10.0**9)
    with pytest.raises(TidegateError, match=r"GB are free .* TIDEGATE_HOME"):
        preflight.check_disk(tmp_path / "not" / "yet" / "made")
