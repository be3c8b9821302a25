"""``tidegate produce``: generated or recorded events, by the rate or by the file."""

import json
import secrets
from pathlib import Path

import click

from producers.generator import Mix, Pace
from producers.run import Options, Summary, produce_generated
from tidegate.contracts.load import load_dataset
from tidegate.errors import TidegateError
from tidegate.settings import get_settings

_RATIO = click.FloatRange(0, 1)


@click.command()
@click.argument("dataset")
@click.option("--rate", type=click.FloatRange(min=0), default=1000, show_default=True, help="per second; 0: unlimited")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="how long to send  [default: 10]")
@click.option("--count", type=click.IntRange(min=0), help="how many to send, in place of --seconds")
@click.option("--bad-ratio", type=_RATIO, default=0, show_default=True, help="share of records that fit no contract")
@click.option("--duplicate-ratio", type=_RATIO, default=0, show_default=True, help="share of records sent again")
@click.option("--late-ratio", type=_RATIO, default=0, show_default=True, help="share 2 minutes to 6 hours late")
@click.option("--seed", type=click.IntRange(min=0), help="same seed, same traffic  [default: by chance]")
@click.option("--workers", type=click.IntRange(min=1, max=64), help="processes  [default: 2 above 20,000/s, else 1]")
@click.option("--ledger", type=click.Path(dir_okay=False, path_type=Path), help="write each special record here")
@click.option("--metrics-port", type=click.IntRange(min=0, max=65535), help="serve Prometheus metrics on 127.0.0.1")
@click.option("--json", "as_json", is_flag=True, help="print the summary as JSON")
def command(
    dataset: str,
    rate: float,
    seconds: float | None,
    count: int | None,
    bad_ratio: float,
    duplicate_ratio: float,
    late_ratio: float,
    seed: int | None,
    workers: int | None,
    ledger: Path | None,
    metrics_port: int | None,
    as_json: bool,
) -> None:
    """Send events of DATASET to its raw topic.

    Progress goes to standard error once a second, the summary to standard output. Ctrl-C stops cleanly: what was
    handed over is waited for and counted. Exit code 1 if a record was not delivered.
    """
    settings = get_settings()
    summary = produce_generated(
        settings,
        load_dataset(settings.schemas_dir, dataset),
        Mix(bad_ratio, duplicate_ratio, late_ratio),
        Pace.of(rate, seconds, count),
        Options(secrets.randbits(32) if seed is None else seed, workers, ledger, metrics_port),
    )
    click.echo(json.dumps(summary) if as_json else _text(summary))
    _fail_if_undelivered(summary)


def _text(summary: Summary) -> str:
    """The summary in words: what was sent, what was special about it, what must become of it."""
    lines = [
        "sent {sent:,}, delivered {delivered:,}, failed {failed:,} in {seconds:.1f} s: {rate_per_s:,.0f}/s, "
        "at most {max_behind_s:.1f} s behind schedule".format(**summary)
    ]
    lines += [f"  bad: {kind} {entry['count']:,} ({entry['error_code']})" for kind, entry in summary["bad"].items()]
    for kind in ("dropped", "warned"):
        lines += [f"  {kind}: {rule} {count:,}" for rule, count in summary[kind].items()]
    lines.append("  duplicate {duplicate:,}, late {late:,}, unknown reference {unknown_reference:,}".format(**summary))
    lines.append("expected: " + ", ".join(f"{verdict} {count:,}" for verdict, count in summary["expected"].items()))
    return "\n".join(lines)


def _fail_if_undelivered(summary: Summary) -> None:
    if summary["failed"]:
        raise TidegateError(
            "{failed:,} records were not delivered: {first_failure}.".format(**summary),
            remedy="See `tidegate status` and `tidegate logs kafka`, then send again.",
        )
