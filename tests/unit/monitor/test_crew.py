"""Readers come and go; those that stay are not disturbed, and what went is told no more."""

from collections.abc import Iterable
from typing import Any

from tests.polling import wait_for
from tidegate.metric_names import DOCUMENTS
from tidegate.monitor.board import Board
from tidegate.monitor.crew import Crew
from tidegate.monitor.reading import Reader, Sample


class Counting(Reader):
    """Tells how often it has read, under a label."""

    every_s = 0.01

    def __init__(self, name: str, label: str) -> None:
        self.name = name
        self._label = label
        self.readings = 0

    def read(self) -> Iterable[Sample]:
        self.readings += 1
        return [Sample(DOCUMENTS, (self._label,), self.readings)]


def silent(*said: str, **fields: Any) -> None:
    """Nothing fails here."""


def told(board: Board) -> dict[str, float]:
    families = {family.name: family for family in board.collect()}
    return {sample.labels["dataset"]: sample.value for sample in families[DOCUMENTS.name].samples}


def test_readers_come_and_go_and_the_others_go_on() -> None:
    board = Board()
    crew = Crew(board, silent)
    stays, goes = Counting("stays", "a"), Counting("goes", "b")
    crew.man([stays, goes])
    wait_for("both", lambda: told(board).keys() == {"a", "b"})
    crew.man([stays, Counting("comes", "c")])
    wait_for("the new one, without the old", lambda: told(board).keys() == {"a", "c"})
    before = stays.readings
    wait_for("the other to read on", lambda: stays.readings > before)
    board.put(goes, [Sample(DOCUMENTS, ("b",), 1)])
    board.fail(goes, [Sample(DOCUMENTS, ("b",), 1)])
    assert "b" not in told(board), "a reading that was under way counts no more"
    crew.dismiss()


def test_what_a_reader_told_stays_until_its_successor_has_read() -> None:
    board = Board()
    crew = Crew(board, silent)
    crew.man([Counting("documents", "a")])
    wait_for("the first one", lambda: "a" in told(board))
    second = Counting("documents", "b")
    second.every_s = 60
    seen = list[set[str]]()

    def only_the_second() -> bool:
        seen.append(set(told(board)))
        return seen[-1] == {"b"}

    crew.man([second])
    wait_for("the second one", only_the_second)
    assert set() not in seen
    crew.dismiss()
