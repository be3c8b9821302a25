"""Why records became dead letters, as the letters say it: read in columns, so that a flood of them costs little."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tidegate.avro.columns import Columns, Found, read_columns
from tidegate.avro.leading_fields import Buffer, Ints
from tidegate.avro.records import LookUp, WriterSchemas
from tidegate.avro.writer_types import WriterSchemaError, WriterType, read_writer_type
from tidegate.clients.kafka_records import Batch
from tidegate.dead_letters.codes import Code, Stage

UNREADABLE = "unreadable"
_ID, _STAGE, _CODE, _RULE = "dead_letter_id", "stage", "error_code", "violations.rule"
_SCHEMA_ID = "contract.schema_id"
_WANTED = (_ID, _STAGE, _CODE, _RULE, _SCHEMA_ID)


class Cause(NamedTuple):
    """What letters are counted by.

    ``rule``: of letters of that stage the first rule that the record breaks, else empty. ``schema_id``: the one that
    the record names, as text; empty where it names none, or one that nobody gave out.
    """

    stage: str
    code: str
    rule: str
    schema_id: str


UNREADABLE_CAUSE = Cause(UNREADABLE, UNREADABLE, "", "")


@dataclass(frozen=True, slots=True)
class Letters:
    """The cause of each record of a batch, and its id; of one that no Tidegate job wrote the id is empty."""

    causes: list[Cause]
    ids: list[str]

    def firsts(self) -> dict[Cause, str]:
        """By cause, the id of its first letter."""
        found: dict[Cause, str] = {}
        for cause, letter_id in zip(self.causes, self.ids, strict=True):
            found.setdefault(cause, letter_id)
        return found


def letter_schemas(look_up: LookUp) -> WriterSchemas[WriterType]:
    """The schemas of letters by the ids that these name."""

    def made(schema: object) -> WriterType | None:
        try:
            return read_writer_type(schema)
        except WriterSchemaError:
            return None

    return WriterSchemas(look_up, made)


def letters_of(batch: Batch, schemas: WriterSchemas[WriterType]) -> Letters:
    """All records of the batch, in its order."""
    buffer = Buffer.of(batch.values)
    schema_ids = buffer.schema_ids()
    found = Letters([UNREADABLE_CAUSE] * len(batch.values), [""] * len(batch.values))
    for schema_id in np.unique(schema_ids).tolist():
        writer = schemas[schema_id]
        if writer is not None and _is_letter(writer):
            places = np.flatnonzero(schema_ids == schema_id)
            _fill(found, places, buffer.take(places), writer)
    return found


def _is_letter(writer: WriterType) -> bool:
    return writer.kind == "record" and {_ID, _STAGE, _CODE} <= {name for name, _ in writer.fields}


def _fill(found: Letters, places: Ints, some: Buffer, writer: WriterType) -> None:
    columns = read_columns(some, writer, _WANTED)
    ids, stages, codes = (_texts(columns, name, some, len(places)) for name in (_ID, _STAGE, _CODE))
    rules = _texts(columns, _RULE, some, len(places))
    schemas = _numbers(columns.found[_SCHEMA_ID], len(places))
    for row in np.flatnonzero(columns.readable).tolist():
        place = int(places[row])
        stage, code = stages[row], codes[row]
        rule = rules[row] if stage == Stage.RULE else ""
        schema = schemas[row] if code != Code.UNKNOWN_SCHEMA else ""
        found.causes[place] = Cause(stage, code, rule, schema)
        found.ids[place] = ids[row]


def _texts(columns: Columns, path: str, some: Buffer, size: int) -> list[str]:
    """The first value of each record; empty without one."""
    texts = [""] * size
    of = columns.found[path]
    if of.ends is None:
        return texts
    rows, first = np.unique(of.rows, return_index=True)
    starts, ends = of.values[first].tolist(), of.ends[first].tolist()
    for row, start, end in zip(rows.tolist(), starts, ends, strict=True):
        texts[row] = some.data[start:end].decode(errors="replace")
    return texts


def _numbers(of: Found, size: int) -> Sequence[str]:
    texts = [""] * size
    for row, value in zip(of.rows.tolist(), of.values.tolist(), strict=True):
        texts[row] = str(value)
    return texts
