"""``tidegate contract``: make, list, show, check, compare and register contracts."""

import json
import sys
from collections import defaultdict
from dataclasses import asdict

import click
from rich.markup import escape
from rich.table import Table

from tidegate import log
from tidegate.cli.contract_evolve import evolve
from tidegate.cli.contract_new import new
from tidegate.cli.output import LEFT_OUT, tables
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.check import check_datasets, read_drafts
from tidegate.contracts.dataset import Dataset, Draft
from tidegate.contracts.history.against import against_problems, differences
from tidegate.contracts.history.earlier import Earlier
from tidegate.contracts.json_schema import contract_schema
from tidegate.contracts.load import load_dataset, load_draft
from tidegate.contracts.model import Contract
from tidegate.contracts.problem import Problem
from tidegate.errors import ContractError
from tidegate.jobs.check_contracts import flink_problems
from tidegate.jobs.own_flink import has_flink
from tidegate.redrive.recipe_check import kept_problems
from tidegate.registration.read_earlier import REGISTRY, from_git, from_registry
from tidegate.registration.register import register_all
from tidegate.settings import Settings, get_settings


@click.group()
def command() -> None:
    """Make, list, show, check, compare and register contracts."""


command.add_command(new)
command.add_command(evolve)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def list_(as_json: bool) -> None:
    """The datasets, each with its topic or the pattern of its files, versions and rules.

    \b
    Example:
      tidegate contract list
    """
    drafts, unreadable = read_drafts(get_settings().schemas_dir)
    datasets = list(drafts.values())
    log.left_out(unreadable)
    if as_json:
        click.echo(json.dumps([_as_json(dataset.contract) for dataset in datasets], indent=2))
        return
    table = Table("dataset", "kind", "topic or files", "partitions", "versions", "rules", "owner")
    for dataset in datasets:
        contract = dataset.contract
        file = contract.file
        source = (contract.topic.name, str(contract.topic.partitions)) if file is None else (escape(file.pattern), "-")
        counts = (len(dataset.versions), len(contract.rules))
        table.add_row(dataset.name, contract.kind, *source, *map(str, counts), contract.owner)
    tables().print(table)


@command.command()
@click.argument("dataset")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def show(dataset: str, as_json: bool) -> None:
    """What DATASET promises: its columns, rules and privacy, and its metrics.

    \b
    Example:
      tidegate contract show clicks
    """
    loaded = load_draft(get_settings().schemas_dir, dataset)
    if as_json:
        click.echo(json.dumps(_as_json(loaded.contract), indent=2))
        return
    contract = loaded.contract
    console = tables()
    console.print(f"[bold]{contract.dataset}[/] ({contract.kind}, {escape(contract.owner)})")
    console.print(escape(contract.description))
    identity = ", ".join(contract.identity)
    console.print(escape(f"{_source(contract)}, identity {identity}, event time {contract.event_time.field}"))
    console.print(_columns_table(loaded))
    if contract.rules:
        console.print(_rules_table(loaded))
    if loaded.metrics:
        console.print(_metrics_table(loaded))


