"""Records in an output that are none of ours: counted and shown, since one of them must not end a proof. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Strangers:
    """How many there are, and where the first of them lie."""

    count: int = 0
    first: tuple[str, ...] = ()

    @classmethod
    def at(cls, places: Iterable[str]) -> "Strangers":
        """Those at these places."""
        found = [*places]
        return cls(len(found), tuple(found[:SHOWN]))

    def __add__(self, other: "Strangers") -> "Strangers":
        return Strangers(self.count + other.count, (*self.first, *other.first)[:SHOWN])


def together(parts: Iterable[Strangers]) -> Strangers:
    """All of them."""
    return sum(parts, Strangers())
