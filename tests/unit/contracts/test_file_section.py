"""What the section of files refuses."""

from typing import Any

import pytest
from pydantic import ValidationError

from tidegate.contracts.file_section import Csv, FileSection
from tidegate.contracts.model import Contract

CONTRACT: dict[str, Any] = {
    "dataset": "transactions",
    "kind": "file",
    "owner": "payments",
    "description": "One row per payment.",
    "event_time": {"field": "booked_at"},
    "identity": ["transaction_id"],
    "file": {"format": "csv", "pattern": "in/{date:yyyy-MM-dd}/*.csv"},
}


def test_a_contract_of_files_has_no_topic_to_name() -> None:
    contract = Contract.model_validate(CONTRACT)
    assert (contract.topic.name, contract.dead_letter_topic) == ("files.transactions", "dlq.transactions")
    assert not contract.is_json
    assert not contract.rescues


def test_json_and_rescuing_are_the_sections_own() -> None:
    file = {"format": "json_lines", "pattern": "x{date:yyyyMMdd}", "unknown_columns": "rescue"}
    contract = Contract.model_validate({**CONTRACT, "file": file})
    assert contract.is_json
    assert contract.rescues


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"topic": {"name": "raw.transactions"}}, "files have no topic"),
        ({"file": None}, "needs the section file"),
        ({"kind": "stream"}, "the section file is of kind: file"),
        ({"file": {"format": "json_lines", "pattern": "x", "csv": {}}}, "for files of CSV only"),
        ({"file": {"format": "parquet", "pattern": "x", "csv": {}}}, "for files of CSV only"),
        ({"file": {"format": "json_lines", "pattern": "x", "missing_columns": "default"}}, "CSV and Parquet only"),
        ({"file": {"format": "parquet", "pattern": "x", "encoding": "UTF-8"}}, "leave out encoding and compression"),
        ({"file": {"format": "parquet", "pattern": "x", "compression": "auto"}}, "leave out encoding and compression"),
    ],
)
def test_what_does_not_go_together_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Contract.model_validate({**CONTRACT, **change})


@pytest.mark.parametrize(
    "dialect", [{"delimiter": '"'}, {"quote": "'", "escape": "'"}, {"nulls": ["a;b"]}, {"delimiter": "ab"}]
)
def test_signs_are_single_and_differ(dialect: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Csv.model_validate(dialect)


def test_parquet_has_columns_and_is_no_csv() -> None:
    file = FileSection.model_validate({"format": "parquet", "pattern": "x", "missing_columns": "default"})
    assert (file.is_csv, file.is_parquet, file.has_columns) == (False, True, True)


def test_a_tab_may_be_written_as_people_do() -> None:
    assert Csv.model_validate({"delimiter": "\\t"}).delimiter == "\t"
    assert FileSection(format="csv", pattern="x").is_csv
