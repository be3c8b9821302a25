"""Messages by a socket: whole, with the open files that go with them, and what is told of one who is gone."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tidegate.jobs.client_messages import address_of, receive, send

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    left, right = socket.socketpair()
    with left, right:
        right.settimeout(10)
        yield left, right


def test_a_message_comes_as_it_was_sent_with_open_files_of_its_own(pair: Pair, tmp_path: Path) -> None:
    message = {"text": "ü\udc80", "numbers": [1, None]}
    with (tmp_path / "lock").open("w") as file:
        send(pair[0], message, (file.fileno(),))
    send(pair[0], {})
    first, second = receive(pair[1]), receive(pair[1])
    assert first is not None and second is not None
    assert (first.message, second.message, second.locks) == (message, {}, ())
    (lock,) = first.locks
    assert os.fstat(lock).st_ino == (tmp_path / "lock").stat().st_ino
    os.close(lock)


@pytest.mark.parametrize("sent", [b"", b"\0\0\0", b"\0\0\0\0\0\0\0\x09{}"])
def test_who_is_gone_in_the_middle_has_sent_nothing(pair: Pair, sent: bytes) -> None:
    pair[0].sendall(sent)
    pair[0].close()
    assert receive(pair[1]) is None


def test_one_who_is_silent_is_told_apart(pair: Pair) -> None:
    pair[1].settimeout(0.01)
    with pytest.raises(TimeoutError):
        receive(pair[1])


@pytest.mark.parametrize("name", ["a", "a" * 200])
def test_a_socket_may_lie_in_a_folder_with_a_long_name(tmp_path: Path, name: str) -> None:
    place = tmp_path / name / "socket"
    place.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as connection:
        with address_of(place) as address:
            listening.bind(address)
        listening.listen(1)
        with address_of(place) as address:
            connection.connect(address)
        accepted, _ = listening.accept()
        with accepted:
            send(connection, {"here": True})
            received = receive(accepted)
    assert received is not None and received.message == {"here": True}
    assert place.is_socket()
