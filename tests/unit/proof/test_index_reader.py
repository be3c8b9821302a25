"""What is asked of the index, and what its documents are; see tests/stack/test_prove_lake_index.py for its answers."""

from typing import Any

import numpy as np
import pytest

from tidegate.clients.opensearch_pages import RegularHits
from tidegate.proof.index_reader import read_page, window_query
from tidegate.proof.rows import fingerprints
from tidegate.proof.strangers import Strangers
from tidegate.proof.window import Window


def should(windows: list[Window]) -> list[dict[str, Any]]:
    wanted: list[dict[str, Any]] = window_query(windows)["bool"]["filter"]["bool"]["should"]
    return wanted


def test_a_window_up_to_the_end_is_one_range_per_partition() -> None:
    first, second, *_ = should([Window(0, 5, 9, 9), Window(1, 0, 4, 4)])

    assert first["bool"]["filter"] == {"term": {"_source_partition": 0}}
    assert first["bool"]["should"] == [{"range": {"_source_offset": {"gte": 5}}}]
    assert second["bool"]["should"] == [{"range": {"_source_offset": {"gte": 0}}}]


def test_a_window_within_the_topic_also_asks_for_what_raw_does_not_have_yet() -> None:
    assert should([Window(0, 5, 7, 9)])[0]["bool"]["should"] == [
        {"range": {"_source_offset": {"gte": 5, "lt": 7}}},
        {"range": {"_source_offset": {"gte": 9}}},
    ]


def test_documents_of_no_known_partition_and_without_coordinates_are_asked_for_too() -> None:
    elsewhere, *without = should([Window(0, 5, 9, 9)])[1:]

    assert elsewhere == {"bool": {"must_not": {"terms": {"_source_partition": [0]}}}}
    assert [each["bool"]["must_not"]["exists"]["field"] for each in without] == ["_source_partition", "_source_offset"]


def hit(number: int, **fields: list[Any]) -> dict[str, Any]:
    return {"_index": "events-x", "_id": f"e{number}", "fields": fields}


def test_a_document_is_known_by_its_coordinates_and_its_id() -> None:
    rows, strange = read_page([hit(1, _source_partition=[3], _source_offset=[7])])

    assert (rows.partition.tolist(), rows.offset.tolist()) == ([3], [7])
    assert rows.identity.tolist() == fingerprints([b"e1"]).tolist()
    assert strange == Strangers()


@pytest.mark.parametrize(
    "foreign",
    [
        {"_index": "events-x", "_id": "e2"},
        hit(2),
        hit(2, _source_partition=[3]),
        hit(2, _source_partition=[3], _source_offset=[]),
        hit(2, _source_partition=["three"], _source_offset=[7]),
        hit(2, _source_partition=[None], _source_offset=[7]),
        hit(2, _source_partition=[-1], _source_offset=[7]),
        hit(2, _source_partition=[1 << 40], _source_offset=[7]),
    ],
)
def test_a_document_without_coordinates_is_named_and_the_others_are_read(foreign: dict[str, Any]) -> None:
    good = [hit(number, _source_partition=[0], _source_offset=[number]) for number in (1, 3)]

    rows, strange = read_page([good[0], foreign, good[1]])

    assert rows.offset.tolist() == [1, 3]
    assert strange == Strangers(1, ("events-x/e2",))


def test_a_regular_page_gives_the_same_rows_and_names_what_lies_nowhere() -> None:
    numbers = {"_source_partition": np.array([3, 1 << 40, 0, 1]), "_source_offset": np.array([7, 1, -1, 2])}
    page = RegularHits(["e1", "e2", "e3", "e4"], numbers, lambda place: f"events-{place}")

    rows, strange = read_page(page)

    assert (rows.partition.tolist(), rows.offset.tolist()) == ([3, 1], [7, 2])
    assert rows.identity.tolist() == fingerprints([b"e1", b"e4"]).tolist()
    assert strange == Strangers(2, ("events-1/e2", "events-2/e3"))
