"""The folder of a new dataset, complete enough to run at once: ``tidegate contract new``."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from tidegate.avro.infer import TIMESTAMP, camel_case, infer_record
from tidegate.avro.paths import column_of, field_at, with_value
from tidegate.avro.types import AvroSchema, AvroType, fields_by_name, read_record, read_type
from tidegate.contracts import envelope
from tidegate.contracts.check import check_datasets
from tidegate.contracts.load import MAP_FILE, MAPPED_FILE
from tidegate.contracts.naming import events_alias, index_pattern
from tidegate.contracts.new.choose_fields import (
    Chosen,
    Fields,
    choose_identity,
    choose_time,
    sent_name,
    values_of,
    with_time,
)
from tidegate.contracts.new.first_rule import FirstRule, first_rule
from tidegate.contracts.new.made_up import made_up
from tidegate.contracts.new.map_files import mapped
from tidegate.contracts.new.plain_types import plain_fields
from tidegate.contracts.new.time_sent import EXAMPLE_TIME
from tidegate.contracts.new.topic_section import TopicFacts, new_topic, topic_as_it_is
from tidegate.errors import ContractError

DEFAULT_SAMPLES: Sequence[Mapping[str, Any]] = (
    {"event_id": "019b7975-5000-7c3a-9f21-6f0d6a1b2c01", "event_time": "2026-01-01T11:59:58.250Z", "name": "first"},
    {"event_id": "019b7975-5000-7c3a-9f21-6f0d6a1b2c02", "event_time": "2026-01-01T11:59:58.500Z"},
)
"""What a dataset starts with if there is no sample of it."""
_DATASET = re.compile(r"^[a-z][a-z0-9_]*$")
_EXAMPLES = 5
_ENVELOPE_FIRST = (
    {"name": envelope.SOURCE_PARTITION, "type": "int", "doc": "partition of the raw record"},
    {"name": envelope.SOURCE_OFFSET, "type": "long", "doc": "offset of the raw record"},
)
_ENVELOPE_LAST = (
    {"name": envelope.SOURCE_TOPIC, "type": "string", "doc": "topic of the raw record"},
    {"name": envelope.INGESTED_AT, "type": dict(TIMESTAMP), "doc": "Kafka timestamp of the raw record"},
    {"name": envelope.SCHEMA_ID, "type": "int", "doc": "registry id the raw record was written with"},
    {
        "name": envelope.WARNINGS,
        "type": {"type": "array", "items": "string"},
        "default": [],
        "doc": "names of the warn rules the event did not meet",
    },
)


def scaffold(name: str, samples: Sequence[Mapping[str, Any]], fields: Fields) -> dict[str, str]:
    """The files of the dataset's folder by their paths in it.

    Raises:
        ContractError: a name, field or sample that can't be used.
    """
    require_name(name)
    if not samples:
        raise ContractError("the sample has no record.", remedy="Give a file with a JSON object per line.")
    record = camel_case(name)
    raw = infer_record(record, samples, taken=[silver_name(record)], is_free=is_free)
    raw = {**raw, "namespace": f"tidegate.{name}", "doc": f"One record of {name}."}
    event_time = choose_time(raw, fields.event_time)
    values = values_of(raw, event_time, samples)
    raw, made = with_time(raw, replace(fields, event_time=event_time), values)
    identity = choose_identity(raw, fields.identity)
    return _files(name, raw, Chosen(identity, event_time, made), samples, new_topic(name, _key(raw, identity)))


def require_name(dataset: str) -> None:
    """Refuse what is no name of a dataset.

    Raises:
        ContractError: it is none.
    """
    if not _DATASET.match(dataset):
        raise ContractError(f"{dataset!r} is no name for a dataset.", remedy="Use lower-case letters, digits and _.")


def taken_in(name: str, raw: AvroSchema, chosen: Chosen, topic: TopicFacts) -> dict[str, str]:
    """As :func:`scaffold`, from the schema of a topic that is there.

    The example is made from the schema: no record of the topic is copied into the folder.
    """
    return _files(name, raw, chosen, [made_up(read_record(raw))], topic_as_it_is(topic))


def _files(
    name: str, raw: AvroSchema, chosen: Chosen, samples: Sequence[Mapping[str, Any]], topic: str
) -> dict[str, str]:
    identity = chosen.identity
    mapping = None if chosen.made is None else mapped(raw, chosen.event_time, chosen.made)
    event_time = chosen.event_time if mapping is None else mapping.time
    rule = first_rule(column_of(identity), _type_of(raw, identity))
    silver = _silver(raw if mapping is None else mapping.schema, identity, event_time)
    return {
        "contract.yaml": _contract(name, Chosen(identity, event_time), topic, rule),
        "v1.avsc": avsc_text(raw),
        **({} if mapping is None else {MAP_FILE: mapping.sql, MAPPED_FILE: avsc_text(mapping.schema)}),
        "silver.avsc": avsc_text(silver),
        "refine.sql": _refine_sql(silver),
        **_examples(raw, chosen, samples, rule),
    }


def _examples(raw: AvroSchema, chosen: Chosen, samples: Sequence[Mapping[str, Any]], rule: FirstRule) -> dict[str, str]:
    """Records as they are sent."""
    sent_time, sent_id = sent_name(raw, chosen.event_time), sent_name(raw, chosen.identity)
    time = EXAMPLE_TIME if chosen.made is None else chosen.made.sent
    valid = [_with(sample, sent_time, time) for sample in samples[:_EXAMPLES]]
    return {
        "examples/valid.jsonl": "".join(map(_valid, valid)),
        "examples/invalid.jsonl": _invalid(_with(valid[0], sent_id, rule.broken_by), rule.name, sent_id),
    }


def _key(raw: AvroSchema, identity: str) -> str:
    return _yaml(identity) if _type_of(raw, identity).kind == "string" else "null"


def _type_of(raw: AvroSchema, name: str) -> AvroType:
    field = field_at(fields_by_name(read_record(raw)), name)
    assert field is not None, f"{name} is no field"
    return field.type


def write(schemas_dir: Path, name: str, files: Mapping[str, str]) -> Path:
    """Writes the files of a new dataset and returns its folder, which is there whole and sound or not at all.

    Raises:
        ContractError: the folder is there already, or a check finds a problem in the files.
    """
    folder = schemas_dir / name
    if folder.exists():
        raise ContractError(f"{folder} is there already.", remedy="Choose another name, or remove it first.")
    schemas_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{name}-", dir=schemas_dir) as drafts:
        draft = Path(drafts) / name
        for path, content in files.items():
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            (draft / path).write_text(content, encoding="utf-8", newline="\n")
        if problems := check_datasets(Path(drafts), [name]).problems:
            first = problems[0]
            raise ContractError(f"{first.file}: {first.place}: {first.problem}.", remedy=first.remedy)
        draft.rename(folder)
    return folder


def renamed_fields(files: Mapping[str, str]) -> dict[str, str]:
    """What Avro, the lake or the index can't name as it is sent: the names in the contract, by those in JSON."""
    return dict(_renamed(json.loads(files["v1.avsc"])))


