"""Detached processes with a pid file and a log file, stopped by pid and never by name."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

# Marks every process of a stack, so that `down` can prove that none is left even if a pid file was lost.
STACK_VARIABLE = "TIDEGATE_STACK_HOME"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_START_TIME = 19
"""Place of the start time in `/proc/<pid>/stat`, counted from behind the name (proc(5) numbers it 22)."""
_START_TOLERANCE_S = 2.0
"""Of pid files that hold a time of day, as those of earlier versions do."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run; ``env`` is added to this process's environment."""

    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    cwd: Path | None = None


@dataclass(frozen=True, slots=True)
class ProcessFiles:
    """The pid file and log file of one server of one stack."""

    name: str
    home: Path

    @property
    def pid_file(self) -> Path:
        """Pid and :func:`identity`, the second to tell a reused pid."""
        return self.home / "run" / f"{self.name}.json"

    @property
    def log_file(self) -> Path:
        """Standard output and error of the server."""
        return self.home / "logs" / f"{self.name}.log"

    @property
    def previous_log_file(self) -> Path:
        """The log of the run before this one."""
        return self.home / "logs" / f"{self.name}.previous.log"


def spawn(files: ProcessFiles, command: Command) -> psutil.Process:
    """Start a process that outlives this one; its output goes to the log file.

    What a crash of the one before has left of its children ends first, such as a TaskManager's Python workers.
    """
    _end_orphans(files)
    files.pid_file.parent.mkdir(parents=True, exist_ok=True)
    files.log_file.parent.mkdir(parents=True, exist_ok=True)
    if files.log_file.exists():
        files.log_file.replace(files.previous_log_file)
    with files.log_file.open("ab") as log:
        popen = subprocess.Popen(
            command.argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=command.cwd,
            env={**os.environ, **command.env, STACK_VARIABLE: str(files.home)},
            start_new_session=True,
        )
    process = psutil.Process(popen.pid)
    # This process may live on (a test session): psutil, not Popen's finaliser, watches the child from here.
    popen.returncode = 0
    files.pid_file.write_text(json.dumps({"pid": process.pid, "started": identity(process)}))
    return process


def identity(process: psutil.Process) -> str | float:
    """What tells a process from a later one with its pid, whatever is done to the clock meanwhile.

    Linux: the boot, and the ticks from there to the start of the process. Elsewhere the time of its start.
    """
    try:
        stat = Path(f"/proc/{process.pid}/stat").read_text()
        return f"{_BOOT_ID.read_text().strip()}/{stat.rpartition(')')[2].split()[_START_TIME]}"
    except FileNotFoundError:
        return process.create_time()


def _is_same(process: psutil.Process, recorded: object) -> bool:
    if isinstance(recorded, str):
        return identity(process) == recorded
    return isinstance(recorded, float) and abs(process.create_time() - recorded) <= _START_TOLERANCE_S


def running(files: ProcessFiles) -> psutil.Process | None:
    """The server's process if it is alive and is the one that was started."""
    try:
        recorded = json.loads(files.pid_file.read_text())
        process = psutil.Process(int(recorded["pid"]))
        if not _is_same(process, recorded["started"]) or process.status() == psutil.STATUS_ZOMBIE:
            return None
    except (FileNotFoundError, ProcessLookupError, ValueError, TypeError, KeyError, psutil.NoSuchProcess):
        return None
    return process


def _end_orphans(files: ProcessFiles) -> None:
    """Kills the group of a server that has died: it led the group, and the stack's mark says whose members they are."""
    try:
        group = int(json.loads(files.pid_file.read_text())["pid"])
    except (FileNotFoundError, ValueError, KeyError):
        return
    for member in processes_of(files.home):
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            if os.getpgid(member.pid) == group:
                member.kill()


def stop(files: ProcessFiles, grace_s: float) -> bool:
    """TERM, wait, then KILL the server and what it started; whether it was running."""
    process = running(files)
    if process is not None:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
            _wait(process, grace_s)
        # The server leads its own session: the group's id stays taken while any member is alive.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(psutil.NoSuchProcess):
            _wait(process, 10)
    files.pid_file.unlink(missing_ok=True)
    return process is not None


def _wait(process: psutil.Process, timeout_s: float) -> None:
    with suppress(psutil.TimeoutExpired):
        process.wait(timeout_s)


def processes_of(home: Path) -> Iterator[psutil.Process]:
    """Every live process that was started by the stack in this folder, read from ``/proc``."""
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess, FileNotFoundError):
            if process.environ().get(STACK_VARIABLE) == str(home) and process.pid != os.getpid():
                yield process


def rss_bytes(process: psutil.Process) -> int:
    """Resident memory of a process and its children."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        for member in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                total += int(member.memory_info().rss)
    return total
