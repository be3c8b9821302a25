"""Letters whose rows are in a repair file that will not be loaded: they wait again, and say why."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from tidegate.clients.audit import audited, new_action
from tidegate.clients.file_version import FileVersion
from tidegate.clients.file_versions import change_versions, read_versions
from tidegate.clients.ledger import write_entries
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Files
from tidegate.dead_letters.ledger import Entry, State
from tidegate.dlq.turn import letters_turn
from tidegate.files.mended import in_flight_in
from tidegate.files.repair_states import is_aside, put_away
from tidegate.settings import Settings


def release_letters(settings: Settings, dataset: Files, actor: str) -> int:
    """Of the repair files in quarantine, which then are over; returns how many letters those were.

    Whoever is killed between leaves them in quarantine, and the next load does what is left.

    Raises:
        TidegateError: a redrive of the dataset or a decision is at work on this machine.
        TransientError: Kafka, the registry or the lake is out of reach.
    """
    newest = read_versions(settings, dataset.name)
    aside = {each.number for each in newest if is_aside(each)}
    if not aside:
        return 0
    detail = f"letters of repair files in quarantine wait again: {', '.join(map(str, sorted(aside)))}"
    action = new_action("files load", dataset.name, actor, detail=detail)
    with audited(settings, action) as counts, letters_turn(settings, dataset.name):
        versions = {each.number: each for each in newest}
        entries = (each._replace(actor=actor) for each in in_flight_in(settings, dataset, aside))
        made = [entry for each in entries for entry in given_back(each, versions, now_ms())]
        counts["entries"] = sum(write_entries(settings, action, made)) if made else 0
        change_versions(settings, dataset.name, lambda now: put_away(now, aside, datetime.now(UTC)))
    return counts["entries"]


def given_back(entry: Entry, versions: Mapping[int, FileVersion], at_ms: int) -> Iterator[Entry]:
    """Open again, or discarded with the file that its row came from; none where its row may still be loaded.

    ``entry``: of a letter in flight; ``versions``: the newest states, by number.
    """
    assert entry.copy is not None
    version = versions.get(entry.copy.partition)
    if version is not None and version.state not in ("superseded", "quarantined"):
        return
    root = versions.get(version.repairs or 0) if version is not None else None
    is_replaced = root is not None and root.state == "superseded"
    yield entry._replace(
        state=State.DISCARDED if is_replaced else State.OPEN,
        changed_at=at_ms,
        copy=None,
        reason="its file was replaced by a newer version" if is_replaced else _reason(version),
    )


def _reason(version: FileVersion | None) -> str:
    if version is None or version.state != "quarantined":
        return "its repair file was not loaded"
    return f"its repair file was put into quarantine: {version.reason}"
