"""``tidegate contract new``: makes the folder of a new dataset."""

from pathlib import Path
from typing import Any, get_args

import click

from tidegate.contracts.json_lines import read_samples
from tidegate.contracts.model import TopicFormat
from tidegate.contracts.naming import SUBJECT_SUFFIX
from tidegate.contracts.new.choose_fields import Fields
from tidegate.contracts.new.from_file import from_file, is_of_files
from tidegate.contracts.new.map_files import why_mapped
from tidegate.contracts.new.scaffold import DEFAULT_SAMPLES, renamed_fields, scaffold, write
from tidegate.registration.take_in import Subject, take_in
from tidegate.registration.take_in_topic import RECORDS, Running, take_in_topic
from tidegate.settings import get_settings

_OF_SUBJECT = ("version", "topic", "leave_out")


@click.command()
@click.argument("dataset")
@click.option(
    "--sample", type=click.Path(dir_okay=False, path_type=Path), help="CSV, JSON or Parquet to take the fields from"
)
@click.option(
    "--kind",
    type=click.Choice(["stream", "file"]),
    help="with --sample: what it is of  [default: stream for JSON lines, file for what is packed, or another format]",
)
@click.option("--from-subject", "subject", help="a subject in the registry to take the fields from")
@click.option("--version", type=int, help="with --from-subject: which version of it  [default: the newest]")
@click.option("--topic", help="with --from-subject: the topic its records are in  [default: the subject's]")
@click.option(
    "--leave-out", metavar="FIELD", multiple=True, help="with --from-subject: a field to leave out; repeatable"
)
@click.option("--from-topic", help="a running topic: take the fields from records that it holds")
@click.option("--format", "written", type=click.Choice(get_args(TopicFormat)), help="with --from-topic: of its records")
@click.option(
    "--records", type=click.IntRange(1, 100_000), help="with --from-topic: how many to look at  [default: 1000]"
)
@click.option("--identity", help="field that identifies a record, such as id or meta.id  [default: the first *_id]")
@click.option(
    "--time", "event_time", help="field that says when it happened, such as meta.at  [default: the first timestamp]"
)
@click.option("--time-format", metavar="FORMAT", help="of a --time in text, such as 'dd.MM.yyyy HH:mm'")
@click.option("--time-zone", metavar="ZONE", help="of a --time in text without one, such as Europe/Berlin")
def new(
    dataset: str, sample: Path | None, identity: str | None, event_time: str | None, subject: str | None, **of: Any
) -> None:
    """Make the folder of DATASET, which runs at once and is then yours to change.

    \b
    Examples:
      tidegate contract new readings --sample readings.jsonl
      tidegate contract new invoices --sample 2026-11-28.csv.gz
    """
    fields = Fields(identity, event_time, of["time_format"], of["time_zone"])
    said: list[str] = []
    if of["from_topic"] is not None:
        files, said = _from_topic(dataset, sample or subject, of, fields)
    elif subject is not None:
        _refuse_without_topic(of)
        _refuse_sample(sample)
        topic = of["topic"] or subject.removesuffix(SUBJECT_SUFFIX)
        wanted = Subject(subject, of["version"], topic, of["leave_out"])
        files, said = take_in(get_settings(), dataset, wanted, fields)
    else:
        _refuse_without_topic(of)
        _refuse_without_subject(of)
        files = _from_sample(dataset, sample, of["kind"], fields)
    folder = write(get_settings().schemas_dir, dataset, files)
    for path in files:
        click.echo(folder / path)
    for sent, name in renamed_fields(files).items():
        click.echo(f"{sent} is called {name} in the contract, and read by its own name.")
    for line in (*said, *filter(None, [why_mapped(files)])):
        click.echo(line)
    click.echo(f"Look at contract.yaml and v1.avsc first, then: tidegate contract check {dataset}")


def _from_sample(dataset: str, sample: Path | None, kind: str | None, fields: Fields) -> dict[str, str]:
    if sample is None and kind == "file":
        raise click.UsageError("--kind file needs --sample FILE.")
    if sample is not None and (kind == "file" or (kind is None and is_of_files(sample))):
        return from_file(dataset, sample, fields)
    return scaffold(dataset, DEFAULT_SAMPLES if sample is None else read_samples(sample), fields)


def _refuse_sample(sample: Path | None) -> None:
    if sample is not None:
        raise click.UsageError("--sample and --from-subject each say what the fields are: give one of them.")


def _from_topic(dataset: str, other: object, of: dict[str, Any], fields: Fields) -> tuple[dict[str, str], list[str]]:
    if other is not None or any(of[name] for name in _OF_SUBJECT):
        raise click.UsageError("--from-topic alone says what the fields are: give no other source.")
    running = Running(of["from_topic"], of["written"], of["records"] or RECORDS)
    return take_in_topic(get_settings(), dataset, running, fields)


def _refuse_without_subject(of: dict[str, Any]) -> None:
    if given := next((name for name in _OF_SUBJECT if of[name]), None):
        raise click.UsageError(f"--{given.replace('_', '-')} needs --from-subject SUBJECT.")


def _refuse_without_topic(of: dict[str, Any]) -> None:
    if of["written"] or of["records"]:
        raise click.UsageError("--format and --records need --from-topic TOPIC.")
