"""``tidegate replay``: a range of events made again by the code as it is now, with proof; and what was lost."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from click.core import ParameterSource
from rich.table import Table

from tidegate.cli import replay_missing, replay_run, replay_switch
from tidegate.cli.output import tables
from tidegate.cli.replay_run import rate_option
from tidegate.cli.replay_told import next_names, result
from tidegate.clients.audit import default_actor
from tidegate.clients.flink import FlinkClient
from tidegate.contracts.naming import events_alias
from tidegate.replay.asked import Asked
from tidegate.replay.make_plan import make_plan
from tidegate.replay.metrics_plan import plan_metrics
from tidegate.replay.missing_run import plan_missing
from tidegate.replay.range_plan import BRONZE, SILVER_TARGET, SOURCES, RangePlan
from tidegate.replay.store import FILLING, WRITING, Status, all_plans, load_plan, load_status, store_plan
from tidegate.replay.targets import EVERY, INDEX, LAKE, METRICS, SILVER, parse_targets
from tidegate.replay.turn import replay_turn
from tidegate.replay.write_aside import COPIED, RAW_RECORDS, records_read
from tidegate.settings import Settings, get_settings
from tidegate.sql.replay_silver import Filling


@click.group("replay")
def command() -> None:
    """Make a range of events again with the code as it is now, and prove the result; or refine again what was lost.

    \b
    tidegate replay plan clicks --arrived-from 2026-11-21T00:00:00Z --arrived-to 2026-11-22T00:00:00Z
    tidegate replay run PLAN
    """


@command.command()
@click.argument("dataset")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar=",".join(EVERY),
    default=(LAKE,),
    show_default=True,
    help="What is written again: some of these, with commas or by the option given again; metrics alone.",
)
@click.option("--arrived-from", metavar="TIME", help="Events that arrived in Kafka at this time or later.")
@click.option("--arrived-to", metavar="TIME", help="Events that arrived before this time.")
@click.option("--offsets", metavar="0:100-200,1:0-50", help="Raw offsets by partition, the end exclusive.")
@click.option("--event-from", metavar="TIME", help="Rows whose event time is this or later.")
@click.option("--event-to", metavar="TIME", help="Rows whose event time is before this.")
@click.option(
    "--source",
    type=click.Choice(SOURCES),
    help="Where records are read; if left out, raw where it has all of the range, else the lake's bronze table.",
)
@rate_option
@click.option("--missing", is_flag=True, help="What the proof finds missing: refined into the topics again.")
@click.option("--actor", help="Who asks for it; the user of this machine if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
def plan(dataset: str, missing: bool, actor: str | None, as_json: bool, **asked_for: Any) -> None:
    """Say what a replay of a range of DATASET would do, and keep it for `run`; nothing is changed.

    Waits until the lake has all of the range that refine has read.

    \b
    Examples:
      tidegate replay plan clicks --arrived-from 2026-11-21T00:00:00Z --arrived-to 2026-11-22T00:00:00Z
      tidegate replay plan clicks --offsets 0:100-200,1:0-50 --target lake,index,silver
    """
    settings, asked = get_settings(), Asked(**asked_for | {"targets": parse_targets(asked_for["targets"])})
    _refuse_what_is_ignored(asked, missing=missing)
    made = _planned(settings, dataset, None if missing else asked, actor or default_actor())
    store_plan(settings, made)
    if as_json:
        click.echo(made.to_json())
        return
    _print_plan(made)
    click.echo(f"Nothing was changed yet. Run it: tidegate replay run {made.plan_id}")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def list_all(as_json: bool) -> None:
    """List the replays that were planned, the newest first, and how far each is.

    Example: tidegate replay list
    """
    settings = get_settings()
    found = [(each, load_status(settings, each.plan_id)) for each in all_plans(settings)][::-1]
    if as_json:
        for each, status in found:
            click.echo(json.dumps(_told(each, status)))
        return
    if not found:
        click.echo("No replay was planned.")
        return
    table = Table("plan", "dataset", "into", "range", "events", "state", "proof")
    for each, status in found:
        table.add_row(
            each.plan_id, each.dataset, each.target, each.asked, f"{each.events:,}", status.state, _holds(status)
        )
    tables().print(table)


@command.command()
@click.argument("plan_id")
@click.option("--json", "as_json", is_flag=True, help="Print plan, state and result as JSON.")
def show(plan_id: str, as_json: bool) -> None:
    """Show a replay: its plan, what became of each record, and the verdict of the proof.

    Example: tidegate replay show 20261121t101500-1a2b
    """
    settings = get_settings()
    found, status = load_plan(settings, plan_id), load_status(settings, plan_id)
    if as_json:
        click.echo(json.dumps(_told(found, status), indent=2))
        return
    _print_plan(found)
    click.echo(f"State: {status.state}")
    for line in result(found, status):
        click.echo(line)


@command.command()
@click.argument("plan_id")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status(plan_id: str, as_json: bool) -> None:
    """Say how far a replay is: from another terminal, or after the command that ran it has ended.

    Example: tidegate replay status 20261121t101500-1a2b
    """
    settings = get_settings()
    found, now = load_plan(settings, plan_id), load_status(settings, plan_id)
    read = _read(settings, now)
    if as_json:
        click.echo(json.dumps({"plan_id": plan_id, "state": now.state, "read": read, "events": _to_read(found, now)}))
        return
    progress = "" if read is None else f", {read:,} of {_to_read(found, now):,} records read"
    click.echo(f"{plan_id}: {now.state}{progress}")


def _holds(status: Status) -> str:
    if status.proof_holds is None:
        return ""
    return "holds" if status.proof_holds else "does not hold"


def _read(settings: Settings, now: Status) -> int | None:
    job_id, table = (now.fill_job_id, COPIED) if now.state == FILLING else (now.job_id, RAW_RECORDS)
    if now.state not in (WRITING, FILLING) or job_id is None:
        return None
    client = FlinkClient(settings)
    live = any(job.job_id == job_id and job.live for job in client.jobs())
    return records_read(client, job_id, table) if live else None


def _to_read(found: RangePlan, now: Status) -> int:
    if now.state == FILLING and now.filling is not None:
        return sum(end - start for start, end in Filling.of_json(now.filling).silver.values())
    return found.events


def _told(found: RangePlan, now: Status) -> dict[str, Any]:
    plan_of: dict[str, Any] = json.loads(found.to_json())
    return plan_of | {"status": asdict(now)}


def _refuse_what_is_ignored(asked: Asked, *, missing: bool) -> None:
    if missing and asked.text:
        raise click.UsageError("--missing is a range of its own: leave the other one out.")
    named = click.get_current_context().get_parameter_source("targets") is not ParameterSource.DEFAULT
    if missing and (named or asked != Asked()):
        raise click.UsageError(
            "--missing is refined from raw into the topics: leave --target, --source and --rate out."
        )
    if asked.rate is not None and asked.targets == (INDEX,):
        raise click.UsageError("--rate is of a range that is read from raw or bronze; the index is made from the lake.")


def _planned(settings: Settings, dataset: str, asked: Asked | None, actor: str) -> RangePlan:
    """``asked``: None for what is missing."""
    if asked is None:
        with replay_turn(settings):
            return plan_missing(settings, dataset, actor)
    asked.refuse_mixed()
    if METRICS in asked.targets:
        return plan_metrics(settings, dataset, asked, actor)
    return make_plan(settings, dataset, asked, actor)


def _print_plan(found: RangePlan) -> None:
    made = datetime.fromtimestamp(found.created_at / 1000, UTC)
    where = f"the topics of refine, such as {found.table}" if found.target == SILVER_TARGET else _places(found)
    click.echo(f"Replay {found.plan_id} of {found.dataset} into {where}")
    click.echo(f"Planned {made:%Y-%m-%dT%H:%M:%SZ} by {found.actor}")
    click.echo(f"Range: {found.asked}")
    for number, (start, end) in sorted(found.rows.spans.items()):
        if start < end:
            click.echo(f"  partition {number}: offsets {start:,} to {end - 1:,}")
    if found.target == SILVER_TARGET:
        click.echo(f"Refines {found.events:,} events again that are in no output of refine, and nothing else.")
    else:
        _print_size(found)
    for note in found.notes:
        click.echo(note)


def _places(found: RangePlan) -> str:
    named = {
        LAKE: f"the lake's table {found.table}",
        INDEX: f"the index {events_alias(found.dataset)}",
        SILVER: " and ".join(next_names(found)),
        METRICS: "its metrics",
    }
    return " and ".join(named[each] for each in found.targets)


def _print_size(found: RangePlan) -> None:
    over = found.overwritten
    if found.target == METRICS:
        click.echo(f"Counts {found.events:,} rows of the lake again; the metrics have {over.rows:,} figures of them.")
    if LAKE in found.targets:
        _print_lake(found)
    rows = "" if LAKE in found.targets else f"{over.rows:,} "
    if over.documents is not None:
        click.echo(
            f"Writes the documents of the lake's {rows}rows again; the index has {over.documents:,} of the range now."
        )
    if found.silver is not None:
        silver = found.silver
        click.echo(
            f"Fills {' and '.join(next_names(found))}, which will be new, of {silver.partitions} partitions each: some "
            f"{silver.records:,} records of the topics before, {silver.bytes / 1e6:,.1f} MB, are copied, those of the "
            "range made again. Nothing reads them until `tidegate replay switch`."
        )


def _print_lake(found: RangePlan) -> None:
    took = "unknown, no replay has run yet" if found.expected_s is None else f"about {found.expected_s:,.0f} s"
    where = " out of the lake's bronze table" if found.source == BRONZE else ""
    click.echo(f"Reads {found.events:,} raw records{where}, some {found.expected_bytes / 1e6:,.1f} MB; time: {took}.")
    if found.rate is not None:
        click.echo(f"Takes {found.rate:,.0f} records a second at most.")
    over = found.overwritten
    click.echo(f"Writes again {over.rows:,} rows, which are in {over.files:,} files of {over.bytes / 1e6:,.1f} MB.")


for each in (replay_run.run, replay_run.cancel, replay_switch.switch, replay_switch.forget, replay_missing.command):
    command.add_command(each)
