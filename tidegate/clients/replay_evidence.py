"""What a replay leaves in the lake for the proof: a table of the records that got no row, and what it is about.

It lies in the lake, as the rows do, so that the proof knows of it on any machine. Its properties say which offsets the
replay has judged and since when: that is set with the commit, and where a crash came between, the commit itself tells.
"""

import importlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.clients.lake import find_table, lake_errors
from tidegate.clients.lake_commits import ancestors
from tidegate.contracts import naming
from tidegate.contracts.naming import TableName
from tidegate.settings import Settings

REPLAY_ID = "tidegate.replay-id"
"""Property of the snapshot that a replay has published, and of its table."""
SPANS, TIMES, REPLAYED_AT = "tidegate.replay-spans", "tidegate.replay-times", "tidegate.replayed-at"
"""Properties of its table: [start, end) by raw partition; the event times, if it has some; ms since 1970."""
FILLED = "tidegate.replay-silver-version"
"""Property, too: the version of silver's topics that were filled with what it made; those of later ones have it too."""
_ID = r"\d{8}t\d{6}_[0-9a-f]+"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of one replay that is published: its table, and the raw offsets [start, end) of its range, by partition.

    ``replayed_at``: ms since 1970. ``filled``: from which version on silver's topics have what it made, if any has.
    """

    plan_id: str
    table: TableName
    spans: Mapping[int, tuple[int, int]]
    replayed_at: int
    filled: int | None = None


def published_evidence(settings: Settings, catalog: Any, dataset: str) -> list[Evidence]:
    """That of all replays of the dataset into the lake, the newest first.

    Raises:
        TransientError: the catalog does not answer.
        TidegateError: it refuses.
    """
    names = replay_tables(settings, catalog, dataset)
    with lake_errors(settings):
        tables = {name: find_table(catalog, name) for name in names}
        noted = {name: table for name, table in tables.items() if table is not None and SPANS in table.properties}
        found = [_evidence(catalog, dataset, name, table.properties) for name, table in noted.items()]
    return sorted((each for each in found if each is not None), key=lambda each: each.replayed_at, reverse=True)


def replay_tables(settings: Settings, catalog: Any, dataset: str) -> list[TableName]:
    """What replays of the dataset have left in the lake, published or not; none where nobody has replayed anything.

    Raises:
        TransientError, TidegateError: as :func:`~tidegate.clients.lake.lake_errors`.
    """
    exceptions = importlib.import_module("pyiceberg.exceptions")
    with lake_errors(settings):
        try:
            found = catalog.list_tables((naming.REPLAYS,))
        except exceptions.NoSuchNamespaceError:
            return []
    ours = re.compile(f"{re.escape(dataset)}__{_ID}")
    return [TableName(".".join(name)) for name in found if ours.fullmatch(name[-1])]


def about(plan_id: str, spans: Mapping[int, tuple[int, int]], times: Mapping[str, object] | None) -> dict[str, str]:
    """The properties that say what a replay's table is about."""
    named = {REPLAY_ID: plan_id, SPANS: json.dumps({str(number): [*span] for number, span in spans.items()})}
    return named if times is None else {**named, TIMES: json.dumps({**times})}


def _evidence(catalog: Any, dataset: str, name: TableName, properties: Mapping[str, str]) -> Evidence | None:
    """None of a replay that is not published (yet)."""
    plan_id, at = properties[REPLAY_ID], properties.get(REPLAYED_AT)
    if at is None:
        at = _committed_at(find_table(catalog, naming.lake_table("silver", dataset)), plan_id)
    if at is None:
        return None
    spans = {int(number): (int(start), int(end)) for number, (start, end) in json.loads(properties[SPANS]).items()}
    filled = properties.get(FILLED)
    return Evidence(plan_id, name, spans, int(at), None if filled is None else int(filled))


def _committed_at(silver: Any, plan_id: str) -> str | None:
    """When the snapshot was made that the replay has published."""
    for snapshot in ancestors(silver.metadata) if silver is not None else ():
        if snapshot.summary and snapshot.summary.additional_properties.get(REPLAY_ID) == plan_id:
            return str(snapshot.timestamp_ms)
    return None
