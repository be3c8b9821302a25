"""``tidegate prove``: shows that every event is accounted for, or names those that are not.

Exit codes: 0 the proof holds, 1 it does not (or can't be made).
"""

import json
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import click

from tidegate import log
from tidegate.cli.output import tables
from tidegate.errors import TidegateError
from tidegate.proof.content import MOST, Asked
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.report import ProofReport
from tidegate.proof.show import print_report
from tidegate.settings import get_settings
from tidegate.stopping import stop_on_signal

BOUND = "TIME|OFFSETS"
SOURCE_HELP = "recompute out of this; default: raw, or bronze for a --from that raw has no more."


@click.command(name="prove")
@click.argument("dataset")
@click.option("--from", "start", metavar=BOUND, help="ISO time of arrival, or partition:offset,…; default: all.")
@click.option("--to", "end", metavar=BOUND, help="the same, exclusive; default: all there is now.")
@click.option("--wait", "wait_s", type=click.FloatRange(min=0), metavar="SECONDS", help="let late jobs catch up.")
@click.option("--lake/--no-lake", default=True, help="hold the lake tables against the topics.")
@click.option("--index/--no-index", default=True, help="hold the search index against the silver topic.")
@click.option("--workers", type=click.IntRange(min=1), help="reading processes; default: 1, for many events 2.")
@click.option("--recompute", is_flag=True, help="refine once more; compare each row's content with the lake's.")
@click.option("--sample", type=click.IntRange(1, MOST), metavar="N", help="recompute N records chosen by chance only.")
@click.option("--source", type=click.Choice(["raw", "bronze"]), help=SOURCE_HELP)
@click.option("--except", "left_out", multiple=True, metavar="COLUMN", help="a column not to compare (repeatable).")
@click.option("--watch", "every_s", type=click.FloatRange(min=1), metavar="SECONDS", help="prove again and again.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=9466, show_default=True, help="metrics of --watch; 0: any"
)
@click.option("--json", "as_json", is_flag=True, help="machine-readable report.")
def command(dataset: str, as_json: bool, **options: Any) -> None:
    """Prove that every event of DATASET is in silver, dead-lettered, dropped or a duplicate: once, and nothing else.

    An event that was redriven is repaired where its newest copy is accounted for, or parked. Then the lake against the
    topics, and the search index against silver. Exit code 0 only if the proof holds.

    \b
    Examples:
      tidegate prove clicks --from 2026-11-21T10:00:00Z
      tidegate prove clicks --recompute --sample 10000
      tidegate prove clicks --watch 300
    """
    recompute, sample, left_out, source = (options.pop(name) for name in ("recompute", "sample", "left_out", "source"))
    if not recompute and (sample is not None or left_out or source):
        raise click.UsageError("--sample, --source and --except need --recompute.")
    every_s, port = options.pop("every_s"), options.pop("port")
    settings, scope, asked = get_settings(), Scope(**options), Asked(sample, left_out, source)
    proof = partial(prove, settings, dataset, scope)
    if recompute:
        proof = partial(_with_content(), settings, dataset, scope, asked)
    show = _print_json if as_json else _print
    if every_s is None:
        report = proof()
        show(report)
        click.get_current_context().exit(0 if report.holds else 1)
    from tidegate.monitor.prove_watch import ProofWatch, watch  # noqa: PLC0415 - a proof made once needs no monitor

    with stop_on_signal() as stop:
        holds = watch(ProofWatch(dataset, proof, show, every_s), ("127.0.0.1", port), stop, log.tell)
    click.get_current_context().exit(0 if holds else 1)


def _with_content() -> Callable[..., ProofReport]:
    """Only who asks for it needs what the lake is read by."""
    try:
        found: Callable[..., ProofReport] = import_module("tidegate.replay.recompute").prove_content
    except ImportError as error:
        raise TidegateError(
            "content can't be compared without pyiceberg and duckdb.", remedy="Install tidegate[lake]."
        ) from error
    return found


def _print(report: ProofReport) -> None:
    print_report(report, tables())


def _print_json(report: ProofReport) -> None:
    click.echo(json.dumps(report.to_json(), indent=2))
