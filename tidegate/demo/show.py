"""The end of a run for people: the proof, what was expected, what was measured, answers, and where to look next."""

from rich.console import Console
from rich.table import Table

from tidegate.contracts import naming
from tidegate.demo.options import DATASET
from tidegate.demo.queries import Answer
from tidegate.demo.report import Comparison, Measured
from tidegate.demo.run import Result
from tidegate.proof.show import print_report
from tidegate.settings import Settings


def show(result: Result, console: Console, *, kept: bool) -> None:
    """Prints everything."""
    console.rule("proof")
    print_report(result.proof, console)
    _show_comparison(result.comparison, console)
    console.rule("measured")
    _show_measured(result.measured, console)
    for answer in result.answers:
        console.rule(f"{answer.source}: {answer.question}")
        console.print(_answer_table(answer))
    console.rule("where next")
    _show_next(result.settings, console, kept=kept)
    console.print(f"report: {result.report}", highlight=False, soft_wrap=True)


def _show_comparison(comparison: Comparison, console: Console) -> None:
    if comparison.expected is not None:
        table = Table("this run", *(name.replace("_", " ") for name in comparison.expected), box=None)
        table.add_row("expected by the producer", *(f"{count:,}" for count in comparison.expected.values()))
        table.add_row("found by the proof", *(f"{comparison.actual[name]:,}" for name in comparison.expected))
        console.print(table)
    if comparison.agrees:
        return
    console.print(f"[red]sent {comparison.sent:,}, in the raw topic {comparison.produced:,}[/]")
    for code in sorted({*(comparison.expected_reasons or {}), *comparison.actual_reasons}):
        expected, actual = (comparison.expected_reasons or {}).get(code, 0), comparison.actual_reasons.get(code, 0)
        if expected != actual:
            console.print(f"[red]dead letters {code}: expected {expected:,}, found {actual:,}[/]")


def _show_measured(measured: Measured, console: Console) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_row("rate", f"{measured.rate_achieved:,.0f} events/s sent")
    grid.add_row("committed", f"{measured.committed.text()} after arrival in Kafka")
    grid.add_row("searchable", f"{measured.searchable.text()} after arrival in Kafka")
    if measured.first_searchable_s is not None:
        grid.add_row("first event", f"searchable {measured.first_searchable_s:.1f} s after the command")
    peaks = [f"{name} {size:,}" for name, size in measured.peak_rss_mb.items() if name != "stack"]
    grid.add_row("peak memory", f"{measured.peak_rss_mb['stack']:,} MB of all servers; " + ", ".join(peaks))
    console.print(grid, highlight=False)


def _answer_table(answer: Answer) -> Table:
    table = Table(box=None)
    for column in answer.columns:
        table.add_column(column, overflow="fold")
    for row in answer.rows:
        table.add_row(*row)
    return table


def _show_next(settings: Settings, console: Console, *, kept: bool) -> None:
    if not kept:
        console.print("`make demo KEEP=1` (or `tidegate demo --keep`) leaves all of it running to look around.")
        return
    lines = {
        "Flink UI": settings.flink_rest_url,
        "search": f"curl '{settings.opensearch_url}/{naming.events_alias(DATASET)}/_search?q=country:DE&size=1&pretty'",
        "more traffic": f"tidegate produce {DATASET} --rate 5000 --seconds 30 --bad-ratio 0.01",
        "prove again": f"tidegate prove {DATASET}",
        "the servers": "tidegate status",
        "stop it all": "tidegate down",
    }
    for what, how in lines.items():
        console.print(f"{what:<13} {how}", highlight=False, soft_wrap=True)
