"""What a contract says has an effect: each of its fields has a reader, or an issue that will give it one.

A reader is code outside ``model.py`` that takes the field from its section: ``event_time.field``, ``rule.check``. So a
field of another section with the same name does not count as one.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from pydantic import BaseModel

from tests.project import PROJECT
from tidegate.contracts import file_section, model
from tidegate.contracts.part import Part

CALLED: Mapping[type[BaseModel], tuple[str, ...]] = {
    model.Contract: ("contract",),
    model.Topic: ("topic",),
    model.EventTime: ("event_time", "window"),
    model.Rule: ("rule",),
    model.Privacy: ("privacy",),
    model.Enrich: ("enrich",),
    model.Explode: ("explode",),
    model.Lake: ("lake",),
    model.Index: ("index",),
    model.DeadLetters: ("dead_letters",),
    model.Silver: ("silver",),
    file_section.FileSection: ("file",),
    file_section.Csv: ("csv",),
    file_section.Complete: ("complete",),
    file_section.Expected: ("expected",),
    file_section.Thresholds: ("thresholds", "limits"),
}
"""What readers call a value of each section."""
EXPECTED: dict[str, str] = {}
"""The fields without a reader, with the issue that will read them."""


@cache
def reads() -> frozenset[str]:
    """``owner.attribute`` of every attribute that the code takes, the owner by its last name."""
    found = set()
    for root in ("tidegate", "flink_jobs", "producers"):
        for path in (PROJECT / root).rglob("*.py"):
            if path.name not in ("model.py", "file_section.py") or path.parent.name != "contracts":
                found |= set(attributes(ast.parse(path.read_text())))
    return frozenset(found)


def attributes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            match node.value:
                case ast.Name(id=owner) | ast.Attribute(attr=owner):
                    yield f"{owner.lstrip('_')}.{node.attr}"


def unread(called: Mapping[type[BaseModel], tuple[str, ...]]) -> list[str]:
    """The fields that nothing reads, of the sections by what they are called; a section within one is no such field."""
    return [
        f"{names[0]}.{field}"
        for section, names in called.items()
        for field, info in section.model_fields.items()
        if not any(f"{each.__module__}.{each.__name__}" in str(info.annotation) for each in CALLED)
        and not any(f"{name}.{field}" in reads() for name in names)
    ]


def test_every_field_has_a_reader_or_the_issue_that_will_give_it_one() -> None:
    assert sorted(unread(CALLED)) == sorted(EXPECTED)


def test_every_section_is_looked_at() -> None:
    every = [each for module in (model, file_section) for each in vars(module).values()]
    sections = {each for each in every if isinstance(each, type) and issubclass(each, Part)}
    assert sections - {Part} == CALLED.keys()


@pytest.mark.parametrize("name", ["colour", "severity", "field"])
def test_a_new_field_is_found_even_if_another_section_has_its_name(name: str) -> None:
    class Wider(model.Topic):
        __annotations__ = {name: str}

    assert unread({Wider: ("topic",)}) == [f"topic.{name}"]
