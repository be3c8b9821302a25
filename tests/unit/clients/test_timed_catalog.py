"""A catalog that hangs is an outage, and no wait without end."""

import time

import pytest

from tests.frozen_server import HALF_AN_ANSWER, frozen_server
from tidegate.clients import timed_catalog
from tidegate.clients.lake import open_catalog
from tidegate.errors import TransientError
from tidegate.settings import Settings


@pytest.mark.parametrize("said", [b"", HALF_AN_ANSWER], ids=["silent", "half an answer"])
def test_a_frozen_catalog_is_given_up(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timed_catalog, "TIMEOUT_S", 0.2)
    with frozen_server(said) as port:
        settings = Settings(lake_catalog_uri=f"http://127.0.0.1:{port}", s3_access_key="key")
        started_s = time.monotonic()
        with pytest.raises(TransientError, match=rf"catalog at http://127\.0\.0\.1:{port} does not answer"):
            open_catalog(settings)
        assert time.monotonic() - started_s < 5
