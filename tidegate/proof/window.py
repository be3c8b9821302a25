"""Which raw offsets a proof is about: from ``--from`` and ``--to``, each a time or offsets by partition."""

from datetime import datetime

from tidegate.clients.kafka_records import offsets_at, topic_spans
from tidegate.errors import TidegateError
from tidegate.proof.verdict import Window


def raw_windows(bootstrap_servers: str, topic: str, start: str | None, end: str | None) -> list[Window]:
    """One window per partition of the raw topic, fixed now: what arrives later is not part of it.

    Args:
        start: ISO time (of arrival in Kafka) or ``0:100,1:250`` (partition:offset); None: what retention left.
        end: the same, exclusive; None: all there is now.

    Raises:
        TidegateError: no such topic, or a bound that is neither a time nor offsets.
    """
    spans = topic_spans(bootstrap_servers, topic)
    if not spans:
        raise TidegateError(f"there is no topic {topic}.", remedy="Run `tidegate contract register --all`.")
    lows = _bound(bootstrap_servers, topic, start, {number: low for number, (low, _) in spans.items()})
    highs = _bound(bootstrap_servers, topic, end, {number: high for number, (_, high) in spans.items()})
    after_last = {number: high for number, (_, high) in spans.items()}
    return [
        Window(number, max(low, lows.get(number, after_last[number])), min(high, highs.get(number, high)), high)
        for number, (low, high) in spans.items()
    ]


def parse_offsets(text: str) -> dict[int, int]:
    """Offsets by partition from ``0:100,1:250``.

    Raises:
        ValueError: not in this form.
    """
    pairs = [part.split(":") for part in text.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(text)
    return {int(partition): int(offset) for partition, offset in pairs}


def _bound(bootstrap_servers: str, topic: str, text: str | None, default: dict[int, int]) -> dict[int, int]:
    if text is None:
        return default
    try:
        return default | parse_offsets(text)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise TidegateError(
            f"{text!r} is neither a time nor offsets.",
            remedy="Give 2026-11-21T10:00:00+00:00, or partition:offset pairs such as 0:100,1:250.",
        ) from error
    if at.tzinfo is None:
        raise TidegateError(f"{text!r} has no time zone.", remedy="Add one, such as +00:00 or Z.")
    return offsets_at(bootstrap_servers, topic, int(at.timestamp() * 1000))
