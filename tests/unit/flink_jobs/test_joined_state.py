"""Which operators a start takes from which state; tests/flink/test_joined_states.py puts real ones together."""

from datetime import timedelta

import pytest

from flink_jobs import joined_state
from flink_jobs.job import StateFacts
from flink_jobs.joined_state import state_of, wanted_uids

FOLDER = "file:///checkpoints/refine"
CLICKS = ["refine:clicks:Calc:1", "refine:clicks:silver:1", "Sink Committer: refine:clicks:silver:1"]
OLD_CLICKS = ["refine:clicks_of_old:Calc:1"]
READINGS = ["refine:readings:Calc:1", "Sink Committer: refine:readings:silver:1"]


def first(*datasets: str) -> dict[str, int]:
    """Datasets with silver's first version."""
    return dict.fromkeys(datasets, 1)


def state(path: str, *uids: str) -> StateFacts:
    return StateFacts(frozenset(uids), {}, timedelta(0), path)


SHARED = state("file:///savepoints/refine/1", *CLICKS, *OLD_CLICKS, *READINGS, "")
OWN = state("file:///savepoints/refine.readings/1", *READINGS, "")


@pytest.fixture(autouse=True)
def _joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Says what would be written, and where."""
    monkeypatch.setattr(joined_state, "now_ms", lambda: 7)
    monkeypatch.setattr(joined_state, "join", lambda _job, _wanted, target: target)


def test_an_operator_of_a_dataset_is_known_by_its_prefix_and_a_committer_by_flinks_word_before_it() -> None:
    assert wanted_uids("refine", first("clicks"), {"clicks": SHARED}) == {SHARED.path: frozenset(CLICKS)}


def test_of_each_dataset_its_own_state_is_taken() -> None:
    assert wanted_uids("refine", first("clicks", "readings", "new"), {"clicks": SHARED, "readings": OWN}) == {
        SHARED.path: frozenset(CLICKS),
        OWN.path: frozenset(READINGS),
    }


def test_a_state_that_holds_nothing_else_is_gone_on_from_as_it_is() -> None:
    assert state_of("refine", first("readings", "new"), {"readings": OWN}, FOLDER) == OWN.path
    every = ["clicks", "clicks_of_old", "readings"]
    assert state_of("refine", first(*every), dict.fromkeys(every, SHARED), FOLDER) == SHARED.path


def test_others_are_put_together_without_what_nobody_wants() -> None:
    assert state_of("refine", first("readings"), {"readings": SHARED}, FOLDER) == f"{FOLDER}/joined/7"
    both = {"clicks": state("file:///1", *CLICKS), "readings": OWN}
    assert state_of("refine", first("clicks", "readings"), both, FOLDER) == f"{FOLDER}/joined/7"


def test_a_dataset_that_was_left_out_meanwhile_takes_no_state_along() -> None:
    assert state_of("refine", first("clicks"), {"clicks": state("file:///1", *CLICKS), "readings": OWN}, FOLDER) == (
        "file:///1"
    )
    assert state_of("refine", first("new"), {"readings": OWN}, FOLDER) is None


def test_a_source_of_another_version_of_silver_is_left_behind_and_nothing_else() -> None:
    before = "lake:clicks:KafkaSource-default_catalog.clicks.silver:1"
    others = ["lake:clicks:KafkaSource-default_catalog.clicks.raw_records:1", "Sink Committer: lake.silver.clicks"]
    found = {"clicks": state("file:///1", before, *others)}

    assert state_of("lake", {"clicks": 1}, found, FOLDER) == "file:///1"
    assert wanted_uids("lake", {"clicks": 2}, found) == {"file:///1": frozenset(others)}
    assert state_of("lake", {"clicks": 2}, found, FOLDER) == f"{FOLDER}/joined/7"
    second = {"clicks": state("file:///2", before.replace(":1", ".v2:1"), *others)}
    assert state_of("lake", {"clicks": 2}, second, FOLDER) == "file:///2"
