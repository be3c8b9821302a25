"""The other datasets go the same way as clicks, by their folders alone."""

from decimal import Decimal
from typing import Any

import pytest

from tests.pipeline import Pipeline, produce, prove_window, tidegate
from tests.search import buckets
from tests.topics import read_committed
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.load import load_stream


@pytest.mark.parametrize("dataset", ["orders", "app_logs"])
def test_mixed_traffic_is_accounted_for_as_the_ledger_says(pipeline: Pipeline, dataset: str) -> None:
    summary = produce(
        "--count", "4000", "--rate", "4000", "--seed", "31",
        "--bad-ratio", "0.05", "--duplicate-ratio", "0.1", "--late-ratio", "0.05", dataset=dataset,
    )  # fmt: skip
    report = prove_window(summary["offsets"], dataset=dataset)
    facts = report["datasets"][dataset]
    assert report["holds"], report
    assert {name: facts[name] for name in summary["expected"]} == summary["expected"]
    assert facts["lake_bronze_rows"] == facts["produced"] == summary["delivered"] == 4000
    assert facts["lake_silver_rows"] == facts["indexed_docs"] == facts["silver_rows"]
    expected = {entry["error_code"]: 0 for entry in summary["bad"].values()}
    for entry in summary["bad"].values():
        expected[entry["error_code"]] += entry["count"]
    assert facts["dead_letters"] == expected


def test_each_line_of_an_order_is_a_row_with_its_product(pipeline: Pipeline) -> None:
    summary = produce("--count", "500", "--rate", "500", "--seed", "32", dataset="orders")
    facts = prove_window(summary["offsets"], dataset="orders")["datasets"]["orders"]
    assert facts["silver"] == 500
    assert facts["silver_rows"] > 500
    rows = _silver_rows(pipeline, "orders", summary["offsets"])
    by_order: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        by_order.setdefault((row["order_id"], row["status"]), []).append(row)
    assert len(by_order) == 500
    for lines in by_order.values():
        assert sorted(row["line_number"] for row in lines) == [*range(1, lines[0]["line_count"] + 1)]
        assert all(row["amount"] == row["quantity"] * row["unit_price"] for row in lines)
    assert all(len(row["customer_id"]) == 32 for row in rows)
    assert {row["category"] for row in rows} > {"Books", "Coffee"}


def test_the_stacks_own_logs_can_be_searched(pipeline: Pipeline) -> None:
    tidegate("produce", "app_logs", "--follow", "--seconds", "20")  # of all logs, beside other tests
    report = tidegate("prove", "app_logs", "--wait", "60")
    assert "The proof holds" in " ".join(report.split())
    found = buckets(SearchClient(pipeline.settings), "events-app_logs", _BY_SERVICE)
    services = {bucket["key"]: bucket["doc_count"] for bucket in found}
    assert {"kafka", "registry", "opensearch", "seaweedfs", "jobmanager", "taskmanager"} <= services.keys()
    assert services["taskmanager"] > 100


_BY_SERVICE = {"terms": {"field": "service_name", "size": 50}}


def _silver_rows(pipeline: Pipeline, dataset: str, window: dict[str, list[int]]) -> list[dict[str, Any]]:
    loaded = load_stream(pipeline.settings.schemas_dir, dataset)
    rows = read_committed(pipeline.settings, loaded.contract.silver_topic, loaded.silver)
    spans = {int(number): range(*span) for number, span in window.items()}
    mine = [row for row in rows if row["_source_offset"] in spans[row["_source_partition"]]]
    assert all(isinstance(row.get("amount", Decimal(0)), Decimal) for row in mine)
    return mine
