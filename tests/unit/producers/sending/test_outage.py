"""An outage is said once, and its end."""

import pytest

from producers.sending.outage import OutageWatch
from producers.sending.publish import Progress


def test_an_outage_is_told_once_and_its_end_too(capsys: pytest.CaptureFixture[str]) -> None:
    now_s = [0.0]
    watch = OutageWatch(lambda: now_s[0])
    for now_s[0], sent, delivered in [
        (1, 10, 10),
        (2, 12, 10),
        (11, 15, 10),
        (20, 20, 10),
        (60, 30, 10),
        (301, 40, 40),
        (400, 40, 40),
        (401, 50, 40),
        (405, 50, 50),
    ]:
        watch(Progress(sent, delivered))

    assert capsys.readouterr().err.splitlines() == [
        "Kafka has acknowledged nothing for 10 s; 5 records wait for it",
        "Kafka acknowledges again, after 300 s",
    ]


def test_a_run_that_has_nothing_to_send_is_no_outage(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter(range(200))
    watch = OutageWatch(lambda: next(times))
    for _ in range(100):
        watch(Progress(7, 5, 2))
    assert capsys.readouterr().err == ""
