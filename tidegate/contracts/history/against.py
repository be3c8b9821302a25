"""A dataset against what it was: what differs in its schemas, metrics and contract, and what of it breaks a promise."""

import json
from collections.abc import Iterable, Iterator, Sequence

from tidegate.avro.compatibility import broken_promises, lost_aliases, promises_less
from tidegate.avro.types import AvroSchema, AvroType, Field, columns, fields_by_name, flink_type_of, read_record
from tidegate.contracts.dataset import Dataset, Metric, Stream
from tidegate.contracts.history.contract_changes import contract_breaks, contract_changes
from tidegate.contracts.history.earlier import Earlier
from tidegate.contracts.map_sql import read_map
from tidegate.contracts.problem import Problem

_NO_CONTRACTS = "not compared: the registry holds schemas only, --against GIT-REF compares contracts"


def against_problems(dataset: Dataset, earlier: Earlier) -> list[Problem]:
    """What was changed after others may have used it, and new schemas that break the contract's promise."""
    found = [*_changed_versions(dataset, earlier)]
    if not found:  # a change of an old version shows as one more version here; it is told once, above
        found += _broken(dataset, earlier, f"v{max(dataset.versions)}.avsc", earlier.raw, dataset.versions.values())
    if isinstance(dataset, Stream):
        found += _broken_outputs(dataset, earlier)
    if earlier.contract is not None:
        found += contract_breaks(dataset, earlier.contract, earlier.where)
        found += mapping_breaks(dataset, earlier)
    return found


def differences(dataset: Dataset, earlier: Earlier) -> dict[str, list[str]]:
    """What differs, a line each, by part: ``raw``, ``silver``, ``metrics/<name>``, ``contract``."""
    parts = {"raw": _schema_lines(earlier.raw, dataset.latest, earlier.where)}
    metrics = dataset.metrics if isinstance(dataset, Stream) else ()
    if isinstance(dataset, Stream):
        parts["silver"] = _schema_lines(earlier.silver, dataset.silver, earlier.where)
    for metric in metrics:
        parts[f"metrics/{metric.name}"] = _metric_lines(metric, earlier)
    for name in sorted(earlier.metrics.keys() - {metric.name for metric in metrics}):
        parts[f"metrics/{name}"] = [f"removed, {earlier.where} has it"]
    if earlier.has_contracts and (dataset.map_sql, dataset.mapped) != (earlier.map_sql, earlier.mapped):
        parts["mapping"] = [*mapping_changes(dataset, earlier)]
    parts["contract"] = _contract_lines(dataset, earlier)
    return parts


def mapping_changes(dataset: Dataset, earlier: Earlier) -> Iterator[str]:
    """What differs in ``map.sql`` and ``mapped.avsc``."""
    if earlier.mapped is None or dataset.mapped is None:
        yield f"new, {earlier.where} has none" if earlier.mapped is None else f"removed, {earlier.where} has one"
        return
    yield from changes(earlier.mapped, dataset.mapped)
    before, after = read_map(earlier.map_sql or "").texts, read_map(dataset.map_sql or "").texts
    for name, text in after.items():
        if name in before and before[name] != text:
            yield f"~ {name} as {before[name]} -> {text}"


def mapping_breaks(dataset: Dataset, earlier: Earlier) -> Iterator[Problem]:
    """An identity that comes from another field of the record: what is in silver would be taken for other records."""
    assert earlier.contract is not None
    paths = None if earlier.map_sql is None else read_map(earlier.map_sql).paths
    was = [name if paths is None else paths.get(name, name) for name in earlier.contract.identity]
    if earlier.contract.identity == dataset.contract.identity and was != [*dataset.raw_identity]:
        problem = f"identity was {', '.join(was)} of raw, is {', '.join(dataset.raw_identity)}"
        remedy = "Restore it, or make a new dataset: rows that are there would come again."
        yield Problem(f"{dataset.name}/map.sql", f"against {earlier.where}", problem, remedy)


def changes(old: AvroSchema, new: AvroSchema) -> list[str]:
    """What differs between two record schemas, a line per field: added (+), removed (-), changed (~)."""
    return [*_field_changes(read_record(old), read_record(new), "")]


def _field_changes(old: AvroType, new: AvroType, place: str) -> Iterator[str]:
    before, after = fields_by_name(old), fields_by_name(new)
    yield from (f"+ {place}{name} {_told(after[name])}" for name in after if name not in before)
    yield from (f"- {place}{name} {_told(before[name])}" for name in before if name not in after)
    both = [name for name in after if name in before]
    for name in both:
        if _told(before[name]) != _told(after[name]):
            yield f"~ {place}{name} {_told(before[name])} -> {_told(after[name])}"
    for name in both:
        yield from _inner_changes(before[name].type, after[name].type, f"{place}{name}")


