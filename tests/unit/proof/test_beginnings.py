"""Which part of the asked windows can be proved after retention."""

import pytest

from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.proof import beginnings
from tidegate.proof.beginnings import Provable, provable
from tidegate.proof.retention import Edge, LeftOut
from tidegate.proof.retention_reader import Retained
from tidegate.proof.window import Window
from tidegate.settings import Settings

WINDOWS = [Window(0, 0, 100, 100), Window(1, 0, 100, 100)]
STARTS = {"silver.clicks": {0: 7}}
HOUR_MS = 3_600_000


def proved(
    clicks: Stream, monkeypatch: pytest.MonkeyPatch, *edges: Edge, offsets: dict[int, dict[int, int]] | None = None
) -> Provable:
    monkeypatch.setattr(beginnings, "read_retained", lambda *_, **__: Retained(STARTS, edges))
    monkeypatch.setattr(beginnings, "offsets_at", lambda _, topic, at_ms: (offsets or {})[at_ms])
    return provable(Settings(), clicks, WINDOWS, trust_rule=True)


def test_with_whole_outputs_all_that_was_asked_for_is_proved(clicks: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    found = proved(clicks, monkeypatch)

    assert (found.windows, found.left_out, found.edge) == (WINDOWS, (), None)
    assert (found.beginnings.outputs, found.beginnings.expired_before) == (STARTS, {})


def test_the_proof_begins_after_the_last_edge_of_any_output(clicks: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    edges = [Edge("silver.clicks", 1000), Edge("dropped.clicks", 5000)]
    ttl_ms = int(clicks.contract.dedup_ttl_hours * HOUR_MS)

    found = proved(clicks, monkeypatch, *edges, offsets={5000: {0: 30, 1: 0}, 1000 + ttl_ms: {0: 60}})

    assert found.edge == Edge("dropped.clicks", 5000)
    assert [window.start for window in found.windows] == [30, 0]
    assert found.left_out == (LeftOut(0, 0, 30),)
    assert found.beginnings.expired_before == {0: 60, 1: 100}, "for as long as identities are remembered"


def test_without_an_edge_of_silver_no_event_can_repeat_a_removed_one(
    clicks: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = proved(clicks, monkeypatch, Edge("dlq.clicks", 5000), offsets={5000: {0: 30, 1: 0}})

    assert found.beginnings.expired_before == {}


def test_a_proof_of_nothing_is_an_error(clicks: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TidegateError, match=r"nothing of these events of clicks can be proved.*rows of silver\.clicks"):
        proved(clicks, monkeypatch, Edge("silver.clicks", 5000), offsets={5000: {}})
