"""The documented list of stages and codes is the one in the code."""

import re

from tests.project import PROJECT
from tidegate.dead_letters.codes import CODES, RETRYABLE, STAGES_BEFORE_SILVER, Code, Stage

DOCUMENT = (PROJECT / "docs/dead-letters.md").read_text()
_CODE_ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| ([a-z]+) \| ([^|]+) \|", re.MULTILINE)
_STAGE_ROW = re.compile(r"^\| `([a-z]+)` \|", re.MULTILINE)


def test_the_documented_codes_and_their_meanings_are_those_of_the_list() -> None:
    listed = [(code, stage, meaning) for stage, codes in CODES.items() for code, meaning in codes.items()]
    assert _CODE_ROW.findall(DOCUMENT) == listed


def test_the_documented_stages_are_those_of_the_list() -> None:
    before_the_commands = DOCUMENT.partition("\n## Look:")[0]
    assert _STAGE_ROW.findall(before_the_commands) == [*Stage] == [*CODES]


def test_every_code_belongs_to_a_stage() -> None:
    codes = {code for of_stage in CODES.values() for code in of_stage}
    assert codes == {*Code}
    assert {*RETRYABLE} <= codes


def test_every_stage_but_those_of_the_sinks_lies_before_silver() -> None:
    assert {*Stage} - {Stage.INDEX, Stage.LAKE, Stage.METRICS} == STAGES_BEFORE_SILVER


def test_the_retryable_codes_are_documented_as_such() -> None:
    rows = re.findall(r"^\| `([A-Z0-9_]+)` .* Retryable", DOCUMENT, re.MULTILINE)
    assert sorted(rows) == sorted(RETRYABLE)
