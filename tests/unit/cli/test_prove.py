"""``tidegate prove``: options of topics are none of files, and the other way round; nothing is asked of a server."""

import pytest
from click.testing import CliRunner

from tidegate.cli.prove import command
from tidegate.errors import TidegateError


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--from", "0:0", "--recompute"], "--from, --recompute is of topics"),
        (["--no-lake"], "--lake is of topics"),
        (["--date", "2026-11-28", "--watch", "5"], "--watch is of topics"),
    ],
)
def test_options_of_topics_are_refused_for_files(options: list[str], named: str) -> None:
    with pytest.raises(TidegateError, match=named):
        CliRunner().invoke(command, ["transactions", *options], catch_exceptions=False)


@pytest.mark.parametrize("option", [["--date", "2026-11-28"], ["--deep"]])
def test_options_of_files_are_refused_for_a_topic(option: list[str]) -> None:
    with pytest.raises(TidegateError, match="clicks comes by a topic: --date and --deep are of daily files"):
        CliRunner().invoke(command, ["clicks", *option], catch_exceptions=False)
