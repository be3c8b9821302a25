"""What a dead letter's record says, read as its dataset's jobs read it, and the identity that it has. Pure."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tidegate.avro.binary import BadRecord
from tidegate.avro.contract_records import ContractReader, Schemas
from tidegate.avro.frame import NO_SCHEMA_ID, SCHEMA_ID_HEADER, schema_id_of, schema_named_by
from tidegate.avro.json_records import JsonRecordReader
from tidegate.avro.paths import value_at
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import identity_text
from tidegate.contracts.json_topics import unknown_fields
from tidegate.dead_letters.codes import Code


class PayloadReader:
    """Reads the records of a dataset's letters; ``schemas`` is where writers' schemas are found."""

    def __init__(self, stream: Stream, schemas: Schemas) -> None:
        contract = stream.contract
        self._identity = stream.raw_identity
        self._raw_topic = contract.topic.name
        self._reader: ContractReader | JsonRecordReader = (
            JsonRecordReader(stream.raw_type, unknown_fields(contract))
            if contract.is_json
            else ContractReader(schemas, stream.raw_type)
        )

    def read(self, letter: Mapping[str, Any]) -> dict[str, Any]:
        """The raw record in a decoded letter, by the names of the newest schema.

        Raises:
            BadRecord: it can't be read, was cut, or is none of the raw topic.
            TransientError: the registry does not answer.
        """
        source = letter["source"]
        if source is None or source["topic"] != self._raw_topic:
            raise BadRecord("SCHEMA_MISMATCH", f"it is no record of {self._raw_topic}")
        if letter["payload_truncated"]:
            raise BadRecord("RECORD_TOO_LARGE", "the letter keeps the first part of it only")
        return self._reader.read(letter["payload"], source["headers"].get(SCHEMA_ID_HEADER))

    def identity(self, letter: Mapping[str, Any]) -> str | None:
        """The identity of the record, without a row's number; None where it can't be told."""
        values = self.identity_values(letter)
        return None if values is None else identity_text(values)

    def identity_values(self, letter: Mapping[str, Any]) -> list[str] | None:
        """The same as the texts that it is made of."""
        try:
            record = self.read(letter)
        except BadRecord:
            return None
        values = [value_at(record, path) for path in self._identity]
        if None in values:
            return None
        return [str(UUID(bytes=each)) if isinstance(each, bytes) else str(each) for each in values]

    def missing_schema(self, letter: Mapping[str, Any]) -> int | UUID | None:
        """The schema without which the record can't be read, where the registry may have it one day."""
        try:
            self.read(letter)
        except BadRecord as error:
            if error.code == Code.UNKNOWN_SCHEMA:
                header = letter["source"]["headers"].get(SCHEMA_ID_HEADER)
                schema = schema_id_of(letter["payload"]) if header is None else schema_named_by(header)
                return None if schema == NO_SCHEMA_ID else schema
        return None
