"""A function's file travels as text, and its failures cost the values at fault only."""

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import cloudpickle
import pandas as pd

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
WORKER = """
import sys, cloudpickle, pandas as pd
sys.modules["flink_jobs"] = sys.modules["tidegate"] = None  # importing them raises
class Context:
    def get_metric_group(self): return self
    def counter(self, name): return self
function = cloudpickle.load(sys.stdin.buffer)
function.open(Context())
print(function.eval(pd.Series([2, 6])).tolist())
"""


class Counted:
    """Counts, in the place of Flink's metric groups."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.name = ""

    def get_metric_group(self) -> "Counted":
        return self

    def counter(self, name: str) -> "Counted":
        self.name = name
        return self

    def inc(self) -> None:
        self.counts[self.name] = self.counts.get(self.name, 0) + 1


def opened(name: str, source: str, fields: tuple[str, ...] = ()) -> tuple[ShippedFunction, Counted]:
    function, context = ShippedFunction(name, textwrap.dedent(source), fields), Counted()
    function.open(context)
    return function, context


def test_values_that_fail_become_null_and_are_counted() -> None:
    function, context = opened("halves", HALVES)
    numbers = pd.Series([2, -1, 6, 8, -3, 12, 14])

    assert function.eval(numbers).tolist() == [1, None, 3, 4, None, 6, 7]
    assert context.counts == {"halves_failures": 2}


def test_a_batch_without_a_failure_is_taken_whole() -> None:
    calls: list[int] = []
    function, context = opened("halves", HALVES)
    whole = function._function

    def counting(numbers: pd.Series) -> pd.Series:
        calls.append(len(numbers))
        return whole(numbers)

    function._function = counting

    assert function.eval(pd.Series(range(1000))).tolist() == [number / 2 for number in range(1000)]
    assert calls == [1000]
    assert context.counts == {}


def test_a_failing_row_has_null_in_every_field() -> None:
    source = """
        def split(texts):
            return texts.str.split("=", expand=True).set_axis(["name", "value"], axis=1)
    """
    function, _ = opened("split", source, ("name", "value"))

    result = function.eval(pd.Series(["a=1", "nothing", "b=2=3", "c=4"], dtype=object))

    assert result.to_numpy().tolist() == [["a", "1"], ["nothing", None], [None, None], ["c", "4"]]


def test_a_result_of_another_length_is_a_failure() -> None:
    function, context = opened("first", "def first(values): return values.head(1)")

    assert function.eval(pd.Series([4, 5])).tolist() == [4, 5]  # each alone is as long as it should be
    function, context = opened("none", "def none(values): return values.head(0)")
    assert function.eval(pd.Series([4, 5])).tolist() == [None, None]
    assert context.counts == {"none_failures": 2}


def test_a_worker_needs_nothing_of_this_project(tmp_path: Path) -> None:
    shipped: Any = cloudpickle.dumps(ShippedFunction("halves", textwrap.dedent(HALVES), ()))

    done = subprocess.run([sys.executable, "-c", WORKER], input=shipped, cwd=tmp_path, capture_output=True, check=False)

    assert done.stdout.decode().strip() == "[1.0, 3.0]", done.stderr.decode()
