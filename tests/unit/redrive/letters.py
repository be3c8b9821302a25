"""Dead letters as a reader decodes them, for tests."""

from typing import Any


def letter(payload: bytes | None = b"{}", **fields: Any) -> dict[str, Any]:
    """A dead letter; ``source`` holds only what differs."""
    source = {
        "topic": "raw.orders",
        "partition": 1,
        "offset": 42,
        "timestamp": 1_790_000_000_000,
        "key": b"k",
        "headers": {"producer": b"shop 2.1"},
        "row": None,
    }
    return {
        "dead_letter_id": "aa",
        "dataset": "orders",
        "stage": "rule",
        "error_code": "RULE_VIOLATED",
        "error_message": "the record breaks the rules listed in violations",
        "violations": [],
        "attempt": 1,
        "contract": {"subject": "raw.orders-value", "schema_id": None},
        "payload": payload,
        "payload_encoding": "json",
        "payload_sha256": None,
        "payload_truncated": False,
        **fields,
        "source": None if fields.get("source", 1) is None else {**source, **fields.get("source", {})},
    }
