"""The publishing loop's client, without a broker."""

import time

import pytest

from producers.sending import publish
from producers.sending.batch import Batch
from producers.sending.publish import Publisher
from tidegate.settings import Settings

WAIT_S = 0.0004
WAITS = 50


def test_a_wait_of_less_than_a_millisecond_is_not_none() -> None:
    publisher = Publisher(Settings(kafka_bootstrap_servers="127.0.0.1:1"), "raw.nobody-listens")
    began_s = time.monotonic()
    for _ in range(WAITS):
        publisher.wait(WAIT_S)
    assert time.monotonic() - began_s >= WAITS * WAIT_S


def test_only_a_patient_one_waits_for_a_broker_that_is_away_for_longer_than_a_record_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(publish._CLIENT, "message.timeout.ms", 1000)  # in place of five minutes
    settings = Settings(kafka_bootstrap_servers="127.0.0.1:1")
    patient, other = Publisher(settings, "raw.none", patient=True), Publisher(settings, "raw.none")
    for publisher in (patient, other):
        publisher.send(Batch([b"key"], [b"value"]))
    deadline_s = time.monotonic() + 30
    while not other.failed and time.monotonic() < deadline_s:
        other.wait(0.1)
        patient.wait(0.1)

    assert (other.failed, patient.failed) == (1, 0)
    patient.close(0.01)
    assert (patient.failed, patient.delivered) == (1, 0)
