"""Starts, stops and watches the servers of one stack."""

import fcntl
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import psutil

from tidegate.deadline import Waited
from tidegate.errors import TidegateError
from tidegate.stack import process
from tidegate.stack.fetch import Cache
from tidegate.stack.flink import JobManager, TaskManager
from tidegate.stack.home import usable
from tidegate.stack.kafka import Kafka
from tidegate.stack.opensearch import OpenSearch
from tidegate.stack.ports import accepts_connections
from tidegate.stack.preflight import taken_port
from tidegate.stack.registry import Registry
from tidegate.stack.seaweedfs import SeaweedFS
from tidegate.stack.server import NotReadyError, Server
from tidegate.stack.state import StackState

SERVERS: tuple[type[Server], ...] = (Kafka, Registry, OpenSearch, SeaweedFS, JobManager, TaskManager)
ALIASES = {"flink": ("jobmanager", "taskmanager"), "s3": ("seaweedfs",), "lake": ("seaweedfs",)}
START_TIMEOUT_S = 300.0
LEFTOVERS_GRACE_S = 20.0
STATUS_S = 20.0
_POLL_S = 0.1
_REASON_CHARACTERS = 200
_ERROR = re.compile(r"(Exception|Error):|\b(ERROR|FATAL|panic)\b")

Phase = Literal["waiting", "starting", "healthy", "already running"]
OnPhase = Callable[[str, Phase], None]


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One line of `tidegate status`."""

    name: str
    pid: int | None
    healthy: bool
    address: str
    rss_mb: int
    detail: str


def select(names: Sequence[str] | None, stack: StackState, cache: Cache) -> list[Server]:
    """The named servers and those they need, all if none are named."""
    by_name = {server.name: server for server in SERVERS}
    wanted = [part for name in names or by_name for part in ALIASES.get(name, (name,))]
    unknown = sorted(set(wanted) - set(by_name))
    if unknown:
        known = ", ".join([*by_name, *ALIASES])
        raise TidegateError(f"There is no server {', '.join(unknown)}.", remedy=f"Choose from: {known}.")
    chosen = {need for name in wanted for need in by_name[name].needs} | set(wanted)
    return [server(stack, cache) for server in SERVERS if server.name in chosen]


class EndedError(TidegateError):
    """A server's process ended before it was healthy."""


def is_running(home: Path) -> bool:
    """Whether any server of the stack in this folder is alive."""
    return any(process.running(process.ProcessFiles(server.name, home)) for server in SERVERS)


