"""``tidegate dlq show``: one letter for people."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import click

from tidegate.cli.dlq_show import when
from tidegate.cli.reading import reading
from tidegate.clients.audit import audited, new_action
from tidegate.dead_letters.ledger import Entry, State
from tidegate.dead_letters.view import MASK, View
from tidegate.dlq.index import letter_index
from tidegate.dlq.near import made_up_near
from tidegate.dlq.one import One, as_json, find, look_at
from tidegate.dlq.streams import named_streams
from tidegate.settings import get_settings

_WAITING = (State.OPEN, State.PARKED)


@click.command()
@click.argument("letter_id", metavar="ID")
@click.option("--dataset", help="look among this one's letters only.")
@click.option("--reveal", is_flag=True, help="show personal fields and bytes too; that is written to the audit.")
@click.option("--actor", metavar="NAME", help="who looks, for the audit; default: the user of this machine.")
@click.option("--json", "is_json", is_flag=True, help="print JSON.")
def show(letter_id: str, dataset: str | None, reveal: bool, actor: str | None, is_json: bool) -> None:
    """Show the dead letter with ID, or whose id begins so: why it failed, its record, and what to do.

    \b
    Example:
      tidegate dlq show 5e884898da28
    """
    settings = get_settings()
    streams = named_streams(settings, [dataset] if dataset else [])
    with reading() as heard, letter_index(settings, streams, heard) as index:
        known = find(index, streams, letter_id)
        if known.facts["state"] in _WAITING:
            places = made_up_near(settings, index, known.stream) or {}
            known = replace(known, in_silver=places.get(known.facts["id"]))
    action = new_action("reveal", known.stream.name, actor, detail=f"letter {known.facts['id']}")
    with audited(settings, action) if reveal else nullcontext():
        one = look_at(settings, known, reveal=reveal)
    if is_json:
        click.echo(json.dumps(as_json(one), indent=2, default=_plain))
        return
    for line in lines(one):
        click.echo(line)


def lines(one: One) -> Iterator[str]:
    """All of it."""
    facts, letter = one.known.facts, one.letter
    yield f"{facts['id']} of {one.known.stream.name}: {facts['state']}, attempt {facts['attempt']}"
    yield f"  {facts['stage']} {facts['code']} at {when(facts['failed_at'])}: {facts['message']}"
    if letter is not None:
        for violation, value in zip(letter["violations"], one.values, strict=True):
            told = "" if value is None else f"; it is {_value(value)}"
            yield f"  breaks {violation['rule']}: {violation['message']} ({violation['field']}{told})"
    yield f"  to do: {one.advice}"
    yield from _record(one)
    if one.history:
        yield "what became of it:"
    yield from (f"  {_entry(entry)}" for entry in one.history)
    if one.known.in_silver:
        settle = f"`tidegate dlq settle {one.known.stream.name}` resolves it"
        yield f"its event is in silver all the same, at {one.known.in_silver}: {settle}"
    elif facts["state"] == "open":
        yield f"Next: tidegate redrive plan {one.known.stream.name} --id {facts['id']}"


def _record(one: One) -> Iterator[str]:
    facts, letter = one.known.facts, one.letter
    row = "" if facts["source_row"] is None else f" row {facts['source_row']}"
    if facts["source_topic"]:
        place = f"{facts['source_topic']}/{facts['source_partition']}/{facts['source_offset']}{row}"
        yield f"record: {place}, arrived {when(facts['arrived_at'])}"
    yield f"letter: {one.known.place}"
    if letter is None or one.view is None:
        yield "Retention has removed the letter; `tidegate query` finds it in bronze.dead_letters."
        return
    version = "" if one.version is None else f", version {one.version} of {letter['contract']['subject']}"
    yield f"written with schema id {letter['contract']['schema_id']}{version}"
    yield f"judged by {letter['processor']['name']} of Tidegate {letter['processor']['version']}"
    yield f"key: {one.key}"
    yield from (f"header {name}: {value}" for name, value in one.headers.items())
    yield from _payload(one.view)


def _payload(view: View) -> Iterator[str]:
    yield "payload:"
    yield from (f"  {name}: {_value(value)}" for name, value in view.fields.items())
    if view.text:
        yield f"  {view.text}"
    if view.problem:
        yield f"  from byte {view.rest_at:,} on it can't be read: {view.problem}"
    if view.rest is None:
        yield f"  {view.rest_bytes:,} bytes are not shown, as they may hold personal data: add --reveal"
    elif view.rest:
        yield f"  {view.rest}"
    if MASK in map(str, view.fields.values()):
        yield f"  {MASK}: personal, add --reveal to see it"


def _entry(entry: Entry) -> str:
    text = f"{when(entry.changed_at)} {entry.state} by {entry.actor}"
    for name, value in (
        ("reason", entry.reason),
        ("plan", entry.plan_id),
        ("copy", entry.copy),
        ("outcome", entry.outcome),
        ("at", entry.outcome_place),
        ("cause", entry.cause),
        ("next letter", entry.next_letter_id),
    ):
        text += f", {name} {value}" if value is not None else ""
    return text


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
