"""Files that `tidegate files make` writes are judged as their ledger says: decoded by the source, and by the rules."""

import json
import subprocess
import sys
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from producers.datasets.find import find
from producers.files.bad_files import BadFile
from producers.files.make import Asked, make_files
from producers.files.mixing import Mix
from producers.files.tally import Tally
from tests.contracts import SCHEMAS
from tests.polling import HANGS_S
from tests.unit.sql.visits import CONNECTIONS
from tidegate.contracts.dataset import Files
from tidegate.contracts.load import load_files
from tidegate.contracts.model import Rule
from tidegate.sql.file_source import FILE_ROWS, file_rows
from tidegate.sql.file_to_read import FileToRead
from tidegate.sql.literals import text

RUN = """
import json, sys
from pyflink.table import EnvironmentSettings, TableEnvironment
from flink_jobs.dry_run import OPTIONS

flink = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
for name, value in {**OPTIONS, "parallelism.default": "1"}.items():
    flink.get_config().set(name, value)
for table, query in json.loads(sys.argv[1]):
    flink.execute_sql(table)
    with flink.execute_sql(query).collect() as rows:
        print("rows " + json.dumps([[*row] for row in rows]))
"""
NAMES = ("transactions", "customers", "catalog")
DAY = date(2026, 11, 28)
ASKED = Asked(DAY, seed=7, rows=3000, mix=Mix(bad=0.2, duplicate=0.05), huge_row_bytes=2_000_000)
Rows = list[list[Any]]


def table_of(dataset: Files, files: list[Path]) -> str:
    """As jobs read them."""
    read = [
        FileToRead(file.as_uri(), file.stat().st_size, 0, number, file.as_uri()) for number, file in enumerate(files)
    ]
    return file_rows(dataset, read, CONNECTIONS)[0].sql.replace(f"`{FILE_ROWS}`", f"`{dataset.name}`")


def query_of(dataset: Files) -> str:
    """Of each row its kind, place, code, whether its time is before the earliest, the rules it breaks, and its file."""
    rules = [f"CASE WHEN NOT ({rule.check}) THEN {text(rule.name)} END" for rule in dataset.contract.rules]
    time = dataset.contract.event_time
    early = f"`{time.field}` < TO_TIMESTAMP_LTZ({round(time.earliest.timestamp() * 1000)}, 3)"
    broken = f"CONCAT_WS(',', {', '.join(rules)})"
    return f"SELECT _kind, _source_offset, _error_code, {early}, {broken}, _source_topic FROM `{dataset.name}`"


class Made:
    """A file, what its ledger says, and what Flink does."""

    def __init__(self, dataset: Files, folder: Path, *bad_files: BadFile) -> None:
        self.dataset = dataset
        lines = StringIO()
        maker = find(dataset.name, "file_rows", "file_rows")(dataset)
        asked = Asked(DAY, seed=7, rows=50, bad_files=bad_files) if bad_files else ASKED
        self.tally: Tally = [*make_files(dataset, maker, asked, folder, lines)][-1]
        self.special = [json.loads(line) for line in lines.getvalue().splitlines()]
        (self.file,) = folder.rglob(self.tally.name)
        self.rows: Rows = []

    def good(self, rules: list[Rule]) -> list[list[str]]:
        """Of the rows that decode, in time and that meet all reject rules: which of these rules each does not meet."""
        rejects = {rule.name for rule in self.dataset.contract.rules_of("reject")}
        names = {rule.name for rule in rules}
        passed = [row[4] for row in rows_of(self) if row[2] is None and not row[3] and not rejects & {*row[4]}]
        return [[name for name in row if name in names] for row in passed]


