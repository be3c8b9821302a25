"""Flink's client, kept warm: runs the programs of jobs one after the other, all with the JVM that it was started by.

``tidegate/jobs/warm_client.py`` starts it by ``flink run``, as any program, and asks by a Unix socket. Each program is
a Python of its own, which finds the JVM as PyFlink's own programs do.
"""

import argparse
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from tidegate.jobs.client_messages import BEGUN, address_of, receive, send

IDLE_S = 300.0
"""It ends when it was not asked for so long: a command that lives for days is not to hold a JVM for one job an hour."""
_POLL_S = 0.05


def main() -> None:
    """Entry point: serves until nobody asks any more."""
    parser = argparse.ArgumentParser(prog="warm_client")
    parser.add_argument("--socket", required=True, type=Path, help="where the one who asks listens")
    parser.add_argument("--until-asked", metavar="FILE", help="a program to run until it is asked for another")
    options = parser.parse_args(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what it runs until it is asked ends with it
    with connected(options.socket) as connection:
        if options.until_asked:
            run_until_asked(connection, options.until_asked)
        serve(connection)


def connected(place: Path) -> socket.socket:
    """To who listens there. The place is taken away with its folder: who made them may have been killed by now.

    Raises:
        OSError: nobody listens.
    """
    connection = socket.socket(socket.AF_UNIX)
    try:
        with address_of(place) as address:
            connection.connect(address)
    finally:
        with suppress(OSError):
            place.unlink()
            place.parent.rmdir()
    return connection


def run_until_asked(connection: socket.socket, program: str) -> None:
    """For the classes that it loads, which stay. Who asks does not wait for it, and if it fails nothing is lost."""
    nowhere, words = subprocess.DEVNULL, [sys.executable, "-P", program]
    running = subprocess.Popen(words, stdin=nowhere, stdout=nowhere, stderr=nowhere)
    try:
        while running.poll() is None and not select.select([connection], [], [], _POLL_S)[0]:
            pass
    finally:
        running.kill()
        running.wait()


def serve(connection: socket.socket) -> None:
    """Runs what it is asked for, until the other side is gone or silent for :data:`IDLE_S`."""
    while True:
        connection.settimeout(IDLE_S)
        try:
            asked = receive(connection)
        except TimeoutError:
            return
        if asked is None:
            return
        connection.settimeout(None)
        with ExitStack() as held:
            for lock in asked.locks:
                held.callback(os.close, lock)
            send(connection, BEGUN)
            send(connection, run(asked.message, asked.locks))


def run(request: dict[str, Any], locks: tuple[int, ...]) -> dict[str, Any]:
    """What the program said, and its exit code. It has the locks of the command that asks until it ends."""
    ours = {name: value for name, value in os.environ.items() if name.startswith("PYFLINK_")}
    done = subprocess.run(
        [sys.executable, "-P", *request["arguments"]],  # -P: the modules beside the program are not Python's own
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**request["environment"], **ours},
        cwd=request["folder"],
        pass_fds=locks,
        check=False,
    )
    said = (done.stdout + done.stderr).decode(errors="replace")
    return {"returncode": done.returncode, "said": said}


if __name__ == "__main__":
    main()
