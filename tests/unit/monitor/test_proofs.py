"""A proof as metrics, and what is said when none can be made."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tidegate.errors import TidegateError
from tidegate.monitor.proofs import ProofProcess, ProofReader, parse
from tidegate.monitor.reading import Since
from tidegate.settings import Settings

REPORT: dict[str, Any] = {
    "holds": False,
    "seconds": 2.5,
    "datasets": {
        "clicks": {
            "produced": 10, "silver": 5, "dead_letter": 2, "dropped": 1, "duplicate": 1,
            "missing": 1, "doubled": 0, "unexplained": 0,
        }
    },
}  # fmt: skip


def test_a_report_becomes_metrics() -> None:
    asked: list[tuple[str, datetime]] = []

    def prove(dataset: str, start: datetime) -> dict[str, Any]:
        asked.append((dataset, start))
        return REPORT

    samples = list(ProofReader(prove, "clicks", timedelta(hours=1), 60).read())
    found = {
        (sample.metric.name.removeprefix("tidegate_proof_"), *sample.labels[1:]): sample.value for sample in samples
    }
    age = found.pop(("age_seconds",))
    assert isinstance(age, Since)
    assert found == {
        ("ok",): 0.0,
        ("duration_seconds",): 2.5,
        ("faults", "missing"): 1,
        ("faults", "doubled"): 0,
        ("faults", "unexplained"): 0,
        ("records", "raw"): 10,
        ("records", "silver"): 5,
        ("records", "dead_letter"): 2,
        ("records", "dropped"): 1,
        ("records", "duplicate"): 1,
    }
    ((dataset, start),) = asked
    assert dataset == "clicks"
    assert abs(datetime.now(UTC) - timedelta(hours=1) - start) < timedelta(minutes=1)


def test_the_report_of_a_proof_that_does_not_hold_is_one_too() -> None:
    assert parse("clicks", json.dumps(REPORT), "") == REPORT


def test_a_proof_that_ended_without_a_word_of_ours_says_its_last_line() -> None:
    with pytest.raises(TidegateError, match=r"clicks can't be proved: Killed") as caught:
        parse("clicks", "", "warning: x\nKilled\n")
    assert caught.value.remedy == "Run `tidegate prove clicks` to see all of it."


def test_a_proof_that_can_not_be_made_says_why_and_what_to_do() -> None:
    with pytest.raises(TidegateError) as caught:
        ProofProcess(Settings())("nothing", datetime.now(UTC))
    assert caught.value.problem == "nothing can't be proved: there is no dataset 'nothing'."
    assert caught.value.remedy.startswith("Known: ")
