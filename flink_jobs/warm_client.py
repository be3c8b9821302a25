"""Flink's client, kept warm: runs the programs of jobs one after the other, all with the JVM that it was started by.

``tidegate/jobs/warm_client.py`` starts it by ``flink run``, as any program, and asks by a Unix socket. Each program is
a Python of its own, which finds the JVM as PyFlink's own programs do.
"""

import argparse
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from typing import Any

from tidegate.jobs.client_messages import BEGUN, receive, send

IDLE_S = 300.0
"""It ends when it was not asked for so long: a command that lives for days is not to hold a JVM for one job an hour."""


def main() -> None:
    """Entry point: serves until nobody asks any more."""
    parser = argparse.ArgumentParser(prog="warm_client")
    parser.add_argument("--socket", required=True, help="where the one who asks listens")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(parser.parse_args(sys.argv[1:]).socket)
        serve(connection)


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
