"""Browsers and operating systems by their names, whatever a client sends."""

from typing import Any

import pandas as pd
import pytest

from flink_jobs.functions import parse_user_agent as module
from flink_jobs.functions.parse_user_agent import MAX_CHARS, parse_user_agent

EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        (EDGE, "Edge", "Windows"),
        (IPHONE, "Mobile Safari", "iOS"),
        ("curl/8.7.1", "curl", None),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot", None),
        ("none of ours", None, None),
        ("", None, None),
        (None, None, None),
        ("\x00\uffff", None, None),
        ("x" * 100_000, None, None),
        (EDGE + "; " * 50_000, "Edge", "Windows"),
    ],
    ids=lambda value: str(value)[:20] if value else repr(value),
)
def test_the_families_of_a_text(agent: str | None, browser: str | None, system: str | None) -> None:
    parsed = parse_user_agent(pd.Series([agent], dtype=object))

    assert [list(row) for row in parsed.itertuples(index=False)] == [[browser, system]]


def test_each_value_gets_the_result_of_its_own_row() -> None:
    agents = pd.Series([IPHONE, None, EDGE, IPHONE, ""], dtype=object, index=[7, 3, 3, 1, 0])

    assert parse_user_agent(agents)["browser"].tolist() == ["Mobile Safari", None, "Edge", "Mobile Safari", None]


def test_a_text_is_parsed_once_per_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def families(text: str) -> Any:
        seen.append(text)
        return ("x", "y")

    monkeypatch.setattr(module, "_families", families)

    parse_user_agent(pd.Series([EDGE, IPHONE] * 5_000 + [None] * 10 + ["z" * 5_000]))

    assert seen == [EDGE, IPHONE, "z" * MAX_CHARS]


def test_an_empty_batch_has_both_columns() -> None:
    assert list(parse_user_agent(pd.Series([], dtype=object)).columns) == list(module.RESULT)
