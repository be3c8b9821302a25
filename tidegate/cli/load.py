"""``tidegate load``: reference data from a file or a database table."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from producers.reference import load
from producers.reference.postgres import SCHEMES
from producers.sending.session import Summary
from tidegate.cli.rejects_option import Allowed, allow_rejects_option, exit_code_of, rejects_option
from tidegate.contracts.load import load_reference
from tidegate.errors import TidegateError
from tidegate.settings import get_settings


@click.command()
@click.argument("dataset")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--from", "url", metavar="postgresql://…", help="load a table; its password is best in PGPASSWORD")
@click.option("--table", help="which one, as table or schema.table  [default: the dataset's name]")
@click.option("--mass-delete", is_flag=True, help="go on although most keys are missing in the table")
@click.option("--sample", is_flag=True, help="load the built-in sample that generated events refer to")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]),
    help="from when rows of FILE hold that have no time, in UTC  [default: now]",
)
@click.option("--delete", multiple=True, metavar="KEY", help="delete this key; may be repeated")
@click.option("--dry-run", is_flag=True, help="say what would be done, send nothing")
@rejects_option
@allow_rejects_option
@click.option("--json", "as_json", is_flag=True, help="print the summary as JSON")
@click.pass_context
def command(
    context: click.Context,
    /,
    dataset: str,
    file: Path | None,
    url: str | None,
    table: str | None,
    mass_delete: bool,
    sample: bool,
    since: datetime | None,
    delete: tuple[str, ...],
    dry_run: bool,
    rejects: Path | None,
    allowed: Allowed,
    as_json: bool,
) -> None:
    """Load FILE (CSV with a header, or JSON lines) or a table of PostgreSQL into the reference DATASET.

    A row of a file with a true _deleted deletes its key; a row without a time takes effect now, or at
    --since: events of before do not see it. Of a table, only rows
    with a newer time than known are sent, or without a time and with other values than known, and keys that it no
    longer has are deleted. Rows that do not fit are shown and kept in a file; the others are loaded all the same.
    Loading twice is harmless.

    Exit code 0: all was taken, or no more was rejected than --allow-rejects says. 3: rows were rejected. 1: something
    else was wrong, or rows were not delivered. 130: Ctrl-C came before the end.

    --dry-run compares a table with what Kafka holds, as a load does; if Kafka does not answer, it only says how many
    rows fit the contract.
    """
    if not (file or url or sample or delete):
        raise click.UsageError("give a FILE, --from postgresql://…, --sample or --delete KEY")
    if url is not None and not url.startswith(SCHEMES):
        raise click.UsageError(f"--from takes an address that begins with {SCHEMES[0]}; give a file without it")
    if (table or mass_delete) and url is None:
        raise click.UsageError("--table and --mass-delete go with --from")
    if since and file is None:
        raise click.UsageError("--since goes with FILE")
    settings = get_settings()
    run = load.check_reference if dry_run else load.load_reference
    summary = run(
        settings,
        load_reference(settings.schemas_dir, dataset),
        load.Load(
            file,
            sample,
            delete,
            rejects,
            load.Table(url, table or dataset, mass_delete) if url else None,
            since and since.replace(tzinfo=UTC),
        ),
        datetime.now(UTC),
    )
    if as_json:
        click.echo(json.dumps(summary))
    else:
        click.echo(_text(summary, dry_run))
        if summary["without_time"] and since is None and summary.get("compared", True):
            click.echo(
                f"{summary['without_time']:,} rows have no time: they hold from now on, no event of before sees them; "
                "--since says from when rows of a file hold"
            )
    exit_code = exit_code_of(summary, summary["rows"], allowed)
    if summary.get("failed"):
        raise TidegateError(
            "{failed:,} rows were not delivered: {first_failure}.".format(**summary),
            remedy="See `tidegate status` and `tidegate logs kafka`, then load again.",
        )
    context.exit(exit_code)


def _text(summary: Summary, dry_run: bool) -> str:
    """The summary for people."""
    if not summary.get("compared", True):
        return f"{summary['rows'] - summary['rejected']:,} rows fit the contract, {summary['rejected']:,} rejected"
    loaded, deleted = ("would be loaded", "would be deleted") if dry_run else ("loaded", "deleted")
    return f"{summary['upserts']:,} rows {loaded}, {summary['deletes']:,} {deleted}, {summary['rejected']:,} rejected"
