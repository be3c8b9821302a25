"""A replay that would take documents away and bring none is refused before anything is planned."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.contracts import SCHEMAS
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError
from tidegate.replay import index_plan
from tidegate.replay.index_plan import documents_of, refuse_index
from tidegate.replay.row_range import RowRange
from tidegate.settings import Settings

CLICKS = load_stream(SCHEMAS, "clicks")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    facts = SimpleNamespace(template="current", blocks=("events-orders-2026.01.02: index read-only",), refreshed=[])
    client = SimpleNamespace(room=lambda: SimpleNamespace(blocks=facts.blocks), refresh=facts.refreshed.append)
    monkeypatch.setattr(index_plan, "SearchClient", lambda _: client)
    monkeypatch.setattr(index_plan, "index_status", lambda *_: [SimpleNamespace(template=facts.template)])
    monkeypatch.setattr(index_plan, "documents_count", lambda _settings, alias, _query: len(alias))
    return facts


def test_an_index_that_takes_documents_is_taken(found: SimpleNamespace) -> None:
    refuse_index(Settings(), CLICKS)
    assert documents_of(Settings(), CLICKS, RowRange({0: (1, 2)})) == len("events-clicks")
    assert found.refreshed == ["events-clicks"]


def test_a_dataset_without_an_index_is_refused() -> None:
    without = replace(CLICKS, contract=CLICKS.contract.model_copy(update={"index": None}))
    with pytest.raises(TidegateError, match="has no search index"):
        refuse_index(Settings(), without)


@pytest.mark.parametrize("template", ["differs", "missing"])
def test_a_template_that_would_refuse_new_fields_is_refused(found: SimpleNamespace, template: str) -> None:
    found.template = template
    with pytest.raises(TidegateError, match=f"not what its contract says: {template}.*index apply clicks"):
        refuse_index(Settings(), CLICKS)


def test_an_index_that_is_blocked_is_refused(found: SimpleNamespace) -> None:
    found.blocks = ("events-clicks-2026.01.02: index read-only",)
    with pytest.raises(TidegateError, match=r"events-clicks-2026\.01\.02: index read-only"):
        refuse_index(Settings(), CLICKS)
