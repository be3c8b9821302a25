"""Files are checked by the jobs' SQL in a Flink of a child's own: each row has the verdict that a load gives it."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from producers.datasets.find import find
from producers.files.bad_files import BadFile
from producers.files.make import Asked, make_files
from producers.files.mixing import Mix
from producers.files.tally import Tally
from tests.contracts import SCHEMAS
from tests.project import PROJECT
from tests.sales import FIRST, HEADER, TIME
from tidegate.contracts.dataset import Files
from tidegate.contracts.load import load_files
from tidegate.contracts.model import Contract
from tidegate.files import check as module
from tidegate.files.check import CheckedFile, Report, check
from tidegate.files.trial import run_checks
from tidegate.files.trial_rows import open_rows
from tidegate.settings import Settings, get_settings
from tidegate.sql.file_check import Checking
from tidegate.sql.file_to_read import FileToRead

NAMES = ("catalog", "orders", "sales", "transactions")
DAY = date(2026, 11, 28)
ASKED = Asked(DAY, seed=7, rows=2000, mix=Mix(bad=0.03, duplicate=0.05), bad_files=(BadFile.MOSTLY_BAD,))
SALES = {
    "1 first#.csv": FIRST,
    "2 second.csv": f"{HEADER}\na,y,9.00,{TIME}\nh,y,8.00,{TIME}\n",
    "3 bad.csv": f"id,shop,price,sold_at\nz,x,1,{TIME}\n",
}


ORDER = {
    "order_id": "0197f2b0-0000-7000-8000-000000000001",
    "status": "paid",
    "order_time": TIME,
    "customer_id": "c1",
    "currency": "EUR",
    "country": "DE",
}
LINE = {"product_id": "p1", "quantity": 2, "unit_price": 1.5}
HUGE = {**LINE, "quantity": 2**31 - 1, "unit_price": 9999999999.99}
"""Its amount is more than silver holds: a line that is rejected."""


def orders() -> str:
    """An order, one of which a line passes, one of which none does, the first once more, and a line that is no JSON."""
    several = [(1, [LINE, LINE]), (2, [LINE, HUGE]), (3, [HUGE, HUGE]), (1, [LINE])]
    rows = [{**ORDER, "order_id": f"{ORDER['order_id'][:-1]}{number}", "lines": lines} for number, lines in several]
    return "\n".join([*map(json.dumps, rows), "{", ""])


def in_files(folder: Path) -> None:
    """The stream of orders as a dataset that comes in files."""
    contract = yaml.safe_load((folder / "contract.yaml").read_text())
    told = {name: contract[name] for name in contract if name in Contract.model_fields and name not in OF_A_STREAM}
    section = {"format": "json_lines", "pattern": "in/{date:yyyy-MM-dd}.jsonl", "thresholds": {"max_rejected_ratio": 1}}
    (folder / "contract.yaml").write_text(yaml.safe_dump({**told, "kind": "file", "file": section}))
    shutil.rmtree(folder / "metrics")


OF_A_STREAM = ("topic", "dedup_ttl_hours", "dead_letters", "index", "silver")


class Checked:
    """A dataset, its files, the check of them, and its report; of files that were made what their ledger says."""

    def __init__(self, settings: Settings, name: str, folder: Path) -> None:
        self.dataset: Files = load_files(settings.schemas_dir, name)
        self.tallies: dict[str, Tally] = {}
        self.special: list[dict[str, Any]] = []
        if name == "sales":
            for file, text in SALES.items():
                (folder / file).write_text(text)
        elif name == "orders":
            (folder / "orders.jsonl").write_text(orders())
        else:
            self._make(folder)
        self.files = sorted(path for path in folder.rglob("*.*") if path.name != "manifest.json")
        (out := folder / "out").mkdir()
        reads = tuple(_to_read(number, file) for number, file in enumerate(self.files, 1))
        self.checking = Checking(name, str(out), reads, self.dataset.contract.identity_columns)
        self.report: Report

    def _make(self, folder: Path) -> None:
        lines = StringIO()
        maker = find(self.dataset.name, "file_rows", "file_rows")(self.dataset)
        self.tallies = {tally.name: tally for tally in make_files(self.dataset, maker, ASKED, folder, lines)}
        self.special = [json.loads(line) for line in lines.getvalue().splitlines()]

    def file(self, name: str) -> CheckedFile:
        return next(each for each in self.report.files if each.uri.endswith(f"/{name}"))

    def judged(self, _settings: Settings, dataset: Files, files: Any, wanted: Any) -> Any:
        """In the place of one process for each check."""
        assert (tuple(files), tuple(wanted)) == (self.checking.files, self.checking.wanted)
        return open_rows(self.checking, dataset)


def _to_read(number: int, file: Path) -> FileToRead:
    uri = f"file://{file}"
    return FileToRead(uri, file.stat().st_size, file.stat().st_mtime_ns // 1_000_000, number, uri)


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Checked]]:
    """One process judges the files of all datasets."""
    schemas = tmp_path_factory.mktemp("home") / "schemas"
    shutil.copytree(SCHEMAS, schemas)
    shutil.copytree(PROJECT / "tests/data/files_schemas/sales", schemas / "sales")
    in_files(schemas / "orders")
    settings = get_settings().model_copy(update={"schemas_dir": schemas, "home": schemas.parent})
    found = {name: Checked(settings, name, tmp_path_factory.mktemp(name)) for name in NAMES}
    run_checks(settings, [each.checking for each in found.values()])
    for each in found.values():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "judged", each.judged)
            each.report = check(settings, each.dataset, each.files)
    yield found


def counts(file: CheckedFile) -> tuple[int | None, ...]:
    return file.rows, file.silver, file.rejected, file.dropped, file.duplicates, file.blank


def test_each_row_is_judged_as_by_a_load(checked: dict[str, Checked]) -> None:
    """As tests/stack/test_files.py has it."""
    sales = checked["sales"]

    assert counts(sales.file("1 first#.csv")) == (8, 3, 3, 1, 1, 2)
    assert counts(sales.file("2 second.csv")) == (2, 1, 0, 0, 1, 1)
    assert sales.file("3 bad.csv").reason == "BAD_HEADER: columns missing: 'amount'; unknown: 'price'"


def test_each_fault_is_told_with_its_row_its_byte_and_why(checked: dict[str, Checked]) -> None:
    faults = checked["sales"].file("1 first#.csv").faults

    assert [(fault.row, fault.byte, fault.code) for fault in faults] == [
        (2, FIRST.index("b,x"), "RULE_VIOLATED"),
        (4, FIRST.index("d,x"), "BAD_VALUE"),
        (6, FIRST.index("e,x"), "CELL_COUNT"),
    ]
    assert faults[0].rules == ("amount_not_negative: amount is not negative",)
    assert faults[1].message == "field 'amount': 'much' is not a decimal(12, 2)"


def test_an_order_counts_once_whatever_becomes_of_its_lines(checked: dict[str, Checked]) -> None:
    file = checked["orders"].file("orders.jsonl")

    assert counts(file) == (5, 2, 2, 0, 1, 0)
    assert file.codes == {"TRANSFORM_FAILED": 3, "NOT_JSON": 1}
    assert [(fault.row, fault.code) for fault in file.faults] == [
        (2, "TRANSFORM_FAILED"),
        (3, "TRANSFORM_FAILED"),
        (3, "TRANSFORM_FAILED"),
        (5, "NOT_JSON"),
    ]


@pytest.mark.parametrize("name", ["transactions", "catalog"])
def test_made_files_are_judged_as_their_ledger_says(checked: dict[str, Checked], name: str) -> None:
    one = checked[name]
    good = {tally.name: tally for tally in one.tallies.values() if one.file(tally.name).outcome == "loaded"}

    assert good
    for tally in good.values():
        told = (tally.rows, tally.silver, tally.rejected.total(), tally.dropped.total(), tally.duplicates)
        assert counts(one.file(tally.name))[:-1] == told
        bad = [each for each in one.special if each["kind"] == "rejected" and each["file"] == tally.name]
        assert one.file(tally.name).codes == Counter(each["code"] for each in bad)


@pytest.mark.parametrize("name", ["transactions", "catalog"])
def test_a_file_with_too_many_bad_rows_would_be_put_into_quarantine(checked: dict[str, Checked], name: str) -> None:
    refused = [each for each in checked[name].report.files if each.outcome == "quarantined"]

    assert len(refused) == 1
    assert "(file.thresholds.max_rejected_ratio)" in str(refused[0].reason)
    assert len(refused[0].faults) == min(100, refused[0].rejected or 0)
    assert refused[0].silver is None
