"""A reader that fails is read again, and says so once."""

import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from tests.polling import wait_for
from tidegate import metric_names
from tidegate.errors import TransientError
from tidegate.monitor.board import Board
from tidegate.monitor.reading import Reader, Sample
from tidegate.monitor.watch import Watch


class Scripted(Reader):
    """Fails with the given errors, one per reading; None is a good reading."""

    name = "documents"
    server = "opensearch"
    every_s = 0.01

    def __init__(self, *errors: Exception | None) -> None:
        self.errors = list(errors)
        self.reads = 0

    def read(self) -> Iterable[Sample]:
        self.reads += 1
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        return []


AWAY = TransientError("OpenSearch does not answer.", remedy="Start it.")


class Said(list[tuple[str, str, str, dict[str, Any]]]):
    """What was said: the line for people; event, level and fields for machines."""

    def __call__(self, text: str, name: str, level: str = "info", **fields: Any) -> None:
        self.append((text, name, level, fields))


@pytest.mark.parametrize(
    ("error", "line", "remedy"),
    [(AWAY, "OpenSearch does not answer.", "Start it."), (KeyError("x"), "KeyError: 'x'", None)],
    ids=["ours", "a bug"],
)
def test_an_outage_is_one_line_and_its_end_another(error: Exception, line: str, remedy: str | None) -> None:
    said = Said()
    watch = Watch(Scripted(None, error, error, error, None, None, error), Board(), said)
    assert [watch.step() for _ in range(7)] == [True, False, False, False, True, True, False]
    text = f"documents: {line}" if remedy is None else f"documents: {line} {remedy}"
    fell = (text, "reading_failed", "warning", {"reading": "documents", "error": line, "remedy": remedy})
    rose = ("documents: back after 0 s", "reading_recovered", "info", {"reading": "documents", "seconds": 0.0})
    assert said == [fell, rose, fell]


def test_it_goes_on_by_itself_until_stopped() -> None:
    reader = Scripted(AWAY, AWAY)
    watch = Watch(reader, Board(), Said())
    watch.start()
    wait_for("readings after the outage", lambda: reader.reads > 5)
    watch.stop()


def test_what_fails_because_of_the_stop_is_not_said() -> None:
    said = Said()
    watch = Watch(Scripted(AWAY), Board(), said)
    watch.stop()
    assert not watch.step()
    assert said == []


class Frozen(Reader):
    """A server that takes the question, gives half an answer, and then nothing until it thaws."""

    name = "documents"
    server = "opensearch"
    every_s = 0.01
    deadline_s = 0.05

    def __init__(self) -> None:
        self.thawed = threading.Event()
        self.reads = 0

    def read(self) -> Iterator[Sample]:
        self.reads += 1
        yield Sample(metric_names.DOCUMENTS, ("clicks",), 1)
        self.thawed.wait(30)
        yield Sample(metric_names.DOCUMENTS, ("orders",), 2)


def scrape(board: Board) -> str:
    registry = CollectorRegistry()
    registry.register(board)
    return generate_latest(registry).decode()


def test_a_scrape_never_waits_for_a_server_and_says_which_one_is_frozen() -> None:
    frozen, board, said = Frozen(), Board(), Said()
    watch = Watch(frozen, board, said)
    watch.begin()
    assert "tidegate_documents{" not in scrape(board)

    assert [watch.end(), watch.step(), watch.step()] == [False, False, False]

    found = scrape(board)
    assert 'tidegate_up{server="opensearch"} 0.0' in found
    assert 'tidegate_reading_failures_total{reading="documents"} 1.0' in found
    assert "tidegate_documents{" not in found
    assert [text for text, *_ in said] == [
        "documents: opensearch has not answered within 0.05 s; the reading is waited for, and none of it is shown "
        "until then. Run `tidegate status`."
    ]
    frozen.thawed.set()
    wait_for("the reading that was begun", watch.end)
    assert frozen.reads == 1, "a second one beside it would pile up"
    assert 'tidegate_documents{dataset="orders"} 2.0' in scrape(board)
    assert 'tidegate_up{server="opensearch"} 1.0' in scrape(board)


def test_what_one_reading_gave_before_it_failed_is_shown() -> None:
    class OneIsBroken(Scripted):
        def read(self) -> Iterator[Sample]:
            yield Sample(metric_names.DOCUMENTS, ("clicks",), 1)
            raise AWAY

    board = Board()
    assert not Watch(OneIsBroken(), board, Said()).step()
    assert 'tidegate_documents{dataset="clicks"} 1.0' in scrape(board)
