"""Targets are named as one likes, and written in their own order."""

import pytest

from tidegate.errors import TidegateError
from tidegate.replay.targets import TARGETS, parse_targets


def test_they_may_be_named_with_commas_or_by_the_option_given_again_and_twice() -> None:
    backwards = [*reversed(TARGETS)]
    assert parse_targets(backwards) == parse_targets([" , ".join(backwards), TARGETS[0]]) == TARGETS
    assert parse_targets(["index"]) == ("index",)


@pytest.mark.parametrize("text", ["silver", "index,silver"])
def test_silver_s_next_topics_need_the_lake_of_the_same_replay(text: str) -> None:
    assert parse_targets([f"{text},lake"])[0] == "lake"
    with pytest.raises(TidegateError, match="rows of the range that the lake has after the same replay"):
        parse_targets([text])


def test_metrics_have_a_plan_of_their_own() -> None:
    assert parse_targets(["metrics"]) == ("metrics",)
    with pytest.raises(TidegateError, match="have a plan of their own"):
        parse_targets(["lake,metrics"])


@pytest.mark.parametrize("text", ["", "lake,", "search"])
def test_one_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(TidegateError, match="nothing that a replay writes again"):
        parse_targets([text])
