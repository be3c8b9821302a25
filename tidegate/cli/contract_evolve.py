"""``tidegate contract evolve``: the next version of a schema, with fields for what only a sample has."""

from pathlib import Path

import click

from tidegate.contracts.dataset import Files
from tidegate.contracts.load import load_refined
from tidegate.contracts.new.evolve import evolved, line_of
from tidegate.contracts.new.from_file import read_sample
from tidegate.errors import ContractError
from tidegate.settings import get_settings


@click.command()
@click.argument("dataset")
@click.option(
    "--sample",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="CSV, JSON or Parquet with columns that the contract lacks",
)
def evolve(dataset: str, sample: Path) -> None:
    """Write the next version of DATASET's raw schema, with a field for each column that only the sample has.

    Nothing that runs reads it before you have looked it over, put the fields into silver and registered it.

    \b
    Example:
      tidegate contract evolve transactions --sample 2026-11-28.csv
    """
    found = load_refined(get_settings().schemas_dir, dataset)
    new = evolved(found, read_sample(sample))
    if new is None:
        click.echo(f"{dataset} has a field for each column of {sample}.")
        return
    path = found.folder / f"v{new.version}.avsc"
    if path.exists():
        raise ContractError(f"{path} is there already.", remedy="Look it over, or remove it first.")
    path.write_text(new.text, encoding="utf-8", newline="\n")
    click.echo(f"{path} has, to be looked over:")
    for field in new.fields:
        click.echo(f"  {line_of(field)}")
    click.echo("What silver is to have of it goes into silver.avsc too, and into refine.sql. Then:")
    click.echo(f"  tidegate contract check {dataset} && tidegate contract register {dataset}")
    if isinstance(found, Files):
        click.echo(f"  tidegate files retry {dataset} NUMBER… # for files of before: they are judged again")
