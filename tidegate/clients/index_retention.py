"""What retention takes out of OpenSearch: whole indices, and fields of older documents; and what it notes of that.

An index that is gone can't tell that it was removed on purpose. So that is written into an index of its own, before.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError, RequestError

from tidegate.clients.document_versions import TIMEOUT_S, documents_count
from tidegate.clients.opensearch import connect, opensearch_errors
from tidegate.errors import TransientError
from tidegate.settings import Settings

NOTES_INDEX = "tidegate-retention"
"""One document per alias."""
_POLL_S = 0.2
_ROUNDS = 3
"""A document that is written while it is emptied is left for the next round."""
_REMOVE = """
Map record = ctx._source;
for (int at = 0; at < params.path.length - 1; at++) {
  if (!(record.get(params.path[at]) instanceof Map)) { ctx.op = 'noop'; return; }
  record = record.get(params.path[at]);
}
if (record.remove(params.path[params.path.length - 1]) == null) { ctx.op = 'noop'; }
"""
Query = Mapping[str, Any]


def removed_before(settings: Settings, alias: str) -> date | None:
    """The day before which documents may be gone, as it was noted; None if none were removed.

    Raises:
        TransientError: OpenSearch does not answer.
    """
    with opensearch_errors(settings):
        try:
            found = connect(settings, timeout_s=TIMEOUT_S).get(index=NOTES_INDEX, id=alias)
        except NotFoundError:
            return None
    return date.fromisoformat(found["_source"]["removed_before"])


def remove_indices(settings: Settings, alias: str, names: Sequence[str], before: date) -> None:
    """Notes that documents of the days before one are gone, then deletes these indices; one that is gone is gone.

    Raises:
        TransientError: OpenSearch does not answer.
    """
    noted = removed_before(settings, alias)
    client = connect(settings, timeout_s=TIMEOUT_S)
    with opensearch_errors(settings):
        _make_notes(client, settings)
        note = {"removed_before": max(before, noted or before).isoformat()}
        client.index(index=NOTES_INDEX, id=alias, body=note, params={"refresh": "true"})
        for name in names:
            client.indices.delete(index=name, params={"ignore_unavailable": "true"})


def documents_with(settings: Settings, alias: str, path: str, older: tuple[str, date]) -> int:
    """How many documents have a value at the path, of those whose time, in a field, is before a day.

    Raises:
        TransientError: OpenSearch or a shard does not answer.
    """
    return documents_count(settings, alias, _with_value(path, older))


def remove_values(settings: Settings, alias: str, path: str, older: tuple[str, date]) -> int:
    """Takes the field out of these documents; in how many.

    Raises:
        TransientError: OpenSearch does not answer, or the documents are written all the time.
    """
    client, done = connect(settings, timeout_s=TIMEOUT_S), 0
    query = _with_value(path, older)
    script = {"lang": "painless", "source": _REMOVE, "params": {"path": path.split(".")}}
    for _ in range(_ROUNDS):
        if not documents_count(settings, alias, query):
            return done
        done += _update(client, settings, alias, {"query": query, "script": script})
    if documents_count(settings, alias, query):
        raise TransientError(f"documents of {alias} are written while {path} is removed.", remedy="Try again.")
    return done


def _update(client: OpenSearch, settings: Settings, alias: str, body: Mapping[str, Any]) -> int:
    params = {"wait_for_completion": "false", "conflicts": "proceed", "refresh": "true"}
    with opensearch_errors(settings):
        task = client.update_by_query(index=alias, body=body, params=params)["task"]
        while not (found := client.tasks.get(task_id=task))["completed"]:
            time.sleep(_POLL_S)
    if failures := found["response"]["failures"]:
        raise TransientError(
            f"OpenSearch did not change {len(failures):,} documents of {alias}: {failures[0]}.",
            remedy="Try again; if it stays, see `tidegate doctor`.",
        )
    return int(found["response"]["updated"])


def _with_value(path: str, older: tuple[str, date]) -> dict[str, Any]:
    """A text that is too long to be searched is in no index: OpenSearch names its field in ``_ignored``."""
    field, before = older
    has_value = [{"exists": {"field": path}}, {"term": {"_ignored": path}}]
    range_ = {"range": {field: {"lt": before.isoformat(), "format": "strict_date", "time_zone": "+00:00"}}}
    return {"bool": {"filter": [range_, {"bool": {"should": has_value, "minimum_should_match": 1}}]}}


def _make_notes(client: OpenSearch, settings: Settings) -> None:
    shape = {"index": {"number_of_shards": "1", "number_of_replicas": str(settings.opensearch_replicas)}}
    try:
        client.indices.create(index=NOTES_INDEX, body={"settings": shape})
    except RequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