def start(servers: Sequence[Server], on_phase: OnPhase) -> None:
    """Start what is not running, all at once but for `needs`, and return when every one is healthy."""
    futures: dict[str, Future[None]] = {}
    cancelled = threading.Event()

    def bring_up(server: Server) -> None:
        for need in server.needs:
            if need in futures:
                futures[need].result()
        _bring_up(server, on_phase, cancelled)

    with ThreadPoolExecutor(max_workers=len(servers)) as pool:
        try:
            for server in servers:
                on_phase(server.name, "waiting")
                futures[server.name] = pool.submit(bring_up, server)
            done, _ = wait(futures.values(), return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        finally:
            cancelled.set()


def _bring_up(server: Server, on_phase: OnPhase, cancelled: threading.Event) -> None:
    found = process.running(server.files)
    on_phase(server.name, "starting")
    try:
        _wait_until_healthy(server, found or _spawn(server), cancelled)
    except EndedError:
        if found is None:
            raise
        # It ran, and ended while it was waited for: a TaskManager does that some time after its JobManager was lost.
        _wait_until_healthy(server, _spawn(server), cancelled)
    on_phase(server.name, "healthy")


def _spawn(server: Server) -> psutil.Process:
    shutil.rmtree(server.temporary, ignore_errors=True)
    server.temporary.mkdir(parents=True, exist_ok=True)  # an orphan may hold on to it until the start ends it
    server.prepare()
    return process.spawn(server.files, server.command())


def _wait_until_healthy(server: Server, started: psutil.Process, cancelled: threading.Event) -> None:
    began = time.monotonic()
    why = "it does not listen"
    numbers = [server.stack.ports.get(name) for name in server.port_names]
    while time.monotonic() < began + START_TIMEOUT_S and not cancelled.is_set():
        if process.running(server.files) is None:
            ended = f"{server.name} (pid {started.pid}) ended at its start"
            if taken := taken_port(server):
                raise EndedError(f"{ended}: {taken.problem}", remedy=taken.remedy)
            said = _reason(server.files.log_file.read_text(errors="replace"))
            raise EndedError(f"{ended}: {said}.", remedy=f"See {server.files.log_file}.")
        if silent := [number for number in numbers if not accepts_connections(number)]:
            why = f"it does not listen on port {silent[0]}"
        else:
            try:
                server.check()
            except NotReadyError as error:
                why = error.why
            else:
                return
        time.sleep(_POLL_S)
    raise TidegateError(
        f"{server.name} is not healthy after {time.monotonic() - began:.0f} s: {why}.",
        remedy=f"See {server.files.log_file}.",
    )


def _reason(log: str) -> str:
    """The last error that a server named, behind which some tell of their end at length; else its last words."""
    lines = [line.strip() for line in log.strip().splitlines()]
    errors = [line for line in lines if _ERROR.search(line)]
    return (errors or lines or ["it said nothing"])[-1][:_REASON_CHARACTERS]


def stop(servers: Sequence[Server]) -> list[str]:
    """Stop these servers, all at once; the names of those that ran."""
    with ThreadPoolExecutor(max_workers=len(servers)) as pool:
        ran = list(pool.map(_stop, servers))
    return [server.name for server, was_running in zip(servers, ran, strict=True) if was_running]


def _stop(server: Server) -> bool:
    was_running = process.stop(server.files, server.stop_grace_s)
    if was_running and server.classpath():
        server.class_archive().keep()
    for path in server.litter():
        with suppress(PermissionError):  # another user's, with the same port
            path.unlink(missing_ok=True)
    return was_running


def stop_leftovers(home: Path) -> list[int]:
    """End what the stack left in `/proc` although its servers were stopped, by TERM and then by KILL; the pids."""
    left = list(process.processes_of(home))
    for member in left:
        with suppress(psutil.NoSuchProcess):
            member.terminate()
    _, stubborn = psutil.wait_procs(left, timeout=LEFTOVERS_GRACE_S)
    for member in stubborn:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    _, alive = psutil.wait_procs(stubborn, timeout=10)
    if alive:
        raise TidegateError(
            f"Processes {[member.pid for member in alive]} do not end.",
            remedy="See what holds them with `ps`.",
        )
    return [member.pid for member in left]


def status(servers: Sequence[Server]) -> list[ServerStatus]:
    """Every server's state, checked by real use; one that has not answered at the deadline is said to hang."""
    checks = [(server, Waited(partial(_status, server), server.name)) for server in servers]
    for _, check in checks:
        check.begin()
    until_s = time.monotonic() + STATUS_S
    return [
        check.take() if check.ended(max(0.0, until_s - time.monotonic())) else _hanging(server)
        for server, check in checks
    ]


def _hanging(server: Server) -> ServerStatus:
    alive = process.running(server.files)
    pid, rss_mb = (None, 0) if alive is None else (alive.pid, process.rss_bytes(alive) // 2**20)
    why = f"has not answered within {STATUS_S:g} s: it hangs"
    return ServerStatus(server.name, pid, False, server.address, rss_mb, why)


def _status(server: Server) -> ServerStatus:
    alive = process.running(server.files)
    if alive is None:
        return ServerStatus(server.name, None, False, server.address, 0, "not running")
    rss_mb = process.rss_bytes(alive) // 2**20
    try:
        server.check()
    except NotReadyError as error:
        return ServerStatus(server.name, alive.pid, False, server.address, rss_mb, error.why)
    except Exception as error:  # noqa: BLE001 - an answer of a shape that the server does not give hides no other
        why = f"what it answers is not understood ({type(error).__name__})"
        return ServerStatus(server.name, alive.pid, False, server.address, rss_mb, why)
    return ServerStatus(server.name, alive.pid, True, server.address, rss_mb, "healthy")


@contextmanager
def exclusive(home: Path) -> Iterator[None]:
    """Keep a second `up` or `down` of the same stack out.

    Raises:
        TidegateError: one is at work, or the folder can't be written to.
    """
    with usable(home):
        home.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TidegateError(
                f"Another `tidegate up` or `down` works on {home}.", remedy="Wait until it is done."
            ) from error
        yield
    finally:
        os.close(descriptor)
