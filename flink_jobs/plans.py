"""Reads the text of Flink's plans: which Python calls a query makes, and how often."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

EXECUTION_PLAN = "== Optimized Execution Plan =="
_ALIAS = re.compile(r"(.+) AS (f\d+)", re.DOTALL)
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def python_calls(plan: str, names: Iterable[str]) -> list[str]:
    """Every call of one of the functions in the execution plan, as often as it is made; what is reused counts once.

    Arguments that the node below computes are written out, so that equal calls read the same.
    """
    lines = plan.rpartition(EXECUTION_PLAN)[2].splitlines()
    call = re.compile(rf"\b(?:{'|'.join(map(re.escape, names)) or '(?!)'})\(")
    found = []
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if "PythonCalc(" in line:
            calls = [_until_closed(line[match.start() :]) for match in call.finditer(line)]
            found += [_written_out(each, dict(_aliases(below))) for each in calls]
    return found


def repeated(plan: str, names: Iterable[str]) -> list[str]:
    """The calls that are made more than once with the same arguments: Flink 2.3 runs each of them (FLINK-39531)."""
    return sorted(call for call, times in Counter(python_calls(plan, names)).items() if times > 1)


def _written_out(call: str, computed: Mapping[str, str]) -> str:
    return re.sub(r"\bf\d+\b", lambda alias: computed.get(alias[0], alias[0]), call)


def _aliases(line: str) -> Iterator[tuple[str, str]]:
    """What a node calls f0, f1 …, each with its expression."""
    selected = line.partition("select=")[2]
    for column in _columns(_until_closed(selected)[1:-1]):
        if match := _ALIAS.fullmatch(column.strip()):
            yield match[2], match[1]


def _columns(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for position, character in enumerate(text):
        depth += _BRACKETS.get(character, 0)
        if character == "," and depth == 0:
            yield text[start:position]
            start = position + 1
    yield text[start:]


def _until_closed(text: str) -> str:
    """The text up to the bracket that closes its first one."""
    depth = 0
    for position, character in enumerate(text):
        depth += _BRACKETS.get(character, 0)
        if depth == 0 and character in ")]}":
            return text[: position + 1]
    return text
