"""``tidegate prove``: shows that every event is accounted for, or names those that are not.

Exit codes: 0 the proof holds, 1 it does not (or can't be made).
"""

import json
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from tidegate import log
from tidegate.cli.dates import Day
from tidegate.cli.output import tables
from tidegate.contracts.dataset import Files
from tidegate.contracts.load import load_refined
from tidegate.errors import TidegateError
from tidegate.proof.content import MOST, Asked
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.report import ProofReport
from tidegate.proof.show import print_report
from tidegate.settings import Settings, get_settings
from tidegate.stopping import stop_on_signal

BOUND = "TIME|OFFSETS"
OF_FILES = ("dataset", "day", "deep", "as_json")
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
@click.option("--date", "day", type=Day(), help="of daily files: only those of this date.")
@click.option("--deep", is_flag=True, help="of daily files: read the gate's copies and compare their SHA-256.")
@click.option("--json", "as_json", is_flag=True, help="machine-readable report.")
def command(dataset: str, as_json: bool, **options: Any) -> None:
    """Prove that every event of DATASET is in silver, dead-lettered, dropped or a duplicate: once, and nothing else.

    An event that was redriven is repaired where its newest copy is accounted for, or parked. Then the lake against the
    topics, and the search index against silver. Exit code 0 only if the proof holds.

    Of a dataset that comes in files: the same of every row of every file that is loaded, and that silver has no others.

    \b
    Examples:
      tidegate prove clicks --from 2026-11-21T10:00:00Z
      tidegate prove clicks --recompute --sample 10000
      tidegate prove clicks --watch 300
      tidegate prove transactions --date 2026-11-28
    """
    settings, day, deep = get_settings(), options.pop("day"), options.pop("deep")
    if (files := _files(settings, dataset)) is not None:
        _refuse_others(dataset)
        _prove_files(settings, files, as_json, day=day, deep=deep)
    if day is not None or deep:
        what = f"{dataset} comes by a topic: --date and --deep are of daily files."
        raise TidegateError(what, remedy="See --from and --to.")
    recompute, sample, left_out, source = (options.pop(name) for name in ("recompute", "sample", "left_out", "source"))
    if not recompute and (sample is not None or left_out or source):
        raise click.UsageError("--sample, --source and --except need --recompute.")
    every_s, port = options.pop("every_s"), options.pop("port")
    scope, asked = Scope(**options), Asked(sample, left_out, source)
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


def _files(settings: Settings, dataset: str) -> Files | None:
    """None for a dataset that comes by a topic."""
    found = load_refined(settings.schemas_dir, dataset)
    return found if isinstance(found, Files) else None


def _refuse_others(dataset: str) -> None:
    """Options that mean nothing without a topic."""
    context = click.get_current_context()
    given = [
        option.opts[0]
        for option in context.command.params
        if option.name not in OF_FILES
        and context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
    ]
    if given:
        raise TidegateError(f"{dataset} comes in files: {', '.join(given)} is of topics.", remedy="See --date, --deep.")


def _prove_files(settings: Settings, files: Files, as_json: bool, **asked: Any) -> NoReturn:
    """In a proof of topics nothing of this is imported."""
    proving, shown = (import_module(name) for name in ("tidegate.files.prove", "tidegate.cli.prove_files"))
    proof = proving.prove_files(settings, files, proving.Asked(**asked))
    shown.show_proof(proof, as_json=as_json)
    click.get_current_context().exit(0 if proof.holds else 1)


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
