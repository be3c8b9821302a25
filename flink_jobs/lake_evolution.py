"""Brings the lake's tables to the types of the schemas of what is written to them, before the job is submitted.

By pyiceberg: Flink's ALTER TABLE changes whole columns only, not the fields inside a row, an array or a map.
"""

import importlib
import json
from dataclasses import dataclass
from typing import Any, assert_never

from tidegate.avro.types import AvroSchema, AvroType, read_record
from tidegate.clients.lake import lake_errors, open_catalog
from tidegate.contracts.dataset import Metric, Stream
from tidegate.contracts.envelope import CHANGED_DAY
from tidegate.contracts.load import platform_schema
from tidegate.contracts.naming import LAKE_DEAD_LETTERS, TableName, lake_changes, lake_figures, lake_table
from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.sql.lake_schema import (
    PARTITIONS,
    Add,
    LakeType,
    Move,
    Promote,
    Step,
    as_iceberg,
    of_avro,
    of_iceberg,
    plan,
)


@dataclass(frozen=True, slots=True)
class Followed:
    """A table of the lake, and the file of the schema that it follows; ``parts``: its partitions."""

    table: TableName
    file: str
    type: AvroType
    parts: tuple[str, ...] = PARTITIONS


def follow_schemas(dataset: Stream, settings: Settings) -> None:
    """Changes the dataset's tables, each in one commit, where they have to be changed.

    Raises:
        TidegateError: a change that Iceberg can't make, and then none is made of that table; the catalog
            refuses; or somebody else has just changed the table.
        TransientError: the catalog does not answer.
    """
    catalog = open_catalog(settings)
    for followed in followed_by(dataset, platform_schema(settings.schemas_dir, "dead_letter")):
        _follow(followed, catalog, settings)


def follow_silver(dataset: Stream, settings: Settings) -> None:
    """The same of the table of silver rows alone."""
    _follow(_silver(dataset), open_catalog(settings), settings)


def follow_figures(dataset: Stream, settings: Settings) -> None:
    """The same of what metrics of files are counted from and written to."""
    catalog = open_catalog(settings)
    figures = (_of_metric(each, lake_figures(dataset.name, each.name)) for each in dataset.metrics)
    for followed in (_silver(dataset), *figures):
        _follow(followed, catalog, settings)


def followed_by(dataset: Stream, dead_letter: AvroSchema) -> tuple[Followed, ...]:
    """The tables that the job writes for the dataset, but for bronze's, which is always the same."""
    return (
        _silver(dataset),
        Followed(LAKE_DEAD_LETTERS, "the schema of dead letters", read_record(dead_letter)),
        *(_of_metric(each, lake_changes(dataset.name, each.name)) for each in dataset.metrics),
    )


def _of_metric(metric: Metric, table: TableName) -> Followed:
    return Followed(table, f"{metric.dataset}/metrics/{metric.name}.avsc", metric.type, (CHANGED_DAY,))


def _silver(dataset: Stream) -> Followed:
    return Followed(lake_table("silver", dataset.name), f"{dataset.name}/silver.avsc", dataset.silver_type)


def _follow(followed: Followed, catalog: Any, settings: Settings) -> tuple[Step, ...]:
    name = followed.table
    with lake_errors(settings):
        table = catalog.load_table(name)
    steps = steps_to(followed, json.loads(table.schema().model_dump_json()))
    if not steps:
        return ()
    overtaken = importlib.import_module("pyiceberg.exceptions").CommitFailedException
    try:
        _commit(table, steps, settings)
    except overtaken as error:
        raise TidegateError(
            f"the lake's table {name} was changed by somebody else at the same time.",
            remedy="Start it again: `tidegate run lake`.",
        ) from error
    return steps


def steps_to(followed: Followed, schema: Any) -> tuple[Step, ...]:
    """The steps from the table's ``schema``, in Iceberg's JSON, to that which it follows.

    Raises:
        TidegateError: Iceberg can't make all of them; names each field.
    """
    planned = plan(of_iceberg(schema), of_avro(followed.type), followed.parts)
    if planned.refusals:
        raise TidegateError(
            f"the lake's table {followed.table} can't follow {followed.file}: {'; '.join(planned.refusals)}.",
            remedy="Leave such a field as it was, and add the new one under another name: Iceberg only widens int to "
            "long, float to double and a decimal's precision, and adds fields.",
        )
    return planned.steps


def apply(step: Step, update: Any) -> None:
    """Adds one step to pyiceberg's ``UpdateSchema``."""
    match step:
        case Add(path, lake_type):
            update.add_column(path, _pyiceberg_type(lake_type))
        case Promote(path, lake_type):
            update.update_column(path, _pyiceberg_type(lake_type))
        case Move(path, None):
            update.move_first(path)
        case Move(path, after):
            update.move_after(path, (*path[:-1], after))
        case never:
            assert_never(never)


def _commit(table: Any, steps: tuple[Step, ...], settings: Settings) -> None:
    with lake_errors(settings), table.update_schema() as update:
        for step in steps:
            apply(step, update)


def _pyiceberg_type(lake_type: LakeType) -> Any:
    field = {"id": 0, "name": "any", "type": as_iceberg(lake_type), "required": False}
    return importlib.import_module("pyiceberg.types").NestedField.model_validate(field).field_type
