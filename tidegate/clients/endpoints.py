"""Whether the servers that the settings name answer, wherever they run: in containers, on a cluster, or elsewhere."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from tidegate import log
from tidegate.clients.flink import FlinkClient
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts import naming
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import STACK_FILE, Settings

TIMEOUT_S = 5.0
ADDRESSES = {
    "kafka": "kafka_bootstrap_servers",
    "registry": "registry_url",
    "opensearch": "opensearch_url",
    "s3": "s3_endpoint",
    "catalog": "lake_catalog_uri",
    "flink": "flink_rest_url",
}
"""The setting that says where each server is."""
_STRANGERS_REFUSED = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})
"""What S3 and a catalog say to a question without a key: they are there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one server said, or why nothing was heard of it; no secret is in it."""

    name: str
    address: str
    healthy: bool
    detail: str


def has_local_stack(settings: Settings) -> bool:
    """Whether the home folder is that of a stack which ``tidegate up`` has made."""
    return (settings.home / STACK_FILE).exists()


def are_elsewhere(settings: Settings) -> bool:
    """Whether the settings name servers other than those a local stack would have."""
    given = {setting: getattr(settings, setting) for setting in ADDRESSES.values()}
    defaults = {setting: Settings.model_fields[setting].default for setting in given}
    return not has_local_stack(settings) and given != defaults


def ask(settings: Settings) -> list[Answer]:
    """One question to each server, all at once, each answered or given up within seconds."""
    questions = _questions(settings)
    with ThreadPoolExecutor(len(questions)) as pool:
        return list(pool.map(lambda name: _ask(settings, name, questions[name]), questions))


def _questions(settings: Settings) -> dict[str, Callable[[], object]]:
    """By server, a call that raises :class:`TidegateError` if it is not as it should be; in the order of ADDRESSES."""
    return {
        "kafka": lambda: OffsetReader(settings.kafka_bootstrap_servers).places([]),
        "registry": lambda: _get(settings.registry_url, "/subjects"),
        "opensearch": lambda: SearchClient(settings, timeout_s=TIMEOUT_S).count(naming.ALL_EVENTS),
        "s3": lambda: _get(settings.s3_endpoint, "/", _STRANGERS_REFUSED),
        "catalog": lambda: _get(settings.lake_catalog_uri, "/v1/config", _STRANGERS_REFUSED),
        "flink": lambda: FlinkClient(settings.flink_rest_url, timeout_s=TIMEOUT_S).jobs(),
    }


def _ask(settings: Settings, name: str, question: Callable[[], object]) -> Answer:
    address = _shown(getattr(settings, ADDRESSES[name]))
    try:
        question()
    except TidegateError as error:
        return Answer(name, address, False, _shown(error.problem))
    return Answer(name, address, True, "answers")


def _get(url: str, path: str, also_fine: frozenset[int] = frozenset()) -> None:
    try:
        status = httpx.get(url.rstrip("/") + path, timeout=TIMEOUT_S).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TransientError(f"does not answer ({type(error).__name__}).", remedy="") from error
    if status >= httpx.codes.BAD_REQUEST and status not in also_fine:
        raise TidegateError(f"answers {status} to {path}.", remedy="")


def _shown(text: str) -> str:
    return str(log.without_secrets(text, []))
