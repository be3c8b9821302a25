"""What would become of documents is told by an index made alike, and by what is there."""

from functools import partial

import pytest

from tests.unit.redrive.document_plans import INDEX, ORDERS, Documents, row
from tidegate.clients.documents import Held
from tidegate.redrive import document_trial
from tidegate.redrive.document_run import GONE
from tidegate.redrive.document_trial import CAUSE, HELD_BACK, try_documents
from tidegate.redrive.documents import OTHER_RECORD
from tidegate.redrive.pace import batches
from tidegate.redrive.verdicts import Verdict
from tidegate.settings import Settings


def test_each_letter_has_the_verdict_of_an_index_like_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = Documents(monkeypatch, 6)
    documents.refuses, documents.holds_back, documents.expired = {"o1_paid_1"}, {"o2_paid_1"}, {3}
    documents.held_by_id = {"o4_paid_1": Held(1, row(4)), "o5_paid_1": Held(1, row(5) | {"_source_offset": 1})}

    found = try_documents(Settings(), ORDERS, documents.plan, 1)

    assert found.counts == {
        (Verdict.GONE, ""): 1,
        (Verdict.PASSES, ""): 1,
        (Verdict.FAILS, CAUSE): 1,
        (Verdict.FAILS, HELD_BACK): 1,
        (Verdict.THERE, ""): 1,
        (Verdict.UNFIXABLE, ""): 1,
    }
    assert {each.letter.dead_letter_id: each.detail for each in found.samples} == {
        "l0": f"as {INDEX}/o0_paid_1",
        "l1": "mapper: no value is '***'",
        "l2": "validation_exception: *** is too many",
        "l3": GONE,
        "l4": f"as {INDEX}/o4_paid_1",
        "l5": OTHER_RECORD,
    }
    assert not found.all_pass
    assert len(documents.held_by_id) == 2


def test_large_documents_are_fewer_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = Documents(monkeypatch, 5)
    size = len(documents.letter(0)["payload"])
    monkeypatch.setattr(document_trial, "batches", partial(batches, most_bytes=2 * size))

    assert try_documents(Settings(), ORDERS, documents.plan, 1).all_pass
    assert documents.asked == [2, 2, 1]


def test_all_pass_where_the_rest_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = Documents(monkeypatch, 2)
    documents.held_by_id = {"o1_paid_1": Held(1, row(1))}

    assert try_documents(Settings(), ORDERS, documents.plan, 1).all_pass
