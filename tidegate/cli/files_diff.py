"""``tidegate files diff``: what a version of a file changes in silver, beside another one."""

from collections.abc import Iterator

import click
from rich.console import Console

from tidegate.cli.files_told import as_json_text
from tidegate.contracts.load import load_files
from tidegate.files.diff import FileDiff, Side, diff
from tidegate.files.row_diff import RowChange, Values
from tidegate.settings import get_settings

ROWS = 20


@click.command("diff")
@click.argument("dataset")
@click.argument("file", metavar="NUMBER|FILE")
@click.argument("other", metavar="[NUMBER]", type=int, required=False)
@click.option(
    "--rows", "most", type=click.IntRange(min=0), default=ROWS, show_default=True, help="Of each kind to show."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diff_files(dataset: str, file: str, other: int | None, most: int, as_json: bool) -> None:
    """Rows of silver that a file adds, removes and changes, by identity; loads nothing.

    The file is a version that was taken in, by its number, or one that was not: a path or URI. It is compared with the
    version that it replaces, or with the second NUMBER. Both are judged by the contract as it is now.

    \b
    Examples:
      tidegate files diff transactions landing/transactions/2026-11-28/part-1.csv
      tidegate files diff transactions 4 2 --rows 100 --json
    """
    settings = get_settings()
    with Console(stderr=True).status("judging both files"):
        found = diff(settings, load_files(settings.schemas_dir, dataset), file, other, most)
    click.echo(as_json_text(found) if as_json else "\n".join(lines(found)))


def lines(found: FileDiff) -> Iterator[str]:
    """The difference for people."""
    yield from map(_side, (found.before, found.after))
    rows = found.rows
    yield (
        f"silver of {found.dataset}: {rows.added:,} rows added, {rows.removed:,} removed, {rows.changed:,} changed, "
        f"{rows.same:,} the same"
    )
    yield from (f"  + {_values(each.after or {})}" for each in rows.first["added"])
    yield from (f"  - {_values(each.before or {})}" for each in rows.first["removed"])
    yield from (f"  ~ {_changed(each)}" for each in rows.first["changed"])
    yield from (f"not checked: {each}" for each in found.not_checked)


def _side(side: Side) -> str:
    why = f": {side.reason}" if side.reason else ""
    name = "new file" if side.number is None else f"version {side.number} ({side.state})"
    return f"{name} {side.uri}: {side.rows:,} rows, {side.rejected:,} rejected, {side.dropped:,} dropped{why}"


def _changed(row: RowChange) -> str:
    parts = (f"{name} {_text(before)} → {_text(after)}" for name, (before, after) in row.changed.items())
    return f"{_values(row.identity)}: {', '.join(parts)}"


def _values(values: Values) -> str:
    return " ".join(f"{name}={_text(value)}" for name, value in values.items())


def _text(value: str | None) -> str:
    return "null" if value is None else value
