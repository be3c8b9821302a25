"""A schema as fastavro writes with it, which puts a field's default where a record has no value.

JSON has no bytes: Avro spells a default of bytes as text whose code points, 0 to 255, are the bytes (Avro 1.12
specification, "Complex Types"). fastavro parses such a default and then can't write it; here it becomes bytes.
"""

from typing import Any

import fastavro
from fastavro.schema import SchemaParseException, UnknownType

from tidegate.avro.types import AvroSchema
from tidegate.errors import ContractError


def parse(schema: AvroSchema) -> AvroSchema:
    """``schema``, parsed by fastavro; ``schema`` itself stays as it is.

    Raises:
        ContractError: it is no Avro schema, for example as a default is not of its field's type.
    """
    try:
        parsed = fastavro.parse_schema(schema)
    except (SchemaParseException, UnknownType, KeyError, ValueError, TypeError) as error:
        raise ContractError(
            f"the schema of {schema.get('name')} is not Avro: {error}.",
            remedy="Correct the newest v<N>.avsc; `tidegate contract check` names the place.",
        ) from error
    assert isinstance(parsed, dict)
    _make_writable(parsed, {})
    return parsed


def _make_writable(avro_type: Any, named: dict[str, AvroSchema]) -> None:
    """Turns the defaults of all records in ``avro_type`` into what fastavro can write.

    ``named``: records, enums and fixed that were met, by the full names that fastavro gives them.
    """
    if isinstance(avro_type, list):
        for branch in avro_type:
            _make_writable(branch, named)
    if not isinstance(avro_type, dict):
        return
    if avro_type["type"] in ("record", "enum", "fixed"):
        named[avro_type["name"]] = avro_type
    for field in avro_type.get("fields", ()):
        _make_writable(field["type"], named)
        if "default" in field:
            field["default"] = _writable(field["default"], field["type"], named)
    for inner in ("type", "items", "values"):
        _make_writable(avro_type.get(inner), named)


def _writable(default: Any, avro_type: Any, named: dict[str, AvroSchema]) -> Any:
    if isinstance(avro_type, list):
        others = (each for each in avro_type if each != "null")
        return default if default is None else _writable(default, next(others), named)
    if isinstance(avro_type, str) and avro_type in named:
        return _writable(default, named[avro_type], named)
    kind = avro_type["type"] if isinstance(avro_type, dict) else avro_type
    match kind:
        case "bytes" | "fixed" if isinstance(default, str):
            return default.encode("latin-1")
        case "array":
            return [_writable(item, avro_type["items"], named) for item in default]
        case "map":
            return {key: _writable(item, avro_type["values"], named) for key, item in default.items()}
        case "record":
            types = {field["name"]: field["type"] for field in avro_type["fields"]}
            return {name: _writable(value, types[name], named) for name, value in default.items()}
        case _:
            return default
