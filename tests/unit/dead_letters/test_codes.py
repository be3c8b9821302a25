"""The documented list of error codes is the one in the code."""

import re

from tests.project import PROJECT
from tidegate.dead_letters.codes import CODES, RETRYABLE, STAGES_BEFORE_SILVER, Code, Stage

JAVA = PROJECT / "connectors/src/main/java/io/tidegate/connectors"
_ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| ([a-z]+) \|", re.MULTILINE)


def _documented(stage: str) -> set[str]:
    return {code for code, at in _ROW.findall((PROJECT / "docs/dead-letters.md").read_text()) if at == stage}


def test_the_codes_of_decode_are_those_of_the_format() -> None:
    enum = (JAVA / "avro/ErrorCode.java").read_text()
    assert _documented("decode") == set(re.findall(r"^ {4}([A-Z0-9_]+)[,;]?$", enum, re.MULTILINE))


def test_the_codes_of_the_refine_job_are_documented() -> None:
    job = (PROJECT / "flink_jobs/refine.py").read_text()
    written = set(re.findall(r"'([A-Z]+(?:_[A-Z]+)+)'", job)) - {"UNKNOWN_SCHEMA"}
    assert written == _documented("contract") | _documented("rule") | _documented("enrich")


def test_the_documented_codes_are_those_of_the_list() -> None:
    assert {stage: _documented(stage) for stage in Stage} == {stage: {*codes} for stage, codes in CODES.items()}


def test_every_code_belongs_to_one_stage() -> None:
    codes = [code for of_stage in CODES.values() for code in of_stage]
    assert sorted(codes) == sorted(Code)
    assert {*RETRYABLE} <= {*codes}


def test_every_stage_but_the_index_lies_before_silver() -> None:
    assert {*Stage} - {Stage.INDEX} == STAGES_BEFORE_SILVER


def test_the_codes_of_the_search_sink_are_documented() -> None:
    sources = "\n".join(path.read_text() for path in (JAVA / "opensearch").glob("*.java"))
    assert set(re.findall(r'"(DOCUMENT_[A-Z_]+)"', sources)) == _documented("index")
