"""Imports saved objects into a running OpenSearch Dashboards by its saved-objects API."""

from typing import Any

import httpx

from tidegate.clients import connection
from tidegate.clients.outage import DASHBOARDS, outage
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

_PATH = "/api/saved_objects/_import"
_TIMEOUT_S = 30.0
_DENIED = frozenset({401, 403})


def import_objects(settings: Settings, objects: str) -> int:
    """Puts the objects, as NDJSON, in place of those with the same ids; returns how many.

    Raises:
        TransientError: OpenSearch Dashboards does not answer, or is not ready yet.
        TidegateError: it refuses the login or an object.
    """
    try:
        with httpx.Client(**connection.dashboards(settings), timeout=_TIMEOUT_S) as client:
            answer = client.post(
                _PATH,
                params={"overwrite": "true"},
                headers={"osd-xsrf": "true"},
                files={"file": ("tidegate.ndjson", objects.encode(), "application/ndjson")},
            )
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
    return _imported(answer, DASHBOARDS.address(settings))


def _imported(answer: httpx.Response, url: str) -> int:
    try:
        result: Any = answer.json()
    except ValueError:
        result = None
    if not answer.is_success or not isinstance(result, dict) or "success" not in result:
        raise TidegateError(
            f"{url} answers {answer.status_code} and is no OpenSearch Dashboards.",
            remedy="Set TIDEGATE_DASHBOARDS_URL.",
        )
    if not result["success"]:
        problems = "; ".join(_problem(error) for error in result.get("errors", []))
        raise TidegateError(
            f"OpenSearch Dashboards refuses {problems or 'the import'}.",
            remedy="See that its version is 2 or 3; its log says more.",
        )
    return int(result["successCount"])


def _problem(error: dict[str, Any]) -> str:
    return f"{error.get('type')} {error.get('id')} ({error.get('error', {}).get('type', 'no reason given')})"
