"""Brings search templates to OpenSearch and says whether what is there is what the contracts call for."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tidegate import log
from tidegate.clients.opensearch import IndexFacts, SearchClient
from tidegate.contracts import naming
from tidegate.contracts.dataset import Dataset, Files, Reference, Stream
from tidegate.contracts.load import load_dataset
from tidegate.contracts.sound import sound_datasets
from tidegate.errors import TidegateError, TransientError
from tidegate.search.mapping import JsonObject, alias, index_template, metric_template, no_search_index
from tidegate.settings import Settings

TemplateState = Literal["current", "differs", "missing"]


@dataclass(frozen=True, slots=True)
class Applied:
    """What ``apply`` did for one template of a dataset.

    ``updated`` counts the indices that now have every field of the template; ``conflicts`` names those that
    hold a field in another type, and why.
    """

    dataset: str
    template: str
    changed: bool
    updated: int
    conflicts: list[str]


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """One alias of a dataset: that of its events or of a metric.

    ``differences`` are dotted paths of the template that are not as they should be.
    """

    dataset: str
    alias: str
    template: TemplateState
    differences: list[str]
    indices: list[IndexFacts]

    @property
    def docs(self) -> int:
        return sum(index.docs for index in self.indices)

    @property
    def size_bytes(self) -> int:
        return sum(index.size_bytes for index in self.indices)


def searchable(schemas_dir: Path, names: Sequence[str] = ()) -> list[Stream]:
    """The named datasets, or all that have an index section and can work; which are left out, and why, is told.

    Raises:
        ContractError: a named one has no search index.
    """
    if names:
        return [_searchable(load_dataset(schemas_dir, name)) for name in names]
    sound = sound_datasets(schemas_dir)
    log.left_out(sound.left_out)
    return [each for each in sound.datasets if isinstance(each, Stream) and each.contract.index is not None]


def templates_of(dataset: Stream, settings: Settings) -> dict[str, JsonObject]:
    """The templates that a dataset calls for on this cluster, by name: that of its events, then its metrics'."""
    size = {"shards": settings.opensearch_shards, "replicas": settings.opensearch_replicas}
    searched = () if isinstance(dataset, Files) else dataset.metrics  # those of files are in the lake alone
    metrics = {metric.index: metric_template(metric, **size) for metric in searched}
    return {alias(dataset.contract): index_template(dataset, **size)} | metrics


def template_text(template: JsonObject) -> str:
    """The text of ``opensearch/events-<dataset>.json``."""
    return json.dumps(template, indent=2, ensure_ascii=False) + "\n"


def apply_templates(client: SearchClient, settings: Settings, datasets: Sequence[Stream]) -> list[Applied]:
    """Put the templates, and add new fields to indices that exist. Safe to repeat."""
    return [
        _apply(client, dataset, name, template)
        for dataset in datasets
        for name, template in templates_of(dataset, settings).items()
    ]


def index_status(client: SearchClient, settings: Settings, dataset: Stream) -> list[IndexStatus]:
    """What OpenSearch holds for ``dataset``: its events first, then each of its metrics."""
    return [_status(client, dataset, name, template) for name, template in templates_of(dataset, settings).items()]


def differences(wanted: Any, found: Any, path: str = "") -> Iterator[str]:
    """Dotted paths at which ``found`` is not as ``wanted``; empty objects and lists count as absent.

    OpenSearch gives numbers in settings back as text, so scalars are compared as text.
    """
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in sorted(wanted.keys() | found.keys()):
            yield from differences(wanted.get(key), found.get(key), f"{path}.{key}" if path else key)
    elif isinstance(wanted, list) and isinstance(found, list):
        if [str(item) for item in wanted] != [str(item) for item in found]:
            yield path
    elif (wanted or found) and str(wanted) != str(found):
        yield path


def _searchable(dataset: Dataset) -> Stream:
    if isinstance(dataset, Reference) or dataset.contract.index is None:
        raise no_search_index(dataset)
    return dataset


def _status(client: SearchClient, dataset: Stream, name: str, template: JsonObject) -> IndexStatus:
    found = client.template(name)
    differing = [] if found is None else list(differences(template, found))
    state: TemplateState = "missing" if found is None else "differs" if differing else "current"
    return IndexStatus(dataset.name, name, state, differing, client.indices(naming.all_indices(name)))


def _apply(client: SearchClient, dataset: Stream, name: str, template: JsonObject) -> Applied:
    found = client.template(name)
    changed = found is None or any(differences(template, found))
    if changed:
        client.put_template(name, template)
    conflicts = []
    indices = client.indices(naming.all_indices(name))
    for index in indices:
        try:
            client.put_mapping(index.name, template["template"]["mappings"])
        except TransientError:
            raise
        except TidegateError as error:
            conflicts.append(f"{index.name}: {error.problem}")
    return Applied(dataset.name, name, changed, len(indices) - len(conflicts), conflicts)
