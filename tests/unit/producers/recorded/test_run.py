"""A whole run of recorded traffic: what is sent, what is rejected and where."""

import json
import os
from pathlib import Path

import pytest

from producers.recorded import run
from producers.recorded.position import PositionFile
from producers.recorded.run import Recording, produce_recorded
from producers.sending.session import Summary
from tests.broker import Broker
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.stopping import Stop

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


def test_the_input_is_no_file_for_rejected_lines(broker: Broker, clicks: Stream, tmp_path: Path) -> None:
    file = tmp_path / "access.log"
    file.write_text(LOG % 1)
    with pytest.raises(TidegateError, match="is the input itself"):
        produce_recorded(broker.settings, clicks, Recording(file, rejects=file), None)
    assert file.read_text() == LOG % 1


class Following:
    """Follows a file until nothing new was there for some looks, as often as it is started."""

    def __init__(self, broker: Broker, clicks: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file = tmp_path / "access.log"
        self.home = tmp_path / "home"
        self._settings = broker.settings.model_copy(update={"home": self.home})
        self._clicks = clicks
        self._monkeypatch = monkeypatch

    def run(self, *, looks: int = 30, position: Path | None = None) -> Summary:
        left = looks

        def stop(_self: Stop) -> bool:
            nonlocal left
            left -= 1
            return left < 0

        with self._monkeypatch.context() as patch:
            patch.setattr(Stop, "__call__", stop)
            return produce_recorded(
                self._settings, self._clicks, Recording(self.file, follow=True, position=position), None
            )


@pytest.fixture
def following(broker: Broker, clicks: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Following:
    broker.send(clicks.contract.topic.name, [(0, b"before")])
    return Following(broker, clicks, tmp_path, monkeypatch)


def test_a_run_goes_on_where_the_one_before_has_ended_also_after_a_rotation(following: Following) -> None:
    following.file.write_text(LOG % 0 + "no request\n" + LOG % 1)
    first = following.run()
    assert (first["lines"], first["delivered"], first["rejected"]) == (3, 2, 1)
    nothing = following.run()
    assert (nothing["lines"], nothing["delivered"]) == (0, 0)
    with following.file.open("a") as file:
        file.write(LOG % 2 + "none either\n")
    following.file.rename(following.file.with_name("access.log.1"))
    following.file.write_text(LOG % 3)
    second = following.run()
    assert (second["lines"], second["delivered"], second["rejected"]) == (3, 2, 1)
    kept = [json.loads(line) for line in Path(second["rejects_file"]).read_text().splitlines()]
    assert [(entry["line"], entry["text"]) for entry in kept] == [(2, "no request"), (5, "none either")]


@pytest.mark.parametrize("looks", [1, 2, 4, 8, 16])
def test_a_stop_at_any_moment_loses_and_repeats_nothing(following: Following, looks: int) -> None:
    following.file.write_text("".join(LOG % (second % 60) for second in range(1200)))
    first, second = following.run(looks=looks), following.run(looks=200)
    assert first["delivered"] + second["delivered"] == 1200


def test_the_position_may_lie_elsewhere_and_belongs_to_one_run(following: Following, tmp_path: Path) -> None:
    following.file.write_text(LOG % 0)
    position = tmp_path / "state" / "position"
    assert following.run(position=position)["delivered"] == 1
    assert following.run(position=position)["delivered"] == 0
    assert following.run()["delivered"] == 1
    with PositionFile(position, following.file, "clicks"), pytest.raises(TidegateError, match="another run follows"):
        following.run(position=position)


def test_standard_input_and_pipes_are_not_followed_by_position(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert not Recording(Path("-"), follow=True).is_followed()
    assert not Recording(tmp_path / "pipe", follow=True).is_followed()
    assert Recording(tmp_path / "still to come", follow=True).is_followed()


def test_a_stop_before_the_end_of_a_file_is_told(
    broker: Broker, clicks: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.send(clicks.contract.topic.name, [(0, b"before")])
    settings = broker.settings.model_copy(update={"home": tmp_path / "home"})
    file = tmp_path / "access.log"
    file.write_text(LOG % 1)
    assert not produce_recorded(settings, clicks, Recording(file), None)["stopped"]
    monkeypatch.setattr(Stop, "__call__", lambda _: True)
    assert produce_recorded(settings, clicks, Recording(file), None)["stopped"]
