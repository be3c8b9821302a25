"""What a test does with contracts: its own copies of them, to register and to spoil."""

import copy
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.project import PROJECT
from tidegate.avro.types import AvroSchema
from tidegate.contracts.dataset import Stream

SCHEMAS = PROJECT / "schemas"
JSON_SCHEMAS = PROJECT / "tests/data/schemas"
PLATFORM = ("dead_letter", "dropped", "dead_letter_state", "audit_action")
"""The folders of records that belong to no dataset."""


def copy_of_clicks(schemas_dir: Path, name: str) -> Path:
    """A dataset like clicks under another name, and without metrics, so that tests share no topic; returns its folder.

    ``schemas_dir`` gets what it refers to as well: products, the dead letter, dropped.
    """
    for other in ("products", *PLATFORM):
        shutil.copytree(SCHEMAS / other, schemas_dir / other, dirs_exist_ok=True)
    folder = Path(shutil.copytree(SCHEMAS / "clicks", schemas_dir / name, ignore=shutil.ignore_patterns("metrics")))
    contract = folder / "contract.yaml"
    text = contract.read_text().replace("dataset: clicks", f"dataset: {name}")
    contract.write_text(text.replace("raw.clicks", f"raw.{name}").replace("events-clicks-", f"events-{name}-"))
    return folder


def spoil(path: Path, old: str, new: str) -> None:
    """Replace ``old``, which must be there, once."""
    text = path.read_text()
    assert old in text, f"{old!r} is not in {path}"
    path.write_text(text.replace(old, new, 1))


def edit(path: Path, change: Callable[[AvroSchema], None]) -> None:
    """Change the schema in a file."""
    schema: AvroSchema = json.loads(path.read_text())
    change(schema)
    path.write_text(json.dumps(schema))


def next_version(dataset: Stream, *added: dict[str, Any], **types: Any) -> Stream:
    """``dataset`` with a newer schema: the fields ``added`` at its end, and other ``types`` of its fields."""
    schema: AvroSchema = copy.deepcopy(dataset.latest)
    for field in schema["fields"]:
        field["type"] = types.get(field["name"], field["type"])
    schema["fields"] += added
    return replace(dataset, versions={**dataset.versions, max(dataset.versions) + 1: schema})
