"""``tidegate monitor``: what goes through the pipeline and how it fares, as Prometheus metrics."""

import re
import sys
import time
from typing import Any

import click

from tidegate import log
from tidegate.monitor.roster import Options
from tidegate.monitor.run import read_once, serving
from tidegate.settings import get_settings
from tidegate.stopping import stop_on_signal

_POLL_S = 0.2


@click.command("monitor")
@click.option("--host", default="127.0.0.1", show_default=True, help="interface to listen on")
@click.option("--port", type=click.IntRange(0, 65535), default=9465, show_default=True, help="0: a free one")
@click.option(
    "--every", "every_s", type=click.FloatRange(min=0.2), default=5, show_default=True, help="seconds between readings"
)
@click.option(
    "--prove-every", "prove_every_s", type=click.FloatRange(min=1), help="seconds between proofs  [no proofs]"
)
@click.option(
    "--prove-window",
    "prove_window_s",
    type=click.FloatRange(min=1),
    default=3600,
    show_default=True,
    help="seconds of arrivals that each proof is about",
)
@click.option(
    "--prove-limit",
    "prove_limit_s",
    type=click.FloatRange(min=1),
    default=1800,
    show_default=True,
    help="seconds after which a proof is ended",
)
@click.option(
    "--prove-memory",
    "prove_memory_mb",
    type=click.FloatRange(min=1),
    default=1500,
    show_default=True,
    help="megabytes of memory at which a proof is ended",
)
@click.option("--jobs", metavar="NAMES", help="jobs that should run, separated by commas or spaces  [all]")
@click.option("--once", is_flag=True, help="read once, print the metrics, and end; exit code 1 if a reading failed")
def command(host: str, port: int, jobs: str | None, once: bool, **options_given: Any) -> None:
    """Serve the metrics of docs/metrics.md until Ctrl-C.

    A server that is away is said in one line on standard error, and is a metric; the others are read on.

    \b
    Examples:
      tidegate monitor
      tidegate monitor --once
    """
    options = Options(**options_given, jobs=None if jobs is None else tuple(re.findall(r"[^\s,]+", jobs)))
    if once:
        text, whole = read_once(get_settings(), options, log.tell)
        click.echo(text, nl=False)
        sys.exit(0 if whole else 1)
    with stop_on_signal() as stop, serving(get_settings(), options, (host, port), log.tell) as served:
        log.tell(f"metrics at http://{host}:{served}/metrics", "metrics_served", host=host, port=served)
        while not stop():
            time.sleep(_POLL_S)
