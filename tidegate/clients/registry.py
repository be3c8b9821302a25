"""A thin client of the schema registry's Confluent API: the only place that speaks to it from Python."""

import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx

from tidegate.avro.compatibility import Compatibility
from tidegate.avro.types import AvroSchema
from tidegate.clients import connection
from tidegate.clients.outage import REGISTRY, outage
from tidegate.errors import ContractError, TidegateError, TransientError
from tidegate.settings import Settings

_NOT_FOUND = 404
_OUTAGE = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class RegisteredSchema:
    """A schema as the registry knows it; ``schema_id`` is what a record's five-byte prefix carries."""

    schema_id: int
    version: int
    schema: AvroSchema


class RegistryClient:
    """Subjects, schemas and their ids.

    Every method raises :class:`TransientError` when the registry is out of reach or overloaded, and
    :class:`TidegateError` when it refuses the request.
    """

    def __init__(self, settings: Settings, *, timeout_s: float = 10) -> None:
        self._settings = settings
        self._http = httpx.Client(**connection.registry(settings), timeout=timeout_s)

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
        if answer is None or answer.get("is_compatible", False):
            return []
        return [str(message) for message in answer.get("messages") or ["the registry gives no reason"]]

    def subjects(self) -> list[str]:
        """All subjects."""
        return [str(subject) for subject in self._request("GET", "/subjects")]

    def versions(self, subject: str) -> list[int]:
        """The versions registered under ``subject``; empty if there is no such subject."""
        answer = self._request("GET", f"/subjects/{quote(subject, safe='')}/versions", or_none=True)
        return [int(version) for version in answer or []]

    def version(self, subject: str, version: int) -> AvroSchema:
        """The schema of one version of ``subject``, which must exist."""
        answer = self._request("GET", f"/subjects/{quote(subject, safe='')}/versions/{version}")
        return _schema(answer["schema"])

    def register(self, subject: str, schema: AvroSchema) -> int:
        """The id of ``schema`` under ``subject``, registered if it is new; repeating changes nothing.

        Raises:
            ContractError: the registry holds the schema to be incompatible with an earlier version.
        """
        answer = self._request("POST", f"/subjects/{quote(subject, safe='')}/versions", _body(schema))
        return int(answer["id"])

    def lookup(self, subject: str, schema: AvroSchema) -> int | None:
        """The id of exactly this ``schema`` under ``subject``; None if it is not registered there."""
        answer = self._request("POST", f"/subjects/{quote(subject, safe='')}", _body(schema), or_none=True)
        return None if answer is None else int(answer["id"])

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
        return RegisteredSchema(int(answer["id"]), int(answer["version"]), _schema(answer["schema"]))

    def by_id(self, schema_id: int) -> AvroSchema | None:
        """The schema with this id; None if the registry never gave it out."""
        answer = self._request("GET", f"/schemas/ids/{schema_id}", or_none=True)
        return None if answer is None else _schema(answer["schema"])

    def _request(self, method: str, path: str, body: object = None, *, or_none: bool = False) -> Any:
        try:
            answer = self._http.request(method, path, json=body)
        except httpx.TransportError as error:
            raise outage(REGISTRY, self._settings, type(error).__name__) from error
        if answer.is_success:
            return answer.json()
        if answer.status_code == _NOT_FOUND and or_none:
            return None
        raise self._error(answer, path)

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
        return TidegateError(
            f"the registry refuses {path} with {answer.status_code}: {reason}.",
            remedy="Run `tidegate contract check`, and see that TIDEGATE_REGISTRY_URL names a Confluent API.",
        )


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
