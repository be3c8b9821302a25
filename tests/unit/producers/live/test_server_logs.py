"""Lines as the servers write them: which begin an entry, and what they say."""

import time
from datetime import UTC, datetime

import pytest

from producers.live.server_logs import orphan, parse_start

NOW = datetime(2026, 11, 21, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers log in the machine's zone; the expectations are in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.parametrize(
    ("line", "time", "severity", "logger", "body"),
    [
        (
            "2026-11-21 20:30:25,800 INFO  kafka.network.ConnectionQuotas - Updated max rate",
            "20:30:25.800", 9, "kafka.network.ConnectionQuotas", "Updated max rate",
        ),
        (
            "2026-11-21 20:38:13,315 WARN  org.apache.flink.runtime.Coordinator        [] - Completed checkpoint 74",
            "20:38:13.315", 13, "org.apache.flink.runtime.Coordinator", "Completed checkpoint 74",
        ),
        (
            "[2026-11-21T20:30:26,622][ERROR][o.o.n.Node               ] [local] JVM arguments [-Xms512m]",
            "20:30:26.622", 17, "o.o.n.Node", "JVM arguments [-Xms512m]",
        ),
        (
            "2026-11+00-21 20:38:12 INFO [io.quarkus.Log] (executor-thread-10) access",
            "20:38:12", 9, "io.quarkus.Log", "access",
        ),
        (
            "E1121 20:30:05.274101 master.go:400 current: 127.0.0.1:30953 peers:",
            "20:30:05.274101", 17, "master.go:400", "current: 127.0.0.1:30953 peers:",
        ),
    ],
    ids=["kafka", "flink", "opensearch", "registry", "seaweedfs"],
)  # fmt: skip
def test_the_first_line_of_an_entry_is_read(line: str, time: str, severity: int, logger: str, body: str) -> None:
    start = parse_start(line, NOW)
    assert start is not None
    assert start.time == datetime.fromisoformat(f"2026-11-21T{time}+00:00")
    assert (start.severity, start.logger, start.body) == (severity, logger, body)


@pytest.mark.parametrize(
    "line",
    [
        "[2026-11-21T20:30:26,622][ERROR][" + " " * 1_000_000,
        "2026-11-21 20:30:25,800 INFO " + " " * 1_000_000 + "x",
        "2026-11-21 20:30:25,800 INFO x [" + "[" * 1_000_000,
        "2026-11-21 20:30:25,800 INFO " + "x" * 1_000_000,
    ],
    ids=range(4),
)
def test_a_line_of_a_megabyte_takes_time_in_proportion(line: str) -> None:
    began_s = time.perf_counter()
    assert parse_start(line, NOW) is None
    assert time.perf_counter() - began_s < 10  # one that is quadratic takes an hour


def test_a_time_that_is_none_in_utc_begins_no_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    assert parse_start("0001-01-01 00:00:00,000 INFO  a.B - x", NOW) is None


def test_a_status_in_the_registrys_access_log_is_read() -> None:
    start = parse_start('2026-11+00-21 20:38:12 INFO [audit] (x) path="/a" response_code="404" method="GET"', NOW)
    assert start is not None
    assert start.status == 404


def test_a_time_without_a_year_is_never_in_the_future() -> None:
    start = parse_start("I1224 20:30:05.274101 master.go:400 merry", NOW)
    assert start is not None
    assert start.time is not None
    assert start.time.year == 2025


@pytest.mark.parametrize(
    "line",
    [
        "java.lang.IllegalStateException: boom",
        "\tat kafka.Kafka.main(Kafka.scala:1)",
        "",
        "2026-99-99 20:30:25,800 INFO  a.B - no such day",
    ],
)
def test_other_lines_begin_nothing(line: str) -> None:
    assert parse_start(line, NOW) is None


def test_a_line_before_any_entry_is_kept_with_what_can_be_told() -> None:
    assert orphan("WARNING: Unknown module").severity == 13
    assert orphan("banner").severity == 9
