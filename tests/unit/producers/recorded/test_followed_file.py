"""The position of a followed file moves with what was sent and delivered, and with nothing else."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from producers.recorded.follow import Follower
from producers.recorded.followed_file import FollowedFile
from producers.recorded.line_reader import LineReader
from producers.recorded.lines import Replay
from producers.recorded.position import Mark, PositionFile
from producers.sending.rejects import Rejects
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Stream

LOG = '203.0.113.9 - - [17/May/2015:10:05:%02d +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8"\n'


class Kept(PositionFile):
    """Keeps in memory what is written."""

    written: list[list[Mark]]

    def write(self, marks: object) -> None:
        assert isinstance(marks, list)
        self.written.append(marks)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


@pytest.fixture
def position(file: Path) -> Kept:
    position = Kept(file.with_name("position"), file, "clicks")
    position.written = []
    return position


@pytest.fixture
def source(clicks: Stream, file: Path, position: Kept, tmp_path: Path) -> Iterator[FollowedFile]:
    file.write_text("no request\n" + LOG % 1)
    rejects = Rejects(tmp_path / "rejects", Console(quiet=True))
    replay = Replay(LineReader(clicks, "auto"), Encoder(clicks.latest, 7), clicks.contract.topic.key, rejects)
    with rejects, closing(Follower(file, [])) as follower:
        yield FollowedFile(follower, replay, position, None, lambda: False)


def test_the_position_is_behind_what_was_sent_once_it_is_delivered(
    source: FollowedFile, position: Kept, file: Path
) -> None:
    batches = source.batches(lambda: 0.0)
    assert len(next(batches)) == 1
    source.delivered()
    assert [mark.number for mark in position.written[-1]] == [0]
    source.sent()
    with file.open("a") as more:
        more.write(LOG % 2)
    assert len(next(batches)) == 1
    source.delivered()
    assert [mark.number for mark in position.written[-1]] == [2]
    source.sent()
    source.delivered()
    assert [mark.number for mark in position.written[-1]] == [3]


def test_a_rejected_line_moves_the_position_too(source: FollowedFile, position: Kept, file: Path) -> None:
    batches = source.batches(lambda: 0.0)
    next(batches)
    with file.open("a") as more:
        more.write("no request either\n")
    assert len(next(batches)) == 0
    source.sent()
    source.delivered()
    assert [mark.number for mark in position.written[-1]] == [3]


def test_nothing_is_written_while_nothing_is_new(source: FollowedFile, position: Kept) -> None:
    batches = source.batches(lambda: 0.0)
    for _ in range(5):
        next(batches)
        source.sent()
        source.delivered()
    assert len(position.written) == 1
