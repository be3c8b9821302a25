"""`tidegate up`: start the local stack."""

import time

import click

from tidegate import log
from tidegate.settings import get_settings
from tidegate.stack import local
from tidegate.stack.ports import PortChoice
from tidegate.stack.start_display import StartDisplay


@click.command("up")
@click.option("--only", help="These servers, separated by commas: kafka, registry, opensearch, seaweedfs, flink.")
@click.option("--ports", type=click.Choice(["auto", "default"]), help="Free ports, or the default ones again.")
def command(only: str | None, ports: PortChoice | None) -> None:
    """Start the local stack; what runs already is left alone.

    \b
    Examples:
      tidegate up
      tidegate up --only kafka,registry --ports auto
    """
    console = log.console()
    display = StartDisplay(console)
    began = time.monotonic()
    try:
        settings = local.up(
            get_settings(),
            on_phase=display.on_phase,
            console=console,
            only=only.split(",") if only else None,
            choice=ports,
        )
    finally:
        display.close()
    click.echo(f"{only or 'The stack'} is up after {time.monotonic() - began:.1f} s; its data is in {settings.home}.")
    click.echo("`tidegate status` shows every server with its address.")
    if not only:
        click.echo(f"Flink: {settings.flink_rest_url}  OpenSearch: {settings.opensearch_url}")
