"""Whether what a contract names exists and fits: fields of the raw and silver schemas, columns of references."""

from collections.abc import Iterator

from tidegate.avro.paths import field_at
from tidegate.avro.types import AvroSchema, AvroType, Field, fields_by_name, read_record
from tidegate.contracts import envelope, naming
from tidegate.contracts.check_select import selection_problems
from tidegate.contracts.dataset import Draft
from tidegate.contracts.expect import KEY_TYPES, TEXTS, TIMESTAMPS, Found, expect
from tidegate.contracts.model import Contract
from tidegate.contracts.problem import Problem
from tidegate.contracts.sql_outline import outline


def contract_problems(draft: Draft) -> list[Problem]:
    """Names in ``contract.yaml`` that point nowhere or at a field of the wrong type."""
    contract = draft.contract
    found = [*_record_problems(contract, draft.mapped_fields, draft.record_file)]
    found += _explode_problems(draft)
    if draft.silver is not None:
        found += [
            *_silver_time_problems(contract, _fields(draft.silver)),
            *_index_problems(contract, _fields(draft.silver)),
        ]
    file = f"{draft.name}/contract.yaml"
    return [Problem(file, place, problem, remedy) for place, problem, remedy in found]


def silver_problems(draft: Draft) -> list[Problem]:
    """What is wrong with ``silver.avsc`` and ``refine.sql`` of a stream; reference data has neither."""
    if draft.contract.kind == "reference":
        return []
    if draft.silver is None:
        return [Problem(f"{draft.name}/silver.avsc", "file", "missing", "Add the output's Avro schema.")]
    envelope = [
        Problem(f"{draft.name}/silver.avsc", place, problem, remedy)
        for place, problem, remedy in _envelope_problems(draft.contract, draft.silver)
    ]
    refine = [
        Problem(f"{draft.name}/refine.sql", place, problem, remedy)
        for place, problem, remedy in _refine_problems(draft.refine_sql, draft.silver)
    ]
    return envelope + refine


def _record_problems(contract: Contract, raw: dict[str, Field], where: str) -> Iterator[Found]:
    yield from expect(raw, "event_time.field", contract.event_time.field, TIMESTAMPS, where=where)
    if contract.topic.key is not None:
        yield from expect(raw, "topic.key", contract.topic.key, KEY_TYPES, where=where)
    for position, name in enumerate(contract.identity):
        yield from expect(raw, f"identity.{position}", name, None, where=where)
    for position, rule in enumerate(contract.rules):
        yield from expect(raw, f"rules.{position}.field", rule.field, None, may_be_null=True, where=where)
    for position, privacy in enumerate(contract.privacy):
        place = f"privacy.{position}.field"
        yield from expect(raw, place, privacy.field, TEXTS, may_be_null=True, where=where)
        field = field_at(raw, privacy.field)
        if privacy.method == "mask" and privacy.field == contract.topic.key:
            problem = f"{privacy.field} is masked and the key: all of silver would lie in one partition"
            yield place, problem, "Hash it by method hmac, or name another topic.key."
        if privacy.method == "drop" and field is not None and not field.type.nullable:
            yield place, f"{privacy.field} is dropped but may not be null", 'Make it ["null", "string"].'


def _explode_problems(draft: Draft) -> Iterator[Found]:
    contract, raw, items = draft.contract, draft.mapped_fields, draft.item_fields
    if contract.explode is None:
        return
    field, position = contract.explode.field, contract.explode.position
    yield from expect(raw, "explode.field", field, frozenset({"array"}), where=draft.record_file)
    if field in raw:
        yield from _item_problems(field, raw[field].type.items)
    for name in (*items, position):
        if name in raw:
            yield "explode", f"{name} is a field of the record and of its items", "Give one of them another name."
    if position in items:
        yield "explode.position", f"{position} is a field of the items", "Choose another name."
    for number, enrich in enumerate(contract.enrich):
        if enrich.missing == "dead_letter":
            problem = "one item without its reference would dead-letter a record whose other items are in silver"
            yield f"enrich.{number}.missing", problem, "Use keep."


def _item_problems(field: str, items: AvroType | None) -> Iterator[Found]:
    """What keeps the items of an array from becoming rows."""
    if items is None or items.kind != "record":
        yield "explode.field", f"the items of {field} are no records", "Make them records, with a field at least."
    elif items.nullable:
        yield "explode.field", f"items of {field} may be null", "Make them records that may not be null."


def _silver_time_problems(contract: Contract, silver: dict[str, Field]) -> Iterator[Found]:
    """The lake's day, the metrics and the dashboards go by silver's column of the event time."""
    yield from expect(silver, "event_time.field", contract.event_time.column, TIMESTAMPS, where="silver.avsc")


def _index_problems(contract: Contract, silver: dict[str, Field]) -> Iterator[Found]:
    if contract.index is None:
        return
    prefix = naming.index_prefix(naming.events_alias(contract.dataset))
    if not contract.index.pattern.startswith(prefix + "{"):
        yield "index.pattern", "its indices are not the dataset's own", f"Start it with {prefix}{{."
    by = contract.index.pattern.partition("{")[2].partition("|")[0]
    yield from expect(silver, "index.pattern", by, TIMESTAMPS, where="silver.avsc")
    for name, mapping in contract.index.overrides.items():
        place = f"index.overrides.{name}"
        yield from expect(silver, place, name, None, may_be_null=True, where="silver.avsc")
        if not isinstance(mapping.get("type", "object"), str) or not mapping:
            yield place, "is no mapping", "Write one such as {type: text}, or delete it."


def _envelope_problems(contract: Contract, silver: AvroSchema) -> Iterator[Found]:
    fields = _fields(silver)
    first = [*envelope.PLACE, *contract.row_identity]
    if list(fields)[: len(first)] != first:
        yield "fields", "the proof reads the first fields by position", f"Start with {', '.join(first)}."
    for name, expected in envelope.TYPES.items():
        if name not in fields:
            yield f"fields.{name}", "missing from the envelope", "Copy it from another dataset's silver.avsc."
        elif fields[name].type != expected:
            yield f"fields.{name}", "has another type than the envelope's", f"Make it {_describe(expected)}."
    yield from _rescued_problems(contract, fields)


def _rescued_problems(contract: Contract, silver: dict[str, Field]) -> Iterator[Found]:
    rescued = silver.get(envelope.RESCUED)
    if contract.rescues and rescued is not None and not (rescued.type.kind == "string" and rescued.type.nullable):
        yield f"fields.{envelope.RESCUED}", "is null where a record has no unknown field", 'Make it ["null", "string"].'


def _fields(schema: AvroSchema) -> dict[str, Field]:
    return fields_by_name(read_record(schema))


def _refine_problems(sql: str | None, silver: AvroSchema) -> Iterator[Found]:
    if sql is None:
        yield "file", "missing", "Add one SELECT over the view `validated`."
        return
    query = outline(sql)
    if query.statements == 1 and (cut := sorted(query.clauses - {"FROM"})):
        yield cut[0].lower(), f"an outer {cut[0]} would lose or regroup events unseen", "Filter by a `drop` rule."
    yield from selection_problems(sql, silver, "silver.avsc")


def _describe(avro: AvroType) -> str:
    return f"an array of {avro.items.kind}" if avro.items else avro.kind
