"""Messages between a command and the Flink client that it keeps: JSON with its length in front, and locks beside it."""

import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BEGUN: dict[str, Any] = {"begun": True}
"""The client's first answer: from here on it may have changed something."""
_LENGTH = struct.Struct("!Q")
_MOST_LOCKS = 64
_LONGEST_PATH = 107
"""Bytes that Linux has for the path of a socket."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message, and open files that were handed over with it; whoever receives them closes them."""

    message: dict[str, Any]
    locks: tuple[int, ...]


@contextmanager
def address_of(place: Path) -> Iterator[str]:
    """The path to bind a Unix socket to, or to connect it to: where its own is too long, by its folder's descriptor.

    Raises:
        OSError: its folder is not there.
    """
    if len(os.fsencode(place)) <= _LONGEST_PATH:
        yield str(place)
        return
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{place.name}"
    finally:
        os.close(folder)


def send(connection: socket.socket, message: dict[str, Any], locks: tuple[int, ...] = ()) -> None:
    """Sends it whole; the other side gets the ``locks``, open files of this process, as its own.

    Raises:
        OSError: the other side is gone.
    """
    body = json.dumps(message).encode()
    socket.send_fds(connection, [_LENGTH.pack(len(body))], locks)
    connection.sendall(body)


def receive(connection: socket.socket) -> Received | None:
    """The next message; None if the other side is gone, be it in the middle of one.

    Raises:
        TimeoutError: nothing comes within the connection's time limit.
    """
    try:
        head, locks, _, _ = socket.recv_fds(connection, _LENGTH.size, _MOST_LOCKS)
        if (head := _whole(connection, _LENGTH.size, head)) and (
            body := _whole(connection, _LENGTH.unpack(head)[0], b"")
        ):
            return Received(json.loads(body), tuple(locks))
    except ConnectionError:
        return None
    for lock in locks:
        os.close(lock)
    return None


def _whole(connection: socket.socket, size: int, begun: bytes) -> bytes:
    """So many bytes, of which these are there; none if the other side is gone before."""
    parts, missing = [begun], size - len(begun)
    while missing:
        part = connection.recv(min(missing, 1 << 20))
        if not part:
            return b""
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
