"""Whether what a contract names exists and fits: fields of the raw and silver schemas, columns of references."""

from collections.abc import Iterator

from tidegate.avro.types import AvroSchema, AvroType, Field, Kind, columns, fields_by_name, read_record
from tidegate.contracts import envelope, naming
from tidegate.contracts.dataset import Draft
from tidegate.contracts.model import Contract, Enrich
from tidegate.contracts.problem import Problem
from tidegate.contracts.sql_outline import outline

TIMESTAMPS: frozenset[Kind] = frozenset({"timestamp-millis", "timestamp-micros"})
_KEY_TYPES: frozenset[Kind] = frozenset({"string"})


def contract_problems(draft: Draft, drafts: dict[str, Draft]) -> list[Problem]:
    """Names in ``contract.yaml`` that point nowhere or at a field of the wrong type."""
    contract = draft.contract
    found = [*_raw_problems(contract, draft.raw_fields)]
    found += _explode_problems(draft)
    for position, enrich in enumerate(contract.enrich):
        found += _enrich_problems(f"enrich.{position}", draft, enrich, drafts.get(enrich.reference))
    if contract.kind == "reference":
        found += _reference_problems(contract)
    if draft.silver is not None:
        found += _index_problems(contract, _fields(draft.silver))
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


def metric_problems(draft: Draft) -> list[Problem]:
    """What is wrong with the files in ``metrics/``."""
    found = []
    for metric in draft.metrics:
        fields, path = metric.fields, f"{draft.name}/metrics/{metric.name}"
        key = [
            problem
            for position, name in enumerate(metric.key)
            for problem in _expect(
                fields, f"key.{position}", name, None if position else TIMESTAMPS, where=f"{metric.name}.avsc"
            )
        ]
        found += [Problem(f"{path}.avsc", *problem) for problem in key]
        found += [
            Problem(f"{path}.sql", *problem)
            for problem in _selection_problems(metric.sql, metric.schema, f"{metric.name}.avsc")
        ]
    return found


_Found = tuple[str, str, str]


def _raw_problems(contract: Contract, raw: dict[str, Field]) -> Iterator[_Found]:
    yield from _expect(raw, "event_time.field", contract.event_time.field, TIMESTAMPS)
    if contract.topic.key is not None:
        yield from _expect(raw, "topic.key", contract.topic.key, _KEY_TYPES)
    for position, name in enumerate(contract.identity):
        yield from _expect(raw, f"identity.{position}", name, None)
    for position, rule in enumerate(contract.rules):
        yield from _expect(raw, f"rules.{position}.field", rule.field, None, may_be_null=True)
    for position, privacy in enumerate(contract.privacy):
        place = f"privacy.{position}.field"
        yield from _expect(raw, place, privacy.field, _KEY_TYPES, may_be_null=True)
        field = raw.get(privacy.field)
        if privacy.method == "drop" and field is not None and not field.type.nullable:
            yield place, f"{privacy.field} is dropped but may not be null", 'Make it ["null", "string"].'


def _explode_problems(draft: Draft) -> Iterator[_Found]:
    contract, raw, items = draft.contract, draft.raw_fields, draft.item_fields
    if contract.explode is None:
        return
    field, position = contract.explode.field, contract.explode.position
    yield from _expect(raw, "explode.field", field, frozenset({"array"}))
    if field in raw and not items:
        yield "explode.field", f"the items of {field} are no records", "Make them records, with a field at least."
    for name in (*items, position):
        if name in raw:
            yield "explode", f"{name} is a field of the record and of its items", "Give one of them another name."
    if position in items:
        yield "explode.position", f"{position} is a field of the items", "Choose another name."
    for number, enrich in enumerate(contract.enrich):
        if enrich.missing == "dead_letter":
            problem = "one item without its reference would dead-letter a record whose other items are in silver"
            yield f"enrich.{number}.missing", problem, "Use keep."


def _enrich_problems(place: str, draft: Draft, enrich: Enrich, reference: Draft | None) -> Iterator[_Found]:
    yield from _expect(draft.raw_fields | draft.item_fields, f"{place}.on", enrich.on, _KEY_TYPES, may_be_null=True)
    if reference is None or reference.contract.kind != "reference":
        yield f"{place}.reference", f"there is no reference dataset {enrich.reference}", "Add its folder."
        return
    for name in enrich.columns:
        yield from _expect(reference.raw_fields, f"{place}.columns", name, None, may_be_null=True)


