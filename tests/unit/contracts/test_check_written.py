"""An enum or a fixed is no type of what jobs write."""

import json
import shutil
from pathlib import Path

from tests.contracts import SCHEMAS
from tidegate.contracts.check_written import written_problems
from tidegate.contracts.load import load_draft

KIND = {"type": "enum", "name": "Kind", "symbols": ["A"]}
PRICE = {"type": "fixed", "name": "Price", "size": 3, "logicalType": "decimal", "precision": 4, "scale": 2}


def _add(file: Path, field: dict[str, object]) -> None:
    schema = json.loads(file.read_text())
    schema["fields"].append(field)
    file.write_text(json.dumps(schema))


def test_a_shipped_dataset_has_none() -> None:
    assert written_problems(load_draft(SCHEMAS, "clicks")) == []


def test_each_is_told_by_its_place_in_silver_and_in_a_metric(tmp_path: Path) -> None:
    schemas = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
    _add(schemas / "clicks" / "silver.avsc", {"name": "kinds", "type": {"type": "array", "items": KIND}})
    _add(schemas / "clicks" / "metrics" / "page_views.avsc", {"name": "price", "type": PRICE})
    _add(schemas / "clicks" / "v1.avsc", {"name": "kind", "type": KIND})

    found = [str(problem) for problem in written_problems(load_draft(schemas, "clicks"))]

    assert len(found) == 2
    assert "page_views.avsc: fields.price: a fixed is read from others' records, never written" in found[0]
    assert "silver.avsc: fields.kinds[]: an enum is read" in found[1]
    assert '"string"' in found[1]
