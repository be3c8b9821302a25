"""Reads lines of web servers' access logs: the combined format of Apache and nginx, and the common format before it.

Format: https://httpd.apache.org/docs/2.4/logs.html#combined. Real logs hold more than their format promises, so a
request line may be anything, extra fields may follow, and a line that was cut within its last field keeps what it
has. ``\\xhh`` escapes stay as they were logged.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_QUOTED = r'(?:[^"\\]|\\.)*'
_LINE = re.compile(
    rf'(?P<host>\S+) \S+ (?P<user>.*?) \[(?P<time>[^\]]*)\] "(?P<request>{_QUOTED})" (?:\d{{3}}|-) (?:\d+|-)'
    rf'(?: "(?P<referrer>{_QUOTED})" "(?P<agent>{_QUOTED})(?:"(?: .*)?)?)?$'
)
_TIME = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$")
_MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip
_ESCAPED = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Request:
    """One request as logged; None stands for the log's ``-``; ``target`` is all of a request line that is not HTTP."""

    host: str
    user: str | None
    time: datetime
    target: str
    referrer: str | None
    user_agent: str | None


def parse_line(line: str) -> Request:
    """The request in a line of an access log, without its line end.

    Raises:
        ValueError: the line is no such line; says why.
    """
    found = _LINE.match(line)
    if found is None:
        raise ValueError("not a line of an access log in common or combined format")
    return Request(
        host=found["host"],
        user=_optional(found["user"]),
        time=parse_time(found["time"]),
        target=_target(_unescaped(found["request"])),
        referrer=_optional(found["referrer"]),
        user_agent=_optional(found["agent"]),
    )


@lru_cache(maxsize=4096)
def parse_time(text: str) -> datetime:
    """A log's time, such as ``17/May/2015:10:05:03 +0200``, in UTC.

    Raises:
        ValueError: it is no such time.
    """
    found = _TIME.match(text)
    if found is None or found[2] not in _MONTHS:
        raise ValueError(f"{text!r} is not a time like 17/May/2015:10:05:03 +0000")
    day, _, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    zone = timezone(-offset if sign == "-" else offset)
    local = datetime(int(year), _MONTHS[found[2]], int(day), int(hour), int(minute), int(second), tzinfo=zone)
    return local.astimezone(UTC)


def _target(request: str) -> str:
    words = request.split(" ")
    return words[1] if len(words) > 1 and words[1] else request


def _optional(text: str | None) -> str | None:
    return None if text in (None, "", "-") else _unescaped(text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text
