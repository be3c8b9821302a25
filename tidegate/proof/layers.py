"""A layer behind the topics (a lake table, the index) against the rows it must hold."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Protocol

import numpy as np

from tidegate.proof.report import LayerName, LayerVerdict
from tidegate.proof.rows import Difference, Rows, compare
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
    strange = actual.where(~np.isin(actual.partition, [window.partition for window in windows]))
    counts: Counter[str] = Counter()
    differences: dict[int, Difference] = {}

    def judge(partition: int, wanted: Rows, found: Rows) -> None:
        counts.update(expected=len(wanted), actual=len(found))
        differences[partition] = compare(wanted, found)

    for window in windows:
        judge(window.partition, window.of(expected), window.of(actual))
    for number in np.unique(strange.partition).tolist():
        judge(number, expected.of_partition(number), strange.of_partition(number))
    return LayerVerdict(name=name, expected=counts["expected"], actual=counts["actual"], differences=differences)


def prove_layer(
    source: LayerSource, expected: Rows, windows: Callable[[], list[Window]], deadline_s: float
) -> LayerVerdict:
    """The verdict on a layer that may still be catching up.

    Reads it again when it has grown, until nothing is missing or what was read is of after ``deadline_s`` (monotonic
    clock). ``windows`` is asked after each reading, since by then raw may reach further.
    """
    is_last = False
    while True:
        marker = source.marker()
        actual = source.read()
        verdict = compare_layer(source.name, windows(), expected, actual)
        if is_last or not any(len(difference.missing) for difference in verdict.differences.values()):
            return verdict
        is_last = time.monotonic() > deadline_s  # under traffic it never stops to grow
        while source.marker() == marker:
            if time.monotonic() > deadline_s:
                return verdict
            time.sleep(POLL_S)
