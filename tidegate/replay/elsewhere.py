"""Whether the lake or the index holds rows of events that silver seems to have lost: then silver had them once."""

from collections.abc import Iterator

import numpy as np

from tidegate.contracts.dataset import Stream
from tidegate.contracts.naming import lake_table
from tidegate.errors import TidegateError
from tidegate.proof.index_reader import IndexSource
from tidegate.proof.lake_reader import LakeSource
from tidegate.proof.layers import LayerSource
from tidegate.proof.rows import Rows
from tidegate.proof.window import Window
from tidegate.replay.plan import Plan
from tidegate.search.mapping import alias
from tidegate.settings import Settings

_NEVER = (1 << 63) - 1


def layers_of(settings: Settings, dataset: Stream, *, lake: bool, index: bool) -> Iterator[LayerSource]:
    """The layers that are made from silver."""
    if lake:
        yield LakeSource(settings, "lake_silver", lake_table("silver", dataset.name), dataset.contract.row_identity)
    if index and dataset.contract.index is not None:
        yield IndexSource(settings, alias(dataset.contract))


def refuse_what_is_elsewhere(plan: Plan, layers: Iterator[LayerSource]) -> None:
    """Reads of each layer only where the plan's offsets lie.

    Raises:
        TidegateError: it has rows of them.
    """
    windows = [
        Window(number, offsets[0], offsets[-1] + 1, _NEVER) if offsets else Window(number, 0, 0, _NEVER)
        for number, offsets in plan.offsets.items()
    ]
    for layer in layers:
        places = _planned(plan, layer.read(windows).rows)
        if places:
            name = layer.name.replace("_", " ")
            raise TidegateError(
                f"of the events that silver seems to have lost, {len(places):,} are in the {name}, the first is "
                f"{places[0]}: silver had them once.",
                remedy="A replay would double them. See whether silver's topic was made anew or purged.",
            )


def _planned(plan: Plan, rows: Rows) -> list[str]:
    return [
        f"{number}:{offset}"
        for number, offsets in plan.offsets.items()
        for offset in np.intersect1d(rows.of_partition(number).offset, np.array(offsets, np.int64)).tolist()
    ]
