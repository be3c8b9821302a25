"""``tidegate index``: search templates and indices."""

import json
import sys
from dataclasses import asdict

import click
from rich.table import Table

from tidegate import log
from tidegate.cli.output import tables
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts import naming
from tidegate.contracts.dataset import Files
from tidegate.errors import TidegateError
from tidegate.search.templates import (
    IndexStatus,
    apply_templates,
    index_status,
    searchable,
    template_text,
    templates_of,
)
from tidegate.settings import get_settings

_BYTES_PER_MB = 1_000_000


@click.group()
def command() -> None:
    """Search templates and indices."""


@command.command()
@click.argument("dataset")
@click.argument("metric", required=False)
def template(dataset: str, metric: str | None) -> None:
    """Print the index template that DATASET's contract calls for, or that of its METRIC.

    \b
    Example:
      tidegate index template clicks
    """
    settings = get_settings()
    (loaded,) = searchable(settings.schemas_dir, [dataset])
    templates = templates_of(loaded, settings)
    name = naming.metric_alias(dataset, metric) if metric else next(iter(templates))
    if name not in templates:
        known = ", ".join(each.name for each in loaded.metrics) or "none"
        raise TidegateError(f"{dataset} has no metric {metric}.", remedy=f"Known: {known}.")
    click.echo(template_text(templates[name]), nl=False)


@command.command()
@click.argument("datasets", nargs=-1)
def apply(datasets: tuple[str, ...]) -> None:
    """Put the templates of DATASETS, or of all, and add new fields to their indices. Safe to repeat.

    Exit code 1 if an index holds a field in another type.

    \b
    Example:
      tidegate index apply clicks
    """
    settings = get_settings()
    chosen = searchable(settings.schemas_dir, datasets)
    done = apply_templates(SearchClient(settings), settings, chosen)
    of_files = {each.name for each in chosen if isinstance(each, Files)}
    for applied in done:
        state = "applied" if applied.changed else "current already"
        click.echo(f"{applied.dataset}: template {applied.template} {state}, {applied.updated} indices up to date")
        for conflict in applied.conflicts:
            remedy = "A field's type is for ever: reindex into a new index. Or " + (
                f"delete it, then `tidegate files index {applied.dataset}`."
                if applied.dataset in of_files
                else "delete it, while the silver topic still holds all that is in it, then `tidegate stop index "
                "--no-savepoint` and `tidegate run index --recover-from none`."
            )
            log.tell(f"  {conflict}. {remedy}", "conflict", "warning", conflict=str(conflict), remedy=remedy)
    sys.exit(1 if any(applied.conflicts for applied in done) else 0)


@command.command()
@click.argument("datasets", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def status(datasets: tuple[str, ...], as_json: bool) -> None:
    """Indices, documents and whether the template is the contract's. Exit code 1 if one is not.

    \b
    Example:
      tidegate index status
    """
    settings = get_settings()
    client = SearchClient(settings)
    found = [
        status
        for dataset in searchable(settings.schemas_dir, datasets)
        for status in index_status(client, settings, dataset)
    ]
    if as_json:
        click.echo(json.dumps([_facts(item) for item in found], indent=2))
    else:
        _print_status(found)
    sys.exit(1 if any(item.template != "current" for item in found) else 0)


def _facts(item: IndexStatus) -> dict[str, object]:
    return {**asdict(item), "docs": item.docs, "size_bytes": item.size_bytes}


def _print_status(found: list[IndexStatus]) -> None:
    table = Table("dataset", "alias", "indices", "first", "last", "docs", "MB", "template")
    for item in found:
        names = [index.name.removeprefix(f"{item.alias}-") for index in item.indices]
        first, last = (names[0], names[-1]) if names else ("", "")
        size = f"{item.size_bytes / _BYTES_PER_MB:.1f}"
        table.add_row(item.dataset, item.alias, str(len(names)), first, last, f"{item.docs:,}", size, item.template)
    tables().print(table)
    for item in found:
        if item.template != "current":
            where = f" at {', '.join(item.differences)}" if item.differences else ""
            click.echo(f"{item.dataset}: template {item.template}{where}. Run `tidegate index apply {item.dataset}`.")
