"""What a plan's text says of Python calls; the plans are Flink 2.3's."""

from flink_jobs.plans import python_calls, repeated

TWICE = """== Optimized Physical Plan ==
PythonCalc(select=[score(a) AS f0])
== Optimized Execution Plan ==
Calc(select=[f0 AS s, (f1 + 1) AS EXPR$1])
+- PythonCalc(select=[a, score(a, b) AS f0, score(a, b) AS f1])
   +- TableSourceScan(table=[[default_catalog, default_database, l]], fields=[a, b])
"""
COMPUTED = """== Optimized Execution Plan ==
PythonCalc(select=[score(f0, b) AS EXPR$0, score(f1, b) AS EXPR$1, score(f2, b) AS EXPR$2])
+- Calc(select=[b, SUBSTR(a, 1) AS f0, SUBSTR(a, 1) AS f1, SUBSTR(a, 2) AS f2], where=[(a > 0)])
   +- TableSourceScan(table=[[default_catalog, default_database, l]], fields=[a, b])
"""
REUSED = """== Optimized Execution Plan ==
PythonCalc(select=[score(a) AS f0])(reuse_id=[1])
+- TableSourceScan(table=[[default_catalog, default_database, l]], fields=[a])

Sink(table=[x])
+- Reused(reference_id=[1])
"""


def test_a_call_with_the_same_arguments_is_repeated() -> None:
    assert repeated(TWICE, ["score"]) == ["score(a, b)"]


def test_arguments_that_the_node_below_computes_are_compared_too() -> None:
    assert repeated(COMPUTED, ["score"]) == ["score(SUBSTR(a, 1), b)"]


def test_what_is_reused_counts_once() -> None:
    assert python_calls(REUSED, ["score"]) == ["score(a)"]
    assert repeated(REUSED, ["score"]) == []


def test_a_plan_without_python_has_no_calls() -> None:
    assert python_calls("Calc(select=[score(a) AS f0])", ["score"]) == []
    assert python_calls(TWICE, []) == []
