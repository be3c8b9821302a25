"""What a replay of a range writes again: names that its user gives, in the order in which it is written. Pure."""

from collections.abc import Iterable

from tidegate.errors import TidegateError

LAKE, INDEX = "lake", "index"
TARGETS = (LAKE, INDEX)
"""All there are. Each is made from the one before."""


def parse_targets(texts: Iterable[str]) -> tuple[str, ...]:
    """From ``--target``, which may be given several times and may name several, with a comma between them.

    Raises:
        TidegateError: one that is none.
    """
    named = [name.strip() for text in texts for name in text.split(",")]
    for name in named:
        if name not in TARGETS:
            raise TidegateError(
                f"{name!r} is nothing that a replay writes again.", remedy=f"Name some of: {', '.join(TARGETS)}."
            )
    return tuple(name for name in TARGETS if name in named)
