from typing import Any

import pytest

from tidegate.errors import TidegateError
from tidegate.redrive.script import ScriptError, read_script


def test_a_function_makes_a_record_and_leaves_the_one_it_is_given() -> None:
    given: dict[str, Any] = {"lines": [{"a": 1}]}
    script = read_script("def fix(record):\n    record['lines'][0]['a'] = 2\n    return record\n", "r.py")

    assert script.fixed(given) == {"lines": [{"a": 2}]}
    assert given == {"lines": [{"a": 1}]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def fix(record:\n", r"r\.py line 1: "),
        ("\nx = 1 / 0\n", r"r\.py line 2: ZeroDivisionError: division by zero\."),
        ("fix = 1\n", r"r\.py has no function fix\(record\)"),
    ],
)
def test_a_file_that_is_no_recipe_is_told_in_one_line(text: str, told: str) -> None:
    with pytest.raises(TidegateError, match=told):
        read_script(text, "r.py")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return record['price']", r"fix\(\) fails at r\.py line 2: KeyError: 'price'"),
        ("return 7", r"fix\(\) of r\.py gives int, not a record"),
    ],
)
def test_what_fails_for_a_record_is_told_with_its_line(body: str, told: str) -> None:
    with pytest.raises(ScriptError, match=told):
        read_script(f"def fix(record):\n    {body}\n", "r.py").fixed({})
