"""``tidegate dashboards``: dashboards for OpenSearch Dashboards, made from the contracts."""

from collections.abc import Sequence

import click

from tidegate.clients.dashboards import import_objects
from tidegate.search.dashboards.make import event_dashboard, metric_dashboard
from tidegate.search.dashboards.saved_objects import ndjson
from tidegate.search.mapping import JsonObject
from tidegate.search.templates import searchable
from tidegate.settings import Settings, get_settings

METRICS = "metrics"


@click.group()
def command() -> None:
    """Dashboards for OpenSearch Dashboards, made from the contracts."""


@command.command()
@click.argument("dataset")
def make(dataset: str) -> None:
    """Print the saved objects of DATASET as NDJSON; `metrics` stands for the metrics of all datasets.

    \b
    Example:
      tidegate dashboards make clicks > clicks.ndjson
    """
    click.echo(ndjson(_objects(get_settings(), dataset)), nl=False)


@command.command()
@click.argument("datasets", nargs=-1)
@click.option("--url", help="OpenSearch Dashboards  [default: TIDEGATE_DASHBOARDS_URL]")
def apply(datasets: Sequence[str], url: str | None) -> None:
    """Import the dashboards of DATASETS, or of all and of their metrics. Safe to repeat: it replaces its own.

    \b
    Example:
      tidegate dashboards apply clicks
    """
    settings = get_settings()
    if url:
        settings = settings.model_copy(update={"dashboards_url": url})
    names = datasets or [*(dataset.name for dataset in searchable(settings.schemas_dir)), METRICS]
    for name in names:
        imported = import_objects(settings, ndjson(_objects(settings, name)))
        click.echo(f"{name}: {imported} objects imported")


def _objects(settings: Settings, name: str) -> list[JsonObject]:
    schemas_dir = settings.schemas_dir
    if name == METRICS:
        return metric_dashboard(searchable(schemas_dir))
    (dataset,) = searchable(schemas_dir, [name])
    return event_dashboard(dataset)
