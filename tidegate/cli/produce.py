"""``tidegate produce``: generated, recorded or live events: by the rate, from a file, or as they happen here."""

import json
import secrets
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from producers.generated.generator import Mix, Pace
from producers.generated.run import Options, produce_generated
from producers.live.restarted_log import RestartedLog
from producers.live.run import produce_live
from producers.recorded.run import Recording, produce_recorded
from producers.sending.progress_metrics import Address
from producers.sending.session import Summary
from tidegate.cli.rejects_option import allow_rejects_option, exit_code_of, rejects_option
from tidegate.contracts.dataset import Files
from tidegate.contracts.load import load_dataset
from tidegate.errors import TidegateError
from tidegate.settings import Settings, get_settings

_RATIO = click.FloatRange(0, 1)
_GENERATED = {
    "rate", "seconds", "count", "bad_ratio", "duplicate_ratio", "late_ratio", "seed", "workers", "ledger",
}  # fmt: skip
_RECORDED = {"line_format", "speed", "follow", "rejects", "allowed", "position"}
_LIVE = {"follow", "seconds", "allowed"}


@click.command()
@click.argument("dataset")
@click.option("--rate", type=click.FloatRange(min=0), default=1000, show_default=True, help="per second; 0: unlimited")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="how long to send  [default: 10]")
@click.option("--count", type=click.IntRange(min=0), help="how many to send, in place of --seconds")
@click.option("--bad-ratio", type=_RATIO, default=0, show_default=True, help="share of records that fit no contract")
@click.option("--duplicate-ratio", type=_RATIO, default=0, show_default=True, help="share of records sent again")
@click.option("--late-ratio", type=_RATIO, default=0, show_default=True, help="share 2 minutes to 6 hours late")
@click.option("--seed", type=click.IntRange(min=0), help="same seed, same traffic  [default: by chance]")
@click.option("--workers", type=click.IntRange(min=1, max=64), help="processes  [default: 2 above 20,000/s, else 1]")
@click.option("--ledger", type=click.Path(dir_okay=False, path_type=Path), help="write each special record here")
@click.option("--metrics-port", type=click.IntRange(min=0, max=65535), help="serve Prometheus metrics")
@click.option("--metrics-host", default="127.0.0.1", show_default=True, help="interface to serve them on")
@click.option("--from", "source", type=click.Path(path_type=Path), help="replay this file instead; - is standard input")
@click.option("--format", "line_format", type=click.Choice(["auto", "combined", "jsonl"]), default="auto")
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), help="1: as recorded  [default: unlimited]")
@click.option(
    "--follow", is_flag=True, help="wait for more at the end of the file; without --from: send what happens here"
)
@click.option(
    "--position",
    type=click.Path(dir_okay=False, path_type=Path),
    help="keep how far a followed file was sent here; without it: in the home folder. Remove it to begin again",
)
@rejects_option
@allow_rejects_option
@click.option("--json", "as_json", is_flag=True, help="print the summary as JSON")
@click.pass_context
def command(context: click.Context, /, dataset: str, as_json: bool, **options: Any) -> None:
    """Send events of DATASET to its raw topic: generated ones, or with --from those of a file.

    A file is an access log (Apache, nginx) or JSON lines, compressed by gzip or not. With --follow a file is followed
    through log rotation, and the next run goes on where this one has ended. With --follow alone, events are what
    happens on this machine: for app_logs, what the local servers log. Progress goes to standard error once a second,
    the summary to standard output. Ctrl-C stops cleanly: what was handed over is waited for and counted.

    Exit code 0: all was taken, or no more was rejected than --allow-rejects says. 3: lines were rejected. 1: something
    else was wrong, or records were not delivered. 130: Ctrl-C came before the end of the file.

    \b
    Examples:
      tidegate produce clicks --rate 5000 --seconds 60
      tidegate produce clicks --from access.log
    """
    _refuse_mixed(context)
    port, host = options["metrics_port"], options["metrics_host"]
    metrics = None if port is None else Address(port, host)
    settings = get_settings()
    contract = load_dataset(settings.schemas_dir, dataset)
    if isinstance(contract, Files):
        raise TidegateError(f"{dataset} comes in files.", remedy=f"`tidegate files make {dataset}` makes some.")
    if options["source"] is not None:
        names = ("source", "line_format", "speed", "follow", "rejects", "position")
        recording = Recording(*(options[name] for name in names))
        summary = produce_recorded(settings, contract, recording, metrics)
    elif options["follow"]:
        summary = produce_live(settings, contract, partial(_server_logs, settings), options["seconds"], metrics)
    else:
        mix = Mix(*(options[name] for name in ("bad_ratio", "duplicate_ratio", "late_ratio")))
        pace = Pace.of(*(options[name] for name in ("rate", "seconds", "count")))
        seed = secrets.randbits(32) if options["seed"] is None else options["seed"]
        chosen = Options(seed, options["workers"], options["ledger"], metrics)
        summary = produce_generated(settings, contract, mix, pace, chosen)
    click.echo(json.dumps(summary) if as_json else _text(summary))
    if summary["failed"]:
        raise TidegateError(
            "{failed:,} records were not delivered: {first_failure}.".format(**summary),
            remedy="See `tidegate status` and `tidegate logs kafka`, then send again.",
        )
    rows = summary.get("lines", summary["sent"] + summary.get("rejected", 0))
    context.exit(exit_code_of(summary, rows, options["allowed"]))


