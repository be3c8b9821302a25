"""``tidegate lake compact``: small files of a table are put together.

Exit codes: 0 done or shown, 1 a problem, or small files are left.
"""

import json
from dataclasses import asdict
from typing import Any

import click

from tidegate.cli.confirm import confirm, yes_option
from tidegate.lake_care.choose import only_table
from tidegate.lake_care.compact import Compacted, plan_compaction
from tidegate.lake_care.compact import compact as compact_table
from tidegate.lake_care.small_files import Compaction, Sizes, Small
from tidegate.query.catalog import Lake
from tidegate.settings import Settings, get_settings

_MB, _MIB = 1_000_000, 1024 * 1024
_SHOWN = 31
"""Partitions that are listed by name; all of them with ``--json``."""


@click.command()
@click.argument("table")
@click.option("--partition", metavar="year=…,month=…,day=…", help="Only this one; fewer parts mean more of them.")
@click.option("--target-mb", type=click.IntRange(min=1), default=128, show_default=True, help="Size of the new files.")
@click.option("--parallelism", type=click.IntRange(min=1), help="Tasks at a time; as any job's if left out.")
@click.option("--dry-run", is_flag=True, help="Only show what would be put together.")
@click.option("--actor", metavar="NAME", help="Who does it; the user of this machine if left out.")
@click.option("--json", "as_json", is_flag=True, help="print JSON.")
@yes_option
def compact(table: str, partition: str | None, dry_run: bool, yes: bool, **given: Any) -> None:
    """Put the small files of TABLE together, while jobs write to it. Asks first.

    Files of three quarters of the size to nearly its double are left alone, and so are fewer than five small ones. The
    old files stay until `tidegate lake expire` removes the snapshots that have them.

    \b
    Examples:
      tidegate lake compact silver.clicks --dry-run
      tidegate lake compact silver.clicks --partition year=2026,month=11,day=21
    """
    settings = get_settings()
    name = only_table(Lake(settings).tables, table)
    sizes = Sizes(target=given["target_mb"] * _MIB)
    small = plan_compaction(settings, name, partition, sizes)
    if dry_run or not small:
        _show_plan(name, small, as_json=given["as_json"])
        return
    if not yes:
        _show_plan(name, small, as_json=False, err=True)
        confirm(f"{sum(each.files for each in small):,} files of {name} are written anew by a Flink job.", yes=yes)
    done = compact_table(settings, _asked(settings, name, small, given), given["actor"])
    if given["as_json"]:
        click.echo(json.dumps(done.facts(), indent=2))
    else:
        _show_done(done)
    click.get_current_context().exit(1 if done.left else 0)


def _asked(settings: Settings, name: str, small: list[Small], given: dict[str, Any]) -> Compaction:
    sizes = Sizes(target=given["target_mb"] * _MIB)
    partitions = tuple(each.partition for each in small)
    return Compaction(name, partitions, sizes, given["parallelism"] or settings.parallelism)


def _show_plan(name: str, small: list[Small], *, as_json: bool, err: bool = False) -> None:
    if as_json:
        click.echo(json.dumps({"table": name, "partitions": [asdict(each) for each in small]}, indent=2))
        return
    if not small:
        click.echo(f"{name}: there is nothing to put together")
        return
    files, into = sum(each.files for each in small), sum(each.into for each in small)
    size = sum(each.bytes for each in small) / _MB
    click.echo(
        f"{name}: {files:,} files of {size:,.1f} MB would become {into:,}, of {len(small):,} partitions", err=err
    )
    for each in small[:_SHOWN]:
        where = each.partition or "the whole table"
        click.echo(f"  {where}: {each.files:,} files of {each.bytes / _MB:,.1f} MB to {each.into:,}", err=err)
    if len(small) > _SHOWN:
        click.echo(f"  and {len(small) - _SHOWN:,} partitions more; --json lists all", err=err)


def _show_done(done: Compacted) -> None:
    click.echo(
        f"{done.table}: {done.files:,} files of {done.bytes / _MB:,.1f} MB became {done.into:,}, "
        f"in {done.commits:,} commits"
    )
    for each in done.left:
        click.echo(f"{done.table}: {each.partition or 'of it'} has {each.files:,} small files left; type it again")
