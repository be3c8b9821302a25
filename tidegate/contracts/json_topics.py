"""What a contract says of records in JSON, with its defaults."""

from tidegate.avro.json_records import UnknownFields
from tidegate.contracts.model import Contract


def unknown_fields(contract: Contract) -> UnknownFields:
    """What becomes of a field that the contract lacks: by default its record is read without it."""
    return contract.topic.unknown_fields or "ignore"
