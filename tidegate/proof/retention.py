"""Where a proof can begin: Kafka's retention cuts raw and each output at an edge of its own. Pure.

A row of an output was written after its event had arrived in raw. Both times are the broker's. So an event that arrived
after the last row that retention has removed from an output was written there later still: the output holds all of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tidegate.proof.window import Window

CLOCKS_MS = 10_000
"""How far the clocks of a cluster's brokers may be apart."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Rows of ``topic`` that were written until then (ms since 1970) may be gone."""

    topic: str
    until_ms: int


@dataclass(frozen=True, slots=True)
class Remains:
    """What retention has left of one output.

    ``starts``: the first offset of each partition. ``first_ms``: when the first record that is left was written, for
    each partition that has one. ``settings``: Kafka's own of the topic; empty if they are not known. ``filled``: it
    is a later version of silver's, which was filled with what retention had left of the one before.
    """

    topic: str
    starts: Mapping[int, int]
    first_ms: Mapping[int, int]
    settings: Mapping[str, str]
    filled: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The offsets [start, end) of a raw partition that were asked for and that no proof can be made of."""

    partition: int
    start: int
    end: int


def edge_of(remains: Remains, now_ms: int, *, trust_rule: bool) -> Edge | None:
    """Until when rows of an output may be gone; None if it is whole.

    Of a partition that retention has emptied, only Kafka's own rule says how old its rows were. Without ``trust_rule``
    they may be of this moment: the rule may have been another one for a while, as when someone purges a topic. The same
    rule says how old rows were that a topic lacks since its filling, of which the first record tells the time.
    """
    if "compact" in remains.settings.get("cleanup.policy", ""):
        return Edge(remains.topic, now_ms)
    kept_ms = _kept_ms(remains.settings) if trust_rule else 0
    edges_ms = [
        _whole_ms(remains, number, now_ms, kept_ms) if start > 0 else remains.first_ms.get(number, now_ms) - kept_ms
        for number, start in remains.starts.items()
        if start > 0 or remains.filled
    ]
    return Edge(remains.topic, max(edges_ms) + CLOCKS_MS) if edges_ms else None


def _whole_ms(remains: Remains, number: int, now_ms: int, kept_ms: int) -> int:
    """From when on a partition that is cut has all of its rows.

    One that was filled has rows of a replayed range between those that were copied: what was removed may be younger
    than the first one that is left, but not than the rule.
    """
    first_ms = remains.first_ms.get(number, now_ms - kept_ms)
    return max(first_ms, now_ms - kept_ms) if remains.filled and kept_ms else first_ms


def begin_at(windows: Sequence[Window], starts: Mapping[int, int]) -> tuple[list[Window], list[LeftOut]]:
    """The windows from the first offsets on of which all outputs are whole, and what of them is left out.

    ``starts``: by partition; where there is none, nothing of the partition can be proved.
    """
    kept, left_out = [], []
    for window in windows:
        start = min(max(window.start, starts.get(window.partition, window.end)), max(window.start, window.end))
        kept.append(replace(window, start=start))
        if start > window.start:
            left_out.append(LeftOut(window.partition, window.start, start))
    return kept, left_out


def _kept_ms(settings: Mapping[str, str]) -> int:
    """For how long at least records are kept; 0 if that is not known, or if their size decides."""
    by_size = settings.get("retention.bytes", "") != "-1"
    kept_ms = settings.get("retention.ms", "")
    return int(kept_ms) if kept_ms.isdecimal() and not by_size else 0
