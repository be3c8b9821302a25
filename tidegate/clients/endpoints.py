"""Whether the servers that the settings name answer, wherever they run: in containers, on a cluster, or elsewhere."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from tidegate import log
from tidegate.clients import connection
from tidegate.clients.flink import job_managers
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clients.opensearch import SearchClient
from tidegate.clients.outage import CATALOG, FLINK, KAFKA, OPENSEARCH, REGISTRY, S3, outage
from tidegate.clients.registry import RegistryClient
from tidegate.contracts import naming
from tidegate.deadline import Waited
from tidegate.errors import TidegateError
from tidegate.settings import STACK_FILE, Settings

TIMEOUT_S = 5.0
DEADLINE_S = 10.0
"""For a server that says something now and then, and never all of it."""
Question = tuple[str, str, Callable[[], object]]
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
    """One question to each server, all at once; one that has not answered at the deadline is said to hang."""
    asked = [(name, address, Waited(question, name)) for name, address, question in _questions(settings)]
    for *_, waited in asked:
        waited.begin()
    until_s = time.monotonic() + DEADLINE_S
    return [_answer(name, _shown(address), waited, until_s) for name, address, waited in asked]


def _questions(settings: Settings) -> list[Question]:
    """By server and address, a call that raises if it is not as it should be; in the order of SERVERS."""
    asked: dict[str, Callable[[], object]] = {
        "kafka": lambda: OffsetReader(settings).places([]),
        "registry": lambda: RegistryClient(settings, timeout_s=TIMEOUT_S).subjects(),
        "opensearch": lambda: SearchClient(settings, timeout_s=TIMEOUT_S).count(naming.ALL_EVENTS),
        "s3": lambda: _get(settings, "s3", "/"),
        "catalog": lambda: _get(settings, "catalog", "/v1/config"),
    }
    return [
        *((name, SERVERS[name].address(settings), question) for name, question in asked.items()),
        *(("flink", client.address, client.jobs) for client in job_managers(settings, timeout_s=TIMEOUT_S).values()),
    ]


def _answer(name: str, address: str, waited: Waited[object], until_s: float) -> Answer:
    if not waited.ended(max(0.0, until_s - time.monotonic())):
        problem = f"{SERVERS[name].title} at {address} has not answered within {DEADLINE_S:g} s: it hangs."
        return Answer(name, address, False, problem)
    try:
        waited.take()
    except TidegateError as error:
        return Answer(name, address, False, _shown(error.problem))
    except Exception as error:  # noqa: BLE001 - an answer of a shape that no such server gives
        problem = f"what answers is no {SERVERS[name].title.removeprefix('the ')} ({type(error).__name__})."
        return Answer(name, address, False, problem)
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
