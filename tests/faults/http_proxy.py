"""A proxy in front of an HTTP server that refuses requests, or holds them back, for as long as it is told to."""

import http.client
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """A share of the requests whose path begins with ``path`` gets ``status``; all others wait for ``delay_s``."""

    path: str
    share: float
    status: int
    delay_s: float = 0.0


class TroubledProxy(ThreadingHTTPServer):
    """Listens on a free loopback port; passes on what it does not refuse."""

    daemon_threads = True

    def __init__(self, upstream: str, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream)
        self.refused = 0
        self.passed = 0
        self._trouble: Trouble | None = None
        self._chance = random.Random(seed)

    @property
    def url(self) -> str:
        """Where to connect instead of the server."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @contextmanager
    def troubled(self, trouble: Trouble) -> Iterator[None]:
        """The trouble lasts as long as the block."""
        self._trouble = trouble
        try:
            yield
        finally:
            self._trouble = None

    def refusal(self, path: str) -> int | None:
        """The status to refuse a request with, or None to let it pass, if need be after a while."""
        trouble = self._trouble
        if trouble is None or not path.startswith(trouble.path):
            return None
        if self._chance.random() < trouble.share:
            self.refused += 1
            return trouble.status
        time.sleep(trouble.delay_s)  # the slowness itself
        return None


@contextmanager
def proxy_to(upstream: str, seed: int) -> Iterator[TroubledProxy]:
    """A running proxy."""
    with TroubledProxy(upstream, seed) as proxy:
        thread = Thread(target=proxy.serve_forever)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    """One connection; the Host header is passed on as it came, since S3 signs it."""

    protocol_version = "HTTP/1.1"
    server: TroubledProxy

    def _serve(self) -> None:
        body = self._body()
        status = self.server.refusal(self.path)
        if status is not None:
            self._answer(status, [], b"")
            return
        connection = http.client.HTTPConnection(self.server.upstream.netloc, timeout=120)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP_BY_HOP and name.lower() != "expect":
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            self.server.passed += 1
            self._answer(response.status, response.getheaders(), response.read(), response.getheader("Content-Length"))
        finally:
            connection.close()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = bytearray()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(body)

    def _answer(
        self, status: int, headers: list[tuple[str, str]], body: bytes, stated_length: str | None = None
    ) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        is_head = self.command == "HEAD"
        self.send_header("Content-Length", stated_length if is_head and stated_length else str(len(body)))
        self.end_headers()
        if not is_head:
            self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve  # noqa: N815

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: the tests count."""
