"""A job begins with a version of silver's topic only if the dataset's jobs were switched to it."""

from collections.abc import Iterable, Mapping
from functools import partial

import pytest

from tests.broker import Broker
from tests.unit.sql.visits import stream
from tidegate.clients.kafka_group_state import write_state
from tidegate.clients.kafka_offsets import Place
from tidegate.contracts.model import Contract
from tidegate.errors import ContractError, TidegateError
from tidegate.jobs import silver_versions
from tidegate.jobs.silver_versions import (
    PLACED,
    Versions,
    has_moved_on,
    refuse_taking_twice,
    refuse_unswitched,
    versions_of,
)
from tidegate.settings import Settings

FIRST, SECOND = frozenset({1}), frozenset({2})


def of_version(version: int) -> Contract:
    return stream().of_silver_version(version).contract


class Kafka:
    """Per partition that is there the first offset and the end; per job's group the places it has committed."""

    def __init__(self, spans: Mapping[Place, tuple[int, int]], committed: Mapping[str, list[Place]]) -> None:
        self.spans = spans
        self.groups = {f"tidegate-{job}-visits": dict.fromkeys(places, 5) for job, places in committed.items()}

    def committed(self, groups: Iterable[str]) -> dict[str, dict[Place, int]]:
        return {group: self.groups.get(group, {}) for group in groups}

    def places(self, topics: Iterable[str]) -> list[Place]:
        return [place for place in self.spans if place[0] in topics]

    def starts(self, places: Iterable[Place]) -> dict[Place, int]:
        return {place: self.spans[place][0] for place in places}

    def ends(self, places: Iterable[Place]) -> dict[Place, int]:
        return {place: self.spans[place][1] for place in places}


def asked(monkeypatch: pytest.MonkeyPatch, kafka: Kafka, version: int) -> Versions:
    monkeypatch.setattr(silver_versions, "OffsetReader", lambda _settings, **_: kafka)
    return versions_of(Settings.model_construct(), of_version(version))


def test_kafka_tells_who_reads_which_version_and_which_hold_records(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = {
        ("silver.visits", 0): (0, 0),
        ("silver.visits", 1): (0, 0),
        ("silver.visits.v2", 0): (7, 7),
        ("silver.visits.v3", 0): (0, 0),
        ("silver.visits.v3", 1): (2, 9),
        ("silver.visits.v4", 0): (0, 9),
    }
    reads = {
        "lake": [("raw.visits", 0), ("silver.visits.v3", 0)],
        "index": [("silver.visits", 0), ("silver.visits.v3", 1)],
    }

    found = asked(monkeypatch, Kafka(spans, reads), 4)

    assert found.read == {"lake": frozenset({3}), "index": frozenset({1, 3}), "metrics": frozenset()}
    assert (found.held, found.unused) == (frozenset({3}), FIRST)
    assert found.switched_to == 3


def test_of_the_first_version_nothing_is_asked_but_the_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, Kafka({}, {"lake": [("silver.visits", 0)]}), 1) == Versions(
        {"lake": FIRST, "index": frozenset(), "metrics": frozenset()}
    )


@pytest.mark.parametrize("version", [2, 3])
def test_a_version_that_nobody_was_switched_to_is_refused_while_one_before_holds_records(version: int) -> None:
    with pytest.raises(ContractError, match=r"not switched from silver\.visits, which holds records") as error:
        refuse_unswitched(of_version(version), Versions({"lake": FIRST}, held=FIRST))
    assert "tidegate replay switch" in error.value.remedy
    assert error.value.remedy.endswith("set it back to 1.")


def test_one_is_refused_as_well_whose_rows_before_were_taken_and_retention_has_removed_them() -> None:
    """Else refine would write where no job that has taken rows of before may read."""
    with pytest.raises(ContractError, match=r"not switched from silver\.visits, of which they have taken rows"):
        refuse_unswitched(of_version(2), Versions({"lake": FIRST}))
    refuse_unswitched(of_version(2), Versions({"lake": FIRST}, unused=FIRST))


def test_one_job_that_was_switched_is_the_sign_for_all() -> None:
    refuse_unswitched(of_version(2), Versions({"lake": FIRST, "metrics": FIRST | SECOND}, held=FIRST))


