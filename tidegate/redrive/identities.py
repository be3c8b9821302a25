"""The identities of the records that are about to be sent, many at once."""

from collections.abc import Sequence

from tidegate.avro.contract_records import Schemas
from tidegate.avro.frame import SCHEMA_ID_HEADER, prefixed
from tidegate.avro.leading_fields import Buffer, layouts, read_by_schema, texts
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import identity_bytes
from tidegate.dead_letters.ledger import Place
from tidegate.dead_letters.payload import PayloadReader
from tidegate.redrive.copies import Copy
from tidegate.redrive.held import HeldIdentities
from tidegate.settings import Settings


class CopyIdentities:
    """Tells the identities of a dataset's copies; ``schemas`` is where their writers' schemas are found.

    A record names its identity in its leading fields, mostly, which are read for thousands at once; that it can be
    decoded whole is not known then. So what they claim is asked for, and what was found is confirmed.
    """

    def __init__(self, stream: Stream, schemas: Schemas) -> None:
        self._raw_topic = stream.contract.topic.name
        self._reader = PayloadReader(stream, schemas)
        self._layouts = (
            None if stream.contract.is_json else layouts(schemas.by_id, stream.raw_identity, stream.raw_type)
        )

    def claimed(self, copies: Sequence[Copy]) -> list[bytes | None]:
        """The identity of each as its leading fields tell it, else as the jobs read it; None where it can't be told."""
        found: list[bytes | None] = [None] * len(copies)
        if self._layouts is not None:
            for some in read_by_schema(Buffer.of([*map(_framed, copies)]), self._layouts):
                if some.fields is not None:
                    told = texts(some.buffer, some.fields.columns, identity_bytes)
                    readable = some.fields.readable.tolist()
                    for place, identity, is_told in zip(some.places.tolist(), told, readable, strict=True):
                        found[place] = identity if is_told else None
        return [self.certain(copy) if claim is None else claim for copy, claim in zip(copies, found, strict=True)]

    def certain(self, copy: Copy) -> bytes | None:
        """The identity of a record that the jobs can read; None for any other."""
        source = {"topic": self._raw_topic, "headers": dict(copy.headers)}
        identity = self._reader.identity({"source": source, "payload": copy.value, "payload_truncated": False})
        return None if identity is None else identity.encode()


class HeldCopies:
    """Which copies have an identity that silver has already; silver is read once, when this is made.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """

    def __init__(self, settings: Settings, stream: Stream) -> None:
        self._identities = CopyIdentities(stream, RegistryClient(settings))
        self._held = HeldIdentities(settings, stream)

    def places(self, copies: Sequence[Copy]) -> list[Place | None]:
        """Of each such copy, the raw record that brought its identity to silver first."""
        claimed = self._identities.claimed(copies)
        found = self._held.places_of(claimed)
        return [
            place if place is not None and self._identities.certain(copy) == claim else None
            for copy, claim, place in zip(copies, claimed, found, strict=True)
        ]


def _framed(copy: Copy) -> bytes:
    """Its value, as if it named its schema before its body."""
    header = dict(copy.headers).get(SCHEMA_ID_HEADER)
    value = copy.value or b""
    return value if header is None else prefixed(value, header)
