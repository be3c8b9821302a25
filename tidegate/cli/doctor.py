"""`tidegate doctor`: check this machine and the stack before the first event."""

import dataclasses
import json
import sys
from collections.abc import Iterator

import click
from rich.console import Console

from tidegate.clients import endpoints
from tidegate.jobs.examine import examine
from tidegate.settings import Settings, get_settings, variable_of
from tidegate.stack.doctor import Doctor, Finding, check_python

_MARKS = {"ok": "[green]✓[/]", "later": "[yellow]·[/]", "failed": "[red]✗[/]"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(as_json: bool) -> None:
    """Check Python, Maven, memory, ports, jars, every server, topics and jobs; exit code 1 if a check fails.

    Where the settings name servers elsewhere and there is no local stack, only what those need is checked.

    \b
    Example:
      tidegate doctor
    """
    settings = get_settings()
    servers = _elsewhere(settings) if endpoints.are_elsewhere(settings) else Doctor(settings).examine()
    findings = _with_pipeline(servers, settings)
    shown = _print_json(list(findings)) if as_json else [_print(finding) for finding in findings]
    if any(finding.verdict == "failed" for finding in shown):
        sys.exit(1)


def _with_pipeline(servers: Iterator[Finding], settings: Settings) -> Iterator[Finding]:
    """What the servers know is asked when they are well."""
    well = set()
    for finding in servers:
        well |= {finding.check} if finding.verdict == "ok" else set()
        yield finding
    if {"kafka", "registry"} <= well and well & {"flink", "jobmanager"}:
        yield from examine(settings)


def _elsewhere(settings: Settings) -> Iterator[Finding]:
    """The Python that the commands run on, and the servers at their addresses."""
    yield Finding("Python", "ok", check_python())
    for answer in endpoints.ask(settings):
        if answer.healthy:
            yield Finding(answer.name, "ok", f"answers at {answer.address}")
        else:
            remedy = f"See its own log, and {variable_of(endpoints.SERVERS[answer.name].setting)}={answer.address}."
            yield Finding(answer.name, "failed", answer.detail, remedy)


def _print_json(findings: list[Finding]) -> list[Finding]:
    click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2))
    return findings


def _print(finding: Finding) -> Finding:
    text = f"{_MARKS[finding.verdict]} {finding.check:<20} {finding.detail} {finding.remedy}".rstrip()
    Console(soft_wrap=True, highlight=False).print(text)
    return finding