def test_where_no_version_before_holds_anything_a_dataset_just_begins() -> None:
    refuse_unswitched(of_version(2), Versions())
    refuse_unswitched(of_version(2), Versions(unused=FIRST))
    refuse_unswitched(of_version(1), Versions({"lake": FIRST}))


@pytest.mark.parametrize("held", [frozenset[int](), FIRST])
def test_no_way_leads_back_to_a_version_that_was_switched_away_from(held: frozenset[int]) -> None:
    with pytest.raises(ContractError, match="its jobs were switched to 2") as error:
        refuse_unswitched(of_version(1), Versions({"index": FIRST | SECOND}, held=held))
    assert error.value.remedy == "Set it to 2: what was written since is in silver.visits.v2 alone."


def test_of_many_datasets_the_refused_are_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    kafka = Kafka({("silver.visits", 0): (0, 9)}, {})
    monkeypatch.setattr(silver_versions, "OffsetReader", lambda _settings, **_: kafka)
    contracts = [of_version(2), of_version(2).model_copy(update={"dataset": "calls"})]

    found = silver_versions.unswitched(Settings.model_construct(), contracts)

    assert [*found] == ["visits"]
    assert "silver.visits, which holds records" in found["visits"].problem


@pytest.mark.parametrize(
    ("jobs", "committed", "refused"),
    [
        (("lake",), {}, []),
        (("lake", "metrics"), {}, []),
        (("refine", "lake"), {}, ["visits"]),
        ((), {}, ["visits"]),
        (("lake",), {"index": [("silver.visits", 0)]}, ["visits"]),
    ],
    ids=["a reader", "readers", "refine too", "apply", "known to be unswitched"],
)
def test_what_kafka_has_forgotten_is_left_to_the_states_of_jobs_that_have_one(
    monkeypatch: pytest.MonkeyPatch, jobs: tuple[str, ...], committed: Mapping[str, list[Place]], refused: list[str]
) -> None:
    kafka = Kafka({("silver.visits", 0): (0, 9), ("silver.visits.v2", 0): (0, 9)}, committed)
    monkeypatch.setattr(silver_versions, "OffsetReader", lambda _settings, **_: kafka)

    found = silver_versions.unswitched(Settings.model_construct(), [of_version(2)], jobs)

    assert [*found] == refused
    for error in found.values():
        assert ("`tidegate run lake --dataset visits` first" in error.remedy) is not bool(committed)


@pytest.mark.parametrize(
    ("read", "in_state"),
    [(FIRST, frozenset[int]()), (frozenset[int](), FIRST), (FIRST, FIRST)],
)
def test_a_job_that_has_taken_rows_and_is_nowhere_in_the_new_topic_does_not_go_on(
    read: frozenset[int], in_state: frozenset[int]
) -> None:
    with pytest.raises(TidegateError, match=r"lake has taken rows of visits from silver\.visits, "):
        refuse_taking_twice("lake", of_version(2), Versions({"lake": read, "index": SECOND}, held=FIRST), in_state)


def test_a_job_goes_on_at_committed_offsets_or_where_its_state_says_or_where_there_was_nothing_to_take() -> None:
    refuse_taking_twice("lake", of_version(2), Versions({"lake": FIRST | SECOND}), FIRST)
    refuse_taking_twice("lake", of_version(2), Versions({"lake": FIRST}), SECOND)
    refuse_taking_twice("lake", of_version(2), Versions({"lake": FIRST}, unused=FIRST), FIRST)
    refuse_taking_twice("lake", of_version(1), Versions({"lake": FIRST}), FIRST)
    refuse_taking_twice("index", of_version(2), Versions({"lake": SECOND}), frozenset())
    refuse_taking_twice("refine", of_version(2), Versions({"lake": SECOND}), frozenset())


def test_a_job_has_moved_on_once_it_has_committed_offsets_of_its_own(broker: Broker) -> None:
    contract = of_version(2)
    broker.send(contract.silver_topic, [(0, b"a"), (1, b"b")])
    places = [(contract.silver_topic, number) for number in (0, 1)]
    moved = partial(has_moved_on, broker.settings, contract, "metrics")
    assert not moved()
    write_state(broker.settings, "tidegate-metrics-visits", dict.fromkeys(places, (1, PLACED)))
    assert not moved()
    write_state(broker.settings, "tidegate-index-visits", {places[0]: (1, None)})
    assert not moved()
    write_state(broker.settings, "tidegate-metrics-visits", {places[0]: (1, None)})
    assert moved()
