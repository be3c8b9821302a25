"""Metrics are served while a run goes on, and not longer."""

import urllib.error
import urllib.request

import pytest

from producers.metrics import serve
from producers.publish import Progress
from tidegate.errors import TidegateError
from tidegate.stack.ports import free_ports


def scrape(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        text: str = answer.read().decode()
    return text


def test_the_latest_progress_is_served() -> None:
    port = free_ports(1)[0]
    with serve("clicks", port) as metrics:
        metrics.latest = Progress(sent=7, delivered=5, failed=1, behind_s=0.5)
        lines = scrape(port).splitlines()
    assert {line for line in lines if not line.startswith("#")} == {
        'tidegate_producer_sent_total{dataset="clicks"} 7.0',
        'tidegate_producer_delivered_total{dataset="clicks"} 5.0',
        'tidegate_producer_failed_total{dataset="clicks"} 1.0',
        'tidegate_producer_behind_seconds{dataset="clicks"} 0.5',
    }
    with pytest.raises(urllib.error.URLError):
        scrape(port)


def test_a_taken_port_is_one_clear_error() -> None:
    port = free_ports(1)[0]
    with serve("clicks", port), pytest.raises(TidegateError, match="--metrics-port"), serve("clicks", port):
        pass


def test_without_a_port_nothing_is_served() -> None:
    with serve("clicks", None) as metrics:
        assert metrics.latest == Progress()
