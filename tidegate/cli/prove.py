"""``tidegate prove``: shows that every event is accounted for, or names those that are not.

Exit codes: 0 the proof holds, 1 it does not (or can't be made).
"""

import json
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tidegate.cli.output import tables
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.report import FAULTS, LOOK_AT, Count, ProofReport
from tidegate.settings import get_settings

COUNTS: tuple[Count, ...] = ("raw", "silver", "dead_letter", "dropped", "duplicate")
BOUND = "TIME|OFFSETS"
_WIDE = 100


@click.command(name="prove")
@click.argument("dataset")
@click.option("--from", "start", metavar=BOUND, help="ISO time of arrival, or partition:offset,…; default: all.")
@click.option("--to", "end", metavar=BOUND, help="the same, exclusive; default: all there is now.")
@click.option("--wait", "wait_s", type=click.FloatRange(min=0), metavar="SECONDS", help="let late jobs catch up.")
@click.option("--lake/--no-lake", default=True, help="hold the lake tables against the topics.")
@click.option("--index/--no-index", default=True, help="hold the search index against the silver topic.")
@click.option("--workers", type=click.IntRange(min=1), help="reading processes; default: 1, for many events 2.")
@click.option("--json", "as_json", is_flag=True, help="machine-readable report.")
def command(dataset: str, as_json: bool, **scope: Any) -> None:
    """Prove that every event of DATASET is in silver, dead-lettered, dropped or a duplicate: once, and nothing else.

    Then the lake against the topics, and the search index against silver. Exit code 0 only if the proof holds.
    """
    report = prove(get_settings(), dataset, Scope(**scope))
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=2))
    else:
        print_report(report, tables())
    click.get_current_context().exit(0 if report.holds else 1)


def print_report(report: ProofReport, console: Console) -> None:
    """The report for people: the table, the layers, the verdict, and where to look if it does not hold."""
    console.print(_partition_table(report, wide=console.width >= _WIDE))
    if report.layers:
        console.print(_layer_table(report))
    if report.dead_letters:
        reasons = ", ".join(f"{code} {count:,}" for code, count in report.dead_letters.items())
        console.print(f"dead letters: {reasons}", highlight=False)
    for finding in report.findings:
        more = ", …" if finding.count > len(finding.first) else ""
        layer = finding.layer.replace("_", " ")
        console.print(f"[red]{layer}: {finding.count:,} {finding.fault}[/]: {', '.join(finding.first)}{more}")
        console.print(f"  {LOOK_AT[finding.layer]}", highlight=False)
    if report.behind:
        console.print(f"{report.behind:,} of the missing lie beyond all that refine has written; try a longer --wait.")
    style = "bold green" if report.holds else "bold red"
    console.print(f"[{style}]{report.verdict()}[/] ({report.seconds:.1f} s, {report.peak_rss_mb:,.0f} MB)")


def _partition_table(report: ProofReport, *, wide: bool) -> Table:
    """One row per raw partition and one for all; a narrow terminal has no room for the offsets' column."""
    table = Table(title=f"{report.dataset}: offsets by raw partition", box=SIMPLE_HEAD if wide else None)
    table.padding = (0, 1, 0, 0)
    for heading in (*(("partition", "offsets") if wide else ("part",)), *COUNTS, *FAULTS):
        table.add_column(heading.replace("_", "\n"), justify="right")
    for verdict in report.partitions:
        window = verdict.window
        offsets = [f"{window.start:,}–{window.end:,}"] if wide else []
        counts = [getattr(verdict, count) for count in COUNTS]
        faults = [len(getattr(verdict.difference, fault)) for fault in FAULTS]
        table.add_row(str(window.partition), *offsets, *(f"{value:,}" for value in [*counts, *faults]))
    table.add_section()
    totals = [report.total(count) for count in COUNTS]
    faults = [report.faults(fault, "topics") for fault in FAULTS]
    table.add_row("all", *([""] if wide else []), *(f"{value:,}" for value in [*totals, *faults]), style="bold")
    return table


def _layer_table(report: ProofReport) -> Table:
    table = Table(title="behind the topics", box=SIMPLE_HEAD)
    for heading in ("layer", "expected", "found", *FAULTS):
        table.add_column(heading, justify="left" if heading == "layer" else "right")
    for layer in report.layers:
        faults = [report.faults(fault, layer.name) for fault in FAULTS]
        numbers = (f"{value:,}" for value in [layer.expected, layer.actual, *faults])
        table.add_row(layer.name.replace("_", " "), *numbers)
    return table
