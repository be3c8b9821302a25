"""How files are shown: by date, by what became of their rows, and what a file was."""

import json
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from itertools import takewhile
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from tidegate.cli.output import tables
from tidegate.clients.file_version import FileVersion
from tidegate.files.documents import Indexed
from tidegate.files.figures import Figures
from tidegate.files.load import Loaded
from tidegate.files.to_index import GONE
from tidegate.files.told import DayTold, FileTold

_COUNTED = ("rows", "silver", "rejected", "dropped", "duplicates")


def as_json_text(value: object) -> str:
    """The value as JSON, times in ISO 8601."""
    return json.dumps(value, default=_plain, indent=2)


def print_days(dataset: str, days: Sequence[DayTold]) -> None:
    """A table of a dataset's files; of a date that is not complete what is waited for."""
    if not days:
        click.echo(f"{dataset}: no files yet.")
        return
    root = _root([each.uri for day in days for each in day.files])
    title = f"{dataset}: files below {root}" if root else dataset
    shown = Table("date", "number", "file", "state", *_COUNTED, "why", title=escape(title), title_justify="left")
    for day in days:
        for each in day.files:
            version = each.version
            number = "" if version is None else str(version.number)
            counts = [_count(version, name) for name in _COUNTED]
            shown.add_row(
                str(day.day),
                number,
                escape(each.uri.removeprefix(root)),
                each.state,
                *counts,
                escape(_why(each)),
            )
    tables().print(shown)
    for day in days:
        if day.waits_for is not None:
            late = f", and is late: it was due at {day.due:%Y-%m-%d %H:%M} UTC" if day.is_late else ""
            click.echo(f"{dataset} of {day.day} waits{late}: {day.waits_for}")


def print_loaded(loaded: Loaded) -> None:
    """What a load has done, and its sum."""
    good = [each for each in loaded.files if each.state == "loaded"]
    bad = [each for each in loaded.files if each.state == "quarantined"]
    sums = {name: sum(getattr(each, name) or 0 for each in good) for name in _COUNTED}
    click.echo(
        f"load {loaded.run_id}: {len(good)} files loaded, {len(bad)} in quarantine\n"
        f"  {sums['rows']:,} rows = {sums['silver']:,} silver + {sums['rejected']:,} dead letters + "
        f"{sums['dropped']:,} dropped + {sums['duplicates']:,} duplicates"
    )
    for each in bad:
        click.echo(f"  quarantined: {each.number} {each.uri}: {each.reason}")


def print_counted(counted: Figures | None) -> None:
    """Which metrics loads have changed; nothing if none."""
    if counted is not None:
        click.echo(f"metrics: {counted.figures:,} figures of {counted.days:,} days counted")


def print_indexed(indexed: Indexed | None) -> None:
    """What search has got of loads; nothing if that was nothing."""
    if indexed is None:
        return
    refused = f"; OpenSearch has refused {indexed.refused:,} rows" if indexed.refused else ""
    click.echo(
        f"search: {indexed.documents:,} documents of {indexed.files} files written, "
        f"{indexed.removed:,} of replaced files removed{refused}"
    )


def print_history(history: Sequence[FileVersion], *, of_rows: bool) -> None:
    """A line per state, then the newest counts and the first faults.

    ``of_rows``: by their rows, which have no bytes but in a repair file.
    """
    for each in history:
        why = f": {each.reason}" if each.reason else ""
        run = f", run {each.run}" if each.run else ""
        searched = "" if each.indexed is None else ", not searchable" if each.indexed == GONE else ", searchable"
        click.echo(f"{each.at:%Y-%m-%d %H:%M:%S} UTC  version {each.number} {each.state}{searched}{run}{why}")
    newest = history[-1]
    if newest.repairs is not None:
        click.echo(f"\nA repair file: {newest.promised_rows:,} rows of file {newest.repairs}, mended by a redrive.")
    click.echo(f"\n{newest.uri}\n  {newest.size:,} bytes, SHA-256 {newest.sha256}\n  kept as {newest.stored}")
    if newest.rows is not None:
        click.echo("  " + ", ".join(f"{name} {_count(newest, name) or '–'}" for name in _COUNTED))
    faults = json.loads(newest.faults) if newest.faults else []
    for fault in faults:
        place = f"row {fault['offset'] + 1:,}" if of_rows and newest.repairs is None else f"byte {fault['offset']:,}"
        click.echo(f"  {place}: {fault['code']}")


def _why(told: FileTold) -> str:
    version = told.version
    if told.reason or version is None or version.repairs is None:
        return told.reason or ""
    return f"repairs {version.promised_rows:,} rows of file {version.repairs}"


def _root(uris: Sequence[str]) -> str:
    """The folder that all lie in, up to its last slash; empty if there is none."""
    parts = [uri.split("/")[:-1] for uri in uris]
    shared = list(takewhile(lambda names: len(set(names)) == 1, zip(*parts, strict=False)))
    return "".join(f"{names[0]}/" for names in shared)


def _count(version: FileVersion | None, name: str) -> str:
    value = None if version is None else getattr(version, name)
    return "" if value is None else f"{value:,}"


def _plain(value: Any) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
