"""What a replay of a range writes again: names that its user gives, in the order in which it is written. Pure."""

from collections.abc import Iterable

from tidegate.errors import TidegateError

LAKE, INDEX, METRICS = "lake", "index", "metrics"
TARGETS = (LAKE, INDEX)
"""Those that one plan may write together. Each is made from the one before."""
EVERY = (*TARGETS, METRICS)


def parse_targets(texts: Iterable[str]) -> tuple[str, ...]:
    """From ``--target``, which may be given several times and may name several, with a comma between them.

    Raises:
        TidegateError: one that is none, or metrics with others.
    """
    named = [name.strip() for text in texts for name in text.split(",")]
    for name in named:
        if name not in EVERY:
            raise TidegateError(
                f"{name!r} is nothing that a replay writes again.", remedy=f"Name some of: {', '.join(EVERY)}."
            )
    if METRICS in named and {*named} != {METRICS}:
        raise TidegateError(
            "metrics have a plan of their own: they are counted from the rows that the lake has then.",
            remedy="Replay the others first; then plan --target metrics, for the same event times.",
        )
    return tuple(name for name in EVERY if name in named)
