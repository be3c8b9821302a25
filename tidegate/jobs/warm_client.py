"""Flink's client, started once by this process and asked for one program after the other.

A client spends some twenty seconds of a core on loading and compiling its classes before it has planned its first job;
its next one costs a fraction. It ends with this process, however that ends. Its side of it:
``flink_jobs/warm_client.py``.
"""

import atexit
import os
import select
import socket
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tidegate.jobs.client_messages import receive, send
from tidegate.own_files import locks_held

_READ_BY_FLINK = ("FLINK_", "JAVA_", "JVM_", "HADOOP_", "AWS_")
_POLL_S = 0.05
_END_S = 20.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A program, with its arguments, and the environment and the folder that it runs in."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path


@dataclass(frozen=True, slots=True)
class Answer:
    """The program's exit code, and all it said."""

    returncode: int
    said: str


@dataclass(slots=True)
class WarmClient:
    """One JVM; ``told`` is what it was started with: for another one, another client is started."""

    told: object
    process: "subprocess.Popen[bytes]"
    connection: socket.socket
    output: BinaryIO

    def is_there(self) -> bool:
        """Whether it waits to be asked: it ends by itself when it was not for long."""
        gone, _, _ = select.select([self.connection], [], [], 0)
        return not gone

    def ask(self, asked: Asked) -> Answer | None:
        """Runs it; None if the client has ended before it began."""
        request = {
            "arguments": [*asked.arguments],
            "environment": {**asked.environment},
            "folder": str(asked.folder),
        }
        try:
            send(self.connection, request, locks_held())
        except OSError:
            return None
        if receive(self.connection) is None:
            return None
        done = receive(self.connection)
        if done is None:
            self.process.wait()
            return Answer(self.process.returncode or 1, self.said())
        return Answer(done.message["returncode"], done.message["said"])

    def said(self) -> str:
        """What Flink itself has said so far."""
        return _text(self.output)

    def end(self) -> None:
        """It ends by itself once nobody is there to ask."""
        self.connection.close()
        try:
            self.process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.output.close()


_lock = threading.Lock()
_kept: list[WarmClient] = []


def run_warm(command: Sequence[str], asked: Asked) -> Answer:
    """Runs a program by the client that is kept; by a new one where there is none, or it was started otherwise.

    ``command`` starts one; where it is to connect to is named behind it.
    """
    told = _told(command, asked.environment)
    with _lock:
        kept = next((each for each in _kept if each.told == told and each.is_there()), None)
        if kept is not None and (answer := kept.ask(asked)) is not None:
            return answer
        end_client()
        begun = _begun(told, command, asked)
        if isinstance(begun, Answer):
            return begun
        _kept.append(begun)
        answer = begun.ask(asked)
        return Answer(1, begun.said()) if answer is None else answer


@atexit.register
def end_client() -> None:
    """Ends the one that is kept, if there is one."""
    while _kept:
        _kept.pop().end()


def _told(command: Sequence[str], environment: Mapping[str, str]) -> object:
    """All that a JVM reads at its start; a stack that is started anew has another distribution at the same place."""
    seen = {name: value for name, value in environment.items() if name.startswith(_READ_BY_FLINK)}
    home = Path(environment["FLINK_HOME"])
    stamps = [file.stat().st_mtime_ns for file in (home / "lib", home / "conf" / "config.yaml") if file.exists()]
    return [*command], seen, stamps


def _begun(told: object, command: Sequence[str], asked: Asked) -> WarmClient | Answer:
    """A client that waits to be asked; what was said, if it has ended before."""
    # Without a name: nothing is left of it, however this process ends.
    output: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 the client's, for as long as it lives
    with tempfile.TemporaryDirectory(prefix="tidegate-client-") as folder, socket.socket(socket.AF_UNIX) as listening:
        place = Path(folder) / "socket"
        listening.bind(str(place))
        listening.listen(1)
        listening.settimeout(_POLL_S)
        process = subprocess.Popen(
            [*command, "--socket", str(place)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(asked.environment),
            cwd=asked.folder,
        )
        while True:
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                if process.poll() is None:
                    continue
                with output:
                    return Answer(process.returncode or 1, _text(output))
            connection.settimeout(None)
            return WarmClient(told, process, connection, output)


def _text(output: BinaryIO) -> str:
    """All of it, and where its writer goes on stays."""
    return os.pread(output.fileno(), os.fstat(output.fileno()).st_size, 0).decode(errors="replace")
