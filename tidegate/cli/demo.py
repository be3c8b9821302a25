"""`tidegate demo`: the whole pipeline on this machine, ended by the proof.

Exit codes: 0 the proof holds (and the producer's own expectation came true), 1 not, 130 stopped by Ctrl-C.
"""

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from tidegate.demo.batch import BatchOptions, run_batch
from tidegate.demo.options import DemoOptions
from tidegate.demo.run import Demo
from tidegate.demo.show import show
from tidegate.settings import get_settings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("demo")
@click.option("--seconds", type=click.FloatRange(min=1), default=60, show_default=True, help="How long to send.")
@click.option("--rate", type=click.FloatRange(min=1), default=5000, show_default=True, help="Events per second.")
@click.option("--input", "source", type=_FILE, help="Replay this access log or JSON lines instead, as fast as it goes.")
@click.option("--files", "of_files", is_flag=True, help="A day of files in place of events.")
@click.option("--rows", type=click.IntRange(min=100), default=20_000, show_default=True, help="With --files: how many.")
@click.option("--keep", is_flag=True, help="Leave the stack and the jobs running at the end.")
@click.option("--ports", type=click.Choice(["auto", "default"]), help="Free ports, or the default ones again.")
def command(of_files: bool, rows: int, keep: bool, **options: Any) -> None:
    """Start everything, send traffic with bad, duplicate and late events, watch it, and prove each is accounted for.

    Writes demo/report.json into the stack's folder (.tidegate). What is in the topics from before stays there and is
    part of the proof. A stack that runs already is used, and left running.

    \b
    Examples:
      tidegate demo --seconds 120 --rate 8000
      tidegate demo --files --rows 100000
    """
    console = Console()
    if of_files:
        run_batch(get_settings(), BatchOptions(rows, keep, options["ports"]), console)
        return
    asked = DemoOptions(options["seconds"], options["rate"], options["source"], keep, options["ports"])
    result = Demo(get_settings(), asked, console).run()
    show(result, console, kept=keep)
    click.get_current_context().exit(0 if result.ok else 1)
