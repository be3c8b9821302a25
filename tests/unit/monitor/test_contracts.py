"""One contract that can't be read is told by name, and takes no other dataset with it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tidegate.errors import ContractError
from tidegate.metric_names import CONTRACT_OK
from tidegate.monitor.contracts import ContractReader, proved_streams, watched_streams

BROKEN = {
    "not YAML": b"dataset: [",
    "not a contract": b"dataset: orders",
    "not text": b"\xff\xfe\x00",
}


@pytest.fixture(params=list(BROKEN.values()), ids=list(BROKEN))
def schemas(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The contracts, that of orders broken."""
    folder = tmp_path / "schemas"
    shutil.copytree(SCHEMAS, folder)
    (folder / "orders" / "contract.yaml").write_bytes(request.param)
    return folder


def test_the_others_are_watched(schemas: Path) -> None:
    assert [dataset.name for dataset in watched_streams(schemas)] == ["app_logs", "clicks"]


def test_it_is_told_by_name_and_with_its_fault(schemas: Path) -> None:
    told: list[Any] = []
    with pytest.raises(ContractError, match="orders"):
        told.extend(ContractReader(schemas).read())
    assert {sample.metric for sample in told} == {CONTRACT_OK}
    unreadable = [sample.labels[0] for sample in told if not sample.value]
    assert unreadable == ["orders"]


def test_one_that_can_be_read_and_can_not_work_is_watched_and_not_proved(tmp_path: Path) -> None:
    """A job that was started before may still run it; one that starts now leaves it out."""
    folder = tmp_path / "schemas"
    shutil.copytree(SCHEMAS, folder)
    sql = folder / "orders" / "refine.sql"
    sql.write_text("select no_such_column from validated\n")
    assert [dataset.name for dataset in watched_streams(folder)] == ["app_logs", "clicks", "orders"]
    assert [dataset.name for dataset in proved_streams(folder)] == ["app_logs", "clicks"]


def test_without_a_fault_nothing_is_raised() -> None:
    assert {sample.value for sample in ContractReader(SCHEMAS).read()} == {1.0}


def test_without_contracts_there_is_nothing_to_watch(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no contract folder"):
        watched_streams(tmp_path / "nowhere")