def _refuse_mixed(context: click.Context) -> None:
    """Options of generated traffic mean nothing for a file, and the other way round; a host nothing without a port."""
    given = {name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    if "position" in given and not ("source" in given and "follow" in given):
        raise click.UsageError("--position goes with --from FILE --follow")
    if "metrics_host" in given and "metrics_port" not in given:
        raise click.UsageError("--metrics-host does not go without --metrics-port")
    if "source" in given:
        wrong, why = given & _GENERATED, "with --from"
    elif "follow" in given:
        wrong, why = (given & (_GENERATED | _RECORDED)) - _LIVE, "with --follow alone"
    else:
        wrong, why = given & _RECORDED, "without --from"
    if wrong:
        option = min(wrong).replace("line_", "").replace("allowed", "allow-rejects").replace("_", "-")
        raise click.UsageError(f"--{option} does not go {why}")


def _server_logs(settings: Settings) -> Mapping[str, RestartedLog]:
    """Where the local servers log, also those that are started later."""
    # Without a local stack its libraries need not be installed.
    from tidegate.stack.process import ProcessFiles  # noqa: PLC0415
    from tidegate.stack.supervisor import SERVERS  # noqa: PLC0415

    files = [ProcessFiles(server.name, settings.home) for server in SERVERS]
    return {each.name: RestartedLog(each.log_file, each.previous_log_file) for each in files}


def _text(summary: Summary) -> str:
    """The summary in words: what was sent, and what is known about it."""
    lines = [
        "sent {sent:,}, delivered {delivered:,}, failed {failed:,} in {seconds:.1f} s: {rate_per_s:,.0f}/s, "
        "at most {max_behind_s:.1f} s behind schedule".format(**summary)
    ]
    if "lines" in summary:
        return "\n".join([*lines, "lines {lines:,}, rejected {rejected:,}".format(**summary)])
    if "expected" not in summary:
        return lines[0]
    lines += [f"  bad: {kind} {entry['count']:,} ({entry['error_code']})" for kind, entry in summary["bad"].items()]
    for kind in ("dropped", "warned"):
        lines += [f"  {kind}: {rule} {count:,}" for rule, count in summary[kind].items()]
    lines.append("  duplicate {duplicate:,}, late {late:,}, unknown reference {unknown_reference:,}".format(**summary))
    lines.append("expected: " + ", ".join(f"{verdict} {count:,}" for verdict, count in summary["expected"].items()))
    return "\n".join(lines)
