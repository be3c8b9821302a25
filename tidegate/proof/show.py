"""A proof's report for people, in a terminal of any width."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tidegate.proof.next_steps import next_step
from tidegate.proof.notes import COMPARED, CONTENT_TOO
from tidegate.proof.report import ACCOUNTED, FAULTS, Count, ProofReport

COUNTS: tuple[Count, ...] = ("raw", *ACCOUNTED)
_OF_REDRIVES: tuple[Count, ...] = ("repaired", "parked")
_WIDE, _ROOMY = 100, 118
_NARROW = {"partition": "part", "duplicate": "dupli-\ncate", "unexplained": "unex-\nplained", "repaired": "re-\npaired"}
"""How the longest headings break in a narrow terminal."""


def print_report(report: ProofReport, console: Console) -> None:
    """The report for people: the table, the layers, the verdict, and where to look if it does not hold."""
    if report.partitions:
        console.print(_partition_table(report, console.width))
        console.print(_sum(report), highlight=False)
    if report.layers:
        console.print(_layer_table(report))
    if report.dead_letters:
        reasons = ", ".join(f"{code} {count:,}" for code, count in report.dead_letters.items())
        console.print(f"dead letters: {reasons} (`tidegate dlq list {report.dataset}`)", highlight=False)
    for finding in report.findings:
        more = ", …" if finding.count > len(finding.first) else ""
        layer = finding.layer.replace("_", " ")
        console.print(f"[red]{layer}: {finding.count:,} {finding.fault}[/]: {', '.join(finding.first)}{more}")
        console.print(f"  {next_step(report.dataset, finding)}", highlight=False, markup=False)
    for note in report.notes:
        console.print(note, highlight=False)
    if report.behind:
        console.print(f"{report.behind:,} of the missing lie beyond all that refine has written; try a longer --wait.")
    for content in report.contents:
        console.print(content.note(), highlight=False)
    console.print(CONTENT_TOO if report.contents else COMPARED, highlight=False, style="dim")
    style = "bold green" if report.holds else "bold red"
    console.print(f"[{style}]{report.verdict()}[/] ({report.seconds:.1f} s, {report.peak_rss_mb:,.0f} MB)")


def _partition_table(report: ProofReport, width: int) -> Table:
    """One row per raw partition and one for all.

    A narrow terminal has no room for the offsets' column, nor for repaired and parked where there are none.
    """
    wide = width >= _WIDE
    counted = [count for count in COUNTS if wide or count not in _OF_REDRIVES or report.total(count)]
    table = Table(title=f"{report.dataset}: offsets by raw partition", box=SIMPLE_HEAD if wide else None)
    table.padding = (0, 1, 0, 0)
    for heading in (*(("partition", "offsets") if wide else ("part",)), *counted, *FAULTS):
        table.add_column(_heading(heading, wide=width >= _ROOMY), justify="right")
    for verdict in report.partitions:
        window = verdict.window
        offsets = [f"{window.start:,}–{window.end:,}"] if wide else []
        counts = [getattr(verdict, count) for count in counted]
        faults = [len(getattr(verdict.in_topics, fault)) for fault in FAULTS]
        table.add_row(str(window.partition), *offsets, *(f"{value:,}" for value in [*counts, *faults]))
    table.add_section()
    totals = [report.total(count) for count in counted]
    faults = [report.faults(fault, "topics") for fault in FAULTS]
    table.add_row("all", *([""] if wide else []), *(f"{value:,}" for value in [*totals, *faults]), style="bold")
    return table


def _heading(name: str, *, wide: bool) -> str:
    return name.replace("_", "\n") if wide else _NARROW.get(name, name.replace("_", "\n"))


def _sum(report: ProofReport) -> str:
    """All that came in, as the sum of what became of it."""
    raw, parts = report.total("raw"), {name: count for name, count in report.accounted().items() if count}
    total = " + ".join(f"{count:,} {name}" for name, count in parts.items()) or "nothing"
    over = sum(parts.values()) - raw
    doubled = f", {over:,} more than came in: under two verdicts, or missing copies of events before the window"
    return f"{raw:,} came in = {total}{doubled if over else ''}"


def _layer_table(report: ProofReport) -> Table:
    table = Table(title="behind the topics", box=SIMPLE_HEAD)
    for heading in ("layer", "expected", "found", *FAULTS):
        table.add_column(heading, justify="left" if heading == "layer" else "right")
    for layer in report.layers:
        faults = [report.faults(fault, layer.name) for fault in FAULTS]
        numbers = (f"{value:,}" for value in [layer.expected, layer.actual, *faults])
        table.add_row(layer.name.replace("_", " "), *numbers)
    return table
