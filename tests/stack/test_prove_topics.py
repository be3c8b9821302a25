"""The proof of the topics on real Kafka: a right run holds, and whatever is tampered with is found."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

from tests.synthetic import SyntheticDataset, Written, spread
from tidegate.cli import prove as cli
from tidegate.errors import TidegateError
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.report import ProofReport
from tidegate.settings import Settings

ROUNDS = 5
TOPICS_ONLY = Scope(lake=False, index=False, wait_s=0)
Found = dict[str, tuple[str, ...]]


@pytest.fixture
def synthetic(stack: Settings, tmp_path: Path) -> SyntheticDataset:
    """A dataset of its own, with empty topics."""
    return SyntheticDataset(stack, tmp_path / "schemas", f"probe_{uuid4().hex[:8]}")


def proof_of(synthetic: SyntheticDataset, scope: Scope = TOPICS_ONLY) -> ProofReport:
    return prove(synthetic.settings, synthetic.dataset.name, scope)


def found_in(report: ProofReport) -> Found:
    return {finding.fault: finding.first for finding in report.findings}


def test_a_right_run_holds(synthetic: SyntheticDataset) -> None:
    synthetic.write_outputs(synthetic.write_raw(ROUNDS))

    report = proof_of(synthetic)

    assert report.holds, report.verdict()
    counts = [report.total(count) for count in ("raw", "silver", "dead_letter", "dropped", "duplicate")]
    assert counts == [70, 30, 20, 10, 10]
    assert report.dead_letters == {"TRUNCATED": 10, "RULE_VIOLATED": 10}


def test_two_processes_find_the_same_as_one(synthetic: SyntheticDataset) -> None:
    written = synthetic.write_raw(ROUNDS)
    remove_a_row(written)
    synthetic.write_outputs(written)

    alone, together = (proof_of(synthetic, Scope(lake=False, index=False, wait_s=0, workers=count)) for count in (1, 2))

    assert found_in(alone) == found_in(together) == {"missing": ("0:1",)}


def remove_a_row(written: Written) -> None:
    written.silver.remove(written.silver_at(0, 1))


def double_a_row(written: Written) -> None:
    written.silver.append(written.silver_at(0, 1))


def copy_a_row_over_another(written: Written) -> None:
    written.silver_at(0, 1)["_source_offset"] = 0


def invent_an_offset(written: Written) -> None:
    written.silver_at(0, 1)["_source_offset"] = 4711


def invent_an_identity(written: Written) -> None:
    written.silver_at(0, 1)["event_id"] = "invented"


def let_a_duplicate_through(written: Written) -> None:
    written.silver.append(written.silver_at(0, 3) | {"_source_offset": 5})


def remove_a_dead_letter(written: Written) -> None:
    del written.dead_letter[0]


def double_a_dead_letter(written: Written) -> None:
    written.dead_letter.append(written.dead_letter[0])


def drop_what_is_in_silver(written: Written) -> None:
    written.dropped.append(written.dropped[0] | {"source_offset": 1})


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (remove_a_row, {"missing": ("0:1",)}),
        (double_a_row, {"doubled": ("0:1",)}),
        (copy_a_row_over_another, {"missing": ("0:1",), "unexplained": ("0:0",)}),
        (invent_an_offset, {"missing": ("0:1",), "unexplained": ("0:4711",)}),
        (invent_an_identity, {"missing": ("0:1",), "unexplained": ("0:1",)}),
        (let_a_duplicate_through, {"doubled": ("0:5",)}),
        (remove_a_dead_letter, {"missing": ("0:2",)}),
        (double_a_dead_letter, {"doubled": ("0:2",)}),
        (drop_what_is_in_silver, {"doubled": ("0:1",)}),
    ],
)
def test_tampering_is_found(synthetic: SyntheticDataset, tamper: Callable[[Written], None], expected: Found) -> None:
    written = synthetic.write_raw(ROUNDS)
    tamper(written)
    synthetic.write_outputs(written)

    assert found_in(proof_of(synthetic)) == expected


def test_rows_of_an_aborted_transaction_do_not_count(synthetic: SyntheticDataset) -> None:
    written = synthetic.write_raw(ROUNDS)
    last = written.silver_at(0, 1)
    written.silver.remove(last)
    synthetic.write_outputs(written)
    synthetic.send(synthetic.dataset.contract.silver_topic, spread([synthetic.silver.encode(last)]), commit=False)

    assert found_in(proof_of(synthetic)) == {"missing": ("0:1",)}


def test_offsets_that_raw_has_no_record_for_are_not_missing(synthetic: SyntheticDataset) -> None:
    written = synthetic.write_raw(ROUNDS)
    synthetic.send(synthetic.dataset.contract.topic.name, spread([b"aborted"] * 10), commit=False)
    synthetic.write_outputs(written)

    report = proof_of(synthetic)

    assert report.holds
    assert report.total("raw") == 70


def test_a_window_leaves_out_what_lies_outside(synthetic: SyntheticDataset) -> None:
    written = synthetic.write_raw(ROUNDS)
    remove_a_row(written)
    synthetic.write_outputs(written)

    report = proof_of(synthetic, Scope("0:2,1:0", "0:12,1:9", lake=False, index=False, wait_s=0))

    assert report.holds
    assert report.total("raw") == 19
    assert report.dead_letters == {"TRUNCATED": 3, "RULE_VIOLATED": 2}


def test_a_job_that_is_late_is_waited_for(synthetic: SyntheticDataset) -> None:
    written = synthetic.write_raw(ROUNDS)
    with ThreadPoolExecutor(1) as pool:
        proof = pool.submit(proof_of, synthetic, Scope(lake=False, index=False, wait_s=60))
        synthetic.write_outputs(written)

        assert proof.result().holds


def test_events_not_refined_yet_are_missing_and_said_to_be_behind(synthetic: SyntheticDataset) -> None:
    written = synthetic.write_raw(ROUNDS)
    tail = [row for row in written.silver if row["_source_offset"] > 30]
    written.silver = [row for row in written.silver if row not in tail]
    written.dead_letter = [letter for letter in written.dead_letter if letter["source"]["offset"] <= 30]
    written.dropped = [row for row in written.dropped if row["source_offset"] <= 30]
    synthetic.write_outputs(written)

    report = proof_of(synthetic)

    assert not report.holds
    assert report.faults("missing") == report.behind == 8


def test_a_foreign_record_in_silver_is_named(synthetic: SyntheticDataset) -> None:
    synthetic.write_outputs(synthetic.write_raw(ROUNDS))
    topic = synthetic.dataset.contract.silver_topic
    synthetic.send(topic, [(1, b"not ours")])

    report = proof_of(synthetic)

    (finding,) = report.findings
    assert (finding.fault, finding.count) == ("unexplained", 1)
    assert finding.first[0].startswith(f"{topic}:1:")
    assert report.total("silver") == 30, "the rest is proved all the same"


def test_a_dead_letter_of_the_index_is_no_second_verdict(synthetic: SyntheticDataset) -> None:
    written = synthetic.write_raw(ROUNDS)
    refused = synthetic.dead_letter_record("index", "DOCUMENT_REJECTED", 0, 1)
    written.dead_letter += [refused, refused]
    synthetic.write_outputs(written)

    report = proof_of(synthetic)

    assert report.holds
    assert report.dead_letters == {"TRUNCATED": 10, "RULE_VIOLATED": 10, "DOCUMENT_REJECTED": 1}


@pytest.fixture
def as_user(synthetic: SyntheticDataset, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[int, str]]]:
    """Runs ``tidegate prove`` on the synthetic dataset: exit code and output."""
    monkeypatch.setattr(cli, "get_settings", lambda: synthetic.settings)

    def run(*options: str) -> tuple[int, str]:
        arguments = [synthetic.dataset.name, "--no-lake", "--no-index", "--wait", "0", *options]
        result = CliRunner().invoke(cli.command, arguments)
        return result.exit_code, result.output

    yield run


def test_the_command_exits_0_only_if_the_proof_holds(
    synthetic: SyntheticDataset, as_user: Callable[..., tuple[int, str]]
) -> None:
    written = synthetic.write_raw(ROUNDS)
    lost = written.silver_at(0, 1)
    written.silver.remove(lost)
    synthetic.write_outputs(written)

    exit_code, output = as_user()
    assert exit_code == 1
    assert "topics: 1 missing: 0:1" in output

    synthetic.send(synthetic.dataset.contract.silver_topic, spread([synthetic.silver.encode(lost)]))
    exit_code, output = as_user("--json")
    assert exit_code == 0
    assert json.loads(output)["datasets"][synthetic.dataset.name]["missing"] == 0


def test_the_window_can_be_a_time(synthetic: SyntheticDataset) -> None:
    synthetic.write_outputs(synthetic.write_raw(ROUNDS))

    before_all = proof_of(synthetic, Scope(start="2020-01-01T00:00:00Z", lake=False, index=False, wait_s=0))

    assert before_all.total("raw") == 70
    with pytest.raises(TidegateError, match="it is only"):
        proof_of(synthetic, Scope(start="2100-01-01T00:00:00Z", lake=False, index=False, wait_s=0))
