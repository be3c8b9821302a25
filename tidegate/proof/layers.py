"""A layer behind the topics (a lake table, the index) against the rows it must hold."""

import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from tidegate.proof.report import LayerName, LayerVerdict
from tidegate.proof.rows import Rows, compare
from tidegate.proof.verdict import Window

POLL_S = 0.5


class LayerSource(Protocol):
    """Reads the rows of one layer."""

    name: LayerName

    def marker(self) -> object:
        """Something that is cheap to ask for and differs when rows were added."""

    def read(self) -> Rows:
        """All rows."""


def compare_layer(name: LayerName, windows: list[Window], expected: Rows, actual: Rows) -> LayerVerdict:
    """The verdict on one layer: partition by partition, in the windows."""
    parts = {window.partition: (window.of(expected), window.of(actual)) for window in windows}
    strange = actual.where(~np.isin(actual.partition, list(parts)))
    for number in np.unique(strange.partition).tolist():
        parts[number] = (expected.of_partition(number), strange.of_partition(number))
    return LayerVerdict(
        name=name,
        expected=sum(len(wanted) for wanted, _ in parts.values()),
        actual=sum(len(found) for _, found in parts.values()),
        differences={number: compare(wanted, found) for number, (wanted, found) in parts.items()},
    )


def prove_layer(
    source: LayerSource, expected: Rows, windows: Callable[[], list[Window]], deadline_s: float
) -> LayerVerdict:
    """The verdict on a layer that may still be catching up.

    Reads it again when it has grown, until nothing is missing or ``deadline_s`` (monotonic clock) has passed.
    ``windows`` is asked after each reading, since by then raw may reach further.
    """
    while True:
        marker = source.marker()
        actual = source.read()
        verdict = compare_layer(source.name, windows(), expected, actual)
        if not any(len(difference.missing) for difference in verdict.differences.values()):
            return verdict
        while source.marker() == marker:
            if time.monotonic() > deadline_s:
                return verdict
            time.sleep(POLL_S)
