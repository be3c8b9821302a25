"""``tidegate lake expire|orphans``: what is old, and what nothing names, goes; first it is shown.

Exit codes: 0 done or shown, 1 a problem, or it was not confirmed.
"""

import json
from collections.abc import Iterator
from typing import Any

import click

from tidegate.cli.confirm import confirm, yes_option
from tidegate.cli.dlq_show import when
from tidegate.clock import now_ms
from tidegate.lake_care.choose import chosen_tables
from tidegate.lake_care.expire import LEAST_DAYS as LEAST_SNAPSHOT_DAYS
from tidegate.lake_care.expire import Planned, plan_expire
from tidegate.lake_care.expire import expire as expire_table
from tidegate.lake_care.orphans import LEAST_DAYS as LEAST_ORPHAN_DAYS
from tidegate.lake_care.orphans import Orphans, find_orphans, remove_orphans
from tidegate.query.catalog import Lake
from tidegate.settings import get_settings

_MB = 1_000_000
_SHOWN = 20
"""Files of a table that are listed by name; all of them with ``--json``."""
what_argument = click.argument("what", metavar="[TABLE|DATASET]", required=False)
dry_run_option = click.option("--dry-run", is_flag=True, help="Only show what would go.")
actor_option = click.option("--actor", metavar="NAME", help="Who does it; the user of this machine if left out.")
json_option = click.option("--json", "as_json", is_flag=True, help="print JSON.")


@click.command()
@what_argument
@click.option(
    "--older-than-days",
    "days",
    type=click.IntRange(min=LEAST_SNAPSHOT_DAYS),
    required=True,
    help="Snapshots that were made before that go.",
)
@dry_run_option
@actor_option
@json_option
@yes_option
def expire(what: str | None, days: int, dry_run: bool, yes: bool, **told: Any) -> None:
    """Remove old snapshots of the lake's tables, and the files that no other snapshot has. Asks first.

    What a branch or a tag holds stays, and so does what a job or a replay looks for when it goes on.

    \b
    Examples:
      tidegate lake expire --older-than-days 7 --dry-run
      tidegate lake expire silver.clicks --older-than-days 7
    """
    settings = get_settings()
    names, at_ms = chosen_tables(Lake(settings).tables, what), now_ms()
    planned = [plan_expire(settings, name, days, at_ms) for name in names]
    going = [each for each in planned if each.expiry.expired]
    if not dry_run and going:
        for line in (line for each in planned for line in _expiry_lines(each, "would go")):
            click.echo(line, err=True)
        counted = sum(len(each.expiry.expired) for each in going)
        confirm(f"{counted:,} snapshots of {len(going)} tables can't be queried any more, nor restored.", yes=yes)
    done = planned if dry_run else [expire_table(settings, each.table, days, at_ms, told["actor"]) for each in planned]
    if told["as_json"]:
        click.echo(json.dumps([each.facts() for each in done], indent=2))
        return
    for line in (line for each in done for line in _expiry_lines(each, "would go" if dry_run else "are gone")):
        click.echo(line)


@click.command()
@what_argument
@click.option(
    "--older-than-days",
    "days",
    type=click.IntRange(min=LEAST_ORPHAN_DAYS),
    default=LEAST_ORPHAN_DAYS,
    show_default=True,
    help="Files that were written before that may go.",
)
@dry_run_option
@actor_option
@json_option
@yes_option
def orphans(what: str | None, days: int, dry_run: bool, yes: bool, **told: Any) -> None:
    """List files in the tables' folders that no metadata names, and remove them. Asks first.

    \b
    Examples:
      tidegate lake orphans --dry-run
      tidegate lake orphans silver.clicks
    """
    settings = get_settings()
    lake, at_ms = Lake(settings), now_ms()
    found = [find_orphans(settings, lake, name, days, at_ms) for name in chosen_tables(lake.tables, what)]
    if told["as_json"]:
        click.echo(json.dumps([each.facts() for each in found], indent=2))
    else:
        for line in (line for each in found for line in _orphan_lines(each)):
            click.echo(line)
    going = [each for each in found if each.files]
    if dry_run or not going:
        return
    counted = sum(len(each.files) for each in going)
    confirm(f"{counted:,} files of {len(going)} tables are deleted for good.", yes=yes)
    for each in going:
        removed = remove_orphans(settings, lake, each, told["actor"])
        click.echo(f"{each.table}: {removed:,} files are deleted", err=told["as_json"])


def _expiry_lines(each: Planned, verb: str) -> Iterator[str]:
    expiry = each.expiry
    if not expiry.expired:
        yield f"{each.table}: of {expiry.snapshots:,} snapshots none is older than {when(expiry.before_ms)} and free"
    else:
        files = f"{each.data_files:,} data files and {each.metadata_files:,} of metadata, {each.bytes / _MB:,.1f} MB"
        yield (
            f"{each.table}: {len(expiry.expired):,} of {expiry.snapshots:,} snapshots {verb}, older than "
            f"{when(expiry.before_ms)}; with them {files}"
        )
    for kept in expiry.kept:
        yield f"{each.table}: kept for {kept.why}: {len(kept.snapshots):,} older snapshots"


def _orphan_lines(each: Orphans) -> Iterator[str]:
    young = f"; {each.younger:,} more are too young" if each.younger else ""
    yield f"{each.table}: {len(each.files):,} files of {each.bytes / _MB:,.1f} MB that nothing names{young}"
    for file in sorted(each.files, key=lambda file: file.path)[:_SHOWN]:
        yield f"  {file.path}, {file.bytes:,} bytes, of {when(file.modified_ms)}"
    if len(each.files) > _SHOWN:
        yield f"  and {len(each.files) - _SHOWN:,} more; --json lists all"
