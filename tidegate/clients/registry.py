"""A thin client of the schema registry's Confluent API: the only place that speaks to it from Python."""

import json
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

import httpx

from tidegate.avro.compatibility import Compatibility
from tidegate.avro.types import AvroSchema
from tidegate.avro.writer_types import REFERENCES
from tidegate.clients import connection
from tidegate.clients.outage import REGISTRY, outage
from tidegate.errors import ContractError, TidegateError, TransientError
from tidegate.settings import Settings

_NOT_FOUND = 404
_NO_SUCH_PATH = frozenset({404, 405})
_OUTAGE = frozenset({408, 429, 500, 502, 503, 504})
_MOST_REFERENCES = 100
_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class RegisteredSchema:
    """A schema as the registry knows it; ``schema_id`` is what a record's five-byte prefix carries."""

    schema_id: int
    version: int
    schema: AvroSchema


class RegistryClient:
    """Subjects, schemas and their ids; its connections are closed by ``with``, or when nobody holds it any more.

    Every method raises :class:`TransientError` when the registry is out of reach, overloaded or answers what no
    registry would (a proxy's page), and :class:`TidegateError` when it refuses the request. An answer takes at most
    about twice ``timeout_s``.
    """

    def __init__(self, settings: Settings, *, timeout_s: float = 10) -> None:
        self._settings = settings
        self._timeout_s = timeout_s
        self._http = httpx.Client(**connection.registry(settings), timeout=timeout_s)
        # A reader keeps by_id for as long as records may come, and has no end of its own.
        weakref.finalize(self, self._http.close)

    def __enter__(self) -> "RegistryClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def set_compatibility(self, subject: str, level: Compatibility) -> None:
        """Make the registry refuse versions of ``subject`` that break ``level``; the subject must exist."""
        self._request("PUT", f"/config/{quote(subject, safe='')}", {"compatibility": level})

    def incompatibilities(self, subject: str, schema: AvroSchema) -> list[str]:
        """Why ``schema`` may not become the next version of ``subject``; empty if it may."""
        path = f"/compatibility/subjects/{quote(subject, safe='')}/versions?verbose=true"
        answer = self._request("POST", path, _body(schema), or_none=True)
        if answer is None or self._of(answer, "is_compatible", bool):
            return []
        return [str(message) for message in answer.get("messages") or ["the registry gives no reason"]]

    def subjects(self) -> list[str]:
        """All subjects."""
        return [str(subject) for subject in self._a(self._request("GET", "/subjects"), list)]

    def versions(self, subject: str) -> list[int]:
        """The versions registered under ``subject``; empty if there is no such subject."""
        answer = self._request("GET", f"/subjects/{quote(subject, safe='')}/versions", or_none=True)
        return [int(version) for version in self._a(answer or [], list)]

    def version(self, subject: str, version: int) -> AvroSchema:
        """The schema of one version of ``subject``, which must exist."""
        answer = self._request("GET", f"/subjects/{quote(subject, safe='')}/versions/{version}")
        return _schema(self._of(answer, "schema", str))

    def written_with(self, subject: str, version: int) -> RegisteredSchema:
        """One version of ``subject``, which must exist, as ``by_id`` gives it: with the schemas it refers to."""
        answer = self._request("GET", f"/subjects/{quote(subject, safe='')}/versions/{version}")
        return RegisteredSchema(self._id(answer), version, self._writer_schema(answer))

    def register(self, subject: str, schema: AvroSchema) -> int:
        """The id of ``schema`` under ``subject``, registered if it is new; repeating changes nothing.

        Raises:
            ContractError: the registry holds the schema to be incompatible with an earlier version.
        """
        answer = self._request("POST", f"/subjects/{quote(subject, safe='')}/versions", _body(schema))
        return self._id(answer)

    def lookup(self, subject: str, schema: AvroSchema) -> int | None:
        """The id of exactly this ``schema`` under ``subject``; None if it is not registered there."""
        answer = self._request("POST", f"/subjects/{quote(subject, safe='')}", _body(schema), or_none=True)
        return None if answer is None else self._id(answer)

    def latest(self, subject: str) -> RegisteredSchema:
        """The newest version of ``subject``.

        Raises:
            ContractError: nothing is registered under ``subject``.
        """
        answer = self._request("GET", f"/subjects/{quote(subject, safe='')}/versions/latest", or_none=True)
        if answer is None:
            raise ContractError(
                f"the registry has no subject {subject}.", remedy="Run `tidegate contract register --all`."
            )
        schema = _schema(self._of(answer, "schema", str))
        return RegisteredSchema(self._id(answer), self._of(answer, "version", int), schema)

    def delete(self, subject: str) -> None:
        """Takes ``subject`` with all its versions away for good; ids that were given out stay readable where they may.

        A registry that keeps what was deleted is asked a second time, as it wants to be.
        """
        path = f"/subjects/{quote(subject, safe='')}"
        if self._request("DELETE", path, or_none=True) is not None:
            with suppress(TidegateError):  # one that deletes at once has nothing left to delete
                self._request("DELETE", f"{path}?permanent=true", or_none=True)

    def by_id(self, schema_id: int) -> AvroSchema | None:
        """The schema with this id, with those it refers to; None if the registry never gave it out.

        A schema of another language, which no Avro reader knows, is a type by the language's name.
        """
        answer = self._request("GET", f"/schemas/ids/{schema_id}", or_none=True)
        return None if answer is None else self._writer_schema(answer)

    def by_guid(self, guid: UUID) -> AvroSchema | None:
        """As ``by_id``; None also if the registry knows no GUIDs."""
        try:
            return self._writer_schema(self._request("GET", f"/schemas/guids/{guid}"))
        except _NotFoundError:
            return None

    def _writer_schema(self, answer: Any) -> AvroSchema:
        main = self._avro(answer)
        references: dict[tuple[str, int], AvroSchema] = {}
        self._add_references(answer, references)
        return main | {REFERENCES: [*references.values()]} if references else main

    def _avro(self, answer: Any) -> AvroSchema:
        text, language = self._of(answer, "schema", str), str(answer.get("schemaType") or "AVRO")
        if language != "AVRO":
            return {"type": language}
        try:
            return _schema(text)
        except (ValueError, RecursionError):
            return {"type": "no JSON"}

    def _add_references(self, answer: Any, found: dict[tuple[str, int], AvroSchema]) -> None:
        """Adds what a schema refers to, each behind what it refers to itself."""
        for reference in answer.get("references") or ():
            subject, version = self._of(reference, "subject", str), self._of(reference, "version", int)
            if (subject, version) in found or len(found) >= _MOST_REFERENCES:
                continue
            found[subject, version] = {"type": "not read yet"}
            path = f"/subjects/{quote(subject, safe='')}/versions/{version}"
            referred = self._request("GET", path, or_none=True)
            if referred is not None:
                self._add_references(referred, found)
                del found[subject, version]
                found[subject, version] = self._avro(referred)

    def _id(self, answer: Any) -> int:
        schema_id = self._of(answer, "id", int)
        if schema_id < 1:
            raise self._strange(f"the id {schema_id}")
        return schema_id

    def _of(self, answer: Any, name: str, kind: type[_Kind]) -> _Kind:
        """What an answer says under ``name``."""
        return self._a(self._a(answer, dict).get(name), kind)

    def _a(self, answer: Any, kind: type[_Kind]) -> _Kind:
        if not isinstance(answer, kind):
            raise self._strange(str(answer)[:200])
        return answer

    def _strange(self, answer: str) -> TransientError:
        return TransientError(
            f"{REGISTRY.title} at {REGISTRY.address(self._settings)} answers what no registry would: {answer!r}.",
            remedy="See what answers at TIDEGATE_REGISTRY_URL; a proxy may stand before the registry.",
        )

    def _request(self, method: str, path: str, body: object = None, *, or_none: bool = False) -> Any:
        answer = self._answer(method, path, body)
        if answer.is_success:
            return self._said(answer)
        if answer.status_code == _NOT_FOUND and or_none and _has_error_code(answer):
            return None
        raise self._error(answer, path)

    def _said(self, answer: httpx.Response) -> Any:
        try:
            found = answer.json()
        except ValueError as error:
            raise self._strange(answer.text[:200]) from error
        if found is None:
            raise self._strange("null")
        return found

    def _answer(self, method: str, path: str, body: object) -> httpx.Response:
        """The whole answer; a server that freezes or dawdles in the middle of it is as good as none."""
        deadline_s = time.monotonic() + self._timeout_s
        content = bytearray()
        try:
            with self._http.stream(method, path, json=body) as answer:
                for chunk in answer.iter_bytes():
                    content += chunk
                    if time.monotonic() > deadline_s:
                        raise httpx.ReadTimeout("the answer has no end")
        except httpx.TransportError as error:
            raise outage(REGISTRY, self._settings, type(error).__name__) from error
        return httpx.Response(answer.status_code, content=bytes(content))

    def _error(self, answer: httpx.Response, path: str) -> TidegateError:
        reason = _message(answer)
        if answer.status_code in _OUTAGE:
            return TransientError(
                f"{REGISTRY.title} at {REGISTRY.address(self._settings)} answers {answer.status_code}: {reason}.",
                remedy="Try again; if it stays, see `tidegate logs registry`.",
            )
        if answer.status_code == httpx.codes.CONFLICT:
            return ContractError(
                f"the registry refuses {path}: {reason}.",
                remedy="Keep the old version as it is and add a compatible v<N>.avsc.",
            )
        kind = _NotFoundError if answer.status_code in _NO_SUCH_PATH else TidegateError
        return kind(
            f"the registry refuses {path} with {answer.status_code}: {reason}.",
            remedy="Run `tidegate contract check`, and see that TIDEGATE_REGISTRY_URL names a Confluent API.",
        )


class _NotFoundError(TidegateError):
    """The registry has nothing at a path."""


def _has_error_code(answer: httpx.Response) -> bool:
    """Whether the registry itself says that it has none; a proxy in front of it may not know the path at all."""
    try:
        body = answer.json()
    except ValueError:
        return False
    return isinstance(body, dict) and "error_code" in body


def _body(schema: AvroSchema) -> dict[str, str]:
    return {"schemaType": "AVRO", "schema": json.dumps(schema)}


def _schema(text: str) -> AvroSchema:
    parsed = json.loads(text)
    return parsed if isinstance(parsed, dict) else {"type": parsed}


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"]).rstrip(".")
    except (ValueError, KeyError, TypeError):
        return answer.text.strip()[:200] or answer.reason_phrase
