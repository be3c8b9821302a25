"""A small dataset for tests of the SQL: visits, each to a page and under a plan, both of which must be known."""

from pathlib import Path
from typing import Any

from tidegate.avro.types import AvroSchema
from tidegate.contracts.dataset import Metric, Reference, Stream
from tidegate.contracts.model import Contract
from tidegate.sql.connections import Connections
from tidegate.sql.delivery import Delivery
from tidegate.sql.platform import Platform

TIME = {"type": "long", "logicalType": "timestamp-millis"}
DELIVERY = Delivery(transaction_timeout_s=600)
CONNECTIONS = Connections(
    kafka={"bootstrap.servers": "kafka:9092"},
    registry={"registry.url": "http://registry:8080"},
    opensearch={"hosts": "https://opensearch:9200"},
    opensearch_login={"username": "writer", "password": "secret"},
    lake_catalog={"uri": "http://catalog:8181"},
)
CONTRACT: dict[str, Any] = {
    "dataset": "visits",
    "owner": "web",
    "description": "Visits to pages.",
    "topic": {"name": "raw.visits", "key": "id"},
    "event_time": {"field": "visited_at", "earliest": "2020-01-01T00:00:00Z", "max_future_s": 60},
    "identity": ["id"],
    "dedup_ttl_hours": 2,
    "rules": [
        {"name": "known_length", "field": "seconds", "check": "seconds >= 0", "severity": "reject",
         "description": "seconds is not negative"},
        {"name": "page_is_a_path", "field": "page", "check": "page LIKE '/%'", "severity": "reject",
         "description": "page starts with /"},
        {"name": "not_too_long", "field": "seconds", "check": "seconds <= 3600", "severity": "warn",
         "description": "an hour at most"},
        {"name": "no_health_check", "field": "page", "check": "page <> '/health'", "severity": "drop",
         "description": "monitoring is no visit"},
        {"name": "no_robots", "field": "page", "check": "page <> '/robots.txt'", "severity": "drop",
         "description": "robots are no visitors"},
    ],
    "privacy": [{"field": "visitor", "method": "hmac", "purpose": "counting", "retention_days": 30}],
    "enrich": [
        {"reference": "pages", "on": "page", "prefix": "page_", "columns": ["title"], "missing": "dead_letter"},
        {"reference": "plans", "on": "plan", "prefix": "plan_", "columns": ["price"], "missing": "dead_letter"},
    ],
    "index": {"pattern": "events-visits-{visited_at|yyyy.MM.dd}"},
}  # fmt: skip
REFINE_SQL = """select
    _source_partition, _source_offset, id, visited_at, visitor, page, plan, seconds, page_title, plan_price,
    _source_topic, _ingested_at, _schema_id, _warnings
from validated"""
METRIC_SQL = "select floor(visited_at to minute) as `minute`, page, count(*) as visits from silver group by 1, 2\n"


def record(record_name: str, /, **types: Any) -> AvroSchema:
    return {
        "type": "record",
        "name": record_name,
        "fields": [{"name": field, "type": kind} for field, kind in types.items()],
    }


RAW = record(
    "Visit", id="string", visited_at=TIME, visitor="string", page="string", plan=["null", "string"], seconds="int"
)
SILVER = record(
    "VisitSilver",
    _source_partition="int",
    _source_offset="long",
    id="string",
    visited_at=TIME,
    visitor="string",
    page="string",
    plan=["null", "string"],
    seconds="int",
    page_title=["null", "string"],
    plan_price=["null", "int"],
    _source_topic="string",
    _ingested_at=TIME,
    _schema_id="int",
    _warnings={"type": "array", "items": "string"},
)
METRIC = Metric(
    "visits", "page_visits", record("PageVisits", minute=TIME, page="string", visits="long"), ("minute", "page"),
    METRIC_SQL,
)  # fmt: skip


def stream(**changes: Any) -> Stream:
    """Visits, with another value for some keys of the contract."""
    contract = Contract.model_validate({**CONTRACT, **changes})
    return Stream(contract, Path("visits"), {1: RAW}, SILVER, REFINE_SQL, (METRIC,))


def reference(name: str, key: str, **columns: Any) -> Reference:
    contract = {
        "dataset": name,
        "kind": "reference",
        "owner": "web",
        "description": name,
        "topic": {"name": f"ref.{name}"},
        "event_time": {"field": "updated_at"},
        "identity": [key],
    }
    schema = record(name, **{key: "string"}, updated_at=TIME, **columns)
    return Reference(Contract.model_validate(contract), Path(name), {1: schema}, key)


PLATFORM = Platform(
    CONNECTIONS,
    dead_letter=record("DeadLetter", dead_letter_id="string"),
    dropped=record("Dropped", source_partition="int", source_offset="long", source_topic="string",
                   source_timestamp=TIME, rule="string"),
    references={
        "pages": reference("pages", "path", title="string"),
        "plans": reference("plans", "name", price="int"),
    },
)  # fmt: skip
