"""The client's side: it ends when nobody asks, and holds no lock longer than its program; else ``tests/unit/jobs``."""

import os
import socket
import threading
from pathlib import Path

import pytest

from flink_jobs import warm_client
from tidegate.jobs.client_messages import BEGUN, receive, send


def test_it_ends_when_it_was_not_asked_for_long_and_says_so_by_going(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_client, "IDLE_S", 0.01)
    ours, its = socket.socketpair()
    with ours:
        with its:
            warm_client.serve(its)
        assert receive(ours) is None


def test_a_program_has_the_locks_and_they_are_given_back_behind_it(tmp_path: Path) -> None:
    ours, its = socket.socketpair()
    serving = threading.Thread(target=warm_client.serve, args=(its,))
    serving.start()
    with ours, its:
        with (tmp_path / "lock").open("w") as lock:
            send(ours, {"arguments": ["-c", PROGRAM], "environment": {}, "folder": "/"}, (lock.fileno(),))
            begun, done = receive(ours), receive(ours)
        ours.shutdown(socket.SHUT_RDWR)
        serving.join(10)
        assert str(tmp_path / "lock") not in open_files()
    assert begun is not None and begun.message == BEGUN
    assert done is not None and str(tmp_path / "lock") in done.message["said"]


PROGRAM = """
import os
for name in os.listdir("/proc/self/fd"):
    if os.path.lexists(f"/proc/self/fd/{name}"):
        print(os.readlink(f"/proc/self/fd/{name}"))
"""


def open_files() -> list[str]:
    """Of this process, as the system names them."""
    places = Path("/proc/self/fd").iterdir()
    return [str(place.readlink()) for place in places if os.path.lexists(place)]
