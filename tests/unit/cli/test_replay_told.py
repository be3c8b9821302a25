"""What a replay has changed and what not is said, whenever it was ended."""

from dataclasses import replace

import pytest

from tests.unit.replay.plans import PLAN, plan
from tidegate.cli.replay_told import cancelled, documents_told, letters_told, next_names, result, to_be_replaced
from tidegate.replay.range_plan import NextSilver, Overwritten
from tidegate.replay.store import CANCELLED, DONE, FILLED, INDEXED, Status
from tidegate.replay.store import FILLING as FILLING_STATE

BOTH = plan(target="lake,index", overwritten=Overwritten(9, 2, 500, 8))


def test_what_will_be_replaced_is_said_of_each_target() -> None:
    lake, index = "9 rows of silver.clicks will be replaced", "8 documents of events-clicks will be replaced"
    assert lake in to_be_replaced(PLAN) and index not in to_be_replaced(PLAN)
    assert lake in to_be_replaced(BOTH) and index in to_be_replaced(BOTH)
    assert lake not in to_be_replaced(plan(target="index", overwritten=BOTH.overwritten))


@pytest.mark.parametrize(
    ("target", "status", "told"),
    [
        ("lake", Status(CANCELLED), "is cancelled: silver.clicks is as it was."),
        ("lake,index", Status(CANCELLED), "is cancelled: silver.clicks is as it was; the index is as it was."),
        (
            "lake,index",
            Status(CANCELLED, snapshot_id=7),
            "snapshot 7 stay; the index is as it was; plan the same range",
        ),
        (
            "lake,index",
            Status(CANCELLED, snapshot_id=7, index_started_at=1),
            "some documents of the index may be written",
        ),
        ("index", Status(CANCELLED, index_started_at=1), "is cancelled: some documents of the index may be written"),
    ],
)
def test_one_that_is_cancelled_says_what_stays(target: str, status: Status, told: str) -> None:
    assert told in cancelled(plan(target=target), status)
    assert [*result(plan(target=target), status)] == [cancelled(plan(target=target), status)]


def test_documents_that_opensearch_refused_are_named() -> None:
    assert documents_told({"rows": 5, "written": 5, "removed": 2}).endswith(
        "2 removed that have no row there any more."
    )
    assert "has refused 2" in documents_told({"rows": 5, "written": 3, "removed": 0})


def test_a_result_has_a_line_for_each_step() -> None:
    documents = {"rows": 5, "written": 5, "removed": 2}
    lines = [*result(BOTH, Status(DONE, snapshot_id=7, documents=documents, proof="The proof holds."))]
    assert lines == ["Published as snapshot 7 of silver.clicks.", documents_told(documents), "The proof holds."]


FILLING = plan(target="lake,silver", silver=NextSilver(3, 4, 100, 1000))


def test_what_is_filled_is_told_with_what_to_type_next() -> None:
    counts = {"rows": 1000, "of_range": 20, "marks": 7, "left_out": 2}
    proof, filled, then = result(FILLING, Status(FILLED, proof="The proof holds.", proof_holds=True, filled=counts))
    assert "silver.clicks.v3 has 1,000 rows, 20 of them the lake's of the range" in filled
    assert "dropped.clicks.v3 has 7 marks" in filled and "2 records that can't be read were left out" in filled
    assert "silver: {version: 3}" in then and f"tidegate replay switch {PLAN.plan_id}" in then
    assert proof == "The proof holds."
    [*_, alone] = result(FILLING, Status(FILLING_STATE, filled={**counts, "left_out": 0}))
    assert alone.endswith("7 marks of dropped records.")


def test_without_a_proof_they_are_not_filled() -> None:
    [_, then] = result(FILLING, Status(INDEXED, proof="One row is missing.", proof_holds=False))
    assert "not filled before the proof holds" in then and f"tidegate replay run {PLAN.plan_id}" in then
    assert [*result(plan(target="silver"), Status(DONE, proof="Lost.", proof_holds=False))] == ["Lost."]


def test_they_are_named_before_and_when_they_are_deleted() -> None:
    assert next_names(FILLING) == ["silver.clicks.v3", "dropped.clicks.v3"]
    assert next_names(PLAN) == []
    assert "silver.clicks.v3 and dropped.clicks.v3 will be made" in to_be_replaced(FILLING)
    told = cancelled(FILLING, Status(CANCELLED, snapshot_id=7, filling={"version": 3}))
    assert told.endswith("snapshot 7 stay; silver.clicks.v3 and dropped.clicks.v3 are deleted.")
    with_index = replace(FILLING, target="lake,index,silver")
    told = cancelled(with_index, Status(CANCELLED, snapshot_id=7, index_started_at=1, filling={"version": 3}))
    assert "snapshot 7 stay; so do the documents of the index; silver.clicks.v3" in told


def test_letters_are_told_where_there_are_some() -> None:
    letters = {"lettered": 1200, "resolved": 3, "reopened": 0}
    (line,) = result(BOTH, Status(DONE, letters=letters))
    assert "1,200 records that are rejected now had none and got one; 3 are resolved" in line
    assert "open again" not in line and "2 that a replay before" in letters_told(letters | {"reopened": 2})
    assert [*result(BOTH, Status(DONE, letters=dict.fromkeys(letters, 0)))] == []
