"""Reads lines of web servers' access logs: the combined format of Apache and nginx, and the common format before it.

Format: https://httpd.apache.org/docs/2.4/logs.html#combined. Real logs hold more than their format promises, so a
request line may be anything, extra fields may follow, and a line that was cut within its last field keeps what it
has. ``\\xhh`` escapes stay as they were logged. Every pattern takes time in proportion to the line's length.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from producers.recorded.client_host import read_client

_QUOTED = r'[^"\\]*+(?:\\.[^"\\]*+)*+'
_WHEN = re.compile(r' \[([^\[\]"]{1,40})\] "')
_REQUEST = re.compile(rf'({_QUOTED})" (?:\d{{3}}|-) (?:\d++|-)(?= |$)')
_BROWSER = re.compile(rf' "(?P<referrer>{_QUOTED})" "(?P<agent>{_QUOTED})(?:"(?: .*)?)?$')
_HTTP = re.compile(r"[A-Za-z][A-Za-z_-]*+ (.+) HTTP/\d(?:\.\d)?$")
_HTTP_0_9 = re.compile(r"[A-Z]++ (/.*)$")
_TIME = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$", re.ASCII)
_MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip
_ESCAPED = re.compile(r'\\(["\\])')
_LEAP_SECOND = 60


@dataclass(frozen=True, slots=True)
class Request:
    """One request as logged; None stands for what the log does not say, such as ``-``.

    ``host`` is the client, as :mod:`producers.recorded.client_host` decides; ``target`` is the whole request line where
    that is not HTTP.
    """

    host: str | None
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
    when = _WHEN.search(line)
    request = None if when is None else _REQUEST.match(line, when.end())
    if when is None or request is None:
        raise ValueError("not a line of an access log in common or combined format")
    browser = _BROWSER.match(line, request.end())
    if browser is None and line.startswith(' "', request.end()):
        raise ValueError("not a line of an access log in combined format: cut before the user agent")
    client = read_client(line[: when.start()])
    return Request(
        host=client.host,
        user=_optional(client.user),
        time=parse_time(when[1]),
        target=_target(_unescaped(request[1])),
        referrer=_optional(browser["referrer"]) if browser else None,
        user_agent=_optional(browser["agent"]) if browser else None,
    )


@lru_cache(maxsize=4096)
def parse_time(text: str) -> datetime:
    """A log's time, such as ``17/May/2015:10:05:03 +0200``, in UTC; a leap second is the first one after it.

    Raises:
        ValueError: it is no such time.
    """
    found = _TIME.match(text)
    if found is None or found[2] not in _MONTHS:
        raise ValueError(f"{text!r} is not a time like 17/May/2015:10:05:03 +0000")
    day, _, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    is_leap = int(second) == _LEAP_SECOND
    try:
        zone = timezone(-offset if sign == "-" else offset)
        local = datetime(
            int(year), _MONTHS[found[2]], int(day), int(hour), int(minute), 59 if is_leap else int(second), tzinfo=zone
        )
        time = local.astimezone(UTC)
        if is_leap and (time.hour, time.minute) != (23, 59):
            raise ValueError("second must be in 0..59")
        return time + timedelta(seconds=is_leap)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is not a time that can be ({error})") from error


def _target(request: str) -> str:
    """The path of an HTTP request, blanks included, or all of what is none."""
    found = _HTTP.match(request) or _HTTP_0_9.match(request)
    return found[1] if found else request


def _optional(text: str | None) -> str | None:
    return None if text in (None, "", "-") else _unescaped(text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text
