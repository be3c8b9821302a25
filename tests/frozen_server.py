"""A stand-in on loopback for a server that hangs: it takes every connection, and never says a whole answer."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

HALF_AN_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{"


@contextmanager
def frozen_server(said: bytes = b"") -> Iterator[int]:
    """Its port; to each connection it says ``said``, and then nothing for as long as the block runs."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    held.append(connection)
                    connection.sendall(said)

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            for connection in held:
                connection.close()
