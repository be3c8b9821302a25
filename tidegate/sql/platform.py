"""What a job's SQL needs beside its dataset, as values."""

from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.avro.types import AvroSchema
from tidegate.contracts.dataset import Reference
from tidegate.sql.connections import Connections


@dataclass(frozen=True, slots=True)
class Platform:
    """How servers are reached, the schemas that belong to no dataset, and by name the dataset's reference data."""

    connections: Connections
    dead_letter: AvroSchema
    dropped: AvroSchema
    references: Mapping[str, Reference]
