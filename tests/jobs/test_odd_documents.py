"""Log records with attributes as the world sends them: each is searchable, and none stops its neighbours."""

import uuid
from datetime import UTC, datetime
from typing import Any

from tests.pipeline import Pipeline
from tests.polling import wait_for
from tests.topics import read_committed, send
from tidegate.avro.codec import Encoder
from tidegate.clients.opensearch import SearchClient, connect
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.load import load_stream

ALIAS = "events-app_logs"
ODD: dict[str, dict[str, Any]] = {
    "a value of 40,000 bytes": {"attributes": {"large": "x" * 40_000, "small": "found-by-this"}},
    "keys that name nothing": {"attributes": {"": "empty", ".": "dot", "a..b": "dots", "nul\x00": "nul"}},
    "a key of 600 characters": {"attributes": {"k" * 600: "long key"}},
    "2,000 keys": {"attributes": {f"key{number}": str(number) for number in range(2000)}},
    "an id of 600 characters": {"log_id": "id" * 300},
    "half an emoji's neighbours": {"body": "\u2028 \x00 \U0001f600"},
    "the largest finite duration": {"duration_ms": 9.99e14},
}


def log_record(**fields: Any) -> dict[str, Any]:
    return {
        "log_id": str(uuid.uuid4()),
        "event_time": datetime.now(UTC),
        "severity_number": 9,
        "severity_text": "INFO",
        "body": "GET /",
        "service_name": "odd",
        "host_name": None,
        "trace_id": None,
        "span_id": None,
        "duration_ms": 1.5,
        "status_code": 200,
        "attributes": {},
    } | fields


def test_odd_attributes_and_ids_are_indexed_and_an_infinite_duration_is_a_dead_letter(pipeline: Pipeline) -> None:
    settings, failures = pipeline.settings, pipeline.failures()
    dataset = load_stream(settings.schemas_dir, "app_logs")
    encode = Encoder(dataset.latest, RegistryClient(settings).latest("raw.app_logs-value").schema_id).encode
    records = [log_record(**fields) for fields in ODD.values()]
    infinite = [log_record(duration_ms=value) for value in (float("inf"), float("-inf"), float("nan"))]

    landed = [place.offset for place in send(settings, "raw.app_logs", map(encode, [*records, *infinite]))]

    client = SearchClient(settings)

    def indexed() -> set[int] | None:
        query = {"terms": {"_source_offset": landed}}
        hits = client.search(ALIAS, {"size": 100, "query": query})["hits"]["hits"]
        found = {hit["_source"]["_source_offset"] for hit in hits if hit["_source"]["_source_partition"] == 0}
        return found if found >= {*landed[: len(records)]} else None

    assert wait_for("the odd documents", indexed, timeout_s=90) == {*landed[: len(records)]}
    small = {"query": {"term": {"attributes.small": "found-by-this"}}}
    assert [hit["_source"]["log_id"] for hit in client.search(ALIAS, small)["hits"]["hits"]] == [records[0]["log_id"]]

    def refused() -> list[dict[str, Any]] | None:
        letters = read_committed(settings, "dlq.app_logs", pipeline.dead_letter)
        ours = [each for each in letters if each["source"]["offset"] in landed and each["source"]["partition"] == 0]
        return ours if len(ours) == len(infinite) else None

    for letter in wait_for("the dead letters of infinite durations", refused):
        assert letter["error_code"] == "RULE_VIOLATED"
    assert pipeline.failures() == failures
    assert connect(settings).cluster.health()["status"] in ("green", "yellow")
