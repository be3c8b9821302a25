"""A reader that fails is read again, and says so once."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.polling import wait_for
from tidegate.errors import TransientError
from tidegate.monitor.board import Board
from tidegate.monitor.reading import Sample, Server
from tidegate.monitor.watch import Watch


class Scripted:
    """Fails with the given errors, one per reading; None is a good reading."""

    name = "documents"
    server: Server | None = "opensearch"
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
