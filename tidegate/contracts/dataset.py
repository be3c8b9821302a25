"""A dataset as values: its contract, and the schemas and SQL beside it, which are parsed once.

A stream and a reference are two types, so what takes a :class:`Stream` need not ask whether it has a silver schema. A
:class:`Draft` is a folder as it was found, for what looks at folders that are not finished.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeGuard

from tidegate.avro.paths import column_of, field_at
from tidegate.avro.types import AvroSchema, AvroType, Column, Field, columns_of, fields_by_name, read_record
from tidegate.contracts import naming
from tidegate.contracts.file_section import FileSection
from tidegate.contracts.map_sql import read_map
from tidegate.contracts.model import Contract, Silver


@dataclass(frozen=True)
class Metric:
    """A business metric kept up to date from silver rows: ``metrics/<name>.sql`` with ``metrics/<name>.avsc``.

    ``key`` are the columns that name one row, a time first; it is the ``key`` of the Avro record.
    """

    dataset: str
    name: str
    schema: AvroSchema
    key: tuple[str, ...]
    sql: str

    @property
    def topic(self) -> str:
        return naming.gold_topic(self.dataset, self.name)

    @property
    def index(self) -> str:
        """Name of the index template, and alias of its indices."""
        return naming.metric_alias(self.dataset, self.name)

    @cached_property
    def type(self) -> AvroType:
        """``schema``, parsed."""
        return read_record(self.schema)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The fields by name, in the order of the schema."""
        return fields_by_name(self.type)

    @cached_property
    def columns(self) -> list[Column]:
        """The columns of its tables in Flink."""
        return columns_of(self.type)


@dataclass(frozen=True)
class DatasetFolder:
    """What every folder of ``schemas/`` has: ``versions`` maps the number of ``v<N>.avsc`` to its Avro schema.

    The ``raw_…`` are the newest of them, parsed: a ContractError says which type is not supported. The ``record_…`` are
    what rules, privacy, enrichment and ``refine.sql`` see: what ``map_sql`` makes of a raw record, in the schema
    ``mapped``; where there is no mapping, the raw record.
    """

    contract: Contract
    folder: Path
    versions: dict[int, AvroSchema]
    map_sql: str | None = field(default=None, kw_only=True)
    mapped: AvroSchema | None = field(default=None, kw_only=True)

    @property
    def name(self) -> str:
        return self.contract.dataset

    @property
    def latest(self) -> AvroSchema:
        """The newest raw schema."""
        return self.versions[max(self.versions)]

    @cached_property
    def raw_type(self) -> AvroType:
        """The newest raw schema, parsed."""
        return read_record(self.latest)

    @cached_property
    def raw_fields(self) -> dict[str, Field]:
        """The fields of a raw record by name, in the order of the schema."""
        return fields_by_name(self.raw_type)

    @cached_property
    def raw_columns(self) -> list[Column]:
        """The columns of a raw record in Flink."""
        return columns_of(self.raw_type)

    @cached_property
    def mapped_fields(self) -> dict[str, Field]:
        """The fields of ``mapped``, or of a raw record where there is no mapping."""
        return self.raw_fields if self.mapped is None else fields_by_name(read_record(self.mapped))

    @cached_property
    def column_paths(self) -> tuple[str, ...]:
        """The paths in the contract that have to be columns; one that leads nowhere is left to the checks."""
        return tuple(path for path in self.contract.column_paths if field_at(self.mapped_fields, path) is not None)

    @cached_property
    def record_fields(self) -> dict[str, Field]:
        """The fields of a record as rules and ``refine.sql`` see it, those of ``column_paths`` behind the others."""
        found = {path: field_at(self.mapped_fields, path) for path in self.column_paths}
        added = {column_of(path): replace(at, name=column_of(path)) for path, at in found.items() if at is not None}
        return {**self.mapped_fields, **added}

    @cached_property
    def record_columns(self) -> list[Column]:
        """The columns of such a record in Flink."""
        return columns_of(AvroType("record", fields=tuple(self.record_fields.values())))

    @property
    def record_file(self) -> str:
        """The file that says what the names in the contract are, for people."""
        return "the newest v<N>.avsc" if self.mapped is None else "mapped.avsc"

    @property
    def is_mapped(self) -> bool:
        """Whether a record is not just the raw one."""
        return self.mapped is not None or bool(self.column_paths)

    def raw_path(self, path: str) -> str | None:
        """The path in a raw record that a path of the record comes from as it is; None where it is made anew."""
        if self.map_sql is None:
            return path
        first, dot, rest = path.partition(".")
        source = read_map(self.map_sql).paths.get(first)
        return None if source is None else f"{source}{dot}{rest}"

    @property
    def raw_identity(self) -> tuple[str, ...]:
        """The identity as paths in a raw record, by which the proof reads it."""
        return tuple(self.raw_path(path) or path for path in self.contract.identity)

    @cached_property
    def item_fields(self) -> dict[str, Field]:
        """The fields of the items that the contract explodes; none where it explodes nothing, or nothing sound."""
        explode = self.contract.explode
        array = self.mapped_fields.get(explode.field) if explode else None
        items = array.type.items if array else None
        return fields_by_name(items) if items else {}


@dataclass(frozen=True)
class Draft(DatasetFolder):
    """A folder as it was found: a stream may still lack ``silver.avsc`` and ``refine.sql``."""

    silver: AvroSchema | None
    refine_sql: str | None
    metrics: tuple[Metric, ...]


@dataclass(frozen=True)
class Stream(DatasetFolder):
    """Events that jobs refine to silver rows, and to metrics of these."""

    silver: AvroSchema
    refine_sql: str
    metrics: tuple[Metric, ...] = ()

    def of_silver_version(self, version: int) -> "Stream":
        """The same dataset with another version of silver's topic, of 1 at least, for the names that go by it."""
        contract = self.contract.model_copy(update={"silver": Silver(version=version)})
        return replace(self, contract=contract)

    @cached_property
    def silver_type(self) -> AvroType:
        """``silver``, parsed."""
        return read_record(self.silver)

    @cached_property
    def silver_fields(self) -> dict[str, Field]:
        """The fields of a silver row by name, in the order of the schema."""
        return fields_by_name(self.silver_type)

    @cached_property
    def silver_columns(self) -> list[Column]:
        """The columns of a silver row in Flink."""
        return columns_of(self.silver_type)


@dataclass(frozen=True)
class Files(Stream):
    """Events that come in daily files: refined as those of a stream are, by jobs that end."""

    @property
    def file(self) -> FileSection:
        """How the files are written and found."""
        assert self.contract.file is not None, "a contract of kind file has the section"
        return self.contract.file


@dataclass(frozen=True)
class Reference(DatasetFolder):
    """Versions of rows by ``key``, the field whose text is the Kafka key; streams are enriched by them."""

    key: str


Dataset = Stream | Reference


def is_stream(dataset: Dataset | None) -> TypeGuard[Stream]:
    """Whether jobs without an end refine it: its events come by a topic."""
    return isinstance(dataset, Stream) and not isinstance(dataset, Files)
