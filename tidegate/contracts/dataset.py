"""A dataset as values: its contract, and the schemas and SQL beside it, which are parsed once.

A stream and a reference are two types, so what takes a :class:`Stream` need not ask whether it has a silver schema. A
:class:`Draft` is a folder as it was found, for what looks at folders that are not finished.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tidegate.avro.types import AvroSchema, AvroType, Column, Field, columns_of, fields_by_name, read_record
from tidegate.contracts import naming
from tidegate.contracts.model import Contract


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

    The ``raw_…`` are the newest of them, parsed: a ContractError says which type is not supported.
    """

    contract: Contract
    folder: Path
    versions: dict[int, AvroSchema]

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
    def item_fields(self) -> dict[str, Field]:
        """The fields of the items that the contract explodes; none where it explodes nothing, or nothing sound."""
        explode = self.contract.explode
        array = self.raw_fields.get(explode.field) if explode else None
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
class Reference(DatasetFolder):
    """Versions of rows by ``key``, the field whose text is the Kafka key; streams are enriched by them."""

    key: str


Dataset = Stream | Reference
