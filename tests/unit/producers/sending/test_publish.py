"""The publishing loop's client, without a broker."""

import time

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