def _reference_problems(contract: Contract) -> Iterator[_Found]:
    if not contract.topic.compacted:
        yield "topic.compacted", "reference data is kept by key", "Set compacted: true."
    if contract.topic.key is None or contract.identity != [contract.topic.key]:
        yield "topic.key", "the key of reference data is its identity", "Give both the same single field."


def _index_problems(contract: Contract, silver: dict[str, Field]) -> Iterator[_Found]:
    if contract.index is None:
        return
    prefix = naming.index_prefix(naming.events_alias(contract.dataset))
    if not contract.index.pattern.startswith(prefix + "{"):
        yield "index.pattern", "its indices are not the dataset's own", f"Start it with {prefix}{{."
    by = contract.index.pattern.partition("{")[2].partition("|")[0]
    yield from _expect(silver, "index.pattern", by, TIMESTAMPS, where="silver.avsc")
    for name in contract.index.overrides:
        yield from _expect(silver, f"index.overrides.{name}", name, None, may_be_null=True, where="silver.avsc")


def _expect(
    fields: dict[str, Field],
    place: str,
    name: str,
    kinds: frozenset[Kind] | None,
    *,
    may_be_null: bool = False,
    where: str = "the newest v<N>.avsc",
) -> Iterator[_Found]:
    if name not in fields:
        yield place, f"there is no field {name} in {where}", f"Known: {', '.join(fields)}."
        return
    avro = fields[name].type
    if kinds is not None and avro.kind not in kinds:
        yield place, f"{name} is {avro.kind}", f"Name a field of type {' or '.join(sorted(kinds))}."
    if avro.nullable and not may_be_null:
        yield place, f"{name} may be null", "Name a field that may not be null, or make it so."


def _envelope_problems(contract: Contract, silver: AvroSchema) -> Iterator[_Found]:
    fields = _fields(silver)
    first = [*envelope.PLACE, *contract.row_identity]
    if list(fields)[: len(first)] != first:
        yield "fields", "the proof reads the first fields by position", f"Start with {', '.join(first)}."
    for name, expected in envelope.TYPES.items():
        if name not in fields:
            yield f"fields.{name}", "missing from the envelope", "Copy it from another dataset's silver.avsc."
        elif fields[name].type != expected:
            yield f"fields.{name}", "has another type than the envelope's", f"Make it {_describe(expected)}."


def _fields(schema: AvroSchema) -> dict[str, Field]:
    return fields_by_name(read_record(schema))


def _refine_problems(sql: str | None, silver: AvroSchema) -> Iterator[_Found]:
    if sql is None:
        yield "file", "missing", "Add one SELECT over the view `validated`."
        return
    query = outline(sql)
    if query.statements == 1 and (cut := sorted(query.clauses - {"FROM"})):
        yield cut[0].lower(), f"an outer {cut[0]} would lose or regroup events unseen", "Filter by a `drop` rule."
    yield from _selection_problems(sql, silver, "silver.avsc")


def _selection_problems(sql: str, output: AvroSchema, file: str) -> Iterator[_Found]:
    """Whether one SELECT has the columns of the schema it fills."""
    query = outline(sql)
    if query.statements != 1:
        yield "statement", f"holds {query.statements} statements", "Keep one SELECT."
        return
    wanted = [column.name for column in columns(output)]
    selected = [name for name in query.columns if name is not None]
    if len(selected) != len(query.columns):
        position = query.columns.index(None) + 1
        yield f"column {position}", "has no name", "Add `as <name>`."
    if missing := [name for name in wanted if name not in selected]:
        yield "select", f"lacks columns of {file}: {', '.join(missing)}", "Select them."
    if surplus := [name for name in selected if name not in wanted]:
        yield "select", f"has columns {file} lacks: {', '.join(surplus)}", f"Add them to {file}."


def _describe(avro: AvroType) -> str:
    return f"an array of {avro.items.kind}" if avro.items else avro.kind
