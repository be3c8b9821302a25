"""What a connector of Flink has to be told to reach a server: options as values, made from the settings elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Connections:
    """Options by server, under names that a connector puts its own prefix before; secrets are in no ``repr``.

    ``kafka`` as Kafka's client has them (``bootstrap.servers``), after ``properties.`` or ``dead-letter.properties.``;
    ``registry`` after ``contract-avro.`` or ``dead-letter.``. ``opensearch`` and ``opensearch_login`` are whole names
    of the OpenSearch sink's, ``lake_catalog`` of the Iceberg catalog's.
    """

    kafka: Options = field(repr=False)
    registry: Options = field(repr=False)
    opensearch: Options = field(repr=False)
    opensearch_login: Options = field(repr=False)
    lake_catalog: Options = field(repr=False)


def prefixed(prefix: str, options: Options) -> dict[str, str]:
    """The options with ``prefix`` before each name, in the same order."""
    return {f"{prefix}{name}": value for name, value in options.items()}
