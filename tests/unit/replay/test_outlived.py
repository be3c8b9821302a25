"""The table of a replay goes when neither raw nor silver's topic has anything of its range."""

from typing import Any

import pytest

from tests.unit.sql.visits import stream
from tidegate.clients.replay_evidence import Evidence
from tidegate.contracts.naming import TableName
from tidegate.replay import outlived as module
from tidegate.replay.outlived import drop_outlived
from tidegate.settings import Settings

VISITS = stream()
SETTINGS = Settings.model_construct()


@pytest.mark.parametrize(
    ("raw_has", "silver", "later", "is_dropped"),
    [
        (False, {0: (7, 9)}, {0: 7}, True),
        (False, {0: (9, 9), 1: (0, 0)}, {}, True),
        (False, {}, {}, True),
        (True, {0: (7, 9)}, {0: 7}, False),
        (False, {0: (6, 9)}, {0: 7}, False),
        (False, {0: (6, 9)}, {}, False),
    ],
)
def test_only_what_both_topics_have_no_more_goes(
    monkeypatch: pytest.MonkeyPatch,
    raw_has: bool,
    silver: dict[int, tuple[int, int]],
    later: dict[int, int],
    is_dropped: bool,
) -> None:
    dropped: list[Any] = []
    kept = Evidence("20260102t030405-abcd", TableName("replays.visits__x"), {0: (1, 5)}, 99)
    monkeypatch.setattr(module, "published_evidence", lambda *_: [kept])
    monkeypatch.setattr(module, "raw_has_some", lambda *_: raw_has)
    monkeypatch.setattr(module, "topic_spans", lambda *_: silver)
    monkeypatch.setattr(module, "offsets_at", lambda *_: later)
    monkeypatch.setattr(module, "open_catalog", lambda _: None)
    monkeypatch.setattr(module, "drop_table", lambda *given: dropped.append(given[-1]))

    found = drop_outlived(SETTINGS, VISITS)

    assert (found, dropped) == (([kept.plan_id], [kept.table]) if is_dropped else ([], []))
