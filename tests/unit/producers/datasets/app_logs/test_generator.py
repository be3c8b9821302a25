"""Logs of services: their severity goes with the status, and traces are dropped by design."""

import numpy as np
import pytest

from producers.datasets.app_logs.generator import BREAKS, AppLogs
from producers.generated.records import Made
from tidegate.contracts.dataset import Stream


@pytest.fixture(scope="module")
def made() -> list[Made]:
    return AppLogs(np.random.default_rng(3))(1_795_000_000_000 + np.arange(4000))


def test_a_failed_request_is_an_error_with_its_stack_trace(made: list[Made]) -> None:
    failed = [each.record for each in made if each.record["status_code"] == 500]

    assert failed
    assert all(record["severity_text"] == "ERROR" and "\n\tat shop." in str(record["body"]) for record in failed)
    assert not any("\n" in str(each.record["body"]) for each in made if each.record["status_code"] == 200)


def test_traces_and_nothing_else_are_told_as_dropped(made: list[Made], app_logs: Stream) -> None:
    dropped = [each for each in made if each.kind == "dropped"]

    assert {each.record["severity_text"] for each in dropped} == {"TRACE"}
    assert {each.name for each in dropped} <= {rule.name for rule in app_logs.contract.rules_of("drop")}
    assert "TRACE" not in {each.record["severity_text"] for each in made if each.kind is None}


def test_each_record_has_ids_of_its_own(made: list[Made]) -> None:
    for name, length in (("log_id", 36), ("trace_id", 32), ("span_id", 16)):
        ids = {str(each.record[name]) for each in made}
        assert len(ids) == len(made)
        assert {len(each) for each in ids} == {length}


def test_every_broken_rule_is_a_reject_rule_of_the_contract(app_logs: Stream) -> None:
    assert set(BREAKS) <= {rule.name for rule in app_logs.contract.rules_of("reject")}
