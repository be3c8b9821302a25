"""`tidegate doctor`: check this machine and the stack before the first event."""

import dataclasses
import json
import sys

import click
from rich.console import Console

from tidegate.settings import get_settings
from tidegate.stack.doctor import Doctor, Finding

_MARKS = {"ok": "[green]✓[/]", "later": "[yellow]·[/]", "failed": "[red]✗[/]"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(as_json: bool) -> None:
    """Check Python, Maven, memory, ports, jars and every server; exit code 1 if a check fails."""
    findings = Doctor(get_settings()).examine()
    shown = _print_json(list(findings)) if as_json else [_print(finding) for finding in findings]
    if any(finding.verdict == "failed" for finding in shown):
        sys.exit(1)


def _print_json(findings: list[Finding]) -> list[Finding]:
    click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2))
    return findings


def _print(finding: Finding) -> Finding:
    text = f"{_MARKS[finding.verdict]} {finding.check:<20} {finding.detail} {finding.remedy}".rstrip()
    Console(soft_wrap=True, highlight=False).print(text)
    return finding
