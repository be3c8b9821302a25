"""The same events once as a stream of JSON and once as a file of Parquet: silver is equal, and so is every verdict."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.contracts import spoil
from tests.pipeline import ended, tidegate
from tests.polling import wait_for
from tests.sales import DAY, Sales, counts, sales_of_its_own
from tests.topics import read_committed, send, source_offset, wait_for_records
from tidegate.clients.file_versions import read_versions
from tidegate.clients.lake_rows import open_table, scan_rows
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream, platform_schema
from tidegate.dead_letters.filter import LetterFilter
from tidegate.dead_letters.ledger import State
from tidegate.files.redrive_plan import make_plan_of_rows
from tidegate.files.redrive_run import FileRun
from tidegate.redrive.plan import RedrivePlan
from tidegate.redrive.planned import ledger_of
from tidegate.settings import Settings
from tidegate.sql.replay_lake import CODE, VERDICT

RESCUED = '{"name": "_rescued", "type": ["null", "string"], "default": null}'
ELSEWHERE = frozenset({"_source_topic", "_source_partition", "_source_offset", "_ingested_at"})
"""Columns of silver that say where a row came from, and when."""
pytestmark = pytest.mark.long
DECIMAL = pa.decimal128(12, 3)
COLUMNS = {
    "id": pa.string(),
    "shop": pa.string(),
    "amount": DECIMAL,
    "sold_at": pa.timestamp("us", "UTC"),
    "note": pa.string(),
}


@dataclass(frozen=True)
class Event:
    """As both have it: ``note`` is of no field of the contract."""

    id: str
    shop: str | None = "x"
    amount: str = "1.000"
    sold_at: str | None = f"{DAY}T10:00:00Z"
    note: str | None = None

    @property
    def json(self) -> bytes:
        texts = {name: json.dumps(getattr(self, name), ensure_ascii=False) for name in COLUMNS} | {
            "amount": self.amount
        }
        return ("{" + ", ".join(f'"{name}": {text}' for name, text in texts.items()) + "}").encode()

    @property
    def row(self) -> dict[str, Any]:
        at = None if self.sold_at is None else datetime.fromisoformat(self.sold_at)
        return {**vars(self), "amount": Decimal(self.amount), "sold_at": at}


EVENTS = (
    Event("a"),
    Event("b", amount="-1.000"),
    Event("c", shop="test"),
    Event("d", amount="3.005"),
    Event("a", amount="2.000"),
    Event("e", sold_at=None),
    Event("f", amount="4.500", sold_at="2026-11-27T23:59:59Z", note="é\n"),
    Event("g", amount="1000000.000", note="large"),
    Event("h", sold_at="1999-12-31T23:59:59Z"),
    Event("i", shop=None, note="to whom?"),
    Event("j", sold_at=f"{DAY}T10:00:00.000001Z"),
    Event("k", sold_at=f"{DAY}T10:00:00.123Z"),
)
SILVER, DROPPED, REPEATED, REJECTED = {0, 6, 7, 11}, {2}, {4}, {1, 3, 5, 8, 9, 10}
"""By the numbers of the events, which are offsets of the topic and rows of the file."""
RECIPE = """
fixes:
  - when: {rule: amount_not_negative}
    do: [{set: {amount: 1.25}}]
  - when: {value: {id: d}}
    do: [{set: {amount: a lot}}]
  - when: {value: {id: i}}
    do: [{set: {shop: y}}]
"""
"""For three of the six that are rejected; one of them fails again, by a text in a column of decimals."""


class Killed(BaseException):
    """The process is gone."""


def _contracts(folder: Path) -> None:
    """The dataset's own, of files, and beside it one of a stream: the same rules, SQL and schemas."""
    contract = folder / "contract.yaml"
    warns = "  - name: not_large\n    field: amount\n    check: amount < 1000\n    severity: warn\n"
    contract.write_text(contract.read_text() + f"{warns}    description: amount is not large\n")
    spoil(folder / "silver.avsc", '    {"name": "_source_topic"', f'    {RESCUED},\n    {{"name": "_source_topic"')
    spoil(folder / "refine.sql", "    _source_topic", "    _rescued,\n    _source_topic")
    stream = folder.with_name(f"{folder.name}_live")
    shutil.copytree(folder, stream)
    text = contract.read_text()
    contract.write_text(
        text.replace("format: csv", "format: parquet\n  unknown_columns: rescue")
        .replace("*.csv", "*.parquet")
        .replace("max_rejected_ratio: 0.5", "max_rejected_ratio: 0.6")
    )
    topic = f"topic:\n  name: raw.{stream.name}\n  partitions: 1\n  format: json\n  unknown_fields: rescue\n"
    text = re.sub(r"file:\n(  .*\n)+", topic, text.replace("kind: file\n", ""))
    text = text.replace("identity: [id]", "identity: [id]\ndedup_ttl_hours: 24")
    (stream / "contract.yaml").write_text(text.replace(f"dataset: {folder.name}", f"dataset: {stream.name}"))


