"""``tidegate config``: the settings."""

import json

import click

from tidegate.settings import Setting, get_settings, settings_with_sources

_WIDTH = 70


@click.group()
def command() -> None:
    """The settings, and where each comes from."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def show(as_json: bool) -> None:
    """Every setting with its value and where that comes from; secrets are hidden."""
    found = settings_with_sources(get_settings())
    if as_json:
        click.echo(
            json.dumps({each.variable: {"value": each.value, "source": each.source} for each in found}, indent=2)
        )
        return
    width = max(len(_assignment(each)) for each in found)
    for each in found:
        meaning = f": {each.description}" if each.description else ""
        click.echo(f"{_assignment(each):<{min(width, _WIDTH)}}  # {each.source}{meaning}")


def _assignment(setting: Setting) -> str:
    """As in a file of environment variables; one without a value is left out there."""
    return f"#{setting.variable}=" if setting.value is None else f"{setting.variable}={setting.value}"
