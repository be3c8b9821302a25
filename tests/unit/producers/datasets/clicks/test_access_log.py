"""A request of an access log as a click."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from producers.datasets.clicks.access_log import from_access_log
from producers.recorded.access_log import Request

REQUEST = Request(
    host="203.0.113.9",
    user=None,
    time=datetime(2026, 5, 4, 12, 0, tzinfo=UTC),
    target="/products/P00001",
    referrer="https://www.example.org/",
    user_agent="Mozilla/5.0",
)


def test_a_request_is_a_view_of_its_page() -> None:
    click = from_access_log(REQUEST)

    assert (click["event_type"], click["page_url"], click["ip"]) == ("view", "/products/P00001", "203.0.113.9")
    assert click["event_time"] == REQUEST.time


@pytest.mark.parametrize(
    "other", [{"host": "203.0.113.10"}, {"user_agent": None}, {"time": REQUEST.time + timedelta(days=1)}]
)
def test_a_session_is_one_browser_on_one_address_on_one_day(other: dict[str, Any]) -> None:
    later = replace(REQUEST, time=REQUEST.time + timedelta(hours=11), target="/")

    assert from_access_log(later)["session_id"] == from_access_log(REQUEST)["session_id"]
    assert from_access_log(replace(REQUEST, **other))["session_id"] != from_access_log(REQUEST)["session_id"]
