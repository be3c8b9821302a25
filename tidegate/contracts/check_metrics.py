"""What is wrong with the files in ``metrics/``, without compiling them: names, keys and columns. Pure."""

import re
from collections.abc import Iterator, Mapping

from tidegate.avro.types import Kind
from tidegate.contracts.check_select import selection_problems
from tidegate.contracts.dataset import Draft, Metric
from tidegate.contracts.expect import TIMESTAMPS, Found, expect
from tidegate.contracts.naming import TableName, lake_changes
from tidegate.contracts.problem import Problem

_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_TAKEN = ("silver", "silver_records", "dead_letters")
"""Tables of the metrics job."""
_PARTS = ("topic", "documents", "changes")
"""Tables that each metric has, there or in the lake, behind its name."""
_KEY_KINDS: frozenset[Kind] = TIMESTAMPS | {"string", "int", "long", "boolean", "date"}
"""Kinds with one text for a value, by which a row finds the row before."""


def metric_problems(draft: Draft, drafts: Mapping[str, Draft]) -> list[Problem]:
    """What is wrong with the metrics of a dataset; ``drafts`` are all that share the lake with it."""
    names = [metric.name for metric in draft.metrics]
    taken = {_table(metric): metric for other in drafts.values() if other is not draft for metric in other.metrics}
    found = []
    for metric in draft.metrics:
        path, file = f"{draft.name}/metrics/{metric.name}", f"{metric.name}.avsc"
        if other := taken.get(_table(metric)):
            problem = f"{_table(metric)}, its table in the lake, is that of {other.name} of {other.dataset}, too"
            found.append(Problem(f"{path}.sql", "file", problem, "Give the metric another name."))
        found += [Problem(f"{path}.sql", *each) for each in _name_problems(metric.name, names)]
        found += [Problem(f"{path}.avsc", *each) for each in _key_problems(metric)]
        found += [Problem(f"{path}.sql", *each) for each in selection_problems(metric.sql, metric.schema, file)]
    return found


def _table(metric: Metric) -> TableName:
    return lake_changes(metric.dataset, metric.name)


def _name_problems(name: str, names: list[str]) -> Iterator[Found]:
    if not _NAME.fullmatch(name):
        yield "file", f"{name} is no name for a metric", "Use lower-case letters, digits and _, 100 at most."
    if name in _TAKEN or any(name == f"{other}_{part}" for other in names for part in _PARTS):
        yield "file", f"{name} is the name of another table of the job", "Give the metric another name."


def _key_problems(metric: Metric) -> Iterator[Found]:
    for position, name in enumerate(metric.key):
        place = f"key.{position}"
        if metric.key.index(name) != position:
            yield place, f"{name} is named twice", "Name each column once."
        yield from expect(
            metric.fields, place, name, _KEY_KINDS if position else TIMESTAMPS, where=f"{metric.name}.avsc"
        )
