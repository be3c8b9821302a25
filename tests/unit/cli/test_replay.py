"""What a plan of a replay does not take, told before a server is asked; tests/stack/test_replay_lake.py: the rest."""

import pytest
from click.testing import CliRunner

from tidegate.cli.replay import command


@pytest.mark.parametrize(
    "option", ["--target index", "--target lake", "--source bronze", "--rate 5", "--offsets 0:1-2"]
)
def test_what_is_missing_takes_no_option_of_a_range(option: str) -> None:
    made = CliRunner().invoke(command, ["plan", "clicks", "--missing", *option.split()])
    assert (made.exit_code, "leave " in made.output) == (2, True)


def test_the_index_alone_takes_no_rate() -> None:
    asked = ["plan", "clicks", "--offsets", "0:1-2", "--rate", "5", "--target", "index"]
    made = CliRunner().invoke(command, asked)
    assert (made.exit_code, "--rate is of a range that is read" in made.output) == (2, True)
