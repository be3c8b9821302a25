"""What a dataset was at another time, as a value: it is read by ``registration/read_earlier.py``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tidegate.avro.types import AvroSchema
from tidegate.contracts.model import Contract


@dataclass(frozen=True, slots=True)
class Earlier:
    """The schemas of another time, oldest first, by the file that continues them; ``where`` in words.

    ``contract`` is None for a new dataset, and always where ``has_contracts`` is false: a registry keeps schemas only.
    """

    where: str
    raw: Sequence[AvroSchema]
    silver: Sequence[AvroSchema]
    metrics: Mapping[str, Sequence[AvroSchema]] = field(default_factory=dict)
    contract: Contract | None = None
    mapped: AvroSchema | None = None
    map_sql: str | None = None
    has_contracts: bool = False