@pytest.fixture(scope="module")
def made(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """One file of each dataset, and wrong ones of transactions, all read in one process."""
    transactions = load_files(SCHEMAS, "transactions")
    found = {name: Made(load_files(SCHEMAS, name), tmp_path_factory.mktemp(name)) for name in NAMES}
    found |= {kind.value: Made(transactions, tmp_path_factory.mktemp(kind.name), kind) for kind in BadFile}
    asked = []
    for name in NAMES:
        dataset = load_files(SCHEMAS, name)
        files = [each.file for each in found.values() if each.dataset.name == name]
        asked.append((table_of(dataset, files), query_of(dataset)))
    command = [sys.executable, "-c", RUN, json.dumps(asked)]
    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr[-5000:]
    answers = [line.removeprefix("rows ") for line in done.stdout.splitlines() if line.startswith("rows ")]
    rows = [row for answer in answers for row in json.loads(answer)]
    for each in found.values():
        each.rows = [[*row[:4], [*filter(None, row[4].split(","))]] for row in rows if row[5] == each.file.as_uri()]
    return found


def rows_of(made: Made) -> Rows:
    return [row for row in made.rows if row[0] == "row"]


def fault_of(made: Made) -> str | None:
    (end,) = [row for row in made.rows if row[0] == "split"]
    return None if end[2] is None else str(end[2])


def verdict(row: list[Any], rejects: set[str]) -> str | None:
    if row[2] is not None:
        return str(row[2])
    if row[3]:
        return "EVENT_TIME_OUT_OF_RANGE"
    return "RULE_VIOLATED" if rejects & {*row[4]} else None


@pytest.mark.parametrize("name", NAMES)
def test_every_bad_row_is_rejected_at_its_place_with_its_code_and_no_other_is(made: dict[str, Made], name: str) -> None:
    one = made[name]
    rejects = {rule.name for rule in one.dataset.contract.rules_of("reject")}
    found = {row[1]: code for row in rows_of(one) if (code := verdict(row, rejects))}
    assert found == {each["offset"]: each["code"] for each in one.special if each["kind"] == "rejected"}
    assert len(found) > 500


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_rule_is_the_one_that_the_cause_names(made: dict[str, Made], name: str) -> None:
    one = made[name]
    rejects = {rule.name for rule in one.dataset.contract.rules_of("reject")}
    broken = {row[1]: [rule for rule in row[4] if rule in rejects] for row in rows_of(one)}
    causes = {each["offset"]: each["cause"] for each in one.special if each.get("code") == "RULE_VIOLATED"}
    assert {offset: [cause.removeprefix("rule_")] for offset, cause in causes.items()} == {
        offset: broken[offset] for offset in causes
    }
    assert {*causes.values()} == {f"rule_{name}" for name in rejects}, "each rule is broken"


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_dropped_and_warned_of_as_the_ledger_counts(made: dict[str, Made], name: str) -> None:
    one, contract = made[name], made[name].dataset.contract
    drops, warns = contract.rules_of("drop"), contract.rules_of("warn")
    both = one.good([*drops, *warns])
    first = [[rule for rule in row if rule in {each.name for each in drops}] for row in both]
    assert Counter(row[0] for row in first if row) == one.tally.dropped
    kept = [row for row, dropped in zip(both, first, strict=True) if not dropped]
    repeats = one.tally.duplicates
    warned = Counter(rule for row in kept for rule in row)
    assert all(0 <= warned[rule] - count <= repeats for rule, count in one.tally.warned.items())
    assert {*warned} <= {*one.tally.warned}
    assert len(kept) == one.tally.silver + repeats
    assert len(rows_of(one)) == one.tally.rows


@pytest.mark.parametrize(
    ("kind", "code", "rows"),
    [
        (BadFile.WRONG_HEADER, "BAD_HEADER", 0),
        (BadFile.EMPTY, "BAD_HEADER", 0),
        (BadFile.HEADER_ONLY, None, 0),
        (BadFile.TRUNCATED_GZIP, "BAD_COMPRESSION", None),
        (BadFile.TWO_HEADERS, None, 51),
        (BadFile.GZIP_NAMED_PLAIN, None, 50),
        (BadFile.CR_ONLY, None, 50),
        (BadFile.NO_LAST_NEWLINE, None, 50),
        (BadFile.MOSTLY_BAD, None, 50),
    ],
)
def test_a_wrong_file_is_wrong_as_it_says(
    made: dict[str, Made], kind: BadFile, code: str | None, rows: int | None
) -> None:
    one = made[kind.value]
    assert fault_of(one) == code
    if rows is not None:
        assert len(rows_of(one)) == rows == (one.tally.rows if code is None else 0)
        assert {row[1] for row in rows_of(one) if row[2]} <= {each["offset"] for each in one.special}
