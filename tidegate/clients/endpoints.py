"""Whether the servers that the settings name answer, wherever they run: in containers, on a cluster, or elsewhere."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from tidegate import log
from tidegate.clients import connection
from tidegate.clients.flink import FlinkClient
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clients.opensearch import SearchClient
from tidegate.clients.outage import CATALOG, FLINK, KAFKA, OPENSEARCH, REGISTRY, S3, outage
from tidegate.clients.registry import RegistryClient
from tidegate.contracts import naming
from tidegate.errors import TidegateError
from tidegate.settings import STACK_FILE, Settings

TIMEOUT_S = 5.0
SERVERS = {
    "kafka": KAFKA,
    "registry": REGISTRY,
    "opensearch": OPENSEARCH,
    "s3": S3,
    "catalog": CATALOG,
    "flink": FLINK,
}
"""All servers, by the names that ``tidegate status`` gives them."""
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
    given = {server.setting: getattr(settings, server.setting) for server in SERVERS.values()}
    defaults = {setting: Settings.model_fields[setting].default for setting in given}
    return not has_local_stack(settings) and given != defaults


def ask(settings: Settings) -> list[Answer]:
    """One question to each server, all at once, each answered or given up within seconds."""
    questions = _questions(settings)
    with ThreadPoolExecutor(len(questions)) as pool:
        return list(pool.map(lambda name: _ask(settings, name, questions[name]), questions))


def _questions(settings: Settings) -> dict[str, Callable[[], object]]:
    """By server, a call that raises :class:`TidegateError` if it is not as it should be; in the order of SERVERS."""
    return {
        "kafka": lambda: OffsetReader(settings).places([]),
        "registry": lambda: RegistryClient(settings, timeout_s=TIMEOUT_S).subjects(),
        "opensearch": lambda: SearchClient(settings, timeout_s=TIMEOUT_S).count(naming.ALL_EVENTS),
        "s3": lambda: _get(settings, "s3", "/"),
        "catalog": lambda: _get(settings, "catalog", "/v1/config"),
        "flink": lambda: FlinkClient(settings, timeout_s=TIMEOUT_S).jobs(),
    }


def _ask(settings: Settings, name: str, question: Callable[[], object]) -> Answer:
    address = _shown(SERVERS[name].address(settings))
    try:
        question()
    except TidegateError as error:
        return Answer(name, address, False, _shown(error.problem))
    return Answer(name, address, True, "answers")


def _get(settings: Settings, name: str, path: str) -> None:
    """Asks as a stranger, and is content with being refused as one."""
    server = SERVERS[name]
    try:
        with httpx.Client(**connection.stranger(settings, server), timeout=TIMEOUT_S) as client:
            status = client.get(path).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise outage(server, settings, type(error).__name__) from error
    if status >= httpx.codes.BAD_REQUEST and status not in _STRANGERS_REFUSED:
        raise TidegateError(f"answers {status} to {path}.", remedy="")


def _shown(text: str) -> str:
    return str(log.without_secrets(text, []))
