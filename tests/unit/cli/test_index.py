"""``tidegate index`` as typed, without servers."""

import json

import pytest
from click.testing import CliRunner

from tidegate.cli import index
from tidegate.errors import TidegateError


def test_template_prints_json() -> None:
    printed = json.loads(CliRunner().invoke(index.command, ["template", "clicks"]).stdout)
    assert printed["index_patterns"] == ["events-clicks-*"]


def test_template_of_a_metric_is_its_own() -> None:
    printed = json.loads(CliRunner().invoke(index.command, ["template", "clicks", "page_views"]).stdout)
    assert printed["index_patterns"] == ["metrics-clicks-page_views-*"]


def test_an_unknown_metric_is_answered_by_the_known_ones() -> None:
    with pytest.raises(TidegateError, match="clicks has no metric sales") as caught:
        index.command.main(["template", "clicks", "sales"], standalone_mode=False)
    assert caught.value.remedy == "Known: browsers, funnel, page_views."
