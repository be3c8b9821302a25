"""Whether a dataset's ``map.sql`` can be carried out, and paths in its contract can be columns. Pure.

The proof reads the identity of records as they came, and compares it with silver's: so the mapping passes it straight.
"""

from collections.abc import Iterator

from tidegate.avro.paths import column_of, field_at
from tidegate.contracts.check_select import selection_problems
from tidegate.contracts.dataset import Draft
from tidegate.contracts.expect import Found
from tidegate.contracts.load import MAP_FILE, MAPPED_FILE
from tidegate.contracts.map_sql import read_map
from tidegate.contracts.problem import Problem

_ONE_SELECT = (
    "Write one SELECT … FROM raw: each record gives one row. What is to be left out is left out by a `drop` rule."
)


def mapping_problems(draft: Draft) -> list[Problem]:
    """What is wrong with ``map.sql``, and with what the contract's paths are called as columns."""
    file = f"{draft.name}/{MAP_FILE}"
    found = [Problem(f"{draft.name}/contract.yaml", *each) for each in _column_problems(draft)]
    if draft.map_sql is None or draft.mapped is None:
        return found
    if fault := read_map(draft.map_sql).fault:
        return [*found, Problem(file, "select", fault, _ONE_SELECT)]
    selected = [*selection_problems(draft.map_sql, draft.mapped, MAPPED_FILE)]
    return [*found, *(Problem(file, *each) for each in selected or _identity_problems(draft))]


def _column_problems(draft: Draft) -> Iterator[Found]:
    known = dict.fromkeys(draft.mapped_fields, "a field of the record")
    for path in draft.column_paths:
        column = column_of(path)
        if column in known:
            problem = f"{path} is called {column} as a column, as {known[column]} is"
            yield path, problem, "Name that field in its place, or give one of them another name by a map.sql."
        known[column] = path


def _identity_problems(draft: Draft) -> Iterator[Found]:
    for name in draft.contract.identity:
        mapped = field_at(draft.mapped_fields, name)
        path = draft.raw_path(name)
        source = field_at(draft.raw_fields, path) if path else None
        if mapped is None:
            continue  # told by other checks
        if source is None:
            problem = f"{name} identifies records and is made anew: the proof could not find it in raw"
            yield (
                name,
                problem,
                f"Select a field as it came: `meta.id as {name}`, and what is made of it by another name.",
            )
        elif source.type.kind != mapped.type.kind:
            problem = f"{name} identifies records and is {source.type.kind} in raw, {mapped.type.kind} in {MAPPED_FILE}"
            yield name, problem, "Give it the same type."