def _renamed(avro: Any) -> Iterator[tuple[str, str]]:
    if isinstance(avro, list):
        yield from chain.from_iterable(map(_renamed, avro))
    elif isinstance(avro, dict):
        if "json" in avro:
            yield avro["json"], avro["name"]
        for inside in ("fields", "type", "items", "values"):
            yield from _renamed(avro.get(inside))


def is_free(name: str) -> bool:
    """Whether a column of the job, the lake and the index may have a name."""
    return not name.startswith("_") and name.lower() not in envelope.LAKE_PARTITIONS


def silver_name(record: str) -> str:
    """What the record of a silver row is called."""
    return f"{record}Silver"


def _silver(raw: AvroSchema, identity: str, event_time: str) -> AvroSchema:
    """The identity stands first; what a path leads to is a column of its own."""
    fields = plain_fields(raw)
    for path in (event_time, identity):
        if "." in path and not any(field["name"] == path for field in fields):
            fields = [{"name": column_of(path), "type": _leaf(fields, path)}, *fields]
    first = [field for field in fields if field["name"] == column_of(identity)]
    others = [field for field in fields if field["name"] != column_of(identity)]
    return {
        **raw,
        "name": silver_name(raw["name"]),
        "doc": f"One valid, deduplicated record. Grain: one row per {identity}.",
        "fields": [*_ENVELOPE_FIRST, *first, *others, *_ENVELOPE_LAST],
    }


def _leaf(fields: Sequence[AvroSchema], path: str) -> Any:
    """The type at a path, none of whose records may be null."""
    first, _, rest = path.partition(".")
    found = next(field["type"] for field in fields if field["name"] == first)
    return _leaf(found["fields"], rest) if rest else found


def _refine_sql(silver: AvroSchema) -> str:
    columns = ",\n".join(f"    `{field['name']}`" for field in silver["fields"])
    return (
        f"-- Grain: one silver row per valid record. Rename, derive and map here.\nselect\n{columns}\nfrom validated\n"
    )


def _contract(name: str, chosen: Chosen, topic: str, rule: FirstRule) -> str:
    identity, event_time = chosen.identity, chosen.event_time
    id_name, time_name = _yaml(identity), _yaml(event_time)
    time_column = column_of(event_time)
    return f"""# yaml-language-server: $schema=../../docs/contract.schema.json
dataset: {_yaml(name)}
owner: {name}-team
description: One row per record of {name}.

topic:
{topic}compatibility: BACKWARD_TRANSITIVE

event_time:
  field: {time_name}
  earliest: 2010-01-01T00:00:00Z
  max_future_s: 600

identity: [{id_name}]
dedup_ttl_hours: 1

rules:
  - name: {rule.name}
    field: {id_name}
    check: >-
      {rule.check}
    severity: reject
    description: {identity} {rule.meaning}

index:
  pattern: {index_pattern(events_alias(name), time_column, "yyyy.MM.dd")}
"""


def _yaml(name: str) -> str:
    """A name as YAML reads it back: ``on`` and ``no`` would be booleans."""
    return name if yaml.safe_load(name) == name else json.dumps(name)


def _valid(record: Mapping[str, Any]) -> str:
    return _example(record, {"verdict": "silver"}, "from the sample")


def _invalid(record: Mapping[str, Any], rule: str, identity: str) -> str:
    refused = {"verdict": "dead_letter", "error_code": "RULE_VIOLATED", "violations": [rule]}
    return _example(record, refused, f"without {identity}")


def _with(record: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """The record with another value of a field, or at a path; a field may be sent by a name with dots."""
    first = name.partition(".")[0]
    is_path = name not in record and isinstance(record.get(first), Mapping)
    return with_value(record, name, value) if is_path else {**record, name: value}


def _example(record: Mapping[str, Any], expect: Mapping[str, Any], note: str) -> str:
    return json.dumps({"record": record, "expect": expect, "note": note}, ensure_ascii=False) + "\n"


def avsc_text(schema: AvroSchema) -> str:
    """One field a line, as a person would write it."""
    head = {key: value for key, value in schema.items() if key != "fields"}
    lines = ",\n".join(f"    {json.dumps(field, ensure_ascii=False)}" for field in schema["fields"])
    text = json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}")
    result = f'{text},\n  "fields": [\n{lines}\n  ]\n}}\n'
    read_type(json.loads(result), str(schema["name"]))
    return result
