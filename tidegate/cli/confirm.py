"""Asks before what can't be taken back."""

import sys
from typing import Any

import click

from tidegate.errors import TidegateError

YES = "--yes"


def yes_option(command: Any) -> Any:
    """The option that answers the question beforehand, for scripts."""
    return click.option(YES, is_flag=True, help="Don't ask before what can't be taken back.")(command)


def confirm(consequence: str, *, yes: bool) -> None:
    """Returns if it is wanted: by ``--yes``, or by a y on the terminal.

    Raises:
        TidegateError: it is not, or there is nobody to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise TidegateError(
            f"Not done, as nobody can be asked: {consequence}", remedy=f"Add {YES} if that is what you want."
        )
    click.echo(consequence, err=True)
    if not click.confirm("Go on?", default=False, err=True):
        raise TidegateError("Nothing was changed.", remedy=f"Answer y, or add {YES}, if you want it.")


def confirm_by_name(consequence: str, name: str, *, yes: bool) -> None:
    """As :func:`confirm`, where a y is typed too easily: the name is to be typed.

    Raises:
        TidegateError: it was not, or there is nobody to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        confirm(consequence, yes=False)
    click.echo(consequence, err=True)
    if click.prompt(f"Type {name} to go on", default="", show_default=False, err=True) != name:
        raise TidegateError("Nothing was changed.", remedy=f"Type the name, or add {YES}, if you want it.")
