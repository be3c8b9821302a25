"""Expressions that fail for some rows, or give a wrong number without a word, as Flink's planner reads a query.

In ``refine.sql`` and in rules a failure makes the record a dead letter. A metric's expressions run beside those of
other metrics and behind an aggregation, where no record is at hand: there they may not fail at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyflink.table import TableEnvironment

_TEXTS = frozenset({"CHAR", "VARCHAR"})
_BINARY = frozenset({"BINARY", "VARBINARY"})
_APPROXIMATE = frozenset({"FLOAT", "REAL", "DOUBLE"})
_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})
_SHORT = _WHOLE - {"BIGINT"}
_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
_ALWAYS = frozenset({"FROM_BASE64", "ELEMENT", "PRINTF"})
_BY_FORMAT = frozenset({"DECODE", "ENCODE", "DATE_FORMAT", "CONVERT_TZ"})
_INPUTS_FIRST = {"LogicalProject": "getProjects", "LogicalFilter": "getCondition", "LogicalJoin": "getCondition"}


@dataclass(frozen=True, slots=True)
class Risk:
    """An expression as the author knows it, what it does for some values, and what to write."""

    expression: str
    problem: str
    remedy: str
    fails: bool
    """Throws; else it wraps around."""


def risks(flink: TableEnvironment, query: str) -> list[Risk]:
    """Each once, from the outermost SELECT inwards."""
    operation = flink._j_tenv.getPlanner().getParser().parse(query).get(0)
    return list(dict.fromkeys(_of_relation(operation.getCalciteTree())))


def _of_relation(node: Any) -> Iterator[Risk]:
    kind = str(node.getClass().getSimpleName())
    if reader := _INPUTS_FIRST.get(kind):
        found = getattr(node, reader)()
        for expression in [found] if reader == "getCondition" else found:
            yield from _of_expression(expression, node, frozenset())
    for child in node.getInputs():
        yield from _of_relation(child)


def _of_expression(node: Any, relation: Any, guarded: frozenset[str]) -> Iterator[Risk]:
    """``guarded``: the inputs that the condition of a CASE around the expression looks at."""
    kind = str(node.getClass().getSimpleName())
    if kind == "RexSubQuery":
        yield from _of_relation(node.rel)
    if kind not in ("RexCall", "RexSubQuery", "RexOver"):
        return
    yield from _of_call(node, relation, guarded)
    operands = list(node.getOperands())
    if _name(node) == "CASE":
        for condition, value in zip(operands[:-1:2], operands[1::2], strict=False):
            yield from _of_expression(condition, relation, guarded)
            guarded |= _inputs(condition)
            yield from _of_expression(value, relation, guarded)
        operands = operands[-1:]
    for operand in operands:
        yield from _of_expression(operand, relation, guarded)


def _of_call(call: Any, relation: Any, guarded: frozenset[str]) -> Iterator[Risk]:
    name, operands = _name(call), list(call.getOperands())
    types = [_type(operand) for operand in operands]
    is_guarded = bool(_inputs(call)) and _inputs(call) <= guarded
    if name in ("CAST", "TRY_CAST"):
        yield from _of_cast(name, types[0], _type(call), is_guarded)
    elif name in _COMPARISONS and len({kind in _TEXTS for kind in types}) == 2 and "NULL" not in types:
        yield Risk(f"{types[0]} {name} {types[1]}", "fails for a text that is none", "Compare with TRY_CAST.", True)
    elif name in ("/", "MOD", "%") and _type(call) not in _APPROXIMATE:
        if not is_guarded and not _is_never_zero(operands[1], relation):
            yield Risk(
                f"a division ({name}) of {types[0]}", "fails where it divides by zero", "Use NULLIF(…, 0).", True
            )
    elif name in ("ROUND", "TRUNCATE") and types[0] in _APPROXIMATE and not is_guarded:
        yield _not_finite(f"{name} of {types[0]}")
    elif name in _ALWAYS or (name in _BY_FORMAT and not all(_is_literal(operand) for operand in operands[1:])):
        yield Risk(name, "fails for some values", "Leave it to refine.sql, where a failure is a dead letter.", True)
    elif name == "*" and _type(call) in _WHOLE and not _fits(operands):
        wider = "BIGINT" if _type(call) in _SHORT else "DECIMAL(19, 0)"
        yield Risk(f"{types[0]} * {types[1]}", "wraps around where it overflows", f"CAST one to {wider}.", False)


def _of_cast(name: str, source: str, target: str, is_guarded: bool) -> Iterator[Risk]:
    if name == "CAST" and source in _TEXTS and target not in _TEXTS | _BINARY:
        yield Risk(f"CAST of {source} AS {target}", f"fails for a text that is no {target}", "Write TRY_CAST.", True)
    elif source in _APPROXIMATE and target == "DECIMAL" and not is_guarded:
        yield _not_finite(f"{name} of {source} AS DECIMAL")


def _not_finite(expression: str) -> Risk:
    remedy = "Put it into CASE WHEN value > -1E15 AND value < 1E15 THEN … END."
    return Risk(expression, "fails for infinity and NaN", remedy, True)


def _is_never_zero(divisor: Any, relation: Any) -> bool:
    """A literal, a NULLIF (which is planned as a CASE), or a COUNT of all rows of a group."""
    if _is_literal(divisor):
        return str(divisor.toString()).strip("0.:ABCDEFGHIJKLMNOPQRSTUVWXYZ(, )") != ""
    if _name(divisor) in ("CAST", "CASE"):
        return _name(divisor) == "CASE" or _is_never_zero(divisor.getOperands().get(0), relation)
    return _is_count(divisor, relation.getInput(0))


def _is_count(node: Any, relation: Any) -> bool:
    """Whether the column is a COUNT, through the projections between. A group has rows, so that of rows is above 0."""
    kind = str(relation.getClass().getSimpleName())
    if str(node.getClass().getSimpleName()) != "RexInputRef":
        return False
    index = int(node.getIndex())
    if kind == "LogicalProject":
        return _is_count(relation.getProjects().get(index), relation.getInput(0))
    if kind != "LogicalAggregate" or index < int(relation.getGroupCount()):
        return False
    call = relation.getAggCallList().get(index - int(relation.getGroupCount()))
    return str(call.getAggregation().getName()) == "COUNT" and not call.hasFilter()


def _fits(operands: list[Any]) -> bool:
    """Whether the product fits its type whatever the values: both were shorter before they were cast to BIGINT."""
    return all(
        _is_literal(operand)
        or (_name(operand) == "CAST" and _type(operand) == "BIGINT" and _type(operand.getOperands().get(0)) in _SHORT)
        for operand in operands
    )


def _inputs(node: Any) -> frozenset[str]:
    if str(node.getClass().getSimpleName()) == "RexInputRef":
        return frozenset({str(node.toString())})
    if str(node.getClass().getSimpleName()) != "RexCall":
        return frozenset()
    return frozenset().union(*(_inputs(operand) for operand in node.getOperands()))


def _name(node: Any) -> str:
    is_call = str(node.getClass().getSimpleName()) in ("RexCall", "RexSubQuery", "RexOver")
    return str(node.getOperator().getName()).upper() if is_call else ""


def _type(node: Any) -> str:
    return str(node.getType().getSqlTypeName().toString())


def _is_literal(node: Any) -> bool:
    return str(node.getClass().getSimpleName()) == "RexLiteral"
