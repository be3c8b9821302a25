"""What is refined once more, and what of it is compared; tests/stack/test_prove_recompute.py does it."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.contracts import SCHEMAS
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError
from tidegate.proof.content import Asked
from tidegate.proof.reconcile import Scope
from tidegate.proof.rows import make_rows
from tidegate.replay.recompute import layout_of, offsets_of, places_of, prove_content, ranges_of, sampled
from tidegate.settings import Settings

ROWS = make_rows([1, 0, 0, 1], [5, 9, 2, 5])


def test_a_record_of_several_rows_is_refined_once() -> None:
    found = places_of(ROWS)

    assert (found.partition.tolist(), found.offset.tolist()) == ([0, 0, 1], [2, 9, 5])
    assert offsets_of(found, [0, 1, 2]) == {0: (2, 9), 1: (5,), 2: ()}
    assert offsets_of(make_rows(), [0]) == {0: ()}
    assert ranges_of(found, [0, 1, 2]) == {0: (2, 10), 1: (5, 6), 2: (0, 0)}


def test_a_sample_has_so_many_of_them_once_each_in_their_order() -> None:
    rows = make_rows([0] * 100, range(100))

    some = sampled(rows, 30, np.random.default_rng(1)).offset.tolist()

    assert len({*some}) == 30
    assert some == sorted(some)
    assert some != sampled(rows, 30, np.random.default_rng(2)).offset.tolist()
    assert sampled(rows, None, np.random.default_rng(1)) is sampled(rows, 100, np.random.default_rng(1)) is rows


def test_all_columns_are_compared_but_those_left_out_and_those_that_name_the_row() -> None:
    orders = load_stream(SCHEMAS, "orders")
    explode = orders.contract.explode
    assert explode is not None

    layout = layout_of(orders, ["_ingested_at"])

    names = {column.name for column in orders.silver_columns}
    assert {*layout.columns} == names - {"_ingested_at", "_source_partition", "_source_offset", explode.position}
    assert layout.keys[-1] == explode.position
    assert layout_of(load_stream(SCHEMAS, "clicks"), []).position is None


def test_a_column_that_is_not_there_is_named_before_anything_is_read() -> None:
    with pytest.raises(TidegateError, match="clicks has no column prise"):
        prove_content(Settings(schemas_dir=SCHEMAS), "clicks", Scope(), Asked(left_out=("prise",)))


def test_content_is_not_compared_without_the_lake() -> None:
    with pytest.raises(TidegateError, match="compared in the lake"):
        prove_content(Settings(schemas_dir=SCHEMAS), "clicks", Scope(lake=False), Asked())


def test_sql_that_gives_another_answer_each_time_needs_its_columns_left_out(tmp_path: Path) -> None:
    shutil.copytree(SCHEMAS, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "clicks" / "refine.sql"
    file.write_text(file.read_text().replace("upper(country)", "cast(rand() as string)"))

    with pytest.raises(TidegateError, match=r"clicks can't be recomputed: refine\.sql uses RAND") as refused:
        prove_content(Settings(schemas_dir=tmp_path), "clicks", Scope(), Asked())
    assert "--except" in refused.value.remedy
