"""What a proof after a replay means that does not hold: silver's topic still has what the code made before. Pure."""

from collections.abc import Mapping, Sequence

import numpy as np

from tidegate.proof.report import Fault, LayerName, LayerVerdict, ProofReport
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.row_range import Spans
from tidegate.replay.targets import INDEX, LAKE

_BEHIND_SILVER: tuple[LayerName, LayerName] = ("lake_silver", "index")
_CHANGED: tuple[Fault, Fault] = ("missing", "unexplained")


def only_by_the_replay(
    plan: RangePlan, counts: Mapping[str, int], report: ProofReport, made: Sequence[Spans]
) -> str | None:
    """What the proof finds, in words, if all of it is what the replay has changed; else None.

    That is: the topics hold; nothing is doubled; what differs is in the lake, in spans that a replay has ``made`` and
    accounted for; and the index differs from silver's topic exactly as the lake does.
    """
    layers = {layer.name: layer for layer in report.layers}
    lake, index = (layers.get(name) for name in _BEHIND_SILVER)
    expected = all(each.layer in _BEHIND_SILVER and each.fault in _CHANGED for each in report.findings)
    if lake is None or report.undecided or not expected or (index is not None and not _differ_alike(lake, index)):
        return None
    gone, new = _places(lake, "missing"), _places(lake, "unexplained")
    if not all(_is_made(place, made) for place in (*gone, *new)):
        return None
    if LAKE in plan.targets and plan.rows.times is not None and not _as_counted(counts, gone, new):
        return None
    return (
        f"All {report.total('raw'):,} raw records of the range are accounted for, and {_what(plan)}. Silver's topic "
        f"still has what the code made before: the proof names {len(gone):,} records that the topic alone "
        f"has{_first(gone)} and {len(new):,} that it does not have{_first(new)}; nothing else differs. "
        f"`tidegate prove {plan.dataset}` goes on naming them as missing and unexplained until retention has removed "
        "them from the topics."
    )


def _what(plan: RangePlan) -> str:
    if LAKE not in plan.targets:
        return "the index has exactly the rows of the lake, where a replay has made them"
    where = "lake and index have" if INDEX in plan.targets else "the lake has"
    return f"{where} exactly the rows that the code makes of them today"


def _differ_alike(lake: LayerVerdict, index: LayerVerdict) -> bool:
    """A stranger of either, which has no place, is nothing that a replay writes."""
    if lake.strangers.count or index.strangers.count:
        return False
    return all(_places(lake, fault) == _places(index, fault) for fault in _CHANGED)


def _places(layer: LayerVerdict, fault: Fault) -> list[tuple[int, int]]:
    """Of each raw record once, in order."""
    return [
        (number, offset)
        for number, difference in sorted(layer.differences.items())
        for offset in np.unique(getattr(difference, fault)).tolist()
    ]


def _is_made(place: tuple[int, int], made: Sequence[Spans]) -> bool:
    number, offset = place
    return any(number in spans and spans[number][0] <= offset < spans[number][1] for spans in made)


def _as_counted(counts: Mapping[str, int], gone: list[tuple[int, int]], new: list[tuple[int, int]]) -> bool:
    """Of a range of times, rows of other times lie among its offsets, which the replay has not looked at.

    One of the index alone has made none, and its numbers say nothing: what the lake has is of replays of all times.
    """
    return (len(gone), len(new)) == (counts.get("now_gone"), counts.get("now_passed"))


def _first(places: list[tuple[int, int]]) -> str:
    return f" (first {places[0][0]}:{places[0][1]})" if places else ""
