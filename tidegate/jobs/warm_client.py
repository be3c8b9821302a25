"""Flink's client, started once by this process and asked for one program after the other.

A client spends some twenty seconds of a core on loading and compiling its classes before it has planned its first job;
its next one costs a fraction. So a command that does other work first starts it before (:func:`make_ready`). It ends
with this process, however that ends. Its side of it: ``flink_jobs/warm_client.py``.
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

from tidegate.jobs.client_messages import address_of, receive, send
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
        _wait(self.process)
        self.output.close()


@dataclass(slots=True)
class Coming:
    """A JVM that was started and has not connected yet; where it will, in a ``folder`` of its own."""

    told: object
    process: "subprocess.Popen[bytes]"
    listening: socket.socket
    folder: "tempfile.TemporaryDirectory[str]"
    output: BinaryIO

    def come(self) -> WarmClient | Answer:
        """A client that waits to be asked; what was said, if it has ended before."""
        with self.folder, self.listening:
            while True:
                try:
                    connection, _ = self.listening.accept()
                except TimeoutError:
                    if self.process.poll() is None:
                        continue
                    with self.output:
                        return Answer(self.process.returncode or 1, _text(self.output))
                connection.settimeout(None)
                return WarmClient(self.told, self.process, connection, self.output)

    def end(self) -> None:
        """Nobody waits for it any more. One that has connected ends by itself, with what it runs."""
        with self.folder, self.listening, self.output:
            try:
                self.listening.accept()[0].close()
            except TimeoutError:
                self.process.terminate()
            _wait(self.process)


_lock = threading.Lock()
_kept: list[WarmClient | Coming] = []


def run_warm(command: Sequence[str], asked: Asked) -> Answer:
    """Runs a program by the client that is kept; by a new one where there is none, or it was started otherwise.

    ``command`` starts one; where it is to connect to is named behind it.
    """
    told = _told(command, asked.environment)
    with _lock:
        came = _came(told)
        if isinstance(came, Answer):
            return came
        if came is not None and (answer := came.ask(asked)) is not None:
            return answer
        end_client()
        coming = _begun(told, command, asked)
        _kept.append(coming)
        came = _come(coming)
        if isinstance(came, Answer):
            return came
        answer = came.ask(asked)
        return Answer(1, came.said()) if answer is None else answer


def make_ready(command: Sequence[str], until_asked: Asked) -> None:
    """Starts a client where none is kept that :func:`run_warm` would ask, and does not wait for it.

    ``until_asked``: the program whose classes it loads meanwhile. Why it does not come up is told when it is asked.
    """
    if not _lock.acquire(blocking=False):
        return  # one is at work
    try:
        told = _told(command, until_asked.environment)
        if not any(each.told == told and (isinstance(each, Coming) or each.is_there()) for each in _kept):
            end_client()
            _kept.append(_begun(told, [*command, "--until-asked", *until_asked.arguments], until_asked))
    finally:
        _lock.release()


@atexit.register
def end_client() -> None:
    """Ends the one that is kept, if there is one."""
    while _kept:
        _kept.pop().end()


def _came(told: object) -> WarmClient | Answer | None:
    """The one that was started so, if it is there; what was said, if it has ended on its way."""
    kept = next((each for each in _kept if each.told == told), None)
    if isinstance(kept, Coming):
        return _come(kept)
    return kept if kept is not None and kept.is_there() else None


def _come(coming: Coming) -> WarmClient | Answer:
    """Waits for it; from here on it is kept in its stead."""
    came = coming.come()
    _kept.remove(coming)
    if isinstance(came, WarmClient):
        _kept.append(came)
    return came


def _told(command: Sequence[str], environment: Mapping[str, str]) -> object:
    """All that a JVM reads at its start; a stack that is started anew has another distribution at the same place."""
    seen = {name: value for name, value in environment.items() if name.startswith(_READ_BY_FLINK)}
    home = Path(environment["FLINK_HOME"])
    stamps = [file.stat().st_mtime_ns for file in (home / "lib", home / "conf" / "config.yaml") if file.exists()]
    return [*command], seen, stamps


def _begun(told: object, command: Sequence[str], asked: Asked) -> Coming:
    """One that is on its way; what it runs in is as ``asked``."""
    # Without a name: nothing is left of it, however this process ends.
    output: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 the client's, for as long as it lives
    folder = tempfile.TemporaryDirectory(prefix="tidegate-client-")
    listening = socket.socket(socket.AF_UNIX)
    place = Path(folder.name) / "socket"
    with address_of(place) as address:
        listening.bind(address)
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
    return Coming(told, process, listening, folder, output)


def _wait(process: "subprocess.Popen[bytes]") -> None:
    """For its end, which comes of itself; not for ever."""
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _text(output: BinaryIO) -> str:
    """All of it, and where its writer goes on stays."""
    return os.pread(output.fileno(), os.fstat(output.fileno()).st_size, 0).decode(errors="replace")
