"""``tidegate config``: the settings."""

import json
import os
import shlex
from dataclasses import replace

import click

from tidegate import log
from tidegate.errors import TidegateError
from tidegate.query.engines import ENGINES, KEY, SECRET, Engine, LakeAddress, snippet
from tidegate.settings import Setting, Settings, get_settings, settings_with_sources, unknown_variables
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
@click.option(
    "--for",
    "engine",
    type=click.Choice(ENGINES),
    help="print what to paste into this engine to read the lake; the login stands in it by the names of variables.",
)
@click.option("--secrets", is_flag=True, help='print the lake\'s login as these variables: eval "$(… --secrets)".')
def show(as_json: bool, engine: Engine | None, secrets: bool) -> None:
    """Every setting with its value and where that comes from; secrets are hidden, also a password in an address.

    A variable that begins with TIDEGATE_ and that nothing reads is named on standard error.

    \b
    Examples:
      tidegate config show
      tidegate config show --for duckdb
    """
    if sum((as_json, engine is not None, secrets)) > 1:
        raise click.UsageError("--json, --for and --secrets exclude each other.")
    if engine is not None:
        click.echo(_for_engine(engine, get_settings()), nl=False)
        return
    if secrets:
        click.echo(_login(get_settings()))
        return
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


def _for_engine(engine: Engine, settings: Settings) -> str:
    lake = LakeAddress(settings.lake_catalog_uri, settings.lake_warehouse, settings.s3_endpoint, settings.s3_region)
    comment = "--" if engine == "duckdb" else "#"
    login = f'{comment} The login, into the shell that starts it: eval "$(tidegate config show --secrets)"'
    return f"{login}\n{snippet(engine, lake)}"


def _login(settings: Settings) -> str:
    """For ``eval``: the one place where a secret is printed, and only where it is asked for by name."""
    if not (settings.s3_access_key and settings.s3_secret_key):
        raise TidegateError(
            "the settings hold no login of the lake.",
            remedy=f"Set {KEY} and {SECRET}, or start a stack of your own with `tidegate up`.",
        )
    values = {KEY: settings.s3_access_key, SECRET: settings.s3_secret_key.get_secret_value()}
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items())


def _warn_of_unknown(unknown: dict[str, str | None]) -> None:
    if unknown:
        named = (f"{name} (did you mean {meant}?)" if meant else name for name, meant in unknown.items())
        log.tell(f"warning: nothing reads {', '.join(named)}", "unknown_variables", "warning", variables=unknown)


def _assignment(setting: Setting) -> str:
    """As in a file of environment variables; one without a value is left out there."""
    return f"#{setting.variable}=" if setting.value is None else f"{setting.variable}={setting.value}"
