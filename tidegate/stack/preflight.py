"""What is checked before any server is started, each problem one line with its remedy."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import psutil

from tidegate.errors import TidegateError
from tidegate.stack import process
from tidegate.stack.ports import busy_ports, port_setting
from tidegate.stack.server import Server

MINIMUM_FREE_DISK_GB = 6.0
_GB = 10**9


def check_disk(folder: Path) -> float:
    """Free space in GB. Raises if it is too little for the stack's data."""
    while not folder.exists():
        folder = folder.parent
    free_gb = shutil.disk_usage(folder).free / _GB
    if free_gb < MINIMUM_FREE_DISK_GB:
        raise TidegateError(
            f"Only {free_gb:.1f} GB are free at {folder}, {MINIMUM_FREE_DISK_GB:.0f} GB are needed.",
            remedy="Free some, or set TIDEGATE_HOME and TIDEGATE_CACHE to folders of a larger disk.",
        )
    return free_gb


def check_memory(to_start: Sequence[Server]) -> float:
    """Available memory in GB. Raises if it is too little for the servers that are to be started."""
    available_gb = psutil.virtual_memory().available / _GB
    needed_gb = sum(server.memory_mb for server in to_start) / 1000
    if available_gb < needed_gb:
        raise TidegateError(
            f"Only {available_gb:.1f} GB of memory are available, "
            f"{', '.join(server.name for server in to_start)} need {needed_gb:.1f} GB.",
            remedy="Close other programs, or start fewer servers with `tidegate up --only`.",
        )
    return available_gb


def check_ports(to_start: Sequence[Server]) -> None:
    """Raises for the first port that another program holds."""
    for server in to_start:
        if taken := taken_port(server):
            raise taken


def taken_port(server: Server) -> TidegateError | None:
    """The first port of a server that does not run, which another program holds."""
    for name in busy_ports(server.stack.ports, server.port_names):
        return TidegateError(
            f"Port {server.stack.ports.get(name)} of {server.name} is in use.",
            remedy=f"Stop the program that uses it, set {port_setting(name)}, or run `tidegate up --ports auto`.",
        )
    return None


def not_running(servers: Sequence[Server]) -> list[Server]:
    """Those that `up` has to start."""
    return [server for server in servers if process.running(server.files) is None]
