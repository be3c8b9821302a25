"""What a replay has changed and what not is said, whenever it was ended."""

import pytest

from tests.unit.replay.plans import PLAN, plan
from tidegate.cli.replay_told import cancelled, documents_told, result, to_be_replaced
from tidegate.replay.range_plan import Overwritten
from tidegate.replay.store import CANCELLED, DONE, Status

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
