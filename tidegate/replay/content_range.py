"""Which records a comparison of content is about, where retention has removed some of them from raw."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import numpy as np

from tidegate.contracts.dataset import Stream
from tidegate.proof.content import Source
from tidegate.proof.reconcile import Scope
from tidegate.proof.rows import Rows
from tidegate.proof.window import Window, raw_windows, spans_of
from tidegate.replay.bronze import bronze_places
from tidegate.replay.range_plan import BRONZE, RAW
from tidegate.replay.sources import kept_of, offsets_arrived
from tidegate.settings import Settings


def windows_in_bronze(settings: Settings, dataset: Stream, scope: Scope, source: Source | None) -> list[Window] | None:
    """The windows that bronze is read for; None: raw has all of what is asked for, or is to be read as far as it goes.

    Raises:
        TidegateError: bronze is asked for and there is none, or a window that is none.
        TransientError: Kafka or the lake does not answer.
    """
    if source == RAW or (source is None and scope.start is None):
        return None
    kept = kept_of(settings, dataset, source)
    arrived = partial(offsets_arrived, settings, dataset, kept)
    windows = raw_windows(kept.spans, scope.start, scope.end, arrived, datetime.now(UTC))
    return windows if kept.source_of(spans_of(windows)) == BRONZE else None


def committed(settings: Settings, dataset: Stream, windows: Sequence[Window], held: Rows) -> Rows:
    """The rows without those behind bronze's end: the lake job commits its two tables one after the other."""
    bronze = bronze_places(settings, dataset, spans_of(windows))
    keep = np.ones(len(held), np.bool_)
    for number in np.unique(bronze.partition).tolist():
        last = bronze.offset[bronze.partition == number].max()
        keep &= (held.partition != number) | (held.offset <= last)
    return held.where(keep)
