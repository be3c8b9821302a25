"""What may be null in a contract for others' records: what one of their versions lacks, not what it asks for. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from tidegate.avro.binary import BadRecord
from tidegate.avro.resolution import resolve, sources
from tidegate.avro.types import AvroSchema, AvroType, Field, read_record
from tidegate.avro.writer_types import WriterSchemaError, WriterType, read_writer_type
from tidegate.contracts.new.from_subject import Taken


def without_null(schema: AvroSchema) -> AvroSchema:
    """The schema, none of whose fields may be null: many schemas let all be so, though none ever is."""
    return {**schema, "fields": [_not_null(each) for each in schema["fields"]]}


def required(taken: Taken, names: Collection[str]) -> Taken:
    """As ``taken``, but these fields may not be null; a record in which one is becomes a dead letter."""
    fields = [_not_null(each) if each["name"] in names else each for each in taken.schema["fields"]]
    made = [new["name"] for new, old in zip(fields, taken.schema["fields"], strict=True) if new is not old]
    notes = [f"{name} may be null in their schema: a record without it becomes a dead letter" for name in made]
    return Taken({**taken.schema, "fields": fields}, taken.left_out, [*taken.notes, *notes])


def readable_by_all(taken: Taken, others: Sequence[AvroSchema], keep: Collection[str]) -> Taken:
    """As ``taken``, but a field that another version lacks, or writes as null, may be null; not those of ``keep``."""
    record = read_record(taken.schema)
    writers = [writer for other in others if (writer := _writer(other)) is not None]
    may = [each.name for each in record.fields if each.name not in keep and _must_be_nullable(record, each, writers)]
    fields = [
        {**each, "type": ["null", each["type"]], "default": None} if each["name"] in may else each
        for each in taken.schema["fields"]
    ]
    notes = [f"{name} may be null: a version of the subject has none" for name in may]
    return Taken({**taken.schema, "fields": fields}, taken.left_out, [*taken.notes, *notes])


def _not_null(each: AvroSchema) -> AvroSchema:
    if not isinstance(each["type"], list):
        return each
    [avro] = [branch for branch in each["type"] if branch != "null"]
    return {**{key: value for key, value in each.items() if key != "default" or value is not None}, "type": avro}


def _writer(schema: AvroSchema) -> WriterType | None:
    try:
        return read_writer_type(schema)
    except WriterSchemaError:
        return None


def _must_be_nullable(record: AvroType, each: Field, writers: Sequence[WriterType]) -> bool:
    if each.type.nullable:
        return False
    nullable = replace(each, type=replace(each.type, nullable=True, null_first=True), has_default=True, default=None)
    return any(
        _reads(record, nullable, w) and (_writes_null(record, each, w) or not _reads(record, each, w)) for w in writers
    )


def _writes_null(record: AvroType, each: Field, writer: WriterType) -> bool:
    written = sources(writer, replace(record, fields=(each,))).get(each.name)
    return any(
        name == written and any(branch.kind == "null" for branch in avro.branches) for name, avro in writer.fields
    )


def _reads(record: AvroType, each: Field, writer: WriterType) -> bool:
    """Whether one field is read from another version's records."""
    try:
        resolve(writer, replace(record, fields=(each,)))
    except BadRecord:
        return False
    return True
