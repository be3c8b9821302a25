"""A contract that is wrong stops nothing but its own dataset."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, spoil
from tidegate.contracts.load import dataset_names
from tidegate.contracts.sound import sound_datasets


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts to spoil."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def test_the_projects_own_datasets_can_all_work() -> None:
    sound = sound_datasets(SCHEMAS)
    assert [dataset.name for dataset in sound.datasets] == dataset_names(SCHEMAS)
    assert [stream.name for stream in sound.streams] == ["app_logs", "clicks", "orders"]
    assert sound.left_out == {}


SPOILERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no YAML": (lambda orders: spoil(orders / "contract.yaml", "dataset: orders", "dataset: ["), "is not YAML"),
    "an unknown key": (lambda orders: spoil(orders / "contract.yaml", "owner:", "owners:"), "owners"),
    "no UTF-8": (lambda orders: (orders / "contract.yaml").write_bytes(b"owner: caf\xe9\n"), "is not UTF-8"),
    "no raw schema": (lambda orders: (orders / "v1.avsc").unlink(), "no v1.avsc"),
    "no JSON": (lambda orders: spoil(orders / "v1.avsc", "{", "[["), "line 2"),
    "unfinished": (lambda orders: (orders / "refine.sql").unlink(), "refine.sql: file: missing"),
    "a column that is taken": (
        lambda orders: spoil(orders / "silver.avsc", '"currency"', '"year"'),
        "year is a column",
    ),
    "another's topic": (
        lambda orders: spoil(orders / "contract.yaml", "raw.orders", "silver.clicks"),
        "topic of clicks",
    ),
    "an enum": (lambda orders: spoil(orders / "v1.avsc", '"int"', '"enum"'), "type 'enum' is not supported"),
    "a metric without a schema": (lambda orders: (orders / "metrics/sales.avsc").unlink(), "sales.avsc is missing"),
    "a metric without a key": (lambda orders: spoil(orders / "metrics/sales.avsc", '"key"', '"keys"'), "has no key"),
}


@pytest.mark.parametrize(("spoiler", "reason"), SPOILERS.values(), ids=SPOILERS)
def test_a_dataset_that_cannot_work_is_left_out_with_its_reason(
    schemas: Path, spoiler: Callable[[Path], object], reason: str
) -> None:
    spoiler(schemas / "orders")
    sound = sound_datasets(schemas)
    assert [dataset.name for dataset in sound.datasets] == [n for n in dataset_names(schemas) if n != "orders"]
    assert list(sound.left_out) == ["orders"]
    assert reason in str(sound.left_out["orders"])


def test_a_reference_that_cannot_be_read_takes_along_only_who_needs_it(schemas: Path) -> None:
    spoil(schemas / "products/contract.yaml", "kind: reference", "kind: [")
    sound = sound_datasets(schemas)
    assert [dataset.name for dataset in sound.datasets] == ["app_logs", "catalog", "customers"]
    assert "there is no reference dataset products" in str(sound.left_out["clicks"])


def test_what_is_wrong_with_examples_alone_keeps_nothing_from_working(schemas: Path) -> None:
    (schemas / "orders/examples/valid.jsonl").write_text("{")
    assert sound_datasets(schemas).left_out == {}
