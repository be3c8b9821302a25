"""What a source hands to the publishing loop: some records, when they are due, and which of them are special."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Kind = Literal["bad", "duplicate", "late", "dropped", "unknown_reference", "warned"]


class Special(NamedTuple):
    """A record that is not an ordinary good one, by design.

    Attributes:
        place: its index in the batch.
        kind: what is special about it.
        name: the kind of damage, the rule, or empty.
        error_code: the code its dead letter must carry; None unless ``kind`` is bad.
        identity: the text of its identity, None where it has none.
    """

    place: int
    kind: Kind
    name: str = ""
    error_code: str | None = None
    identity: str | None = None


@dataclass(slots=True)
class Batch:
    """Records to send together: ``keys[i]`` with ``values[i]``; a value of None is a tombstone.

    ``due_s`` (seconds since 1970) is when the last of them is due; None means as soon as possible.
    """

    keys: list[bytes | None]
    values: list[bytes | None]
    due_s: float | None = None
    specials: list[Special] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.values)