def _inner_changes(old: AvroType, new: AvroType, place: str) -> Iterator[str]:
    """What differs within a field: in its items, in the fields of its record."""
    if old.kind == new.kind == "record":
        yield from _field_changes(old, new, f"{place}.")
    if old.items is not None and new.items is not None:
        if old.items.nullable != new.items.nullable:
            yield f"~ {place}[] {_null(old.items)} -> {_null(new.items)}"
        yield from _inner_changes(old.items, new.items, f"{place}[]")


def _null(avro: AvroType) -> str:
    return "may be null" if avro.nullable else "not null"


def _schema_lines(old: Sequence[AvroSchema], new: AvroSchema, where: str) -> list[str]:
    return changes(old[-1], new) if old else [f"new, {where} has none"]


def _metric_lines(metric: Metric, earlier: Earlier) -> list[str]:
    old = earlier.metrics.get(metric.name, ())
    lines = _schema_lines(old, metric.schema, earlier.where)
    before = _key(old)
    return [*lines, f"~ key {', '.join(before)} -> {', '.join(metric.key)}"] if _differs(before, metric) else lines


def _contract_lines(dataset: Dataset, earlier: Earlier) -> list[str]:
    if earlier.contract is not None:
        return contract_changes(earlier.contract, dataset.contract)
    return [f"new, {earlier.where} has none" if earlier.has_contracts else _NO_CONTRACTS]


def _broken_outputs(stream: Stream, earlier: Earlier) -> Iterator[Problem]:
    yield from _broken(stream, earlier, "silver.avsc", earlier.silver, [stream.silver])
    for metric in stream.metrics:
        registered = earlier.metrics.get(metric.name, ())
        yield from _broken(stream, earlier, f"metrics/{metric.name}.avsc", registered, [metric.schema])
        yield from _changed_key(metric, registered, earlier.where)


def _broken(
    dataset: Dataset, earlier: Earlier, file: str, old: Sequence[AvroSchema], new: Iterable[AvroSchema]
) -> Iterator[Problem]:
    """The pairs of schemas, those of ``new`` that are not old following the ``old``, that break the promise.

    That is the one which was given before, if the contract gives less now.
    """
    where, level = earlier.where, dataset.contract.compatibility
    if earlier.contract is not None and promises_less(level, than=earlier.contract.compatibility):
        level = earlier.contract.compatibility
    schemas = dict(enumerate([*old, *(schema for schema in new if schema not in old)], start=1))
    for broken in broken_promises(schemas, level):
        yield Problem(
            f"{dataset.name}/{file}",
            f"against {where}",
            f"breaks {level}: {'; '.join(broken.reasons)}",
            "Give new fields a default and leave the types of old ones.",
        )
    for lost in lost_aliases(schemas):
        yield Problem(f"{dataset.name}/{file}", f"against {where}", "; ".join(lost.reasons), 'Add it to "aliases".')


def _changed_key(metric: Metric, old: Sequence[AvroSchema], where: str) -> Iterator[Problem]:
    before = _key(old)
    if _differs(before, metric):
        yield Problem(
            f"{metric.dataset}/metrics/{metric.name}.avsc",
            f"against {where}",
            f"key was {', '.join(before)}, is {', '.join(metric.key)}",
            "Restore it, or give the metric a new name: its topic and index hold rows by the old key.",
        )


def _key(schemas: Sequence[AvroSchema]) -> list[str]:
    """The key of the newest schema; empty where there is none, or the registry did not keep it."""
    return list(schemas[-1].get("key", ())) if schemas else []


def _differs(before: Sequence[str], metric: Metric) -> bool:
    return bool(before) and tuple(before) != metric.key


def _changed_versions(dataset: Dataset, earlier: Earlier) -> Iterator[Problem]:
    known = [_without_docs(schema) for schema in dataset.versions.values()]
    for number, schema in enumerate(earlier.raw, start=1):
        if _without_docs(schema) not in known:
            yield Problem(
                f"{dataset.name}/v{number}.avsc",
                f"against {earlier.where}",
                f"version {number} was {', '.join(column.name for column in columns(schema))}, and is no more",
                f"Restore it, and put the change into v{max(dataset.versions) + 1}.avsc.",
            )


def _without_docs(schema: AvroSchema) -> AvroType:
    """The schema's structure: words for people may change."""
    return _plain(read_record(schema))


def _plain(avro: AvroType) -> AvroType:
    return AvroType(
        avro.kind,
        avro.nullable,
        avro.null_first,
        avro.precision,
        avro.scale,
        avro.items and _plain(avro.items),
        tuple(
            Field(field.name, _plain(field.type), "", field.has_default, field.default, field.aliases)
            for field in avro.fields
        ),
        avro.name,
    )


def _told(field: Field) -> str:
    default = f" default {json.dumps(field.default)}" if field.has_default else ""
    aliases = f" alias {', '.join(field.aliases)}" if field.aliases else ""
    return f"{flink_type_of(field.type)}{'' if field.type.nullable else ' not null'}{default}{aliases}"
