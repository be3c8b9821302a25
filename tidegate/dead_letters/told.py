"""Entries of the ledger that the audit tells of, too: of each letter, a digest of its entry. Pure.

What becomes of a copy is told by its own headers. An entry without a copy (parked, discarded, open again, settled
elsewhere) has no such witness: the record of the action that wrote it names the letter and the entry's digest, in the
same transaction, and the entry names the action.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from tidegate.avro.frame import body_of
from tidegate.dead_letters.ledger import Entry

DIGEST_BYTES = 8


def digest(value: bytes) -> int:
    """Of an entry's framed bytes; another registry's number of the schema makes no other one."""
    return int.from_bytes(sha256(body_of(value)).digest()[:DIGEST_BYTES], "big", signed=True)


def is_told(entry: Entry) -> bool:
    """Whether the audit has to tell of it."""
    return entry.copy is None


def named(entries: Iterable[Entry], action_id: str) -> Iterator[Entry]:
    """The entries, each that is told of with the name of its action."""
    return (entry._replace(action_id=action_id) if is_told(entry) else entry for entry in entries)
