"""What the servers lack of each dataset, asked of them: nothing is changed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tidegate.apply.plan import Lacking
from tidegate.clients.dashboards import holds_objects
from tidegate.clients.kafka_topics import existing_topics, require_topics
from tidegate.clients.opensearch import SearchClient
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Dataset, Stream, is_stream
from tidegate.contracts.topics import plan_topics
from tidegate.errors import ContractError, TidegateError
from tidegate.registration.register import SubjectPlan, refuse_incompatible, subjects_with_history
from tidegate.registration.theirs import look_at
from tidegate.search.dashboards.make import event_dashboard, metric_dashboard
from tidegate.search.mapping import JsonObject
from tidegate.search.templates import differences, templates_of
from tidegate.settings import Settings

METRICS = "metrics"
"""Stands for the dashboard of the metrics of all datasets."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is lacking, why a dataset can't be brought there, and steps that are left out with the reason."""

    lacking: tuple[Lacking, ...]
    problems: Mapping[str, TidegateError]
    notes: tuple[str, ...]


def look(settings: Settings, datasets: Sequence[Dataset], streams: Sequence[Stream]) -> Found:
    """Of the datasets, and of the dashboard of the metrics of all ``streams``.

    Raises:
        TransientError: Kafka, the registry or OpenSearch is out of reach.
    """
    topics = existing_topics(settings)
    problems: dict[str, TidegateError] = {}
    lacking = []
    with RegistryClient(settings) as registry:
        for dataset in datasets:
            try:
                lacking.append(_lacking(settings, dataset, topics, registry))
            except ContractError as error:
                problems[dataset.name] = error
    if _has_metrics(datasets) and dashboards_are_set(settings):
        lacking.append(Lacking(METRICS, dashboards=not holds_objects(settings, metric_dashboard(streams))))
    return Found(tuple(lacking), problems, tuple(_notes(settings, datasets)))


def dashboards_are_set(settings: Settings) -> bool:
    """Whether OpenSearch Dashboards is part of this installation: the local stack has none."""
    return "dashboards_url" in settings.model_fields_set


def dashboard_of(name: str, streams: Sequence[Stream]) -> list[JsonObject]:
    """The saved objects of one of the streams, or of the metrics of all of them."""
    if name == METRICS:
        return metric_dashboard(streams)
    (stream,) = (each for each in streams if each.name == name)
    return event_dashboard(stream)


def _lacking(settings: Settings, dataset: Dataset, topics: Collection[str], registry: RegistryClient) -> Lacking:
    if dataset.contract.topic.registered_by == "producers":
        require_topics(settings, [dataset.contract.topic.name])
        look_at(registry, dataset)
    missing = (plan for plan in plan_topics(dataset) if plan.name not in topics)
    plans = subjects_with_history(registry, dataset, settings.schemas_dir)
    found = Lacking(
        dataset.name,
        tuple(f"{plan.name} ({plan.partitions} partitions)" for plan in missing),
        tuple(label for plan in plans for label in _missing_versions(registry, plan)),
    )
    if not isinstance(dataset, Stream) or dataset.contract.index is None:
        return found
    client = SearchClient(settings)
    templates = tuple(
        name
        for name, wanted in templates_of(dataset, settings).items()
        if (there := client.template(name)) is None or any(differences(wanted, there))
    )
    dashboards = dashboards_are_set(settings) and not holds_objects(settings, event_dashboard(dataset))
    return Lacking(found.dataset, found.topics, found.subjects, templates, dashboards)


def _missing_versions(registry: RegistryClient, plan: SubjectPlan) -> Iterator[str]:
    """As the plan tells of each schema that is not registered.

    Raises:
        ContractError: it breaks a promise, so that it can't be.
    """
    known = registry.versions(plan.subject)
    for number, schema in enumerate(plan.schemas, start=1):
        if known and registry.lookup(plan.subject, schema) is not None:
            continue
        if known:
            refuse_incompatible(registry, plan, schema)
        yield f"{plan.subject} v{number}" if len(plan.schemas) > 1 else plan.subject


def _has_metrics(datasets: Sequence[Dataset]) -> bool:
    return any(is_stream(dataset) and dataset.metrics for dataset in datasets)


def _notes(settings: Settings, datasets: Sequence[Dataset]) -> Iterator[str]:
    searchable = any(dataset.contract.index is not None for dataset in datasets)
    if searchable and not dashboards_are_set(settings):
        yield "Dashboards are left out: TIDEGATE_DASHBOARDS_URL is not set."
