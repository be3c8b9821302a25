"""``tidegate load``: reference data from a file or a database table."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

import click

from producers.reference import load
from producers.reference.column_map import read_map
from producers.reference.postgres import SCHEMES
from producers.reference.silver import Silver
from producers.sending.session import Summary
from tidegate.cli.dates import Day
from tidegate.cli.rejects_option import Allowed, allow_rejects_option, exit_code_of, rejects_option
from tidegate.contracts.dataset import Reference
from tidegate.contracts.load import load_files, load_reference
from tidegate.errors import TidegateError
from tidegate.settings import get_settings

Moment = datetime | Literal["always", "now"]


class _Asked(NamedTuple):
    """What to load: a file, a table at ``url``, or the dataset whose loaded ``files``, of a ``day`` or all."""

    file: Path | None
    url: str | None
    files: str | None
    day: date | None


class Since(click.ParamType[Any]):
    """A time in UTC, or a word for one."""

    name = "always|now|TIME"

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> Moment:
        if value in ("always", "now"):
            return "always" if value == "always" else "now"
        moment: datetime = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]).convert(value, param, context)
        return moment.replace(tzinfo=UTC)


@click.command()
@click.argument("dataset")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option(
    "--from",
    "source",
    metavar="postgresql://…|DATASET",
    help="load a table, whose password is best in PGPASSWORD; or the loaded files of a dataset that comes in files",
)
@click.option("--date", "day", type=Day(), help="of DATASET only files of this date")
@click.option("--table", help="which one, as table or schema.table  [default: the dataset's name]")
@click.option("--mass-delete", is_flag=True, help="go on although most keys are missing in the table")
@click.option("--sample", is_flag=True, help="load the built-in sample that generated events refer to")
@click.option(
    "--since",
    type=Since(),
    help="from when rows of FILE hold that have no time: always, now, or a time in UTC  [default: now]",
)
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="FIELD=COLUMN,…",
    help="which column of FILE or of DATASET's silver a field is read from; FIELD= for none; columns of no field are "
    "then left out",
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
    source: str | None,
    day: date | None,
    table: str | None,
    mass_delete: bool,
    sample: bool,
    since: Moment | None,
    mapped: tuple[str, ...],
    delete: tuple[str, ...],
    dry_run: bool,
    rejects: Path | None,
    allowed: Allowed,
    as_json: bool,
) -> None:
    """Load FILE (CSV with a header, or JSON lines), a table of PostgreSQL or loaded files into the reference DATASET.

    A row of a file with a true _deleted deletes its key; a row without a time takes effect now, or at
    --since: events of before do not see it. With --since always every event sees it that the contract's
    event_time.earliest allows. Of a table, only rows
    with a newer time than known are sent, or without a time and with other values than known, and keys that it no
    longer has are deleted. Of a dataset that comes in files, rows of silver are sent that are newer than what is known,
    or correct it; no key is deleted. Rows that do not fit are shown and kept in a file; the others are loaded all the
    same. Loading twice is harmless.

    Exit code 0: all was taken, or no more was rejected than --allow-rejects says. 3: rows were rejected. 1: something
    else was wrong, or rows were not delivered. 130: Ctrl-C came before the end.

    --dry-run compares a table with what Kafka holds, as a load does; if Kafka does not answer, it only says how many
    rows fit the contract.

    \b
    Examples:
      tidegate load products products.csv
      tidegate load products --sample
      tidegate load products --from catalog
    """
    url, files = (source, None) if source is None or source.startswith(SCHEMES) else (None, source)
    asked = _Asked(file, url, files, day)
    _check_usage(asked, table or mass_delete, bool(since), bool(mapped), bool(sample or delete))
    settings = get_settings()
    reference = load_reference(settings.schemas_dir, dataset)
    run = load.check_reference if dry_run else load.load_reference
    summary = run(
        settings,
        reference,
        load.Load(
            file,
            sample,
            delete,
            rejects,
            load.Table(url, table or dataset, mass_delete) if url else None,
            _moment(since, reference),
            read_map(mapped, reference),
            Silver(settings, load_files(settings.schemas_dir, files), day) if files else None,
        ),
        datetime.now(UTC),
    )
    click.echo(json.dumps(summary) if as_json else _text(summary, since, dry_run))
    exit_code = exit_code_of(summary, summary["rows"], allowed)
    if summary.get("failed"):
        raise TidegateError(
            "{failed:,} rows were not delivered: {first_failure}.".format(**summary),
            remedy="See `tidegate status` and `tidegate logs kafka`, then load again.",
        )
    context.exit(exit_code)


def _moment(since: Moment | None, reference: Reference) -> datetime | None:
    """From when on rows without a time hold; None: from the time of the load."""
    if since == "always":
        return reference.contract.event_time.earliest
    return since if isinstance(since, datetime) else None


def _check_usage(asked: _Asked, of_table: object, since: bool, mapped: bool, others: bool) -> None:
    """Whether the options go together.

    Raises:
        click.UsageError: they do not.
    """
    if not (asked.file or asked.url or asked.files or others):
        raise click.UsageError("give a FILE, --from postgresql://…, --from DATASET, --sample or --delete KEY")
    if asked.files is not None and "/" in asked.files:
        raise click.UsageError(
            f"--from takes an address that begins with {SCHEMES[0]}, or the name of a dataset; give a file without it"
        )
    if of_table and asked.url is None:
        raise click.UsageError("--table and --mass-delete go with --from postgresql://…")
    if asked.day is not None and asked.files is None:
        raise click.UsageError("--date goes with --from DATASET")
    if (since and asked.file is None) or (mapped and asked.file is None and asked.files is None):
        raise click.UsageError(
            "--since goes with FILE, and --map with FILE or --from DATASET; give --table a view with the fields' names"
        )


def _text(summary: Summary, since: Moment | None, dry_run: bool) -> str:
    """The summary for people."""
    if not summary.get("compared", True):
        return f"{summary['rows'] - summary['rejected']:,} rows fit the contract, {summary['rejected']:,} rejected"
    loaded, deleted = ("would be loaded", "would be deleted") if dry_run else ("loaded", "deleted")
    text = f"{summary['upserts']:,} rows {loaded}, {summary['deletes']:,} {deleted}, {summary['rejected']:,} rejected"
    if not summary["without_time"] or since is not None:
        return text
    return (
        f"{text}\n{summary['without_time']:,} rows have no time: they hold from now on, no event of before sees them; "
        "--since always lets all events see rows of a file, --since TIME those from then on"
    )
