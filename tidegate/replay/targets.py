"""What a replay of a range writes again: names that its user gives, in the order in which it is written. Pure."""

from collections.abc import Iterable

from tidegate.errors import TidegateError

LAKE, INDEX, SILVER, METRICS = "lake", "index", "silver", "metrics"
TARGETS = (LAKE, INDEX, SILVER)
"""Those that one plan may write together. Each is made from the lake, so that is the first."""
EVERY = (*TARGETS, METRICS)


def parse_targets(texts: Iterable[str]) -> tuple[str, ...]:
    """From ``--target``, which may be given several times and may name several, with a comma between them.

    Raises:
        TidegateError: one that is none, silver without the lake, or metrics with others.
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
    if SILVER in named and LAKE not in named:
        raise TidegateError(
            "silver's next topics get the rows of the range that the lake has after the same replay.",
            remedy=f"Name both: --target {LAKE},{SILVER}, or --target {','.join(TARGETS)}.",
        )
    return tuple(name for name in EVERY if name in named)
