"""``tidegate lake``: how the lake's tables stand, and what keeps them well.

Exit codes: 0 done, 1 a problem.
"""

import json
from dataclasses import asdict

import click
from rich.markup import escape
from rich.table import Table

from tidegate.cli import lake_compact, lake_past
from tidegate.cli.dlq_show import when
from tidegate.cli.output import tables
from tidegate.lake_care.choose import chosen_tables
from tidegate.lake_care.stats import TableStats, all_stats
from tidegate.query.catalog import Lake
from tidegate.settings import get_settings

_MB = 1_000_000
_COLUMNS = ("table", "rows", "MB", "partitions", "files", "per partition: most", "median", "MB a file: least", "median",
            "delete files", "metadata MB", "snapshots", "oldest")  # fmt: skip


@click.group()
def command() -> None:
    """Look at the lake's tables, and keep them well."""


command.add_command(lake_compact.compact)
command.add_command(lake_past.expire)
command.add_command(lake_past.orphans)


@command.command()
@click.argument("what", metavar="[TABLE|DATASET]", required=False)
@click.option("--json", "as_json", is_flag=True, help="print JSON.")
def stats(what: str | None, as_json: bool) -> None:
    """Files, partitions and snapshots of the lake's tables, and which snapshots branches and tags hold.

    \b
    Examples:
      tidegate lake stats
      tidegate lake stats silver.clicks --json
    """
    settings = get_settings()
    lake = Lake(settings)
    found = list(all_stats(settings, lake, chosen_tables(lake.tables, what)))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
        return
    if not found:
        click.echo("The lake has no tables yet.")
        return
    shown = Table(*_COLUMNS)
    for each in found:
        shown.add_row(*map(escape, _row(each)))
    tables().print(shown)
    for each in found:
        for named in each.named:
            at = "one that is gone" if named.at_ms is None else f"of {when(named.at_ms)}"
            click.echo(f"{each.table}: the {named.kind} {named.name} holds snapshot {named.snapshot_id} {at}")


def _row(each: TableStats) -> tuple[str, ...]:
    counts = (each.partitions, each.files, each.partition_files_max)
    return (
        each.table,
        f"{each.rows:,}",
        _mb(each.bytes),
        *(f"{count:,}" for count in counts),
        "" if each.partition_files_median is None else f"{each.partition_files_median:,.0f}",
        _mb(each.file_bytes_min),
        _mb(each.file_bytes_median),
        f"{each.delete_files:,}",
        _mb(each.metadata_bytes),
        f"{each.snapshots:,}",
        "" if each.oldest_snapshot_ms is None else when(each.oldest_snapshot_ms),
    )


def _mb(size_bytes: float | None) -> str:
    return "" if size_bytes is None else f"{size_bytes / _MB:,.2f}"
