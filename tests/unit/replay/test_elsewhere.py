"""What lake or index still hold is not lost."""

from collections.abc import Sequence

import pytest

from tidegate.errors import TidegateError
from tidegate.proof.layers import Found
from tidegate.proof.report import LayerName
from tidegate.proof.rows import Rows, make_rows
from tidegate.proof.window import Window
from tidegate.replay.elsewhere import refuse_what_is_elsewhere
from tidegate.replay.plan import Plan

PLAN = Plan("clicks", {0: (5, 9), 1: (), 2: (3,)})


class Layer:
    """Holds these rows; remembers what it was asked for."""

    name: LayerName = "lake_silver"

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.asked: Sequence[Window] = ()

    def marker(self) -> object:
        return 0

    def read(self, windows: Sequence[Window]) -> Found:
        self.asked = windows
        return Found(self._rows)


def test_rows_of_other_events_are_no_matter() -> None:
    layer = Layer(make_rows([0, 0, 1, 1, 2], [4, 6, 5, 9, 5]))

    refuse_what_is_elsewhere(PLAN, iter([layer]))

    spans = [(window.start, window.end) for window in layer.asked]
    assert spans == [(5, 10), (0, 0), (3, 4)], "no more is read than where the plan's offsets lie"


def test_a_row_of_a_planned_event_means_that_silver_had_it() -> None:
    layer = Layer(make_rows([2, 0, 0], [3, 9, 9]))

    with pytest.raises(TidegateError, match="2 are in the lake silver, the first is 0:9: silver had them once"):
        refuse_what_is_elsewhere(PLAN, iter([layer]))
