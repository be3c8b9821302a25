"""The headers of a redriven record: of which letter it is a copy, which attempt, and a signature over them. Pure.

They are replaced, never appended, and each has a width that no attempt changes: the fiftieth copy is as large as the
first. Refine believes them only with their signature: HMAC-SHA-256 under the setting ``redrive_key``.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import NamedTuple

Headers = list[tuple[str, bytes | None]]
PREFIX = "tidegate.redrive."
OF_HEADER = f"{PREFIX}of"
"""``topic/partition/offset/letter id`` of the origin: the first record that failed, and its letter."""
ATTEMPT_HEADER = f"{PREFIX}attempt"
PLAN_HEADER = f"{PREFIX}plan"
ARRIVED_HEADER = f"{PREFIX}arrived"
"""When the origin arrived, in ms since 1970."""
FIRST_FAILED_HEADER = f"{PREFIX}first-failed"
"""When the origin failed, in ms since 1970."""
SIGNATURE_HEADER = f"{PREFIX}signature"
SIGNED_HEADERS = (OF_HEADER, ATTEMPT_HEADER, PLAN_HEADER, ARRIVED_HEADER, FIRST_FAILED_HEADER)
"""In this order they are signed, one a line, and then the value's SHA-256 as hexadecimal digits."""
_ATTEMPT_DIGITS = 6


class Origin(NamedTuple):
    """The first record of a chain of copies, and the letter that it became."""

    topic: str
    partition: int
    offset: int
    letter_id: str


class Redriven(NamedTuple):
    """What a copy says of itself; ``attempt`` counts the letters before it, times are ms since 1970."""

    of: Origin
    attempt: int
    plan_id: str
    arrived_ms: int
    first_failed_ms: int


def marked(headers: Iterable[tuple[str, bytes | None]], redriven: Redriven, value: bytes | None, key: str) -> Headers:
    """The record's own headers in their order, and those of its copy, signed for this value.

    Without a key there is no signature, and refine takes the copy for a record like any other.
    """
    of = redriven.of
    texts = (
        f"{of.topic}/{of.partition}/{of.offset}/{of.letter_id}",
        f"{redriven.attempt:0{_ATTEMPT_DIGITS}}",
        redriven.plan_id,
        f"{redriven.arrived_ms}",
        f"{redriven.first_failed_ms}",
    )
    said = [text.encode() for text in texts]
    made: Headers = [*zip(SIGNED_HEADERS, said, strict=True)]
    if key:
        made.append((SIGNATURE_HEADER, _signature(said, value, key)))
    return own_headers(headers) + made


def own_headers(headers: Iterable[tuple[str, bytes | None]]) -> Headers:
    """The headers that the producer gave: all but those of a copy."""
    return [header for header in headers if not header[0].startswith(PREFIX)]


def read(headers: Iterable[tuple[str, bytes | None]]) -> Redriven | None:
    """What the headers say, whoever wrote them; None for a record that is no copy, or has broken headers."""
    found = dict(headers)
    if OF_HEADER not in found:
        return None  # nearly every record
    try:
        of, attempt, plan_id, arrived, first_failed = (_text(found, name) for name in SIGNED_HEADERS)
        topic, partition, offset, letter_id = of.split("/")
        origin = Origin(topic, int(partition), int(offset), letter_id)
        return Redriven(origin, int(attempt), plan_id, int(arrived), int(first_failed))
    except ValueError:
        return None


def is_genuine(headers: Iterable[tuple[str, bytes | None]], value: bytes | None, key: str) -> bool:
    """Whether the redriver has signed these headers for this value."""
    found = dict(headers)
    signed = [found.get(name) or b"" for name in SIGNED_HEADERS]
    return bool(key) and hmac.compare_digest(_signature(signed, value, key), found.get(SIGNATURE_HEADER) or b"")


def _text(headers: dict[str, bytes | None], name: str) -> str:
    value = headers.get(name)
    if value is None:
        raise ValueError(name)
    return value.decode()


def _signature(signed: list[bytes], value: bytes | None, key: str) -> bytes:
    """The one place that says what is signed; ``Redrive.java`` does the same."""
    value_digest = hashlib.sha256(value or b"").hexdigest().encode()
    return hmac.digest(key.encode(), b"\n".join((*signed, value_digest)), "sha256").hex().encode()
