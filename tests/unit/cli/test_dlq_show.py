"""Dead letters as people read them."""

from typing import Any

import pytest

from tidegate.cli.dlq_show import age, print_page, print_stats, when
from tidegate.dead_letters.filter import LetterFilter
from tidegate.dlq.listing import Cause, CauseCount, Line, Page
from tidegate.dlq.stats import Asked, DatasetStats, Group, Stats

CAUSE = Cause("rule", "RULE_VIOLATED", "quantity_is_positive")


@pytest.mark.parametrize(
    ("seconds", "told"), [(None, ""), (0.4, "0 s"), (59, "59 s"), (90, "1.5 min"), (7200, "2.0 h"), (259_200, "3.0 d")]
)
def test_an_age_has_one_unit(seconds: float | None, told: str) -> None:
    assert age(seconds) == told


def test_a_time_is_utc() -> None:
    assert when(1_700_000_000_000) == "2023-11-14 22:13:20Z"


def _stats(*groups: Group, **changes: Any) -> Stats:
    facts: dict[str, Any] = {
        "dataset": "clicks",
        "states": {"open": 2, "resolved": 1, "parked": 0},
        "letters": 3,
        "oldest_open_s": 90.0,
        "expires_in_s": 3600.0,
        "share": 0.0075,
        "uncounted": 0,
    }
    return Stats(("code",), groups, (DatasetStats(**facts | changes),))


def test_the_states_stand_as_a_sum(capsys: pytest.CaptureFixture[str]) -> None:
    print_stats(_stats(Group(("[a]",), 3, 2, 90.0)), Asked(("code",), LetterFilter(), 0))

    told = capsys.readouterr().out
    assert "[a]" in told
    assert (
        "clicks: 3 letters = 2 open + 1 resolved; 0.75% of its traffic; "
        "the oldest open one is 1.5 min old and expires in 1.0 h." in told
    )


def test_what_expired_uncounted_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    print_stats(_stats(uncounted=1200), Asked(("code",), LetterFilter(), 0))
    assert (
        "at most 1,200 more expired before they were counted here, and no lake tells of them" in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("made_up", "told"),
    [
        (3, "3 of them are in silver all the same: `tidegate dlq settle clicks` resolves them."),
        (None, "Whether some are in silver all the same by now, `tidegate dlq settle clicks --dry-run` says."),
    ],
)
def test_letters_that_are_made_up_for_are_told_with_the_command(
    capsys: pytest.CaptureFixture[str], made_up: int | None, told: str
) -> None:
    print_stats(_stats(made_up=made_up), Asked(("code",), LetterFilter(), 0))
    assert told in capsys.readouterr().out
    print_stats(_stats(made_up=0), Asked(("code",), LetterFilter(), 0))
    assert "settle" not in capsys.readouterr().out


def test_a_filter_that_means_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_stats(_stats(), Asked(("code",), LetterFilter(rules=("x",)), 0))
    assert "No letter is meant by --rule x." in capsys.readouterr().out


def test_a_page_is_grouped_by_cause_and_says_what_comes_next(capsys: pytest.CaptureFixture[str]) -> None:
    other = Cause("decode", "TRUNCATED", "")
    lines = tuple(
        Line(f"id{number}", "clicks", "open", number, cause, "m" * 100, 1, 7, "raw.clicks", 0, number, None)
        for number, cause in enumerate((CAUSE, other, CAUSE))
    )
    print_page(Page(40, 20, (CauseCount(CAUSE, 30, 29, 0, 1), CauseCount(other, 10, 10, 0, 1)), lines), 20)

    told = capsys.readouterr().out
    assert told.index("rule RULE_VIOLATED quantity_is_positive: 30 letters, 29 open") < told.index("id0")
    assert told.index("id2") < told.index("decode TRUNCATED: 10 letters, 10 open") < told.index("id1")
    assert "Page 2 of 2: 40 letters of 2 causes." in told
    assert "tidegate dlq show id0" in told


def test_no_letters_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    print_page(Page(0, 0, (), ()), 20)
    assert capsys.readouterr().out == "No such dead letters.\n"
