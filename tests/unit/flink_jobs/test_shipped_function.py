"""A function's file travels as text, and its failures cost the values at fault only."""

import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import cloudpickle
import pandas as pd
import pytest
from pyflink.table import DataTypes  # noqa: TID251 results are held against PyFlink's own conversion
from pyflink.table.types import DataType, create_arrow_schema  # noqa: TID251
from pyflink.table.utils import pandas_to_arrow  # noqa: TID251

from flink_jobs.shipped_function import ShippedFunction

HALVES = """
    from functools import cache

    def halves(numbers):
        if (numbers < 0).any():
            raise ValueError("negative")
        return numbers / _two()

    @cache
    def _two():
        return 2
"""
NAMED = DataTypes.ROW([DataTypes.FIELD("name", DataTypes.STRING()), DataTypes.FIELD("value", DataTypes.STRING())])
COUNTED = DataTypes.ROW([DataTypes.FIELD("name", DataTypes.STRING()), DataTypes.FIELD("count", DataTypes.BIGINT())])
WORKER = """
import sys, cloudpickle, pandas as pd
sys.modules["flink_jobs"] = sys.modules["tidegate"] = None  # importing them raises
class Context:
    def get_metric_group(self): return self
    def add_group(self, name, value): return self
    def counter(self, name): return self
    def inc(self, n): pass
function = cloudpickle.load(sys.stdin.buffer)
function.open(Context())
print(function.eval(pd.Series([2, 6])).tolist())
"""


