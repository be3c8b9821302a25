"""The broker's configuration."""

from pathlib import Path

import pytest

from tidegate.settings import Settings
from tidegate.stack import kafka as module
from tidegate.stack.fetch import Cache
from tidegate.stack.kafka import MAX_MESSAGE_BYTES, MAX_TRANSACTION_TIMEOUT_S, Kafka
from tidegate.stack.state import load_state


@pytest.fixture
def kafka(tmp_path: Path) -> Kafka:
    """A broker whose storage is formatted, as after its first start."""
    state = load_state(Settings.model_validate({"home": tmp_path}), choice="auto")
    (state.folder("data", "kafka", "log") / "meta.properties").touch()
    server = Kafka(state, Cache(tmp_path / "cache", []))
    server.prepare()
    return server


@pytest.fixture
def properties(kafka: Kafka) -> dict[str, str]:
    lines = (kafka.stack.home / "conf" / "kafka.properties").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_it_listens_on_loopback_at_the_ports_of_the_stack(kafka: Kafka, properties: dict[str, str]) -> None:
    ports = kafka.stack.ports
    own = f"PLAINTEXT://127.0.0.1:{ports.kafka}"

    assert properties["listeners"] == f"{own},CONTROLLER://127.0.0.1:{ports.kafka_controller}"
    assert properties["advertised.listeners"] == own
    assert kafka.address == f"127.0.0.1:{ports.kafka}"


def test_a_transaction_outlives_a_restart_of_the_job(kafka: Kafka, properties: dict[str, str]) -> None:
    allowed_ms = int(properties["transaction.max.timeout.ms"])

    assert allowed_ms == MAX_TRANSACTION_TIMEOUT_S * 1000
    assert allowed_ms > kafka.stack.transaction_timeout_s * 1000


def test_the_largest_message_fits_through_every_limit(properties: dict[str, str]) -> None:
    assert int(properties["message.max.bytes"]) == MAX_MESSAGE_BYTES
    assert int(properties["replica.fetch.max.bytes"]) >= MAX_MESSAGE_BYTES
    assert int(properties["socket.request.max.bytes"]) > MAX_MESSAGE_BYTES


def test_no_topic_is_made_by_a_typing_error(properties: dict[str, str]) -> None:
    assert properties["auto.create.topics.enable"] == "false"


def test_a_cluster_id_is_never_taken_for_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    class Uuid:
        def __init__(self, first: int) -> None:
            self.bytes = bytes([first] * 16)

    made = iter([Uuid(0xF8), Uuid(0xFB), Uuid(0x01)])  # base64: "-…", "-…", "AQ…"
    monkeypatch.setattr("tidegate.stack.kafka.uuid.uuid4", lambda: next(made))

    assert module._cluster_id() == "AQEBAQEBAQEBAQEBAQEBAQ"
