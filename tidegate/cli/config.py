"""``tidegate config``: the settings."""

import json
import os
from dataclasses import replace

import click

from tidegate import log
from tidegate.settings import Setting, get_settings, settings_with_sources, unknown_variables
from tidegate.stack.ports import Ports, port_setting
from tidegate.stack.process import STACK_VARIABLE

_WIDTH = 70
OTHERS = frozenset({*map(port_setting, Ports.model_fields), STACK_VARIABLE, "TIDEGATE_TEST_HOME"})
"""Variables that are no setting: ports of the local stack, the mark of its processes, where tests keep theirs."""


@click.group()
def command() -> None:
    """The settings, and where each comes from."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def show(as_json: bool) -> None:
    """Every setting with its value and where that comes from; secrets are hidden, also a password in an address.

    A variable that begins with TIDEGATE_ and that nothing reads is named on standard error.
    """
    found = [replace(each, value=log.without_secrets(each.value, [])) for each in settings_with_sources(get_settings())]
    _warn_of_unknown(unknown_variables(os.environ, OTHERS))
    if as_json:
        click.echo(
            json.dumps({each.variable: {"value": each.value, "source": each.source} for each in found}, indent=2)
        )
        return
    width = max(len(_assignment(each)) for each in found)
    for each in found:
        meaning = f": {each.description}" if each.description else ""
        click.echo(f"{_assignment(each):<{min(width, _WIDTH)}}  # {each.source}{meaning}")


def _warn_of_unknown(unknown: dict[str, str | None]) -> None:
    if unknown:
        named = (f"{name} (did you mean {meant}?)" if meant else name for name, meant in unknown.items())
        log.tell(f"warning: nothing reads {', '.join(named)}", "unknown_variables", "warning", variables=unknown)


def _assignment(setting: Setting) -> str:
    """As in a file of environment variables; one without a value is left out there."""
    return f"#{setting.variable}=" if setting.value is None else f"{setting.variable}={setting.value}"
