"""How many rejected rows a run may have and still be done."""

from decimal import Decimal

import click
import pytest
from click.testing import CliRunner

from tidegate.cli.rejects_option import Allowed, allow_rejects_option, exit_code_of


@click.command()
@allow_rejects_option
def command(allowed: Allowed) -> None:
    click.echo(repr(tuple(allowed)))


@pytest.mark.parametrize(
    ("given", "allowed"),
    [("10", Allowed(10)), ("0.5%", Allowed(0, Decimal("0.5"))), ("100%", Allowed(0, Decimal(100)))],
)
def test_a_number_or_a_share_is_allowed(given: str, allowed: Allowed) -> None:
    assert CliRunner().invoke(command, ["--allow-rejects", given]).output == f"{tuple(allowed)!r}\n"


@pytest.mark.parametrize("given", ["-1", "0.5", "101%", "-1%", "NaN%", "all", "1e2", "%", "²"])
def test_anything_else_is_wrong_usage(given: str) -> None:
    result = CliRunner().invoke(command, ["--allow-rejects", given])
    assert result.exit_code == 2
    assert "give a number of rows, such as 10, or a share of all, such as 0.5%" in result.output


@pytest.mark.parametrize(
    ("allowed", "rejected", "code"),
    [
        (Allowed(), 0, 0),
        (Allowed(), 1, 3),
        (Allowed(2), 2, 0),
        (Allowed(2), 3, 3),
        (Allowed(percent=Decimal(1)), 2, 0),
        (Allowed(percent=Decimal(1)), 3, 3),
    ],
)
def test_more_than_that_is_an_exit_code_of_its_own(
    allowed: Allowed, rejected: int, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of({"rejected": rejected, "rejects_file": "kept"}, 200, allowed) == code
    said = f"{rejected} of 200 rows were rejected; they are kept in kept\n" if rejected else ""
    assert capsys.readouterr().err == said


def test_a_run_that_was_stopped_is_not_taken_for_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of({"rejected": 1, "rejects_file": "kept", "stopped": True}, 200, Allowed(5)) == 130
    assert "stopped before the end: 200 rows were read" in capsys.readouterr().err
