"""A dataset and reference data whose names are all words of SQL, those of Tidegate's own SQL, or in camel case."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.contracts import PLATFORM, SCHEMAS
from tidegate.contracts.new.scaffold import _ENVELOPE_FIRST, _ENVELOPE_LAST

STREAM, REFERENCE = "order", "table"
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
CONTRACT = """# yaml-language-server: $schema=../../docs/contract.schema.json
dataset: order
owner: shop
description: One row per line of an order.
topic:
  name: raw.order
  key: value
event_time:
  field: timestamp
identity: [Id, offset]
explode:
  field: group
  position: rowNumber
rules:
  - name: k_wh_is_not_negative
    field: kWh
    check: "`kWh` >= 0"
    severity: reject
    description: kWh is not negative
  - name: user_is_set
    field: user
    check: "CHAR_LENGTH(`user`) > 0"
    severity: warn
    description: user is set
privacy:
  - field: user
    method: hmac
    purpose: a test
    retention_days: 1
enrich:
  - reference: table
    "on": select
    prefix: from_
    columns: [limit, createdAt2]
index:
  pattern: events-order-{timestamp|yyyy.MM.dd}
"""
TABLE = """# yaml-language-server: $schema=../../docs/contract.schema.json
dataset: table
kind: reference
owner: shop
description: The state of a thing.
topic:
  name: ref.table
  partitions: 1
  key: key
  compacted: true
  min_compaction_lag_hours: 168
event_time:
  field: from
identity: [key]
"""
RAW: list[dict[str, Any]] = [
    {"name": "Id", "type": "string"},
    {"name": "offset", "type": "long"},
    {"name": "timestamp", "type": MILLIS},
    {"name": "value", "type": "string"},
    {"name": "user", "type": ["null", "string"], "default": None},
    {"name": "select", "type": ["null", "string"], "default": None},
    {"name": "kWh", "type": "double"},
    {"name": "ts_2", "type": "int"},
    {
        "name": "e",
        "type": {"type": "record", "name": "E", "fields": [{"name": "select", "type": "string"}]},
    },
    {"name": "d", "type": "int"},
    {"name": "i", "type": "int"},
    {"name": "r0", "type": "int"},
    {"name": "r1", "type": "int"},
    {
        "name": "group",
        "type": {
            "type": "array",
            "items": {
                "type": "record",
                "name": "Line",
                "fields": [{"name": "where", "type": "string"}, {"name": "unitPrice", "type": "double"}],
            },
        },
    },
]
ENRICHED: list[dict[str, Any]] = [
    {"name": "from_limit", "type": ["null", "int"], "default": None},
    {"name": "from_createdAt2", "type": ["null", MILLIS], "default": None},
]
SILVER = [*RAW[:2], {"name": "rowNumber", "type": "int"}, *RAW[2:-1], *RAW[-1]["type"]["items"]["fields"], *ENRICHED]
METRIC = [
    {"name": "minute", "type": MILLIS},
    {"name": "where", "type": "string"},
    {"name": "count", "type": "long"},
    {"name": "kWh", "type": "double"},
]
QUERY = """-- Grain: one row per minute and where.
select
    cast(floor(`timestamp` to minute) as timestamp_ltz(3)) as `minute`,
    `where`,
    count(*) as `count`,
    sum(`kWh`) as `kWh`
from silver
group by cast(floor(`timestamp` to minute) as timestamp_ltz(3)), `where`
"""
RECORD = {
    "Id": "a",
    "offset": 1,
    "timestamp": "2026-01-01T11:59:58.250Z",
    "value": "v",
    "user": "u",
    "select": "k",
    "kWh": 1.5,
    "ts_2": 2,
    "e": {"select": "k"},
    **dict.fromkeys(["d", "i", "r0", "r1"], 1),
    "group": [{"where": "here", "unitPrice": 0.5}],
}


def write_odd_names(schemas: Path) -> None:
    """Makes both folders, and what every contract folder has beside them."""
    for other in PLATFORM:
        shutil.copytree(SCHEMAS / other, schemas / other, dirs_exist_ok=True)
    silver = [*_ENVELOPE_FIRST, *SILVER, *_ENVELOPE_LAST]
    names = ",\n    ".join(f"`{field['name']}`" for field in silver)
    refused = {"verdict": "dead_letter", "error_code": "RULE_VIOLATED", "violations": ["k_wh_is_not_negative"]}
    examples = {
        "valid": {"record": RECORD, "expect": {"verdict": "silver"}, "note": "good"},
        "invalid": {"record": {**RECORD, "kWh": -1.0}, "expect": refused, "note": "negative"},
    }
    files = {
        "order/contract.yaml": CONTRACT,
        "order/v1.avsc": _record("Order", RAW),
        "order/silver.avsc": _record("OrderSilver", silver),
        "order/refine.sql": f"select\n    {names}\nfrom validated\n",
        **{f"order/examples/{name}.jsonl": json.dumps(line) + "\n" for name, line in examples.items()},
        "order/metrics/user.sql": QUERY,
        "order/metrics/user.avsc": _record("User", METRIC, key=["minute", "where"]),
        "table/contract.yaml": TABLE,
        "table/v1.avsc": _record(
            "Table",
            [
                {"name": "key", "type": "string"},
                {"name": "limit", "type": "int"},
                {"name": "createdAt2", "type": MILLIS},
                {"name": "from", "type": MILLIS},
            ],
        ),
        "table/examples/valid.jsonl": json.dumps(
            {
                "record": {"key": "k", "limit": 1, "createdAt2": 0, "from": "2026-01-01T00:00:00Z"},
                "expect": {"verdict": "reference"},
                "note": "good",
            }
        )
        + "\n",
    }
    for path, text in files.items():
        (schemas / path).parent.mkdir(parents=True, exist_ok=True)
        (schemas / path).write_text(text)


def _record(name: str, fields: list[Any], **more: Any) -> str:
    return json.dumps({"type": "record", "name": name, "namespace": "odd", "fields": fields, **more}, indent=1)
