"""Imports saved objects into a running OpenSearch Dashboards by its saved-objects API, and compares what it has."""

from collections.abc import Sequence
from typing import Any

import httpx

from tidegate.clients import connection
from tidegate.clients.outage import DASHBOARDS, outage
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

_PATH = "/api/saved_objects/_import"
_READ_PATH = "/api/saved_objects/_bulk_get"
_HEADERS = {"osd-xsrf": "true"}
_TIMEOUT_S = 30.0
_DENIED = frozenset({401, 403})


def import_objects(settings: Settings, objects: str) -> int:
    """Puts the objects, as NDJSON, in place of those with the same ids; returns how many.

    Raises:
        TransientError: OpenSearch Dashboards does not answer, or is not ready yet.
        TidegateError: it refuses the login or an object.
    """
    files = {"file": ("tidegate.ndjson", objects.encode(), "application/ndjson")}
    return _imported(_post(settings, _PATH, params={"overwrite": "true"}, files=files), DASHBOARDS.address(settings))


def holds_objects(settings: Settings, objects: Sequence[dict[str, Any]]) -> bool:
    """Whether it has each of the objects as it is, but for what it adds itself, such as an index pattern's fields.

    Raises:
        TransientError: OpenSearch Dashboards does not answer, or is not ready yet.
        TidegateError: it refuses the login.
    """
    asked = [{"type": each["type"], "id": each["id"]} for each in objects]
    answer = _post(settings, _READ_PATH, json=asked)
    found = _json(answer)
    if not answer.is_success or not isinstance(found, dict):
        raise _stranger(answer, DASHBOARDS.address(settings))
    there = {(each.get("type"), each.get("id")): each.get("attributes") for each in found.get("saved_objects", [])}
    return all(_has(there.get((each["type"], each["id"])), each["attributes"]) for each in objects)


def _has(found: Any, wanted: dict[str, Any]) -> bool:
    return isinstance(found, dict) and wanted.items() <= found.items()


def _post(settings: Settings, path: str, **request: Any) -> httpx.Response:
    try:
        with httpx.Client(**connection.dashboards(settings), timeout=_TIMEOUT_S) as client:
            answer = client.post(path, headers=_HEADERS, **request)
    except httpx.TransportError as error:
        raise outage(DASHBOARDS, settings, type(error).__name__) from error
    place = f"{DASHBOARDS.title} at {DASHBOARDS.address(settings)}"
    if answer.status_code in _DENIED:
        raise TidegateError(
            f"{place} refuses the login ({answer.status_code}).",
            remedy="Set TIDEGATE_OPENSEARCH_USER and TIDEGATE_OPENSEARCH_PASSWORD.",
        )
    if answer.is_server_error:
        raise TransientError(f"{place} answers {answer.status_code}.", remedy="Wait until it is ready, try again.")
    return answer


def _imported(answer: httpx.Response, url: str) -> int:
    result = _json(answer)
    if not answer.is_success or not isinstance(result, dict) or "success" not in result:
        raise _stranger(answer, url)
    if not result["success"]:
        problems = "; ".join(_problem(error) for error in result.get("errors", []))
        raise TidegateError(
            f"OpenSearch Dashboards refuses {problems or 'the import'}.",
            remedy="See that its version is 2 or 3; its log says more.",
        )
    return int(result["successCount"])


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _stranger(answer: httpx.Response, url: str) -> TidegateError:
    return TidegateError(
        f"{url} answers {answer.status_code} and is no OpenSearch Dashboards.", remedy="Set TIDEGATE_DASHBOARDS_URL."
    )


def _problem(error: dict[str, Any]) -> str:
    return f"{error.get('type')} {error.get('id')} ({error.get('error', {}).get('type', 'no reason given')})"
