"""Sales, a small dataset that comes in files: its folder, and its files loaded."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.contracts import PLATFORM, SCHEMAS
from tests.pipeline import ended, tidegate
from tests.project import PROJECT
from tidegate.clients.lake_rows import open_table, scan_rows
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.dataset import Files
from tidegate.contracts.load import load_files
from tidegate.settings import Settings, get_settings

DAY = "2026-11-28"
TIME = f"{DAY}T10:00:00Z"
HEADER = "id,shop,amount,sold_at"
FIRST = f"""{HEADER}
a,x,1.00,{TIME}
b,x,-1.00,{TIME}
c,test,2.00,{TIME}

d,x,much,{TIME}
a,x,1.00,{TIME}
e,x,3.00,{TIME},more
f,x,4.00,2026-11-27T23:59:59Z
g,x,5.00,{TIME}
"""
"""Eight rows: three of silver, three bad ones, one that is dropped, a duplicate."""
CORRECTED = f"""{HEADER}
b,x,1.50,{TIME}
c,test,2.00,{TIME}
d,x,2.50,{TIME}
f,x,4.25,{TIME}
g,x,5.00,{TIME}
"""
"""Of the first file: without what is bad in it, and one row less."""
SECOND = f"{HEADER}\na,y,9.00,{TIME}\nh,y,8.00,{TIME}\n"
BAD = f"id,shop,price,sold_at\nz,x,1,{TIME}\n"

BY_DAY = """
select cast(floor(sold_at to day) as timestamp_ltz(3)) as `day`, shop, count(*) as sales,
    cast(sum(amount) as decimal(20, 2)) as revenue
from silver
group by cast(floor(sold_at to day) as timestamp_ltz(3)), shop
"""
BY_DAY_SCHEMA = {
    "type": "record",
    "name": "ByDay",
    "key": ["day", "shop"],
    "fields": [
        {"name": "day", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "shop", "type": "string"},
        {"name": "sales", "type": "long"},
        {
            "name": "revenue",
            "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 2}],
            "default": None,
        },
    ],
}


@dataclass(frozen=True)
class Sales:
    """The dataset ``name``, and the folder of its files of one day."""

    settings: Settings
    name: str
    folder: Path

    @property
    def files(self) -> Files:
        return load_files(self.settings.schemas_dir, self.name)

    def put(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def load(self, exit_code: int = 0) -> dict[str, Any]:
        """What the command says in JSON."""
        result = ended("files", "load", self.name, "--json")
        assert result.exit_code == exit_code, (result.output, result.exception)
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    def newest(self, *names: str) -> dict[tuple[str, int], dict[str, Any]]:
        """The newest state of each version, by the file's name and its number."""
        found: list[dict[str, Any]] = []
        for name in names:
            rows = json.loads(tidegate("files", "show", self.name, (self.folder / name).as_uri(), "--json"))
            found += {row["number"]: row for row in rows}.values()
        return {(row["uri"].rpartition("/")[2], row["number"]): row for row in found}

    def silver(self) -> dict[str, tuple[str, int]]:
        """Amount and number of the file, by id; each id is there once."""
        table = open_table(self.settings, f"silver.{self.name}")
        batches = scan_rows(self.settings, table, ("id", "amount", "_source_partition"))
        rows = [row for batch in batches for row in batch.to_pylist()]
        found = {row["id"]: (str(row["amount"]), row["_source_partition"]) for row in rows}
        assert len(found) == len(rows)
        return found

    def by_day(self) -> dict[tuple[str, str], tuple[int, str]]:
        """The metric: sales and revenue by day and shop."""
        table = open_table(self.settings, f"gold.{self.name}_by_day")
        batches = scan_rows(self.settings, table, ("day", "shop", "sales", "revenue"))
        rows = [row for batch in batches for row in batch.to_pylist()]
        found = {(f"{row['day']:%Y-%m-%d}", row["shop"]): (row["sales"], str(row["revenue"])) for row in rows}
        assert len(found) == len(rows)
        return found

    def documents(self) -> dict[str, tuple[str, int, str]]:
        """Amount, number of the file and day of its index, by id; each id is there once."""
        client, alias = SearchClient(self.settings), f"events-{self.name}"
        client.refresh(alias)
        hits = client.search(alias, {"size": 100})["hits"]["hits"]
        found = {
            hit["_id"]: (
                f"{hit['_source']['amount']:.2f}",
                hit["_source"]["_source_partition"],
                hit["_index"].removeprefix(f"{alias}-"),
            )
            for hit in hits
        }
        assert len(found) == len(hits)
        return found


@contextmanager
def sales_of_its_own(
    folder: Path, change: Callable[[Path], object] = lambda _: None, *, searchable: bool = False
) -> Iterator[Sales]:
    """A copy of ``tests/data/files_schemas/sales`` under a name of its own, registered; commands find it meanwhile.

    ``change`` gets the folder of the copy before that. ``searchable``: its contract has an index, whose template is not
    put yet, and it has a metric.
    """
    schemas, name = folder / "schemas", f"sales_{uuid4().hex[:8]}"
    shutil.copytree(PROJECT / "tests/data/files_schemas/sales", schemas / name)
    for each in PLATFORM:
        shutil.copytree(SCHEMAS / each, schemas / each)
    contract = schemas / name / "contract.yaml"
    text = contract.read_text().replace("landing/sales", f"{folder}/landing")
    if searchable:
        (schemas / name / "metrics").mkdir()
        (schemas / name / "metrics/by_day.sql").write_text(BY_DAY)
        (schemas / name / "metrics/by_day.avsc").write_text(json.dumps(BY_DAY_SCHEMA))
    index = f"\nindex:\n  pattern: events-{name}-{{sold_at|yyyy.MM.dd}}\n" if searchable else ""
    contract.write_text(text.replace("dataset: sales", f"dataset: {name}") + index)
    change(schemas / name)
    landing = folder / "landing" / DAY
    landing.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TIDEGATE_SCHEMAS_DIR", str(schemas))
        tidegate("contract", "register", name)
        yield Sales(get_settings().model_copy(update={"schemas_dir": schemas}), name, landing)


def counts(file: dict[str, Any]) -> tuple[int, ...]:
    """Of a file: rows, silver, rejected, dropped, duplicates, other lines."""
    return tuple(file[name] for name in ("rows", "silver", "rejected", "dropped", "duplicates", "blank"))