@dataclass(frozen=True)
class Both:
    """The dataset in files and what its load said, and the stream."""

    sales: Sales
    load: dict[str, Any]
    stream: Stream

    @property
    def settings(self) -> Settings:
        return self.sales.settings

    def letters(self, name: str) -> dict[int, tuple[Any, ...]]:
        """By number of the event why it is rejected."""
        schema = platform_schema(self.settings.schemas_dir, "dead_letter")
        letters = read_committed(self.settings, f"dlq.{name}", schema)
        names = ("stage", "error_code", "error_message", "violations", "retryable", "payload_encoding")
        return {each["source"]["offset"]: tuple(each[name] for name in names) for each in letters}

    def verdicts(self, verdict: str) -> dict[int, str]:
        """Of rows of the file, by number."""
        table = open_table(self.settings, f"files.{self.sales.name}_verdicts")
        batches = scan_rows(self.settings, table, ("_source_offset", VERDICT, CODE))
        rows = [row for batch in batches for row in batch.to_pylist() if row[VERDICT] == verdict]
        return {row["_source_offset"]: row[CODE] for row in rows}


@pytest.fixture(scope="module")
def both(stack: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """The events refined by a job, and loaded out of a file in row groups of five."""
    with sales_of_its_own(tmp_path_factory.mktemp("sales"), _contracts) as sales:
        stream = load_stream(sales.settings.schemas_dir, f"{sales.name}_live")
        tidegate("contract", "register", stream.name)
        tidegate("run", "refine", "--dataset", stream.name)
        send(stack, stream.contract.topic.name, [event.json for event in EVENTS])
        table = pa.Table.from_pylist([event.row for event in EVENTS], pa.schema([*COLUMNS.items()]))
        pq.write_table(table, sales.folder / "day.parquet", row_group_size=5)
        yield Both(sales, sales.load(), stream)
        tidegate("stop", "refine", "--dataset", stream.name, "--no-savepoint")


def test_silver_is_equal_but_for_where_rows_came_from(both: Both) -> None:
    name = both.stream.name
    streamed = wait_for_records(both.settings, f"silver.{name}", both.stream.silver, SILVER)
    columns = tuple(streamed[0])
    table = open_table(both.settings, f"silver.{both.sales.name}")
    rows = [row for batch in scan_rows(both.settings, table, columns) for row in batch.to_pylist()]
    filed = {row["_source_offset"]: row for row in rows}

    assert len(rows) == len(SILVER)
    for number in SILVER:
        mine, theirs = ({n: v for n, v in row[number].items() if n not in ELSEWHERE} for row in (filed, streamed))
        assert mine == theirs
    assert (filed[7]["_warnings"], json.loads(filed[6]["_rescued"])) == (["not_large"], {"note": "é\n"})


def test_what_is_not_in_silver_has_the_same_verdict_for_the_same_reason(both: Both) -> None:
    name = both.stream.name
    letters = wait_for("letters", lambda: found if len(found := both.letters(name)) == len(REJECTED) else None, 60)
    dropped = read_committed(both.settings, f"dropped.{name}", platform_schema(both.settings.schemas_dir, "dropped"))

    assert letters.keys() == REJECTED
    assert both.letters(both.sales.name) == letters
    assert both.verdicts("dropped") == {source_offset(row): row["rule"] for row in dropped} == {2: "no_tests"}
    assert both.verdicts("duplicate").keys() == REPEATED
    (file,) = both.load["loads"][0]["files"]
    assert counts(file) == (12, len(SILVER), len(REJECTED), len(DROPPED), len(REPEATED), 0)


def test_a_letter_of_parquet_has_its_row_as_json_and_its_number(both: Both) -> None:
    schema = platform_schema(both.settings.schemas_dir, "dead_letter")
    letters = {
        each["source"]["offset"]: each for each in read_committed(both.settings, f"dlq.{both.sales.name}", schema)
    }

    assert {number: letter["source_file"]["row"] for number, letter in letters.items()} == {n: n + 1 for n in REJECTED}
    assert json.loads(letters[10]["payload"]) == json.loads(EVENTS[10].json)


def _proved(both: Both) -> list[tuple[int, ...]]:
    """Of each loaded file its number, its rows and those in silver."""
    proof = json.loads(tidegate("prove", both.sales.name, "--deep", "--json"))
    assert proof["findings"] == []
    return [(file["number"], file["rows"], file["silver"]) for file in proof["files"]]


def test_the_proof_of_a_file_of_parquet_holds(both: Both) -> None:
    assert _proved(both) == [(1, 12, 4)]


def _redrive_that_ends_behind(step: str, sales: Sales, plan: RedrivePlan) -> None:
    def done(found: str) -> None:
        if found == step:
            raise Killed

    with pytest.raises(Killed):
        FileRun(sales.settings, sales.files, plan, "test", step=done).carry_out()


def test_a_repair_file_that_is_put_into_quarantine_gives_its_letters_back_with_the_next_load(
    both: Both, tmp_path: Path
) -> None:
    sales, recipe = both.sales, tmp_path / "mend.yaml"
    recipe.write_text(RECIPE)
    plan, _ = make_plan_of_rows(sales.settings, sales.files, LetterFilter(), str(recipe), "test")
    _redrive_that_ends_behind("checked", sales, plan)
    assert {each.state for each in ledger_of(sales.settings, plan).values()} == {State.IN_FLIGHT}

    tidegate("files", "quarantine", sales.name, "2")
    assert sales.load()["loads"] == []

    entries = ledger_of(sales.settings, plan).values()
    assert {each.state for each in entries} == {State.OPEN}
    assert all(str(each.reason).startswith("its repair file was put into quarantine: ") for each in entries)
    assert [each.state for each in read_versions(sales.settings, sales.name)] == ["loaded", "superseded"]


def test_letters_of_parquet_are_mended_and_loaded_whatever_type_a_column_has(both: Both, tmp_path: Path) -> None:
    sales, recipe = both.sales, tmp_path / "mend.yaml"
    recipe.write_text(RECIPE)
    plan = json.loads(tidegate("redrive", "plan", sales.name, "--recipe", str(recipe), "--json"))["plan"]
    tried = json.loads(ended("redrive", "dry-run", plan, "--json").stdout)
    result = ended("redrive", "run", plan, "--json")
    assert result.exit_code == 1, result.output  # one failed again

    (trial,) = tried["files"]
    assert (trial["outcome"], trial["silver"], trial["codes"]) == ("loaded", 2, {"BAD_VALUE": 1})
    said = json.loads(result.stdout)
    assert (said["resolved"], said["failed_again"], said["in_flight"], said["left"]) == (2, 1, 0, 0)
    columns = ("id", "shop", "amount", "_source_partition", "_rescued")
    table = open_table(both.settings, f"silver.{sales.name}")
    rows = [row for batch in scan_rows(both.settings, table, columns) for row in batch.to_pylist()]
    assert sorted(tuple(row[name] for name in columns) for row in rows if row["_source_partition"] != 1) == [
        ("b", "x", Decimal("1.25"), 3, '{"note": null}'),
        ("i", "y", Decimal("1.00"), 3, '{"note": "to whom?"}'),
    ]
    assert _proved(both) == [(1, 12, 4), (3, 3, 2)]


def test_a_column_that_was_rescued_is_filled_once_the_contract_has_it_and_the_file_is_judged_again(both: Both) -> None:
    """As docs/batch.md says; it changes the contract of files, so it is the last test here."""
    sales = both.sales
    sample = str(sales.folder / "day.parquet")
    note = RESCUED.replace("_rescued", "note")
    assert note in tidegate("contract", "evolve", sales.name, "--sample", sample)
    folder = sales.files.folder
    spoil(folder / "silver.avsc", RESCUED, f"{RESCUED},\n    {note}")
    spoil(folder / "refine.sql", "    _rescued", "    _rescued,\n    note")
    tidegate("contract", "register", sales.name)
    tidegate("files", "retry", sales.name, "1")
    sales.load()
    again = max(each.number for each in read_versions(sales.settings, sales.name))

    table = open_table(both.settings, f"silver.{sales.name}")
    columns = ("_source_partition", "_source_offset", "note", "_rescued")
    rows = [row for batch in scan_rows(both.settings, table, columns) for row in batch.to_pylist()]
    assert sorted(tuple(row[name] for name in columns) for row in rows) == [
        (again, 0, None, None),
        (again, 6, "é\n", None),
        (again, 7, "large", None),
        (again, 11, None, None),
    ]
    assert _proved(both) == [(again, 12, 4)]
