"""From ``silver.avsc`` and the contract's index section to an OpenSearch index template. Pure.

Mappings are explicit and ``dynamic: strict``: a field the contract does not know is refused, not guessed. Field
types: https://docs.opensearch.org/latest/mappings/
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tidegate.avro.types import AvroType, Field, Kind
from tidegate.contracts import envelope, naming
from tidegate.contracts.dataset import Dataset, Metric, Stream
from tidegate.contracts.model import Contract
from tidegate.errors import ContractError

JsonObject = dict[str, Any]
KEYWORD_LIMIT = 8191
"""Lucene refuses terms over 32,766 bytes, which is 8,191 characters of four bytes; longer text stays in
``_source`` and is not searchable."""
MAX_SCALED_DIGITS = 18
EVENTS_REFRESH = "1s"
METRICS_REFRESH = "5s"
"""Nobody watches a metric by the second, and each refresh has its price however little has changed."""
DOC_VALUES_ONLY = frozenset({*envelope.COORDINATES, envelope.SCHEMA_ID})
"""Where a row comes from. Searches by it are rare, so they read the doc values, and no document pays for an index."""
_WITH_TERMS = frozenset({"keyword", "wildcard"})
TIME_FORMAT = "strict_date_time||strict_date_optional_time||epoch_millis"
_TYPES: dict[Kind, JsonObject] = {
    "string": {"type": "keyword", "ignore_above": KEYWORD_LIMIT},
    "int": {"type": "integer"},
    "long": {"type": "long"},
    "float": {"type": "float"},
    "double": {"type": "double"},
    "boolean": {"type": "boolean"},
    "bytes": {"type": "binary"},
    "timestamp-millis": {"type": "date", "format": TIME_FORMAT},
    "timestamp-micros": {"type": "date_nanos", "format": "strict_date_optional_time_nanos||epoch_millis"},
    "date": {"type": "date", "format": "strict_date"},
    "map": {"type": "flat_object"},
}


def index_template(dataset: Stream, *, shards: int = 1, replicas: int = 0) -> JsonObject:
    """The body of ``PUT _index_template/events-<dataset>``.

    Raises:
        ContractError: the dataset has no index section.
    """
    index = dataset.contract.index
    if index is None:
        raise no_search_index(dataset)
    body = mappings(dataset.silver_type, index.overrides)
    return _template(
        alias(dataset.contract), dataset.contract.description, body, _Settings(EVENTS_REFRESH, shards, replicas)
    )


def metric_template(metric: Metric, *, shards: int = 1, replicas: int = 0) -> JsonObject:
    """The body of ``PUT _index_template/metrics-<metric>``."""
    settings = _Settings(METRICS_REFRESH, shards, replicas)
    return _template(metric.index, str(metric.schema.get("doc", "")), mappings(metric.type, {}), settings)


def mappings(record: AvroType, overrides: Mapping[str, JsonObject]) -> JsonObject:
    """Mappings of the fields of a record; an override replaces a field's mapping whole, but for a keyword's limit."""
    properties = {
        field.name: _limited(overrides[field.name]) if overrides.get(field.name) else _top_level(field)
        for field in record.fields
    }
    if _has_map(record):
        properties[envelope.UNINDEXED] = {"type": "object", "enabled": False}
    return {
        "dynamic": "strict",
        "_meta": {"fields": {field.name: field.doc for field in record.fields if field.doc}},
        "properties": properties,
    }


def field_mapping(avro: AvroType) -> JsonObject:
    """The mapping of one Avro type; an array maps as its element does, for OpenSearch has no array type."""
    match avro.kind:
        case "decimal":
            return _decimal(avro)
        case "array":
            return field_mapping(avro.element)
        case "record":
            return {"dynamic": "strict", "properties": _properties(avro.fields)}
        case kind:
            return dict(_TYPES[kind])


def alias(contract: Contract) -> str:
    """The name that searches over all days use."""
    return naming.events_alias(contract.dataset)


def no_search_index(dataset: Dataset) -> ContractError:
    """What a user is told who asks for the index of a dataset that has none."""
    remedy = "Add an index section to its contract.yaml, and silver.avsc."
    return ContractError(f"{dataset.name} has no search index.", remedy=remedy)


class _Settings(NamedTuple):
    refresh_interval: str
    shards: int
    replicas: int


def _template(name: str, description: str, body: JsonObject, settings: _Settings) -> JsonObject:
    return {
        "index_patterns": [naming.all_indices(name)],
        "priority": 100,
        "template": {
            "settings": {
                "index": {
                    "number_of_shards": str(settings.shards),
                    "number_of_replicas": str(settings.replicas),
                    "refresh_interval": settings.refresh_interval,
                    # A refresh merges small segments first, and waits for that behind large merges: 10 s by default.
                    "merge_on_flush": {"max_full_flush_merge_wait_time": "500ms"},
                    # What counts as small: with 16 MB, the default, a second's segment is merged again and again.
                    "merge": {"policy": {"floor_segment": "2mb"}},
                }
            },
            "mappings": body,
            "aliases": {name: {}},
        },
        "_meta": {"description": description, "generated_by": "tidegate index apply"},
    }


def _top_level(field: Field) -> JsonObject:
    mapping = field_mapping(field.type)
    return mapping | {"index": False} if field.name in DOC_VALUES_ONLY else mapping


def _has_map(avro: AvroType) -> bool:
    """Whether there is a map: a ``flat_object`` has no ``ignore_above``, so the sink sets long entries apart."""
    if avro.kind == "array":
        return _has_map(avro.element)
    return avro.kind == "map" or any(_has_map(field.type) for field in avro.fields)


def _limited(mapping: JsonObject) -> JsonObject:
    """A mapping of the contract's own, in which a text that is too long for a term refuses no document."""
    limited = {
        name: {each: _limited(inner) for each, inner in value.items()} if name in ("fields", "properties") else value
        for name, value in mapping.items()
    }
    return {"ignore_above": KEYWORD_LIMIT} | limited if mapping.get("type") in _WITH_TERMS else limited


def _decimal(avro: AvroType) -> JsonObject:
    """A scaled_float is a long inside, which holds 18 digits; a JSON number is exact to 15 of them."""
    if avro.precision > MAX_SCALED_DIGITS:
        return {"type": "double"}
    return {"type": "scaled_float", "scaling_factor": float(10**avro.scale)}


def _properties(fields: tuple[Field, ...]) -> JsonObject:
    return {field.name: field_mapping(field.type) for field in fields}
