"""What the command says to do is what the docs say."""

import re

from tests.project import PROJECT
from tidegate.dead_letters.advice import ADVICE, advice
from tidegate.dead_letters.codes import CODES

_ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| ([a-z]+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def test_the_docs_have_the_same_texts() -> None:
    rows = _ROW.findall((PROJECT / "docs/dead-letters.md").read_text())

    assert [(code, stage, text) for (stage, code), text in ADVICE.items()] == rows


def test_every_code_has_one() -> None:
    assert {*ADVICE} == {(stage, code) for stage, codes in CODES.items() for code in codes}


def test_a_code_of_another_version_says_where_to_look() -> None:
    assert advice("rule", "RULE_VIOLATED") == "`violations` names them all. Fix the producer or the rule."
    assert advice("rule", "NEW_CODE").startswith("See docs/dead-letters.md")
