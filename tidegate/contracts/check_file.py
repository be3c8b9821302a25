"""Whether the section ``file`` of a contract can be kept: where files are, and which columns theirs may be. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tidegate.avro.json_values import sent_name
from tidegate.avro.types import Field
from tidegate.contracts.dataset import Draft
from tidegate.contracts.expect import Found
from tidegate.contracts.file_pattern import marker_name, marker_problem, pattern_problem
from tidegate.contracts.file_section import FileSection
from tidegate.contracts.problem import Problem

NESTED = frozenset({"array", "map", "record"})
"""What no cell of CSV holds."""
_PATTERN = "Write it such as landing/orders/{date:yyyy-MM-dd}/part-*.csv, or s3://bucket/… ."

_MARKER = "Give each date a folder in file.pattern, or write the date into the name, such as done_{date:yyyyMMdd}."


def file_problems(draft: Draft) -> list[Problem]:
    """What is wrong with the files of a dataset as its contract describes them; none of another kind."""
    file = draft.contract.file
    if file is None:
        return []
    newest = f"{draft.name}/v{max(draft.versions)}.avsc"
    found = [Problem(f"{draft.name}/contract.yaml", *each) for each in _section_problems(file, draft)]
    if file.is_csv:
        found += [Problem(newest, *each) for each in _cell_problems(draft.raw_fields.values())]
    return found


def _section_problems(file: FileSection, draft: Draft) -> Iterator[Found]:
    if problem := pattern_problem(file.pattern):
        yield "file.pattern", problem, _PATTERN
    elif file.complete.by == "success" and (problem := marker_problem(file.pattern, marker_name(file.complete))):
        yield "file.complete.name", problem, _MARKER
    if file.missing_columns == "default" and not any(field.has_default for field in draft.raw_fields.values()):
        problem = f"no field of v{max(draft.versions)}.avsc has a default, so no column may be missing"
        yield "file.missing_columns", problem, "Give a field a default, or delete it."
    if file.csv.columns is not None:
        yield from _column_problems(file, file.csv.columns, draft)


def _column_problems(file: FileSection, columns: list[str], draft: Draft) -> Iterator[Found]:
    """The columns stand in no header that could differ from day to day: what does not fit never will."""
    place = "file.csv.columns"
    if doubled := [name for name, count in Counter(columns).items() if count > 1]:
        yield place, f"{doubled[0]} is named twice", "Name each column once, in their order."
    fields = {sent_name(field): field for field in draft.raw_fields.values()}
    unknown = [name for name in columns if name not in fields]
    if unknown and file.unknown_columns == "reject":
        problem = f"v{max(draft.versions)}.avsc has no field {unknown[0]}, so every file would be refused"
        yield place, problem, "Add the field, or say file.unknown_columns: ignore."
    for name, field in fields.items():
        if name not in columns and not (field.has_default and file.missing_columns == "default"):
            problem = f"{name} of v{max(draft.versions)}.avsc is none of them, so every file would be refused"
            yield place, problem, "Name it, or give it a default and say file.missing_columns: default."


def _cell_problems(fields: Iterable[Field]) -> Iterator[Found]:
    for field in fields:
        if field.type.kind in NESTED:
            problem = f"{field.name} is {_described(field.type.kind)}, and a cell of CSV holds one value"
            yield f"fields.{field.name}", problem, "Read it as a string, or have the files written as JSON."


def _described(kind: str) -> str:
    return f"an {kind}" if kind == "array" else f"a {kind}"
