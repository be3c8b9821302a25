"""Logs of the sample shop's services: requests by OpenTelemetry's names, errors with their stack traces."""

from collections.abc import Mapping
from itertools import starmap
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from producers.generated.generator import Generator, Traffic
from producers.generated.poison import Record
from producers.generated.records import Made, Records
from producers.sending.ids import uuid7_texts

_HOSTS = tuple(f"web-{number}" for number in range(1, 9))
_TRACE_BYTES = 16 + 8  # of the trace, of the span
_TRACE_SHARE = 0.02
_DEBUG_SHARE = 0.05
_SLOW_SHARE = 0.02
_TRACE_RULE = "no_traces"

BREAKS: Mapping[str, Record] = {
    "known_severity": {"severity_number": 0},
    "body_is_not_empty": {"body": ""},
    "service_is_named": {"service_name": ""},
    "duration_is_not_negative": {"duration_ms": -1.0},
    "duration_is_finite": {"duration_ms": 1e15},
}
"""What breaks each reject rule of the contract."""


class _Service(NamedTuple):
    """``typical_ms`` is the median duration, ``error_share`` how many of its requests fail."""

    name: str
    routes: tuple[str, ...]
    typical_ms: float
    error_share: float
    failure: str


_SERVICES = (
    _Service("web", ("/", "/products", "/search"), 18, 0.002, "shop.web.RenderException: template not found"),
    _Service("cart", ("/api/cart", "/api/cart/items"), 9, 0.004, "java.lang.IllegalStateException: cart is locked"),
    _Service("search", ("/api/search",), 45, 0.006, "shop.search.QueryException: too many clauses"),
    _Service("checkout", ("/api/checkout",), 70, 0.01, "java.util.concurrent.TimeoutException: stock not reserved"),
    _Service("payment", ("/api/payments",), 210, 0.015, "java.net.SocketTimeoutException: Read timed out"),
    _Service("mail", ("/api/mails",), 120, 0.008, "jakarta.mail.SendFailedException: mailbox unavailable"),
)
_SHARES = (0.4, 0.2, 0.18, 0.1, 0.07, 0.05)


class _Drawn(NamedTuple):
    """What chance says of one request; the three ``shares`` are in [0, 1)."""

    time_ms: int
    log_id: bytes
    service: int
    host: int
    stretch: float
    shares: list[float]
    trace: bytes


def generator(traffic: Traffic, rng: np.random.Generator) -> Generator:
    """The generator of the dataset ``app_logs``."""
    return Records(traffic, rng, AppLogs(rng), BREAKS)


class AppLogs:
    """Makes one log record per request."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def __call__(self, times_ms: NDArray[np.int64]) -> list[Made]:
        """One log record per time."""
        rng, count = self._rng, len(times_ms)
        services = rng.choice(len(_SERVICES), size=count, p=_SHARES).tolist()
        hosts = rng.integers(len(_HOSTS), size=count).tolist()
        shares = rng.random((count, 3)).tolist()
        stretch = np.exp(rng.normal(0, 0.5, count)).tolist()
        ids = map(bytes, uuid7_texts(times_ms, rng))
        traces = rng.bytes(_TRACE_BYTES * count)
        trace = (traces[start : start + _TRACE_BYTES] for start in range(0, len(traces), _TRACE_BYTES))
        draws = zip(times_ms.tolist(), ids, services, hosts, stretch, shares, trace, strict=True)
        return [_record(drawn) for drawn in starmap(_Drawn, draws)]


def _record(drawn: _Drawn) -> Made:
    service = _SERVICES[drawn.service]
    place, failing, rare = drawn.shares
    route = service.routes[int(place * len(service.routes))]
    failed = failing < service.error_share
    number, level = _severity(failed, rare)
    status = 500 if failed else 200
    body = f"GET {route} {status}"
    if failed:
        body += f"\n{service.failure}\n\tat shop.{service.name}.Handler.handle(Handler.java:{40 + int(place * 60)})"
    record = {
        "log_id": drawn.log_id.decode("ascii"),
        "event_time": drawn.time_ms,
        "severity_number": number,
        "severity_text": level,
        "body": body,
        "service_name": service.name,
        "host_name": _HOSTS[drawn.host],
        "trace_id": drawn.trace[:16].hex(),
        "span_id": drawn.trace[16:].hex(),
        "duration_ms": round(service.typical_ms * drawn.stretch * (20 if 1 - rare < _SLOW_SHARE else 1), 3),
        "status_code": status,
        "attributes": {"http.request.method": "GET", "url.path": route},
    }
    return Made(record, "dropped", _TRACE_RULE) if number <= 4 else Made(record)


def _severity(failed: bool, drawn: float) -> tuple[int, str]:
    if failed:
        return 17, "ERROR"
    if drawn < _TRACE_SHARE:
        return 1, "TRACE"
    return (5, "DEBUG") if drawn < _TRACE_SHARE + _DEBUG_SHARE else (9, "INFO")
