"""The proof of a dataset that comes in files, as ``tidegate prove`` shows it."""

import json

import click
from rich.markup import escape
from rich.table import Table

from tidegate.cli.output import tables
from tidegate.files.proof import FilesProof

_COUNTED = ("rows", "silver", "rejected", "dropped", "duplicates", "removed")
_HEADINGS = {"rejected": "dead letters"}


def show_proof(proof: FilesProof, *, as_json: bool) -> None:
    """For people a table, its sum, the faults with their remedies, the notes and the verdict."""
    if as_json:
        click.echo(json.dumps(proof.to_json(), indent=2))
        return
    console = tables()
    console.print(_table(proof))
    console.print(_sum(proof), highlight=False)
    for finding in proof.findings:
        more = ", …" if finding.count > len(finding.first) else ""
        places = f": {', '.join(finding.first)}{more}" if finding.first else ""
        console.print(f"[red]file {finding.number}: {escape(finding.said)}[/]{places}", highlight=False)
        console.print(f"  {finding.remedy(proof.dataset)}", highlight=False, markup=False)
    for note in proof.notes:
        console.print(note, highlight=False, markup=False)
    style = "bold green" if proof.holds else "bold red"
    console.print(f"[{style}]{proof.verdict()}[/] ({proof.seconds:.1f} s, {proof.peak_rss_mb:,.0f} MB)")


def _table(proof: FilesProof) -> Table:
    counted = [name for name in _COUNTED if name != "removed" or any(each.removed for each in proof.files)]
    shown = Table("date", "number", "file", title=f"{proof.dataset}: rows by file", title_justify="left")
    for name in counted:
        shown.add_column(_HEADINGS.get(name, name), justify="right")
    shown.add_column("")
    for each in proof.files:
        facts = each.facts()
        counts = [f"{facts[name]:,}" for name in counted]
        verdict = "[red]faults[/]" if each.findings else "holds"
        shown.add_row(each.day.isoformat(), str(each.number), escape(each.uri), *counts, verdict)
    return shown


def _sum(proof: FilesProof) -> str:
    removed = proof.total("removed")
    return (
        f"{proof.total('rows'):,} rows = {proof.total('silver'):,} silver + {proof.total('rejected'):,} dead letters + "
        f"{proof.total('dropped'):,} dropped + {proof.total('duplicates'):,} duplicates"
        + (f" + {removed:,} not in silver any more" if removed else "")
    )