class Counted:
    """Counts by group, label and name, in the place of Flink's metric groups."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, ...], int] = {}
        self.name: tuple[str, ...] = ()

    def get_metric_group(self) -> "Counted":
        return self

    def add_group(self, name: str, value: str) -> "Counted":
        self.name = (name, value)
        return self

    def counter(self, name: str) -> "Counted":
        self.name += (name,)
        return self

    def inc(self, n: int = 1) -> None:
        self.counts[self.name] = self.counts.get(self.name, 0) + n

    @property
    def failures(self) -> int:
        return sum(self.counts.values())


def opened(name: str, source: str, result_type: DataType) -> tuple[ShippedFunction, Counted]:
    function, context = ShippedFunction(name, textwrap.dedent(source), result_type), Counted()
    function.open(context)
    return function, context


def as_it_is(result_type: DataType) -> tuple[ShippedFunction, Counted]:
    """A function that gives what it gets, so that a test says what it returns."""
    return opened("same", "def same(values): return values", result_type)


def sent(result: pd.Series | pd.DataFrame, result_type: DataType) -> list[Any]:
    """What PyFlink sends to Flink."""
    schema = create_arrow_schema(["result"], [result_type])
    values: list[Any] = pandas_to_arrow(schema, "UTC", [result_type], [result]).column(0).to_pylist()
    return values


def test_values_that_fail_become_null_and_are_counted() -> None:
    function, context = opened("halves", HALVES, DataTypes.DOUBLE())
    numbers = pd.Series([2, -1, 6, 8, -3, 12, 14])

    assert function.eval(numbers).tolist() == [1, None, 3, 4, None, 6, 7]
    assert context.counts == {("function", "halves", "failures"): 2}


def test_a_batch_without_a_failure_is_taken_whole() -> None:
    calls: list[int] = []
    function, _ = opened("halves", HALVES, DataTypes.DOUBLE())
    whole = function._function

    def counting(numbers: pd.Series) -> pd.Series:
        calls.append(len(numbers))
        return whole(numbers)

    function._function = counting

    assert function.eval(pd.Series(range(1000))).tolist() == [number / 2 for number in range(1000)]
    assert calls == [1000]


def test_the_count_is_there_before_the_first_failure() -> None:
    function, context = opened("halves", HALVES, DataTypes.DOUBLE())

    function.eval(pd.Series([2, 4]))

    assert context.counts == {("function", "halves", "failures"): 0}


def test_a_failing_row_has_null_in_every_field() -> None:
    source = """
        def split(texts):
            return texts.str.split("=", expand=True).set_axis(["name", "value"], axis=1)
    """
    function, _ = opened("split", source, NAMED)

    result = function.eval(pd.Series(["a=1", "nothing", "b=2=3", "c=4"], dtype=object))

    assert result.to_numpy().tolist() == [["a", "1"], ["nothing", None], [None, None], ["c", "4"]]


def test_a_result_of_another_length_is_a_failure() -> None:
    function, _ = opened("first", "def first(values): return values.head(1)", DataTypes.INT())

    assert function.eval(pd.Series([4, 5])).tolist() == [4, 5]  # each alone is as long as it should be
    function, context = opened("none", "def none(values): return values.head(0)", DataTypes.INT())
    assert function.eval(pd.Series([4, 5])).tolist() == [None, None]
    assert context.failures == 2


def test_a_worker_needs_nothing_of_this_project(tmp_path: Path) -> None:
    shipped: Any = cloudpickle.dumps(ShippedFunction("halves", textwrap.dedent(HALVES), DataTypes.DOUBLE()))

    done = subprocess.run([sys.executable, "-c", WORKER], input=shipped, cwd=tmp_path, capture_output=True, check=False)

    assert done.stdout.decode().strip() == "[1.0, 3.0]", done.stderr.decode()


@pytest.mark.parametrize(
    ("result_type", "given", "expected"),
    [
        (DataTypes.BIGINT(), pd.Series([1.0, 1.5, 3.0]), [1, None, 3]),
        (DataTypes.BIGINT(), pd.Series([2**60 + 1, 1.5, None, 2.0], dtype=object), [2**60 + 1, None, None, 2]),
        (DataTypes.INT(), pd.Series([1, 2**40]), [1, None]),
        (DataTypes.DOUBLE(), pd.Series([0.5, "text", None], dtype=object), [0.5, None, None]),
        (DataTypes.STRING(), pd.Series(["a", 1, "\ud800", "b"], dtype=object), ["a", None, None, "b"]),
        (DataTypes.STRING(), pd.Series([1, 2]), [None, None]),
        (DataTypes.DECIMAL(4, 2), pd.Series([Decimal("1.25"), Decimal("1.255")]), [Decimal("1.25"), None]),
        (DataTypes.ARRAY(DataTypes.DOUBLE()), pd.Series([[1.0], ["text"], None]), [[1.0], None, None]),
    ],
    ids=str,
)
def test_a_value_of_a_wrong_type_is_null_and_the_others_are_sent(
    result_type: DataType, given: pd.Series, expected: list[Any]
) -> None:
    function, context = as_it_is(result_type)

    assert sent(function.eval(given), result_type) == expected
    assert context.failures == expected.count(None) - given.isna().sum()


def test_a_row_with_one_field_of_a_wrong_type_is_null() -> None:
    function, context = as_it_is(COUNTED)
    given = pd.DataFrame({"name": ["a", "b", "c"], "count": pd.Series([1, "two", None], dtype=object)})

    assert sent(function.eval(given), COUNTED) == [
        {"name": "a", "count": 1},
        {"name": None, "count": None},
        {"name": "c", "count": None},
    ]
    assert context.failures == 1


def test_fractions_in_a_field_of_whole_numbers_are_a_failure() -> None:
    function, context = as_it_is(COUNTED)
    given = pd.DataFrame({"name": ["a", "b"], "count": pd.Series([1, 2.5], dtype=object)})

    assert function.eval(given)["count"].tolist() == [1, None]
    assert context.failures == 1


def test_fields_are_taken_by_name_and_others_refused() -> None:
    function, context = as_it_is(COUNTED)

    assert sent(function.eval(pd.DataFrame({"count": [1], "name": ["a"]})), COUNTED) == [{"name": "a", "count": 1}]
    assert function.eval(pd.DataFrame({"count": [1]})).to_numpy().tolist() == [[None, None]]
    assert context.failures == 1


@pytest.mark.parametrize("source", ["values.tolist()", "values.to_numpy()", "values.to_frame()", "1", "None"])
def test_what_is_no_series_is_a_failure(source: str) -> None:
    function, context = opened("made", f"def made(values): return {source}", DataTypes.BIGINT())

    assert function.eval(pd.Series([1, 2])).tolist() == [None, None]
    assert context.failures == 2


def test_a_series_where_fields_are_declared_is_a_failure() -> None:
    function, _ = as_it_is(COUNTED)

    result = function.eval(pd.Series([{"name": "a", "count": 1}]))

    assert sent(result, COUNTED) == [{"name": None, "count": None}]


@pytest.mark.parametrize(
    ("result_type", "given"),
    [
        (DataTypes.BIGINT(), pd.Series([2**60 + 1, None], dtype="Int64")),
        (DataTypes.STRING(), pd.Series(["a", None], dtype="string")),
    ],
    ids=str,
)
def test_columns_of_pandas_own_types_are_sent(result_type: DataType, given: pd.Series) -> None:
    function, context = as_it_is(result_type)

    assert sent(function.eval(given), result_type) == [given[0], None]
    assert context.failures == 0


@pytest.mark.parametrize(
    ("result_type", "value"),
    [
        (DataTypes.BOOLEAN(), True),
        (DataTypes.TINYINT(), 7),
        (DataTypes.BIGINT(), 2**60 + 1),
        (DataTypes.FLOAT(), 0.1),
        (DataTypes.DOUBLE(), 0.1),
        (DataTypes.DECIMAL(10, 2), Decimal("1.25")),
        (DataTypes.STRING(), "a"),
        (DataTypes.BYTES(), b"a"),
        (DataTypes.DATE(), date(2026, 1, 2)),
        (DataTypes.TIME(3), time(1, 2, 3, 4000)),
        (DataTypes.TIMESTAMP(6), datetime(2026, 1, 2, 3, 4, 5, 6)),  # noqa: DTZ001 a TIMESTAMP has no zone
        (DataTypes.TIMESTAMP_LTZ(3), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (DataTypes.ARRAY(DataTypes.BIGINT()), [1, None]),
        (DataTypes.MAP(DataTypes.STRING(), DataTypes.BIGINT()), {"a": 1, "b": None}),
    ],
    ids=str,
)
def test_a_value_is_the_same_beside_one_that_fails(result_type: DataType, value: Any) -> None:
    source = """
        def checked(values, fails):
            if fails.any():
                raise ValueError
            return values
    """
    function, _ = opened("checked", source, result_type)
    values = pd.Series([value, value])

    alone = sent(function.eval(values, pd.Series([False, False])), result_type)
    beside = sent(function.eval(values, pd.Series([False, True])), result_type)

    assert alone[0] is not None
    assert beside == [alone[0], None]


def test_a_constant_of_the_query_is_a_column_too() -> None:
    source = """
        def divided(dividends, divisors):
            if (dividends < 0).any():
                raise ValueError("negative")
            return dividends / divisors.astype(float)
    """
    function, context = opened("divided", source, DataTypes.DOUBLE())

    assert function.eval(pd.Series([2, -1, 6]), 2).tolist() == [1, None, 3]
    assert function.eval(12, pd.Series([2, 3, 4])).tolist() == [6, 4, 3]
    assert context.failures == 1
