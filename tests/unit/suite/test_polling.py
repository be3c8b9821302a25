"""The tests' own waiting: what is not there yet is waited for, what is wrong is not."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from opensearchpy.exceptions import NotFoundError
from pyiceberg.exceptions import NoSuchTableError

from tests import polling
from tests.polling import wait_for
from tidegate.errors import TransientError


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines as they are said."""
    monkeypatch.setattr(polling, "patience", 1)


def there_at_the_third_look(error: Exception) -> Callable[[], str]:
    looks = iter([error, error])

    def condition() -> str:
        if (not_yet := next(looks, None)) is not None:
            raise not_yet
        return "there"

    return condition


@pytest.mark.parametrize(
    "error",
    [
        KeyError("aggregations"),
        IndexError("no row"),
        FileNotFoundError("no log"),
        ConnectionRefusedError("no server"),
        httpx.ReadError("no answer"),
        NotFoundError(404, "index_not_found_exception"),
        NoSuchTableError("silver.clicks"),
        TransientError("away.", remedy="Wait."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_not_there_yet_is_asked_again(error: Exception) -> None:
    assert wait_for("it", there_at_the_third_look(error), timeout_s=10) == "there"


@pytest.mark.parametrize("error", [TypeError("a bug"), AssertionError("a verdict")])
def test_a_mistake_or_a_verdict_is_not_waited_out(error: Exception) -> None:
    began = time.monotonic()
    with pytest.raises(type(error), match=str(error)):
        wait_for("it", there_at_the_third_look(error), timeout_s=10)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(("last", "said"), [([], r"\[\]"), (KeyError("aggregations"), "aggregations")])
def test_the_deadline_says_what_was_last_seen(last: Any, said: str) -> None:
    def never() -> Any:
        if isinstance(last, Exception):
            raise last
        return last

    with pytest.raises(AssertionError, match=rf"all sites: not within 0\.2 s \(last: .*{said}") as ended:
        wait_for("all sites", never, timeout_s=0.2)
    assert ended.value.__cause__ is (last if isinstance(last, Exception) else None)
