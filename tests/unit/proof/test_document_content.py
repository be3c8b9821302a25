"""Documents are asked for by the identities of the lake's rows, and those that differ are named by place and column."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from tests.contracts import SCHEMAS
from tidegate.contracts.load import load_stream
from tidegate.proof import document_content as module
from tidegate.proof.content import Changed
from tidegate.proof.document_content import Apart, document_content
from tidegate.proof.rows import make_rows
from tidegate.settings import Settings

CLICKS = load_stream(SCHEMAS, "clicks")
COUNT = 10
Row = dict[str, Any]


class Index:
    """OpenSearch with these documents; notes how many ids each question had."""

    def __init__(self, documents: dict[str, Row]) -> None:
        self.documents = documents
        self.asked: list[int] = []

    def search(self, _index: str, body: Row) -> Row:
        ids = body["query"]["ids"]["values"]
        self.asked.append(len(ids))
        found = [{"_id": each, "_source": self.documents[each]} for each in ids if each in self.documents]
        return {"hits": {"hits": found}}


def rows() -> list[Row]:
    blank: Row = dict.fromkeys((column.name for column in CLICKS.silver_columns), None)
    return [
        blank | {"_source_partition": number % 2, "_source_offset": number, "event_id": f"e{number}", "country": "DE"}
        for number in range(COUNT)
    ]


def silver(**others: Any) -> Any:
    types = {"_source_partition": pa.int32(), "_source_offset": pa.int64(), "event_time": pa.timestamp("us", "UTC")}
    names = [column.name for column in CLICKS.silver_columns]
    return ds.dataset(
        pa.Table.from_pylist(
            [row | others for row in rows()], pa.schema([(name, types.get(name, pa.string())) for name in names])
        )
    )


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Index:
    documents = {row["event_id"]: {name: value for name, value in row.items() if value is not None} for row in rows()}
    index = Index(documents)
    monkeypatch.setattr(module, "SearchClient", lambda *_, **__: index)
    monkeypatch.setattr(module, "PAGE_ROWS", 4)
    return index


def test_each_document_is_compared_with_its_row_a_page_at_a_time(index: Index) -> None:
    index.documents["e3"] |= {"country": "FR"}
    index.documents["e8"] |= {"seen": 1}
    del index.documents["e5"]
    places = make_rows([number % 2 for number in range(9)], range(9))

    found = document_content(Settings(), CLICKS, silver(), places, Apart())

    assert (found.name, found.compared, found.changed) == ("index", 8, 2)
    assert found.first == (Changed("1:3", ("country",)), Changed("0:8", ("seen",)))
    assert sum(index.asked) == 9
    assert max(index.asked) == 4


def test_a_column_that_is_left_out_may_differ(index: Index) -> None:
    index.documents["e3"] |= {"country": "FR"}

    assert document_content(Settings(), CLICKS, silver(), make_rows([1], [3]), Apart(("country",))).changed == 0


@pytest.mark.parametrize(("in_lake", "in_document"), [(None, "hash"), ("hash", None)])
@pytest.mark.parametrize(("day", "changed"), [(date(2026, 3, 2), 0), (date(2026, 3, 1), 1)])
def test_a_value_that_retention_has_emptied_in_one_of_both_is_no_difference(
    index: Index, in_lake: str | None, in_document: str | None, day: date, changed: int
) -> None:
    at = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    index.documents["e3"] |= {"event_time": at.isoformat()} | ({"ip": in_document} if in_document else {})
    held = silver(event_time=at, ip=in_lake)

    apart = Apart(emptied={"ip": day})

    assert document_content(Settings(), CLICKS, held, make_rows([1], [3]), apart).changed == changed


def test_another_value_in_the_place_of_one_that_may_be_emptied_is_a_difference(index: Index) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    index.documents["e3"] |= {"event_time": at.isoformat(), "ip": "another"}
    apart = Apart(emptied={"ip": date(2026, 4, 1)})

    found = document_content(Settings(), CLICKS, silver(event_time=at, ip="hash"), make_rows([1], [3]), apart)

    assert found.first == (Changed("1:3", ("ip",)),)
