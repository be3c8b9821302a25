"""A layer behind the topics (a lake table, the index) against the rows it must hold."""

from collections import Counter
from collections.abc import Callable
from typing import Protocol

import numpy as np

from tidegate.proof.report import LayerName, LayerVerdict
from tidegate.proof.rows import Difference, Rows, compare
from tidegate.proof.window import Window


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


class LayerEvidence:
    """What a layer holds of ``expected``; read again, whole, when it has grown.

    ``windows`` is asked after each reading, since by then raw may reach further.
    """

    def __init__(self, source: LayerSource, expected: Rows, windows: Callable[[], list[Window]]) -> None:
        self._source = source
        self._expected = expected
        self._windows = windows
        self._read()

    def judge(self) -> LayerVerdict:
        """The verdict on what was read last."""
        return compare_layer(self._source.name, self._windows(), self._expected, self._actual)

    def extend(self) -> bool:
        """Reads the layer again; False if it has not grown since."""
        if self._source.marker() == self._marker:
            return False
        self._read()
        return True

    def _read(self) -> None:
        self._marker = self._source.marker()
        self._actual = self._source.read()
