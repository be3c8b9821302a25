"""Fields for the columns of a sample that a contract does not know yet: a proposal, which somebody looks over. Pure.

A field may be null and has that as its default: rows from before the column was there have none.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.avro.infer import camel_case, infer_record
from tidegate.contracts.dataset import Stream
from tidegate.contracts.new.from_file import Sample
from tidegate.contracts.new.scaffold import avsc_text, is_free


@dataclass(frozen=True, slots=True)
class Evolved:
    """The next version of a dataset's schema: its number, its text, and the fields that are new in it, as Avro."""

    version: int
    text: str
    fields: Sequence[Mapping[str, Any]]


def evolved(dataset: Stream, sample: Sample) -> Evolved | None:
    """None if the newest schema has a field for each column.

    Raises:
        ContractError: a column has values of several kinds; names it.
    """
    newest = dataset.latest
    known = {name for field in newest["fields"] for name in _names(field)}
    lacking = [*dict.fromkeys(name for row in sample.samples for name in row if name not in known)]
    if not lacking:
        return None
    rows = [{name: row.get(name) for name in lacking} for row in sample.samples]
    columns = {field["name"].lower() for field in newest["fields"]}
    record = infer_record(
        camel_case(dataset.name),
        rows,
        taken=_records(newest),
        is_free=lambda name: is_free(name) and name.lower() not in columns,
    )
    fields = [_nullable(field, sample.types) for field in record["fields"]]
    text = avsc_text({**newest, "fields": [*newest["fields"], *fields]})
    return Evolved(max(dataset.versions) + 1, text, fields)


def _names(field: Mapping[str, Any]) -> Iterator[str]:
    """By which a column is found."""
    yield field.get("json", field["name"])
    yield from field.get("aliases", ())


def _nullable(field: Mapping[str, Any], types: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    kind = field["type"][1] if isinstance(field["type"], list) else field["type"]
    known = types.get(field.get("json", field["name"]))
    sent = {"json": field["json"]} if "json" in field else {}
    return {"name": field["name"], "type": ["null", kind if known is None else dict(known)], "default": None, **sent}


def _records(schema: object) -> set[str]:
    """Names of types within, which Avro wants to be there once."""
    if isinstance(schema, list):
        return {name for each in schema for name in _records(each)}
    if not isinstance(schema, dict):
        return set()
    own = {schema["name"]} if schema.get("type") in ("record", "enum", "fixed") else set()
    return own.union(*(_records(each) for each in schema.values() if isinstance(each, dict | list)))


def line_of(field: Mapping[str, Any]) -> str:
    """As a line of a schema's file."""
    return json.dumps(field, ensure_ascii=False)
