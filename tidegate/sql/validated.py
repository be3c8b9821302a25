"""The columns of the view ``validated``, which a dataset's ``refine.sql`` reads."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tidegate.avro.types import Column, flink_type_of
from tidegate.contracts import envelope
from tidegate.contracts.dataset import Reference, Stream


def validated_columns(stream: Stream, references: Mapping[str, Reference]) -> Iterator[Column]:
    """Each with its type, and whether it may be null: the record's, those of an item, the references', the envelope."""
    emptied = {privacy.field for privacy in stream.contract.privacy if privacy.method == "drop"}
    for column in stream.record_columns:
        yield replace(column, nullable=column.nullable or column.name in emptied)
    if stream.contract.explode:
        for name, field in stream.item_fields.items():
            yield Column(name, flink_type_of(field.type), field.type.nullable, field.doc)
        yield Column(stream.contract.explode.position, "INT", nullable=False, doc="")
    for enrich in stream.contract.enrich:
        offered = {column.name: column for column in references[enrich.reference].raw_columns}
        for name in enrich.columns:
            yield replace(offered[name], name=f"{enrich.prefix}{name}", nullable=True)
    yield from map(envelope_column, envelope.TYPES)
    if stream.contract.rescues:
        yield Column(envelope.RESCUED, flink_type_of(envelope.RESCUED_TYPE), nullable=True, doc="")


def envelope_column(name: str) -> Column:
    """A column that Tidegate adds to every record."""
    return Column(name, flink_type_of(envelope.TYPES[name]), nullable=False, doc="")
