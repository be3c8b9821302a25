"""What the demo asks of the producer."""

from pathlib import Path

import click

from tidegate.cli.produce import command as produce
from tidegate.demo.options import DemoOptions
from tidegate.demo.traffic import arguments, describe


def parsed(options: DemoOptions) -> dict[str, object]:
    return produce.make_context("produce", [*arguments(options)[1:], "--json"]).params


def test_generated_traffic_has_bad_duplicate_and_late_events() -> None:
    asked = parsed(DemoOptions(seconds=10, rate_per_s=1000))

    assert (asked["dataset"], asked["rate"], asked["seconds"]) == ("clicks", 1000, 10)
    assert [asked[f"{kind}_ratio"] for kind in ("bad", "duplicate", "late")] == [0.01, 0.01, 0.01]


def test_a_file_is_replayed_by_the_producer_with_nothing_added() -> None:
    asked = parsed(DemoOptions(input=Path("access.log")))

    assert (asked["source"], asked["bad_ratio"]) == (Path("access.log"), 0)
    assert isinstance(produce, click.Command)


def test_the_traffic_is_described_as_it_is_sent() -> None:
    assert describe(DemoOptions(seconds=10, rate_per_s=1000)).startswith("1,000 clicks/s for 10 s")
    assert describe(DemoOptions(input=Path("access.log"))) == "the lines of access.log"
