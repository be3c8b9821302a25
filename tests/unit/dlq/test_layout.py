"""What is kept is there in the schemas."""

from typing import Any

from tests.contracts import SCHEMAS
from tidegate.avro.columns import MAP_KEY, MAP_VALUE
from tidegate.contracts.load import platform_schemas
from tidegate.dlq.layout import ENTRIES, LETTERS, Layout


def _has(schema: Any, path: list[str]) -> bool:
    if isinstance(schema, list):
        return any(_has(branch, path) for branch in schema)
    if not path:
        return True
    if not isinstance(schema, dict):
        return False
    if isinstance(schema["type"], dict | list):
        return _has(schema["type"], path)
    if schema["type"] in ("array", "map"):
        inner = path[1:] if path[0] in (MAP_KEY, MAP_VALUE) else path
        return _has(schema.get("items", schema.get("values")), inner)
    return any(field["name"] == path[0] and _has(field["type"], path[1:]) for field in schema.get("fields", ()))


def _lacking(layout: Layout, name: str) -> set[str]:
    schema = platform_schemas(SCHEMAS, name)[-1]
    return {kept.path for kept in layout.values() if not _has(schema, kept.path.split("."))}


def test_every_path_leads_to_a_field() -> None:
    assert _lacking(LETTERS, "dead_letter") == set()
    assert _lacking(ENTRIES, "dead_letter_state") == set()
