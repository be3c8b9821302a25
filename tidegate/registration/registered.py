"""The schemas that a registry holds under a subject; one that is not ours to read is told by its version."""

from tidegate.avro.types import AvroSchema, read_type
from tidegate.clients.registry import RegistryClient
from tidegate.errors import ContractError


def registered_schemas(registry: RegistryClient, subject: str) -> dict[int, AvroSchema]:
    """The schemas by their version's number.

    Raises:
        ContractError: one that jobs can't read by, such as another team's; names subject, version and place.
    """
    schemas = {number: registry.version(subject, number) for number in registry.versions(subject)}
    for number, schema in schemas.items():
        try:
            _require_record(schema)
        except ContractError as error:
            raise ContractError(
                f"version {number} of the subject {subject} in the registry is not of this contract: {error.problem}",
                remedy="Name a topic of its own in contract.yaml, or have that version deleted from the registry.",
            ) from error
    return schemas


def _require_record(schema: object) -> None:
    place = str(schema.get("name", "schema")) if isinstance(schema, dict) else "schema"
    if read_type(schema, place).kind != "record":
        raise ContractError(f"{place}: it is no record.", remedy="A topic's values are records.")
