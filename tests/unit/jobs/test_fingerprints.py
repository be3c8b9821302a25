"""A fingerprint is another when what runs is, and only then."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS
from tests.unit.sql.make_golden import golden_settings
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.jobs.fingerprints import fingerprints, parameter
from tidegate.settings import Settings

SETTINGS = Settings(schemas_dir=SCHEMAS)


def clicks() -> Stream:
    return load_stream(SCHEMAS, "clicks")


def changed(stream: Stream) -> set[str]:
    """The jobs that run something else of it than of clicks as they are."""
    before, now = fingerprints(clicks(), SETTINGS), fingerprints(stream, SETTINGS)
    return {job for job in before.keys() | now.keys() if before.get(job) != now.get(job)}


def test_addresses_and_timeouts_of_a_machine_are_no_part_of_it() -> None:
    elsewhere = golden_settings().model_copy(update={"metrics_max_lateness_hours": 3, "schemas_dir": Path(SCHEMAS)})
    assert fingerprints(clicks(), elsewhere) == fingerprints(clicks(), SETTINGS)


def test_what_is_only_told_to_people_changes_nothing() -> None:
    contract = clicks().contract.model_copy(update={"description": "other words", "owner": "others"})
    assert changed(replace(clicks(), contract=contract)) == set()


def test_a_rule_is_refines_alone() -> None:
    first, *others = clicks().contract.rules
    rules = [first.model_copy(update={"check": "1 = 1"}), *others]
    assert changed(replace(clicks(), contract=clicks().contract.model_copy(update={"rules": rules}))) == {"refine"}


def test_a_job_without_work_is_not_listed() -> None:
    contract = clicks().contract.model_copy(update={"index": None})
    alone = replace(clicks(), metrics=(), contract=contract)
    assert set(fingerprints(alone, SETTINGS)) == {"refine", "lake"}
    assert set(fingerprints(clicks(), SETTINGS)) == {"refine", "lake", "index", "metrics"}


@pytest.mark.parametrize("dataset", ["clicks", "orders", "app_logs"])
def test_it_can_stand_in_a_list_of_flinks(dataset: str) -> None:
    told = {parameter(dataset), *fingerprints(load_stream(SCHEMAS, dataset), SETTINGS).values()}
    assert not set("".join(told)) & set(",:;'\" ")


def test_the_error_budget_is_refines_alone() -> None:
    contract = clicks().contract
    for update in ({"max_ratio": 0.5}, {"max_consecutive": 7}, {"window_s": 60}, {"min_events": 1}, {"action": "stop"}):
        dead_letters = contract.dead_letters.model_copy(update=update)
        other = replace(clicks(), contract=contract.model_copy(update={"dead_letters": dead_letters}))
        assert changed(other) == {"refine"}, update
