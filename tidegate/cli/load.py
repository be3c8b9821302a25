"""``tidegate load``: reference data from a file."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from producers.reference import Load, check_reference, load_reference
from tidegate.contracts.load import load_dataset
from tidegate.errors import TidegateError
from tidegate.settings import get_settings


@click.command()
@click.argument("dataset")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--sample", is_flag=True, help="load the built-in sample that generated events refer to")
@click.option("--delete", multiple=True, metavar="KEY", help="delete this key; may be repeated")
@click.option("--dry-run", is_flag=True, help="check every row, send nothing")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="keep rows that do not fit here")
@click.option("--json", "as_json", is_flag=True, help="print the summary as JSON")
def command(
    dataset: str,
    file: Path | None,
    sample: bool,
    delete: tuple[str, ...],
    dry_run: bool,
    rejects: Path | None,
    as_json: bool,
) -> None:
    """Load FILE (CSV with a header, or JSON lines) into the reference DATASET.

    A row with a true _deleted deletes its key. A row without a time takes effect now. Rows that do not fit are shown
    with their line and kept in a file; the others are loaded all the same. Loading a file twice is harmless.
    """
    if not (file or sample or delete):
        raise click.UsageError("give a FILE, --sample or --delete KEY")
    settings = get_settings()
    run = check_reference if dry_run else load_reference
    summary = run(
        settings,
        load_dataset(settings.schemas_dir, dataset),
        Load(file, sample, delete, rejects),
        datetime.now(UTC),
    )
    if as_json:
        click.echo(json.dumps(summary))
    else:
        done = "would be loaded" if dry_run else "loaded"
        click.echo("{upserts:,} rows {done}, {deletes:,} deleted, {rejected:,} rejected".format(done=done, **summary))
        if summary["rejected"]:
            click.echo(f"rejected rows are kept in {summary['rejects_file']}", err=True)
    if summary.get("failed"):
        raise TidegateError(
            "{failed:,} rows were not delivered: {first_failure}.".format(**summary),
            remedy="See `tidegate status` and `tidegate logs kafka`, then load again.",
        )
