"""``tidegate contract new``: makes the folder of a new dataset."""

from pathlib import Path

import click

from tidegate.contracts.json_lines import read_samples
from tidegate.contracts.new.choose_fields import Fields
from tidegate.contracts.new.scaffold import DEFAULT_SAMPLES, renamed_fields, scaffold, write
from tidegate.settings import get_settings


@click.command()
@click.argument("dataset")
@click.option("--sample", type=click.Path(dir_okay=False, path_type=Path), help="JSON lines to take the fields from")
@click.option("--identity", help="field that identifies a record  [default: the first *_id]")
@click.option("--time", "event_time", help="field that says when it happened  [default: the first timestamp]")
def new(dataset: str, sample: Path | None, identity: str | None, event_time: str | None) -> None:
    """Make the folder of DATASET, which runs at once and is then yours to change."""
    samples = DEFAULT_SAMPLES if sample is None else read_samples(sample)
    files = scaffold(dataset, samples, Fields(identity, event_time))
    folder = write(get_settings().schemas_dir, dataset, files)
    for path in files:
        click.echo(folder / path)
    for sent, name in renamed_fields(files).items():
        click.echo(f"{sent} is called {name} in the contract, and read by its own name.")
    click.echo(f"Look at contract.yaml and v1.avsc first, then: tidegate contract check {dataset}")
