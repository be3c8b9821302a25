"""After a replay into the lake the proof holds on the real servers, and each way of tampering with it is found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest

from tests.stack.test_prove_lake_index import RAW_ROWS, ROUNDS, append, found_in, proof_of, write_index, write_lake
from tests.synthetic import SyntheticDataset
from tidegate.clients.lake import open_catalog
from tidegate.clients.replay_evidence import REPLAYED_AT, about
from tidegate.proof.reconcile import Scope
from tidegate.settings import Settings

PLAN = "20260102t030405-abcd"
SPAN = {0: (7, 14), 1: (0, 0)}
REJECTED, PASSED, TWICE = 8, 13, 12
"""One that had a row, one that had a letter, and the repeat of one that passes."""
SIDE = pa.schema(
    [
        ("_source_partition", pa.int32()),
        ("_source_offset", pa.int64()),
        ("verdict", pa.string()),
        ("code", pa.string()),
        ("source_row", pa.int64()),
    ]
)
Row = dict[str, Any]


@dataclass
class After:
    """What a right replay of the second cycle of partition 0 leaves: change it before it is written."""

    lake: list[Row]
    documents: list[Row]
    letters: list[Row]
    side: list[Row] = field(default_factory=list)


def after_a_replay(synthetic: SyntheticDataset) -> After:
    written = synthetic.write_raw(ROUNDS)
    rows = [row for row in written.silver if place(row) != (0, REJECTED)]
    rows.append(written.silver_at(0, 7) | {"_source_offset": PASSED, "event_id": f"0-{PASSED}"})
    synthetic.write_outputs(written)
    verdicts = {REJECTED: "rejected", 9: "rejected", 11: "dropped", TWICE: "duplicate"}
    side = [{"_source_partition": 0, "_source_offset": at, "verdict": verdict} for at, verdict in verdicts.items()]
    return After([*rows], [*rows], [synthetic.dead_letter_record("rule", "RULE_VIOLATED", 0, REJECTED)], side)


def write(synthetic: SyntheticDataset, after: After) -> None:
    contract, catalog = synthetic.dataset.contract, open_catalog(synthetic.settings)
    synthetic.send(contract.dead_letter_topic, [(0, synthetic.dead_letter.encode(each)) for each in after.letters])
    write_lake(synthetic, RAW_ROWS, after.lake)
    write_index(synthetic, after.documents)
    name = f"replays.{synthetic.dataset.name}__{PLAN.replace('-', '_')}"
    append(catalog, name, pa.Table.from_pylist(after.side, SIDE))
    with catalog.load_table(name).transaction() as transaction:
        transaction.set_properties({**about(PLAN, SPAN, None), REPLAYED_AT: "1767323045000"})


def place(row: Row) -> tuple[int, int]:
    return row["_source_partition"], row["_source_offset"]


def at(rows: list[Row], offset: int) -> Row:
    return next(row for row in rows if place(row) == (0, offset))


def a_row_removed(after: After) -> None:
    after.lake.remove(at(after.lake, 7))


def a_row_doubled(after: After) -> None:
    after.lake.append(at(after.lake, 7))


def a_row_of_a_rejected_record(after: After) -> None:
    after.lake.append(at(after.lake, 7) | {"_source_offset": REJECTED, "event_id": f"0-{REJECTED}"})


def a_row_of_a_repeat(after: After) -> None:
    after.lake.append(at(after.lake, 10) | {"_source_offset": TWICE})


def a_document_removed(after: After) -> None:
    after.documents.remove(at(after.documents, PASSED))


def the_document_of_before(after: After) -> None:
    after.documents.append(at(after.documents, 7) | {"_source_offset": REJECTED, "event_id": f"0-{REJECTED}"})


def a_place_of_the_replays_table_removed(after: After) -> None:
    after.side.remove(at(after.side, 9))


def a_letter_removed(after: After) -> None:
    after.letters.clear()


@pytest.fixture
def synthetic(stack: Settings, tmp_path: Path) -> SyntheticDataset:
    """A dataset of its own."""
    return SyntheticDataset(stack, tmp_path / "schemas", f"probe_{uuid4().hex[:8]}")


def test_after_a_replay_with_changed_verdicts_the_proof_holds(synthetic: SyntheticDataset) -> None:
    after = after_a_replay(synthetic)
    write(synthetic, after)

    report = proof_of(synthetic, Scope(wait_s=0))

    assert report.holds, report.findings
    assert {layer.name: layer.actual for layer in report.layers} == {
        "replays": 7,
        "lake_bronze": len(RAW_ROWS),
        "lake_silver": len(after.lake),
        "index": len(after.lake),
    }
    assert f"7 raw records are judged by what replays into the lake have made of them ({PLAN})" in report.notes[0]
    assert proof_of(synthetic, Scope(start="0:9,1:0", end="0:14,1:0", wait_s=0)).holds
    assert proof_of(synthetic, Scope(lake=False, wait_s=0)).holds, "the lake still says what was replayed"


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (a_row_removed, {("replays", "missing"): ("0:7",), ("index", "unexplained"): ("0:7",)}),
        (a_row_doubled, {("replays", "doubled"): ("0:7",), ("lake_silver", "doubled"): ("0:7",)}),
        (a_row_of_a_rejected_record, {("replays", "doubled"): ("0:8",), ("index", "missing"): ("0:8",)}),
        (a_row_of_a_repeat, {("replays", "doubled"): ("0:12",), ("index", "missing"): ("0:12",)}),
        (a_document_removed, {("index", "missing"): ("0:13",)}),
        (the_document_of_before, {("index", "unexplained"): ("0:8",)}),
        (a_place_of_the_replays_table_removed, {("replays", "missing"): ("0:9",)}),
        (a_letter_removed, {("replays", "missing"): ("0:8",)}),
    ],
)
def test_tampering_is_named(
    synthetic: SyntheticDataset,
    tamper: Callable[[After], None],
    expected: dict[tuple[str, str], tuple[str, ...]],
) -> None:
    after = after_a_replay(synthetic)
    tamper(after)
    write(synthetic, after)

    assert found_in(proof_of(synthetic, Scope(wait_s=0))) == expected
