"""A proof as metrics, and what is said when none can be made."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tidegate.monitor.proof_process import ProofProcess, UnderWay
from tidegate.monitor.proofs import AGAIN_S, ProofReader, UnderWayReader
from tidegate.monitor.reading import Since
from tidegate.settings import Settings

REPORT: dict[str, Any] = {
    "holds": False,
    "seconds": 2.5,
    "peak_rss_mb": 300,
    "behind": 3,
    "datasets": {
        "clicks": {
            "undecided": 0, "expired": 0, "produced": 10, "silver": 5, "dead_letter": 2, "dropped": 1, "duplicate": 1,
            "repaired": 3, "parked": 6, "missing": 4, "doubled": 0, "unexplained": 0,
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
    assert found.pop(("tidegate_proofs_faulty_in_a_row",)) == 1
    age = found.pop(("age_seconds",))
    assert isinstance(age, Since)
    assert found == {
        ("ok",): 0.0,
        ("duration_seconds",): 2.5,
        ("memory_bytes",): 300 * 2**20,
        ("faults", "behind"): 3,
        ("faults", "missing"): 1,
        ("faults", "doubled"): 0,
        ("faults", "unexplained"): 0,
        ("records", "raw"): 10,
        ("records", "silver"): 5,
        ("records", "dead_letter"): 2,
        ("records", "repaired"): 3,
        ("records", "parked"): 6,
        ("missing",): 1,
        ("doubled",): 0,
        ("records", "dropped"): 1,
        ("records", "duplicate"): 1,
        ("records", "undecided"): 0,
        ("records", "expired"): 0,
    }
    ((dataset, start),) = asked
    assert dataset == "clicks"
    assert abs(datetime.now(UTC) - timedelta(hours=1) - start) < timedelta(minutes=1)


def report(**faults: int) -> dict[str, Any]:
    """A proof with these faults; ``behind`` of those that are missing are only behind."""
    behind = faults.pop("behind", 0)
    facts = {**REPORT["datasets"]["clicks"], "missing": 0, **faults}
    return {**REPORT, "behind": behind, "holds": not any(faults.values()), "datasets": {"clicks": facts}}


def test_faults_count_in_a_row_and_what_is_only_behind_is_none() -> None:
    """A backlog is no loss: one that takes minutes raises nothing, and a fault is looked at again soon."""
    proofs = iter([report(missing=9, behind=9), report(missing=9, behind=8), report(doubled=1), report()])
    reader = ProofReader(lambda dataset, start: next(proofs), "clicks", timedelta(hours=1), 900)
    seen = []
    for _ in range(4):
        told = {(sample.metric.name, *sample.labels[1:]): sample.value for sample in reader.read()}
        seen.append((told["tidegate_proofs_faulty_in_a_row",], told["tidegate_proof_ok",], reader.every_s))
    assert seen == [(0, 0.0, 900), (1, 0.0, AGAIN_S), (2, 0.0, AGAIN_S), (0, 1.0, 900)]


def test_a_proof_that_takes_long_is_told_while_it_does() -> None:
    process = ProofProcess(Settings())
    reader = UnderWayReader(process, ["clicks", "orders"], 60, 5)

    def told() -> dict[tuple[str, str], Any]:
        return {(sample.metric.name, sample.labels[0]): sample.value for sample in reader.read()}

    assert told() == {
        ("tidegate_proof_running_seconds", "clicks"): 0.0,
        ("tidegate_proof_running_seconds", "orders"): 0.0,
        ("tidegate_proof_interval_seconds", "clicks"): 60,
        ("tidegate_proof_interval_seconds", "orders"): 60,
    }
    process.under_way = UnderWay("orders", time.time() - 100)
    assert told()["tidegate_proof_running_seconds", "orders"] == Since(process.under_way.began_s)
    assert told()["tidegate_proof_running_seconds", "clicks"] == 0.0
