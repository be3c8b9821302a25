"""Contracts from their folders: what is there is a stream, a reference, or a draft with a file missing."""

import shutil
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, copy_of_clicks, spoil
from tidegate.contracts.dataset import Reference, Stream
from tidegate.contracts.load import (
    dataset_names,
    finished,
    load_dataset,
    load_draft,
    load_reference,
    load_stream,
    parse_contract,
    parse_earlier_contract,
    platform_schema,
    stream_datasets,
)
from tidegate.errors import ContractError


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    copy_of_clicks(tmp_path, "visits")
    return tmp_path


def test_a_folder_is_a_stream_or_a_reference() -> None:
    clicks, products = load_dataset(SCHEMAS, "clicks"), load_dataset(SCHEMAS, "products")

    assert isinstance(clicks, Stream)
    assert clicks.refine_sql == (SCHEMAS / "clicks" / "refine.sql").read_text()
    assert isinstance(products, Reference)
    assert products.key == "product_id"


def test_a_folder_without_a_contract_is_no_dataset(schemas: Path) -> None:
    assert dataset_names(schemas) == ["products", "visits"]
    with pytest.raises(ContractError, match=r"no dataset 'dropped'\. Known: products, visits"):
        load_dataset(schemas, "dropped")


@pytest.mark.parametrize("file", ["silver.avsc", "refine.sql"])
def test_a_stream_without_a_file_is_a_draft_and_no_dataset(schemas: Path, file: str) -> None:
    (schemas / "visits" / file).unlink()
    draft = load_draft(schemas, "visits")

    assert (draft.silver is None, draft.refine_sql is None) == (file == "silver.avsc", file == "refine.sql")
    assert draft.raw_fields
    for load in (load_dataset, load_stream):
        with pytest.raises(ContractError, match=r"visits lacks silver\.avsc or refine\.sql\. Add them"):
            load(schemas, "visits")


def test_reference_data_is_no_stream() -> None:
    with pytest.raises(ContractError, match="products is reference data"):
        load_stream(SCHEMAS, "products")
    assert "products" not in [stream.name for stream in stream_datasets(SCHEMAS)]


def test_a_stream_is_no_reference_data() -> None:
    with pytest.raises(ContractError, match=r"clicks is no reference data with a key\. Send events with"):
        load_reference(SCHEMAS, "clicks")


def test_reference_data_needs_a_key(schemas: Path) -> None:
    spoil(schemas / "products" / "contract.yaml", "  key: product_id\n", "")

    assert load_draft(schemas, "products").contract.kind == "reference"
    with pytest.raises(ContractError, match="products is no reference data with a key"):
        load_dataset(schemas, "products")


def test_a_folder_with_another_name_than_its_contract_is_refused(schemas: Path) -> None:
    shutil.move(schemas / "visits", schemas / "views")
    with pytest.raises(ContractError, match="says dataset: visits, its folder is views"):
        load_draft(schemas, "views")


def test_a_finished_draft_has_everything_of_the_folder() -> None:
    assert finished(load_draft(SCHEMAS, "orders")) == load_dataset(SCHEMAS, "orders")


@pytest.mark.parametrize(
    ("section", "field"),
    [("event_time:\n", "max_out_of_orderness_s: 30"), ("lake:\n", "partition_by: day")],
)
def test_a_field_that_is_gone_can_be_deleted(schemas: Path, section: str, field: str) -> None:
    spoil(schemas / "visits" / "contract.yaml", section, f"{section}  {field}\n")

    with pytest.raises(ContractError) as refused:
        load_draft(schemas, "visits")
    place = f"{section.strip()[:-1]}.{field.partition(':')[0]}"
    assert f"contract.yaml: {place}: this field is gone, it never had an effect: delete it." in refused.value.problem


def test_a_typing_error_is_no_field_that_is_gone(schemas: Path) -> None:
    spoil(schemas / "visits" / "contract.yaml", "lake:\n", "lake:\n  partition: day\n")
    with pytest.raises(ContractError, match=r"lake\.partition: Extra inputs are not permitted"):
        load_draft(schemas, "visits")


def test_an_earlier_contract_may_have_fields_that_are_gone() -> None:
    path = SCHEMAS / "clicks" / "contract.yaml"
    then = path.read_text().replace("event_time:\n", "event_time:\n  max_out_of_orderness_s: 30\n")

    assert parse_earlier_contract(then, path) == parse_contract(path.read_text(), path)


def test_a_folder_of_ones_own_has_the_records_that_come_with_tidegate(tmp_path: Path) -> None:
    names = ("dead_letter", "dropped", "dead_letter_state", "audit_action")

    assert [platform_schema(tmp_path, name) for name in names] == [platform_schema(SCHEMAS, name) for name in names]

    (tmp_path / "dropped").mkdir()
    (tmp_path / "dropped" / "v1.avsc").write_text('{"type": "record", "name": "Own", "fields": []}')
    assert platform_schema(tmp_path, "dropped")["name"] == "Own"
    with pytest.raises(ContractError, match=r"has no v1\.avsc"):
        platform_schema(tmp_path, "another")


def test_files_are_no_reference_data_and_say_what_loads_them() -> None:
    with pytest.raises(ContractError, match="tidegate files load transactions"):
        load_reference(SCHEMAS, "transactions")
    with pytest.raises(ContractError, match="tidegate files list transactions"):
        load_stream(SCHEMAS, "transactions")
