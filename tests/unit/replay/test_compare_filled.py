"""What the next topics are compared with: old records outside of the range, the lake in it; strangers are left out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.replay.plans import plan
from tests.unit.sql.visits import CONTRACT, stream
from tidegate.clients.kafka_records import Scan
from tidegate.contracts.envelope import identity_text
from tidegate.proof.record_reader import Leading
from tidegate.proof.rows import concat, fingerprints, make_rows
from tidegate.replay import compare_filled
from tidegate.replay.compare_filled import compare, removed
from tidegate.replay.filled import Filled
from tidegate.settings import Settings
from tidegate.sql.replay_silver import Filling

VISITS = stream()
SETTINGS = Settings.model_construct()
PLAN = plan(dataset="visits")
Record = tuple[int, str] | None
"""Offset of the raw record in partition 0, and identity; None: one that can't be read."""
ALL = {0: (0, 100)}
FILLING = Filling("visits", PLAN.plan_id, 2, ALL, ALL, within={0: (10, 20)}, made={0: (12, 20)})


class Topics:
    """Records by topic, from offset 0; rows and marks that the lake has of the range."""

    def __init__(self) -> None:
        self.records: dict[str, list[Record]] = {
            "silver.visits": [(5, "a"), (10, "old"), (13, "old"), None, (30, "b")],
            "dropped.visits": [(6, ""), (14, "")],
            "silver.visits.v2": [(13, "new"), (5, "a"), (30, "b")],
            "dropped.visits.v2": [(6, ""), (15, "")],
        }
        self.starts: dict[str, int] = {}
        self.lake = [(13, "new")]
        self.marks = [15]

    def spans(self, _: Settings, topic: str) -> Mapping[int, tuple[int, int]]:
        return {0: (self.starts.get(topic, 0), len(self.records[topic]))}

    def read(self, scan: Scan, identity: tuple[str, ...] = ()) -> Leading:
        start, end = scan.spans[0]
        found = self.records[scan.topic][start:end]
        rows = [record for record in found if record is not None]
        strange = [at for at, record in enumerate(found) if record is None]
        known = concat([row(*record) for record in rows])
        if not identity:
            known = make_rows(known.partition, known.offset)
        return Leading(known, make_rows([0] * len(strange), strange), 0)

    def scan(self, _settings: object, table: str, columns: tuple[str, ...], condition: str) -> list[pa.RecordBatch]:
        assert "_source_offset >= 12 and _source_offset < 20" in condition
        marks = table == PLAN.aside.table
        rows = [(at, "") for at in self.marks] if marks else self.lake
        found: dict[str, Any] = {
            "_source_partition": pa.array([0] * len(rows), pa.int32()),
            "_source_offset": pa.array([at for at, _ in rows], pa.int64()),
        }
        found |= {name: [text for _, text in rows] for name in VISITS.contract.row_identity}
        return [pa.RecordBatch.from_pydict(found).select([*columns])]


def row(at: int, text: str) -> Any:
    identity = identity_text([text] * len(VISITS.contract.row_identity)).encode()
    return make_rows([0], [at], fingerprints([identity]))


@pytest.fixture
def topics(monkeypatch: pytest.MonkeyPatch) -> Topics:
    found = Topics()
    monkeypatch.setattr(compare_filled, "topic_spans", found.spans)
    monkeypatch.setattr(compare_filled, "read_silver", found.read)
    monkeypatch.setattr(compare_filled, "read_dropped", found.read)
    monkeypatch.setattr(compare_filled, "open_table", lambda _, name: name)
    monkeypatch.setattr(compare_filled, "scan_rows", found.scan)
    return found


def compared(filling: Filling = FILLING, since: Mapping[str, Mapping[str, int]] | None = None) -> Filled:
    return compare(SETTINGS, VISITS, PLAN, filling, since or {})


def test_copied_and_made_records_are_what_the_next_topics_are_to_have(topics: Topics) -> None:
    """Of the range nothing old stays, not even what raw has no more."""
    assert compared() == Filled(rows=3, of_range=1, marks=2, left_out=1)


@pytest.mark.parametrize(
    ("topic", "change", "told"),
    [
        ("silver.visits.v2", [(13, "new"), (5, "a")], "lacks 1 rows, such as that of 0:30"),
        (
            "silver.visits.v2",
            [(13, "new"), (5, "a"), (30, "b"), (30, "b")],
            "has 1 rows too many, such as that of 0:30",
        ),
        ("silver.visits.v2", [(13, "old"), (5, "a"), (30, "b")], "lacks 1 rows, such as that of 0:13"),
        ("silver.visits.v2", [(13, "new"), (10, "old"), (5, "a"), (30, "b")], "too many, such as that of 0:10"),
        ("silver.visits.v2", [(13, "new"), (5, "a"), (30, "b"), None], "1 records that can't be read"),
        ("dropped.visits.v2", [(6, "")], "lacks 1 rows, such as that of 0:15"),
        ("dropped.visits.v2", [(6, ""), (14, ""), (15, "")], "has 1 rows too many, such as that of 0:14"),
    ],
)
def test_each_difference_is_a_fault(topics: Topics, topic: str, change: list[Record], told: str) -> None:
    topics.records[topic] = change
    faults = compared().faults
    assert faults and told in faults[0] and faults[0].startswith(topic)


def test_a_row_that_the_old_topic_has_twice_is_there_twice(topics: Topics) -> None:
    topics.records["silver.visits"].append((30, "b"))
    assert "lacks 1 rows" in compared().faults[0]
    topics.records["silver.visits.v2"].append((30, "b"))
    assert compared().faults == ()


def test_what_came_since_is_compared_by_itself(topics: Topics) -> None:
    """Records of the range that refine has written late are of the replay already."""
    tail = replace(FILLING, silver={0: (5, 7)}, dropped={0: (2, 2)}, made={0: (0, 0)})
    topics.records["silver.visits"] += [(41, "c"), (15, "late")]
    topics.records["silver.visits.v2"] += [(41, "c")]
    since = {"silver": {"0": 3}, "dropped": {"0": 2}}
    assert compared(tail, since) == Filled(rows=1, of_range=0, marks=0, left_out=0)
    assert "1 rows too many" in compared(tail, {**since, "silver": {"0": 2}}).faults[0]


def test_marks_of_a_dataset_without_drop_rules_are_the_old_ones_alone(topics: Topics) -> None:
    rules = [rule for rule in CONTRACT["rules"] if rule["severity"] != "drop"]
    topics.records["dropped.visits.v2"] = [(6, "")]
    topics.marks = [99]
    assert compare(SETTINGS, stream(rules=rules), PLAN, FILLING, {}).faults == ()


def test_what_retention_has_removed_since_can_not_be_compared(topics: Topics) -> None:
    assert removed(SETTINGS, VISITS, FILLING) == ()
    topics.starts["silver.visits"] = 1
    [told] = removed(SETTINGS, VISITS, FILLING)
    assert told == "retention has removed records of silver.visits, partition 0, since they were copied"
    assert removed(SETTINGS, VISITS, replace(FILLING, silver={0: (1, 50)})) == ()
    assert np.all(np.asarray(topics.starts["silver.visits"]) == 1)
