"""Brings a silver table of the lake to the types of ``silver.avsc``, before a job that writes to it is submitted.

By pyiceberg: Flink's ALTER TABLE changes whole columns only, not the fields inside a row, an array or a map.
"""

import importlib
import json
from typing import Any, assert_never

from tidegate.clients.lake import lake_errors, open_catalog
from tidegate.contracts.dataset import Stream
from tidegate.contracts.naming import lake_table
from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.sql.lake_schema import Add, LakeType, Move, Promote, Step, as_iceberg, of_avro, of_iceberg, plan


def follow_silver(dataset: Stream, settings: Settings) -> tuple[Step, ...]:
    """Changes the table in one commit, where it has to be changed; returns what was done.

    Raises:
        TidegateError: a change that Iceberg can't make, and then none is made; the catalog refuses; or somebody else
            has just changed the table.
        TransientError: the catalog does not answer.
    """
    catalog = open_catalog(settings)
    name = lake_table("silver", dataset.name)
    with lake_errors(settings):
        table = catalog.load_table(name)
    steps = steps_to_silver(dataset, json.loads(table.schema().model_dump_json()))
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


def steps_to_silver(dataset: Stream, schema: Any) -> tuple[Step, ...]:
    """The steps from the table's ``schema``, in Iceberg's JSON, to the dataset's.

    Raises:
        TidegateError: Iceberg can't make all of them; names each field.
    """
    planned = plan(of_iceberg(schema), of_avro(dataset.silver_type))
    if planned.refusals:
        raise TidegateError(
            f"the lake's table {lake_table('silver', dataset.name)} can't follow {dataset.name}/silver.avsc: "
            f"{'; '.join(planned.refusals)}.",
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
