"""pyiceberg's REST catalog with a limit on each answer: of itself it waits for a server that is frozen for ever."""

from typing import Any

from pyiceberg.catalog.rest import RestCatalog
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter

import tidegate.clients.lake_scans  # noqa: F401 tables of this catalog are scanned as it says

TIMEOUT_S = 30.0


class TimedCatalog(RestCatalog):
    """A catalog whose questions fail with ``requests.Timeout``, an ``OSError``, after ``TIMEOUT_S`` of silence."""

    def _refresh_token(self, session: Session | None = None, initial_token: str | None = None) -> None:
        """The first that each of its sessions does, before anything is asked by it."""
        if session is not None:
            for scheme in ("http://", "https://"):
                session.mount(scheme, _Timed())
        super()._refresh_token(session, initial_token)


class _Timed(HTTPAdapter):
    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        return super().send(request, *arguments, **options | {"timeout": options.get("timeout") or TIMEOUT_S})
