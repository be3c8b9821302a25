"""The servers' logs are sent once, also over restarts of the producer; what was not acknowledged is sent again."""

from pathlib import Path

import pytest

from producers.app_logs_live import ServerLogs
from producers.avro import Encoder
from tidegate.contracts.load import Dataset

LINE = "2026-11-21 20:30:2%d,800 INFO  a.B - entry %d\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "kafka.log"
    path.write_text("".join(LINE % (number, number) for number in range(4)))
    return path


class Stop:
    """Lets a run look at the logs so many times."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    def __call__(self) -> bool:
        self.rounds -= 1
        return self.rounds < 0


def sent(app_logs: Dataset, log: Path, *, acknowledged: bool = True) -> list[tuple[str, str]]:
    """Id and body of what one run sends."""
    encoder = Encoder(app_logs.latest, 7)
    times = iter(range(0, 10_000, 2))
    source = ServerLogs({"kafka": log}, log.parent / "state" / "app_logs.json", encoder, Stop(200))
    records = []
    for batch in source.batches(lambda: float(next(times))):
        records += [encoder.decode(value) for value in batch.values if value is not None]
        if acknowledged:
            source.delivered()
    return [(str(record["log_id"]), str(record["body"])) for record in records]


def test_all_entries_are_sent_with_ids_of_their_own(app_logs: Dataset, log: Path) -> None:
    found = sent(app_logs, log)
    assert [body for _, body in found] == ["entry 0", "entry 1", "entry 2", "entry 3"]
    assert len({log_id for log_id, _ in found}) == 4


def test_a_second_run_sends_only_what_is_new(app_logs: Dataset, log: Path) -> None:
    sent(app_logs, log)
    with log.open("a") as file:
        file.write(LINE % (5, 5))
    assert [body for _, body in sent(app_logs, log)] == ["entry 5"]


def test_what_was_not_acknowledged_is_sent_again_with_the_same_ids(app_logs: Dataset, log: Path) -> None:
    assert sent(app_logs, log, acknowledged=False) == sent(app_logs, log)


def test_a_log_that_is_begun_anew_is_sent_whole(app_logs: Dataset, log: Path) -> None:
    sent(app_logs, log)
    log.rename(log.with_suffix(".old"))
    log.write_text(LINE % (7, 7))
    assert [body for _, body in sent(app_logs, log)] == ["entry 7"]