@command.command()
@click.argument("datasets", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.option("--no-flink", is_flag=True, help="leave out the part that compiles rules and runs examples")
@click.option("--against", metavar="registry|GIT-REF", help="also compare with what is registered, or with a commit")
def check(datasets: tuple[str, ...], as_json: bool, no_flink: bool, against: str | None) -> None:
    """Find what is wrong with DATASETS, or with all. Exit code 1 if anything is.

    \b
    Examples:
      tidegate contract check clicks
      tidegate contract check --against registry
    """
    settings = get_settings()
    checked = check_datasets(settings.schemas_dir, datasets)
    compiled = has_flink() and not no_flink
    problems = checked.problems + kept_problems(settings.schemas_dir, [dataset.name for dataset in checked.sound])
    problems += flink_problems(settings, checked.sound_refined) if compiled else []
    not_compared = checked.unsound if against is not None else []
    if against is not None:
        for dataset in checked.sound:
            problems += against_problems(dataset, _earlier(settings, against, dataset))
    if as_json:
        found = [asdict(problem) for problem in problems]
        facts = {"problems": found, "rules_compiled": compiled, "not_compared": not_compared}
        click.echo(json.dumps(facts, indent=2))
    else:
        _print_problems(problems, compiled, asked=no_flink)
        if not_compared:
            click.echo(f"Not compared with {against}: {', '.join(not_compared)}. Fix the problems above first.")
    sys.exit(1 if problems else 0)


@command.command()
@click.argument("dataset")
@click.option("--against", metavar="registry|GIT-REF", default=REGISTRY, show_default=True)
def diff(dataset: str, against: str) -> None:
    """What DATASET's schemas, metrics and, against git, contract add, remove or change.

    Exit code 1 if that breaks a promise.

    \b
    Example:
      tidegate contract diff clicks
    """
    settings = get_settings()
    loaded = load_dataset(settings.schemas_dir, dataset)
    earlier = _earlier(settings, against, loaded)
    for part, lines in differences(loaded, earlier).items():
        click.echo("\n".join([f"{part}:", *(f"  {line}" for line in lines or ["no change"])]))
    problems = against_problems(loaded, earlier)
    for problem in problems:
        click.echo(str(problem))
    sys.exit(1 if problems else 0)


@command.command()
@click.argument("datasets", nargs=-1)
@click.option("--all", "all_datasets", is_flag=True, help="every dataset in the contract folder")
def register(datasets: tuple[str, ...], all_datasets: bool) -> None:
    """Create the topics and register the schemas of DATASETS. Safe to repeat.

    Exit code 3 if --all leaves out a dataset whose contract is wrong; the others are registered.

    \b
    Examples:
      tidegate contract register clicks
      tidegate contract register --all
    """
    if not datasets and not all_datasets:
        raise ContractError("no dataset given.", remedy="Name one, or give --all.")
    settings = get_settings()
    done = register_all(settings, settings.schemas_dir, () if all_datasets else datasets)
    table = Table("subject", "schema ids", "new")
    for report in done.subjects:
        table.add_row(report.subject, ", ".join(map(str, report.schema_ids)), str(report.added))
    tables().print(table)
    click.echo(f"topics: {len(done.topics.created)} created, {len(done.topics.unchanged)} there already")
    for warning in [*done.topics.warnings, *done.warnings]:
        log.tell(f"{click.style('warning:', fg='yellow')} {warning}", "topic_differs", "warning", message=str(warning))
    sys.exit(LEFT_OUT if done.left_out else 0)


@command.command()
def schema() -> None:
    """Print the JSON Schema of contract.yaml, for editors.

    \b
    Example:
      tidegate contract schema > contract.schema.json
    """
    click.echo(contract_schema(), nl=False)


def _as_json(contract: Contract) -> object:
    """What the contract says; of files without the topic, which they do not have."""
    return contract.model_dump(mode="json", exclude=None if contract.file is None else {"topic"})


def _source(contract: Contract) -> str:
    if contract.file is None:
        return f"topic {contract.topic.name} ({contract.topic.format})"
    return f"files {contract.file.pattern} ({contract.file.format})"


def _earlier(settings: Settings, against: str, dataset: Dataset) -> Earlier:
    if against != REGISTRY:
        return from_git(against, dataset)
    with RegistryClient(settings) as registry:
        return from_registry(registry, dataset)


def _print_problems(problems: list[Problem], compiled: bool, *, asked: bool) -> None:
    """Prints the problems, and what was left out: as ``asked``, or for want of Flink."""
    for problem in problems:
        click.echo(str(problem))
    if not compiled:
        why = "as --no-flink says" if asked else "that needs Flink (pip install 'tidegate[flink]')"
        click.echo(f"Rules were not compiled, examples not run: {why}.")
    elif not problems:
        click.echo("All contracts hold: schemas, rules, queries and examples.")


def _columns_table(dataset: Draft) -> Table:
    """What rules see of a record; where a personal field lies within a column, its path there stands before it."""
    methods = defaultdict[str, list[str]](list)
    for privacy in dataset.contract.privacy:
        column_name, _, inside = privacy.field.partition(".")
        methods[column_name].append(f"{inside}: {privacy.method}" if inside else privacy.method)
    title = f"v{max(dataset.versions)}" if dataset.mapped is None else f"v{max(dataset.versions)}, mapped"
    table = Table("column", "type", "privacy", "meaning", title=title)
    for column in dataset.record_columns:
        null = "" if column.nullable else " not null"
        table.add_row(column.name, f"{column.sql_type}{null}", ", ".join(methods[column.name]), escape(column.doc))
    return table


def _metrics_table(dataset: Draft) -> Table:
    table = Table("metric", "per", "topic", "index", title="metrics")
    for metric in dataset.metrics:
        table.add_row(metric.name, ", ".join(metric.key), metric.topic, metric.index)
    return table


def _rules_table(dataset: Draft) -> Table:
    table = Table("rule", "severity", "description", title="rules")
    for rule in dataset.contract.rules:
        table.add_row(rule.name, rule.severity, escape(rule.description))
    return table
