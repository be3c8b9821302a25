"""What is asked about before a start. No broker inside a process lists a group's positions, so they are given."""

from collections.abc import Iterable

import pytest

from tests.contracts import SCHEMAS
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.errors import TransientError
from tidegate.job_names import INDEX, LAKE, METRICS, NAMES, REFINE
from tidegate.jobs.consequences import consequences
from tidegate.jobs.plan_start import Start
from tidegate.settings import Settings

SETTINGS = Settings(schemas_dir=SCHEMAS, kafka_bootstrap_servers="127.0.0.1:1")


@pytest.fixture
def positions(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[tuple[str, int], int]]:
    """What groups have committed; all others nothing."""
    committed: dict[str, dict[tuple[str, int], int]] = {}

    def answer(_: OffsetReader, groups: Iterable[str]) -> dict[str, dict[tuple[str, int], int]]:
        return {group: committed.get(group, {}) for group in groups}

    monkeypatch.setattr(OffsetReader, "committed", answer)
    return committed


def test_going_on_has_none_and_needs_no_server() -> None:
    assert consequences(SETTINGS, Start(NAMES)) == []


@pytest.mark.parametrize(("recover_from", "says"), [("none", "begins from nothing"), ("/chk-7", "goes on from /chk-7")])
@pytest.mark.parametrize("job", [REFINE, LAKE])
@pytest.mark.parametrize("datasets", [(), ("clicks",)])
def test_what_only_grows_would_be_written_again(
    positions: dict[str, dict[tuple[str, int], int]], job: str, datasets: tuple[str, ...], recover_from: str, says: str
) -> None:
    positions[f"tidegate-{job}-clicks"] = {("raw.clicks", 0): 7}
    (found,) = consequences(SETTINGS, Start((job, INDEX), datasets, recover_from))
    assert found.startswith(job)
    assert says in found


@pytest.mark.parametrize("datasets", [(), ("orders",)])
def test_a_first_start_from_nothing_writes_nothing_again(
    positions: dict[str, dict[tuple[str, int], int]], datasets: tuple[str, ...]
) -> None:
    if datasets:
        positions["tidegate-refine-clicks"] = {("raw.clicks", 0): 7}  # of another dataset
    assert consequences(SETTINGS, Start((REFINE, LAKE), datasets, "none")) == []


def test_what_replaces_its_own_results_may_begin_again(positions: dict[str, dict[tuple[str, int], int]]) -> None:
    positions["tidegate-index-clicks"] = positions["tidegate-metrics-clicks"] = {("silver.clicks", 0): 7}
    assert consequences(SETTINGS, Start((INDEX, METRICS), recover_from="none")) == []


def test_giving_up_state_is_one_whatever_is_started() -> None:
    (found,) = consequences(SETTINGS, Start((INDEX,), forget_removed=True))
    assert "given up for good" in found


def test_what_is_not_known_is_not_taken_for_none() -> None:
    with pytest.raises(TransientError):
        consequences(SETTINGS, Start((REFINE,), recover_from="none"))
