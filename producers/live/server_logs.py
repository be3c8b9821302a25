"""Reads the logs of Kafka, Flink, the registry, OpenSearch and SeaweedFS: which line begins an entry, and what it says.

Lines that begin nothing, such as those of a stack trace, belong to the entry before them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

_LOG4J = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?P<level>[A-Z]+) +(?P<logger>\S+) +(?:\[[^\]]*\] )?- (?P<body>.*)"
)
_OPENSEARCH = re.compile(
    r"\[(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{3})\]\[(?P<level>[A-Z]+) *\]\[(?P<logger>[^\]]*)\] "
    r"(?:\[[^\]]*\] ?)?(?P<body>.*)"
)
# The registry's own format has the zone in the middle of the date.
_REGISTRY = re.compile(
    r"(?P<time>\d{4}-\d\d(?:[+-]\d\d|Z)?-\d\d \d\d:\d\d:\d\d) (?P<level>[A-Z]+) \[(?P<logger>[^\]]*)\] "
    r"(?:\([^)]*\) )?(?P<body>.*)"
)
_GLOG = re.compile(
    r"(?P<level>[IWEF])(?P<time>\d{4} \d\d:\d\d:\d\d\.\d{6}) +(?:\d+ )?(?P<logger>[\w./-]+:\d+)\]? (?P<body>.*)"
)
_ZONE_IN_DATE = re.compile(r"^(\d{4}-\d\d)(?:[+-]\d\d|Z)(-\d\d )")
_STATUS = re.compile(r'response_code="(\d{3})"')
_SEVERITIES = {
    "TRACE": 1, "DEBUG": 5, "INFO": 9, "NOTICE": 10, "WARN": 13, "WARNING": 13, "ERROR": 17, "SEVERE": 17, "FATAL": 21,
    "I": 9, "W": 13, "E": 17, "F": 21,
}  # fmt: skip
_LEVELS = {"I": "INFO", "W": "WARNING", "E": "ERROR", "F": "FATAL"}
_UNKNOWN_SEVERITY = 9


@dataclass(frozen=True, slots=True)
class Start:
    """The first line of an entry; ``severity`` is OpenTelemetry's number, ``time`` is None where the line has none."""

    time: datetime | None
    severity: int
    level: str
    logger: str
    body: str
    status: int | None


def parse_start(line: str, now: datetime) -> Start | None:
    """What a line says if it begins an entry; ``now`` completes times that lack the year.

    Servers log in the machine's zone, which is taken for times without one.
    """
    for pattern, read_time in _PATTERNS:
        found = pattern.fullmatch(line)
        if found is None:
            continue
        try:
            time = read_time(found["time"], now).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        level, body = found["level"], found["body"]
        status = _STATUS.search(body)
        return Start(
            time=time,
            severity=_SEVERITIES.get(level, _UNKNOWN_SEVERITY),
            level=_LEVELS.get(level, level),
            logger=found["logger"].rstrip(),
            body=body,
            status=int(status[1]) if status else None,
        )
    return None


def orphan(line: str) -> Start:
    """A line before any entry: what a server prints before its log is set up."""
    level = "WARNING" if line.startswith("WARN") else "INFO"
    return Start(None, _SEVERITIES[level], level, "", line, None)


def _comma_time(text: str, _now: datetime) -> datetime:
    return datetime.fromisoformat(text.replace(",", "."))


def _registry_time(text: str, _now: datetime) -> datetime:
    return datetime.fromisoformat(_ZONE_IN_DATE.sub(r"\1\2", text))


def _glog_time(text: str, now: datetime) -> datetime:
    """A time without its year: the last such moment that is not in the future."""
    local = now.astimezone()
    time = datetime.strptime(f"{local.year}{text}", "%Y%m%d %H:%M:%S.%f").astimezone()
    return time if time <= local else time.replace(year=local.year - 1)


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[str, datetime], datetime]], ...] = (
    (_LOG4J, _comma_time),
    (_OPENSEARCH, _comma_time),
    (_REGISTRY, _registry_time),
    (_GLOG, _glog_time),
)
