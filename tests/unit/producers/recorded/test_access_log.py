"""Access logs: what the format says, and what real logs hold besides."""

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from producers.datasets.clicks.access_log import from_access_log
from producers.recorded.access_log import parse_line, parse_time
from tests.project import ACCESS_LOG, ACCESS_LOG_LINES, PROJECT

INPUTS = PROJECT / "tests/data/inputs"
AGENT = "Mozilla/5.0 (X11; Linux x86_64)"
COMBINED = f'203.0.113.9 - - [17/May/2015:10:05:03 +0200] "GET /a?b=1 HTTP/1.1" 200 512 "http://x.example/" "{AGENT}"'


def test_a_combined_line_gives_every_field_and_the_time_in_utc() -> None:
    request = parse_line(COMBINED)
    assert request.host == "203.0.113.9"
    assert request.user is None
    assert request.time == datetime(2015, 5, 17, 8, 5, 3, tzinfo=UTC)
    assert request.target == "/a?b=1"
    assert request.referrer == "http://x.example/"
    assert request.user_agent == AGENT


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ('::1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 304 -', "user_agent", None),
        (COMBINED.replace(f'"{AGENT}"', '"-"'), "user_agent", None),
        (COMBINED.replace('"http://x.example/"', '"-"'), "referrer", None),
        (COMBINED.replace(" - - ", " - anna smith "), "user", "anna smith"),
        (COMBINED.removesuffix(')"'), "user_agent", AGENT.removesuffix(")")),
        (COMBINED + ' 0.003 "more"', "user_agent", AGENT),
        (COMBINED.replace(AGENT, 'say \\"hi\\" \\\\'), "user_agent", 'say "hi" \\'),
        (COMBINED.replace(AGENT, "caf\\xc3\\xa9"), "user_agent", "caf\\xc3\\xa9"),
        (COMBINED.replace("GET /a?b=1 HTTP/1.1", "\\x16\\x03\\x01"), "target", "\\x16\\x03\\x01"),
        (COMBINED.replace("GET /a?b=1 HTTP/1.1", "-"), "target", "-"),
        (COMBINED.replace("GET /a?b=1 HTTP/1.1", "GET /old"), "target", "/old"),
    ],
    ids=["common format", "no agent", "no referrer", "user", "cut", "more fields", "quotes", "hex", "tls", "-", "0.9"],
)
def test_what_real_logs_hold(line: str, field: str, value: str | None) -> None:
    assert getattr(parse_line(line), field) == value


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        COMBINED.replace("[", "").replace("]", ""),
        COMBINED.replace("May", "Mai"),
        COMBINED.replace("17/May", "32/May"),
        COMBINED.replace(" 200 ", " two "),
        COMBINED[: COMBINED.index('x.example/"')],
        COMBINED.replace("+0200", "+9900"),
        COMBINED.replace("17/May/2015:10:05:03 +0200", "01/Jan/0001:00:00:00 +0100"),
        COMBINED.replace("17/May/2015:10:05:03 +0200", "31/Dec/9999:23:59:59 -0100"),
        COMBINED.replace("10:05:03", "10:05:60"),
        COMBINED.replace("203.0.113.9 - - ", "203.0.113.9 "),
    ],
)
def test_what_is_no_such_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"access log|is not a time"):
        parse_line(line)


@pytest.mark.parametrize(("text", "hour"), [("17/May/2015:10:05:03 +0000", 10), ("17/May/2015:10:05:03 -0530", 15)])
def test_zones_are_honoured(text: str, hour: int) -> None:
    assert parse_time(text).hour == hour


def test_one_browser_on_one_day_is_one_session() -> None:
    first, same, next_day = (
        from_access_log(parse_line(line))
        for line in (COMBINED, COMBINED.replace("/a?b=1", "/c"), COMBINED.replace("17/May", "18/May"))
    )
    assert first["session_id"] == same["session_id"] != next_day["session_id"]
    assert first["event_type"] == "view"


LONG = 200_000


@pytest.mark.parametrize(
    "line",
    [
        "x x " + " [" * LONG,
        ", " * LONG + COMBINED,
        "x " * LONG + COMBINED,
        "x x " + " [1] " * LONG,
        COMBINED.replace("GET ", "GET " + '\\"' * LONG),
        COMBINED.replace("GET ", "\\" * LONG),
        COMBINED.replace("/a?b=1", " HTTP/1" * LONG),
        COMBINED + ' "' * LONG,
        COMBINED + " " * LONG,
        COMBINED.removesuffix(f' "{AGENT}"') + ' "' + "\\x" * LONG,
        ":1" * LONG + COMBINED,
    ],
    ids=range(11),
)
def test_a_line_of_megabytes_takes_time_in_proportion(line: str) -> None:
    began_s = time.perf_counter()
    with suppress(ValueError):
        parse_line(line)
    assert time.perf_counter() - began_s < 10  # one that is quadratic takes hours


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a01_xff_list.log", [("203.0.113.9", None, "/cart")] * 2),
        ("a02_vhost.log", [("203.0.113.9", None, "/a"), ("2001:db8::7", None, "/b")]),
        (
            "a05_rdp_probe.log",
            [
                ("203.0.113.9", None, "\\x03\\x00\\x00/*\\xE0\\x00\\x00\\x00\\x00\\x00Cookie: mstshash=guest"),
                ("203.0.113.9", None, "\\x16\\x03\\x01\\x00\\xEE \\xAB\\xCD"),
                ("203.0.113.9", None, "t3 12.1.2\\n"),
            ],
        ),
        ("a06_space_in_url.log", [("203.0.113.9", None, "/files/my report.pdf?x=a b")]),
        ("a08_no_host.log", [(None, None, "/")] * 2),
        ("a11_leap_second.log", [("198.51.100.7", None, "/ok")]),
        ("a12_common_plus_field.log", [("203.0.113.9", None, "/")] * 2),
    ],
)
def test_lines_as_servers_write_them(name: str, expected: list[tuple[str | None, str | None, str]]) -> None:
    requests = [parse_line(line) for line in (INPUTS / name).read_text().splitlines()]
    assert [(request.host, request.user, request.target) for request in requests] == expected


def test_a_leap_second_is_the_first_one_after_it() -> None:
    assert parse_time("31/Dec/2016:23:59:60 +0000") == datetime(2017, 1, 1, tzinfo=UTC)
    assert parse_time("01/Jan/2017:05:29:60 +0530") == datetime(2017, 1, 1, tzinfo=UTC)


def test_clicks_of_an_unknown_client_have_no_address() -> None:
    click = from_access_log(parse_line(COMBINED.replace("203.0.113.9", "unix:")))
    assert click["ip"] is None
    assert len(str(click["session_id"])) == 36


def test_every_line_of_a_log_is_a_request() -> None:
    requests = [parse_line(line) for line in ACCESS_LOG.read_text().splitlines()]
    assert len(requests) == ACCESS_LOG_LINES
    assert {request.time.year for request in requests} == {2015}
