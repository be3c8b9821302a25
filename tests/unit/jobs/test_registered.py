"""What a start looks for first, at a broker inside this process and a registry that knows what it is told."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.broker import Broker
from tests.contracts import SCHEMAS
from tidegate.contracts.load import load_dataset, load_stream
from tidegate.contracts.topics import plan_topics
from tidegate.errors import ContractError, TransientError
from tidegate.job_names import INDEX, LAKE, METRICS, NAMES, REFINE
from tidegate.jobs.registered import datasets_to_start, missing
from tidegate.registration.register import plan_subjects

STREAMS = ["app_logs", "clicks", "orders"]


class Servers:
    """Kafka and the registry of one test."""

    def __init__(self, broker: Broker, registry_url: str, subjects: dict[str, list[Any]]) -> None:
        self.broker = broker
        self.subjects = subjects
        self.settings = broker.settings.model_copy(update={"registry_url": registry_url, "schemas_dir": SCHEMAS})

    def register(self, name: str, *, but: str = "") -> None:
        """As `tidegate contract register NAME` does it, but for one topic or subject."""
        dataset = load_dataset(SCHEMAS, name)
        for topic in plan_topics(dataset):
            if topic.name != but:
                self.broker.send(topic.name, [(0, b"x")])
        for plan in plan_subjects(dataset, SCHEMAS):
            if plan.subject != but:
                self.subjects[plan.subject] = plan.schemas

    def start(self, *names: str, jobs: tuple[str, ...] = NAMES) -> tuple[list[str], list[str]]:
        """The names of the datasets that would be started, and of those left out."""
        datasets, left_out = datasets_to_start(self.settings, jobs, names)
        return datasets, [each.dataset for each in left_out]


@pytest.fixture
def servers(broker: Broker) -> Iterator[Servers]:
    subjects: dict[str, list[Any]] = {}

    class Registry(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            schemas = subjects.get(self.path.removesuffix("/versions").rpartition("/")[2], [])
            known = json.loads(body["schema"]) in schemas if body else bool(schemas)
            text = json.dumps(
                ({"id": 1} if body else [1]) if known else {"error_code": 40401, "message": "not found"}
            ).encode()
            self.send_response(200 if known else 404)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Servers(broker, f"http://127.0.0.1:{server.server_port}", subjects)
        server.shutdown()


def test_all_that_are_registered_are_started(servers: Servers) -> None:
    for name in ("products", *STREAMS):
        servers.register(name)
    assert servers.start() == (STREAMS, [])


def test_one_that_was_never_registered_is_left_out_and_the_others_start(servers: Servers) -> None:
    servers.register("app_logs")
    assert servers.start() == (["app_logs"], ["clicks", "orders"])
    (clicks, _) = datasets_to_start(servers.settings, NAMES, ())[1]
    assert clicks.command == "tidegate contract register clicks products"
    assert str(clicks).startswith(
        "clicks has no topics silver.clicks, dlq.clicks, raw.clicks, dropped.clicks, ref.prod"
    )


def test_one_that_is_named_and_not_registered_is_refused_with_the_command(servers: Servers) -> None:
    servers.register("app_logs")
    with pytest.raises(ContractError, match=r"orders has no topics silver\.orders.*contract register orders products`"):
        servers.start("app_logs", "orders")
    assert servers.start("app_logs") == (["app_logs"], [])


def test_where_none_is_registered_nothing_is_started(servers: Servers) -> None:
    with pytest.raises(ContractError, match=r"Run `tidegate contract register app_logs clicks orders products`"):
        servers.start()


@pytest.mark.parametrize(
    "lost",
    [
        *("silver.clicks", "dlq.clicks", "dropped.clicks", "raw.clicks", "gold.clicks.page_views"),
        *("silver.clicks-value", "dlq.clicks-value", "raw.clicks-value", "gold.clicks.page_views-value"),
    ],
)
def test_one_that_is_registered_in_part_stops_no_other_and_is_told_from_a_new_one(servers: Servers, lost: str) -> None:
    for name in ("products", "app_logs"):
        servers.register(name)
    servers.register("clicks", but=lost)
    names, left_out = datasets_to_start(servers.settings, NAMES, ())
    assert names == ["app_logs"]
    assert [(each.dataset, each.never_registered) for each in left_out] == [("clicks", False), ("orders", True)]
    assert str(left_out[0]).endswith(f" {lost}")


def test_reference_data_is_looked_for_by_the_job_that_joins_it(servers: Servers) -> None:
    servers.register("clicks")
    with pytest.raises(ContractError, match=r"no topic ref\.products and no subject ref\.products-value"):
        servers.start("clicks", jobs=(REFINE,))
    assert servers.start("clicks", jobs=(INDEX, LAKE, METRICS)) == (["clicks"], [])


def test_a_schema_that_a_job_writes_by_has_to_be_registered_as_it_is(servers: Servers) -> None:
    servers.register("products")
    servers.register("clicks")
    servers.subjects["silver.clicks-value"] = [{"type": "record", "name": "Older", "fields": []}]
    clicks = load_stream(SCHEMAS, "clicks")
    (lacking,) = missing(servers.settings, [clicks], (REFINE,))
    assert lacking.subjects == ("silver.clicks-value",)
    assert missing(servers.settings, [clicks], (INDEX,)) == []


def test_only_the_topics_of_the_jobs_are_needed(servers: Servers) -> None:
    servers.register("products")
    servers.register("clicks", but="gold.clicks.page_views")
    assert servers.start("clicks", jobs=(REFINE, INDEX, LAKE)) == (["clicks"], [])


def test_a_registry_that_is_away_is_an_outage_and_not_a_missing_subject(servers: Servers) -> None:
    away = servers.settings.model_copy(update={"registry_url": "http://127.0.0.1:1"})
    with pytest.raises(TransientError, match="registry"):
        datasets_to_start(away, NAMES, ())
