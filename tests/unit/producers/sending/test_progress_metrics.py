"""Metrics are served while a run goes on, and not longer."""

import urllib.error
import urllib.request

import pytest
from click.testing import CliRunner

from producers.sending.progress_metrics import Address, serve
from producers.sending.publish import Progress
from tidegate.cli.produce import command
from tidegate.errors import TidegateError
from tidegate.stack.ports import free_ports


def scrape(port: int, host: str = "127.0.0.1") -> str:
    with urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=5) as answer:
        text: str = answer.read().decode()
    return text


def test_the_latest_progress_is_served() -> None:
    port = free_ports(1)[0]
    with serve("clicks", Address(port)) as metrics:
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
    taken = Address(port)
    with serve("clicks", taken), pytest.raises(TidegateError, match="--metrics-port"), serve("clicks", taken):
        pass


def test_another_interface_is_served_only_if_it_is_asked_for() -> None:
    port = free_ports(1)[0]
    with serve("clicks", Address(port)), pytest.raises(urllib.error.URLError):
        scrape(port, "127.0.0.2")
    with serve("clicks", Address(port, "0.0.0.0")):
        assert "tidegate_producer_sent_total" in scrape(port, "127.0.0.2")


def test_a_host_that_is_not_this_machines_is_one_clear_error() -> None:
    with pytest.raises(TidegateError, match="--metrics-host"), serve("clicks", Address(0, "192.0.2.1")):
        pass


def test_a_host_goes_with_a_port_only() -> None:
    result = CliRunner().invoke(command, ["clicks", "--metrics-host", "0.0.0.0"])

    assert (result.exit_code, "--metrics-host does not go without --metrics-port" in result.output) == (2, True)


def test_without_a_port_nothing_is_served() -> None:
    with serve("clicks", None) as metrics:
        assert metrics.latest == Progress()
