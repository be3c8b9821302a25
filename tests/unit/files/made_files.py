"""A dataset of files, for tests."""

from pathlib import Path
from typing import Any

from tidegate.contracts.dataset import Files
from tidegate.contracts.model import Contract

RAW = {
    "type": "record",
    "name": "Order",
    "fields": [{"name": "id", "type": "string"}, {"name": "at", "type": "string"}],
}


def files_of(pattern: str, name: str = "orders", **section: Any) -> Files:
    """CSV that is found by ``pattern``; ``section``: what else its section ``file`` says."""
    told = {
        "dataset": name,
        "kind": "file",
        "owner": "tests",
        "description": "orders of a day",
        "event_time": {"field": "at"},
        "identity": ["id"],
        "file": {"format": "csv", "pattern": pattern, **section},
    }
    contract = Contract.model_validate(told)
    return Files(contract, Path("schemas") / name, {1: RAW}, RAW, "select id from valid")
