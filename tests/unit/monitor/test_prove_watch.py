"""One dataset proved again and again: what is told, exported, and survived."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.unit.proof.reports import RIGHT, WRONG
from tidegate.errors import TidegateError, TransientError
from tidegate.monitor import prove_watch
from tidegate.monitor.prove_watch import ProofWatch, watch
from tidegate.proof.report import ProofReport

ANYWHERE = ("127.0.0.1", 0)


class Listener:
    """Notes what is said, and scrapes after each proof; stops after so many of them."""

    def __init__(self, proofs: int) -> None:
        self.port = 0
        self.reports: list[ProofReport] = []
        self.lines: list[str] = []
        self.scraped: list[str] = []
        self._left = proofs

    def say(self, text: str, name: str, level: str = "info", **fields: Any) -> None:
        self.lines.append(text)
        self.port = fields.get("port", self.port)

    def stop(self) -> bool:
        """Asked before each proof and after it."""
        if self.reports or len(self.lines) > 1:
            self.scraped.append(httpx.get(f"http://127.0.0.1:{self.port}/metrics").text)
        self._left -= 1
        return self._left < 0


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove_watch, "POLL_S", 0.001)


def test_each_proof_is_told_and_exported() -> None:
    listener, found = Listener(4), iter([WRONG, RIGHT])
    proofs = ProofWatch("clicks", lambda: next(found), listener.reports.append, 0)

    assert watch(proofs, ANYWHERE, listener.stop, listener.say) is True

    assert listener.reports == [WRONG, RIGHT]
    assert 'tidegate_proof_missing{dataset="clicks"} 22.0' in listener.scraped[0]
    assert 'tidegate_proof_doubled{dataset="clicks"} 1.0' in listener.scraped[0]
    assert 'tidegate_proof_age_seconds{dataset="clicks"} ' in listener.scraped[0]
    assert 'tidegate_proof_missing{dataset="clicks"} 0.0' in listener.scraped[-1]


def test_what_keeps_a_proof_from_being_made_is_said_once_and_does_not_end_the_watch() -> None:
    listener = Listener(14)
    away = TransientError("Kafka is away.", remedy="Start it.")
    removed = TidegateError("retention removed records.", remedy="Ask again.")
    still = TransientError("Kafka does not answer.", remedy="Start it.")
    turns: list[ProofReport | Exception] = [WRONG, away, still, removed, replace(WRONG, seconds=9.0), away, WRONG]

    def prove() -> ProofReport:
        turn = turns.pop(0)
        if isinstance(turn, Exception):
            raise turn
        return turn

    assert (
        watch(ProofWatch("clicks", prove, listener.reports.append, 0), ANYWHERE, listener.stop, listener.say) is False
    )

    assert [line.split(" The last")[0] for line in listener.lines[1:]] == [
        "Kafka is away. Start it.",
        "retention removed records. Ask again.",
        "Kafka is away. Start it.",
    ]
    assert len(listener.reports) == 3
    assert all('tidegate_proof_missing{dataset="clicks"} 22.0' in text for text in listener.scraped)


def test_what_can_not_be_proved_at_all_ends_it() -> None:
    def prove() -> ProofReport:
        raise TidegateError("there is no such dataset.", remedy="Name another.")

    listener = Listener(9)
    with pytest.raises(TidegateError, match="no such dataset"):
        watch(ProofWatch("x", prove, listener.reports.append, 0), ANYWHERE, listener.stop, listener.say)
