"""One contract that can't be read is told by name, and takes no other dataset with it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tidegate.contracts.load import dataset_names
from tidegate.errors import ContractError
from tidegate.metric_names import CONTRACT_OK
from tidegate.monitor.contracts import ContractReader, Contracts

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
    assert [dataset.name for dataset in Contracts(schemas).streams] == ["app_logs", "clicks"]


def test_it_is_told_by_name_and_with_its_fault(schemas: Path) -> None:
    told: list[Any] = []
    with pytest.raises(ContractError, match="orders"):
        told.extend(ContractReader(Contracts(schemas)).read())
    assert {sample.metric for sample in told} == {CONTRACT_OK}
    unreadable = [sample.labels[0] for sample in told if not sample.value]
    assert unreadable == ["orders"]


def test_one_that_can_be_read_and_can_not_work_is_watched_and_not_proved(tmp_path: Path) -> None:
    """A job that was started before may still run it; one that starts now leaves it out."""
    folder = tmp_path / "schemas"
    shutil.copytree(SCHEMAS, folder)
    sql = folder / "orders" / "refine.sql"
    sql.write_text("select no_such_column from validated\n")
    contracts = Contracts(folder)
    assert [dataset.name for dataset in contracts.streams] == ["app_logs", "clicks", "orders"]
    assert contracts.proved == ["app_logs", "clicks"]


def test_without_a_fault_nothing_is_raised() -> None:
    assert {sample.value for sample in ContractReader(Contracts(SCHEMAS)).read()} == {1.0}


def test_without_contracts_there_is_nothing_to_watch(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no contract folder"):
        Contracts(tmp_path / "nowhere")


def test_a_dataset_that_comes_changes_or_goes_is_told_once(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    shutil.copytree(SCHEMAS, folder, ignore=shutil.ignore_patterns("orders"))
    contracts, changes = Contracts(folder), list[int]()
    reader = ContractReader(contracts, lambda: changes.append(len(contracts.streams)))
    told = [*reader.read()]
    others = len(dataset_names(folder))
    assert (changes, len(told)) == ([], others)

    shutil.copytree(SCHEMAS / "orders", folder / "orders")
    assert len([*reader.read(), *reader.read()]) == 2 * (others + 1)
    (folder / "orders" / "notes.txt").write_text("none of a contract's files")
    [*reader.read()]
    assert changes == [3]

    shutil.rmtree(folder / "orders")
    [*reader.read()]
    assert changes == [3, 2]


def test_of_a_contract_that_gets_broken_the_last_good_one_is_watched(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    shutil.copytree(SCHEMAS, folder)
    contracts = Contracts(folder)
    before = contracts.streams
    text = (folder / "orders" / "contract.yaml").read_text()
    for broken in ("dataset: [", text.replace("raw.orders", "raw.elsewhere").replace("order_id", "no_such_field")):
        (folder / "orders" / "contract.yaml").write_text(broken)
        contracts.renew()
        assert contracts.streams == before
        assert contracts.proved == ["app_logs", "clicks"]
    (folder / "orders" / "contract.yaml").write_text(text)
    assert contracts.renew()
    assert contracts.proved == ["app_logs", "clicks", "orders"]


def test_a_change_behind_a_link_is_seen(tmp_path: Path) -> None:
    shutil.copytree(SCHEMAS, tmp_path / "mounted")
    (tmp_path / "schemas").mkdir()
    for folder in (tmp_path / "mounted").iterdir():
        (tmp_path / "schemas" / folder.name).symlink_to(folder)
    contracts = Contracts(tmp_path / "schemas")
    query = tmp_path / "mounted" / "orders" / "metrics" / "sales.sql"
    query.write_text(query.read_text() + "-- changed\n")
    assert contracts.renew()
