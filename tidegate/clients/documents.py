"""Single documents of OpenSearch: looked up and written by their ids, and tried in an index aside."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from opensearchpy.exceptions import NotFoundError

from tidegate.clients.opensearch import JsonObject, connect, opensearch_errors
from tidegate.clock import now_ms
from tidegate.errors import TransientError
from tidegate.settings import Settings

OF_THE_DOCUMENT = frozenset(
    {
        "mapper_parsing_exception",
        "document_parsing_exception",
        "strict_dynamic_mapping_exception",
        "parse_exception",
        "parsing_exception",
        "x_content_parse_exception",
        "json_parse_exception",
        "not_x_content_exception",
        "action_request_validation_exception",
        "max_bytes_length_exceeded_exception",
        "invalid_index_name_exception",
    }
)
"""Errors that are a document's own fault, as the index job's sink tells them; any other is the server's."""
ARGUMENT_OF_THE_DOCUMENT = re.compile(
    r"immense term|bytes can be at most|must not be empty|Limit of [a-z ]+ \[\d+\]|number of nested documents"
    r"|mapper \[|object mapping|cannot be changed from type|is too large|too long"
)
_ARGUMENT = "illegal_argument_exception"
_NO_INDEX = "index_not_found_exception"
_CONFLICT = 409
_TIMEOUT_S = 60.0
ASIDE = "tidegate-dry-run-"
"""How the name of an index aside begins."""
_LEFT_BEHIND_MS = 3_600_000
"""An index aside as old as this is one whose dry run was killed: none lives longer than its few hundred documents."""
_LIMITS = "mapping"
"""Of an index's settings, what its mapping may hold."""


@dataclass(frozen=True, slots=True)
class Document:
    """Where a document belongs, the JSON that it is, and its version: one with a later is never overwritten by it."""

    index: str
    id: str
    body: bytes
    version: int

    def __str__(self) -> str:
        return f"{self.index}/{self.id}"


class Held(NamedTuple):
    """What OpenSearch has under an id."""

    version: int
    source: dict[str, Any]


class Answer(NamedTuple):
    """What OpenSearch says to a document; ``conflict``: a later version is there; ``held back``: for its reasons."""

    kind: Literal["written", "conflict", "refused", "held back"]
    reason: str = ""


class DocumentClient:
    """Looks documents up and writes them.

    Every method raises :class:`TransientError` when OpenSearch is out of reach or overloaded, and
    :class:`TidegateError` when it refuses the request.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = connect(settings, timeout_s=_TIMEOUT_S)

    def held(self, documents: Sequence[Document]) -> list[Held | None]:
        """What is there under each one's id; None where nothing is, or no such index."""
        if not documents:
            return []
        wanted = {"docs": [{"_index": each.index, "_id": each.id} for each in documents]}
        with opensearch_errors(self._settings):
            found = self._client.mget(body=wanted)["docs"]
        return [_held(each) for each in found]

    def write(self, documents: Sequence[Document]) -> list[Answer]:
        """Writes each by its id, unless one of its version or a later is there."""
        return self._bulk(
            ({"_index": each.index, "_id": each.id, "version": each.version, "version_type": "external"}, each.body)
            for each in documents
        )

    def try_out(self, index: str, documents: Sequence[Document], aside: str) -> list[Answer]:
        """What ``index`` as it is now, or as its template would make it, says to them, by one like it."""
        with self._made_alike(index, aside):
            return self._bulk(({"_index": aside, "_id": each.id}, each.body) for each in documents)

    def _bulk(self, actions: Iterator[tuple[JsonObject, bytes]]) -> list[Answer]:
        lines = [part for action, body in actions for part in (json.dumps({"index": action}).encode(), body)]
        if not lines:
            return []
        with opensearch_errors(self._settings):
            answer = self._client.bulk(body=b"\n".join(lines) + b"\n")
        return [answered(item["index"]) for item in answer["items"]]

    @contextmanager
    def _made_alike(self, index: str, aside: str) -> Iterator[None]:
        with opensearch_errors(self._settings):
            self._remove_left_behind()
            limits, mappings = self._as_made(index)
            settings = {"number_of_shards": 1, "number_of_replicas": 0, _LIMITS: limits}
            self._client.indices.create(index=aside, body={"settings": {"index": settings}, "mappings": mappings})
        try:
            yield
        finally:
            with opensearch_errors(self._settings):
                self._client.indices.delete(index=aside, params={"ignore_unavailable": "true"})

    def _remove_left_behind(self) -> None:
        found = self._client.indices.get_settings(index=f"{ASIDE}*", name="index.creation_date")
        made = {name: int(each["settings"]["index"]["creation_date"]) for name, each in found.items()}
        for name in sorted(name for name, at in made.items() if now_ms() - at > _LEFT_BEHIND_MS):
            self._client.indices.delete(index=name, params={"ignore_unavailable": "true"})

    def _as_made(self, index: str) -> tuple[JsonObject, JsonObject]:
        try:
            found = self._client.indices.get(index=index)[index]
        except NotFoundError:
            found = self._client.indices.simulate_index_template(name=index)["template"]
        return found.get("settings", {}).get("index", {}).get(_LIMITS, {}), found.get("mappings", {})


def answered(item: JsonObject) -> Answer:
    """One item of a bulk answer."""
    error = item.get("error") or {}
    kind, reason = str(error.get("type", "")), _reason(error)
    if not error:
        return Answer("written")
    if item.get("status") == _CONFLICT:
        return Answer("conflict", reason)
    is_refused = kind in OF_THE_DOCUMENT or (kind == _ARGUMENT and ARGUMENT_OF_THE_DOCUMENT.search(reason))
    return Answer("refused" if is_refused else "held back", f"{kind}: {reason}")


def _reason(error: JsonObject) -> str:
    """With its cause, which names the field's value where the first line only names the field."""
    cause = error.get("caused_by") or {}
    return "; ".join(str(each["reason"]) for each in (error, cause) if each.get("reason"))


def _held(found: JsonObject) -> Held | None:
    error = found.get("error")
    if error and error.get("type") != _NO_INDEX:
        raise TransientError(
            f"OpenSearch can't say whether it has {found.get('_index')}/{found.get('_id')}: {_reason(error)}.",
            remedy="See `tidegate index status`, then try again.",
        )
    return Held(int(found["_version"]), found["_source"]) if found.get("found") else None
