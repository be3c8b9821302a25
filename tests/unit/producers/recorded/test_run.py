"""A whole run of recorded traffic: what is sent, what is rejected and where."""

from pathlib import Path

import pytest

from producers.recorded import run
from producers.recorded.run import Recording, produce_recorded
from tests.broker import Broker
from tidegate.contracts.dataset import Stream

LOG = '203.0.113.9 - - [17/May/2015:10:05:%02d +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8"\n'


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "registered_id", lambda *_: 7)


def test_every_line_is_sent_or_kept_beside_the_stack(broker: Broker, clicks: Stream, tmp_path: Path) -> None:
    topic = clicks.contract.topic.name
    broker.send(topic, [(0, b"before")])
    settings = broker.settings.model_copy(update={"home": tmp_path / "home"})
    file = tmp_path / "access.log"
    file.write_text("".join(LOG % second for second in range(30)) + "no request\n")

    summary = produce_recorded(settings, clicks, Recording(file), None)

    assert (summary["lines"], summary["delivered"], summary["rejected"]) == (31, 30, 1)
    assert sum(end - start for start, end in summary["offsets"].values()) == 30
    rejects = tmp_path / "home" / "rejects" / "access.log.rejects"
    assert summary["rejects_file"] == str(rejects)
    assert len(rejects.read_text().splitlines()) == 1


def test_rejects_go_where_they_are_asked_for_and_those_of_standard_input_have_its_name() -> None:
    assert Recording(Path("-")).rejects_path(Path("home")) == Path("home/rejects/stdin.rejects")
    assert Recording(Path("a.log"), rejects=Path("b")).rejects_path(Path("home")) == Path("b")
