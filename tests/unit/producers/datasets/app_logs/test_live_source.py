"""The servers' logs are sent once, also over restarts of producer and servers; the unacknowledged is sent again."""

import json
import shutil
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import pytest
from rich.console import Console

from producers.datasets.app_logs.live_source import ServerLogs, live_source
from producers.live.restarted_log import LogFiles, RestartedLog
from producers.sending.rejects import Rejects
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.settings import Settings

LINE = "2026-11-21 20:30:2%d,800 INFO  a.B - entry %d\n"
Sent = list[tuple[str, str]]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "kafka.log"
    write(path, 0, 1, 2, 3)
    return path


def write(path: Path, *entries: int) -> None:
    with path.open("a") as file:
        file.writelines(LINE % (number, number) for number in entries)


def log_files(folder: Path) -> LogFiles:
    """Two servers' logs in ``folder``, which need not be there yet."""
    names = ("kafka", "registry")
    return lambda: {name: RestartedLog(folder / f"{name}.log", folder / f"{name}.previous.log") for name in names}


def restart(log: Path) -> None:
    log.replace(log.with_name("kafka.previous.log"))
    log.touch()


class Stop:
    """Lets a run look so many times whether to stop; ``events`` happen when so many looks are left."""

    def __init__(self, rounds: int, events: Mapping[int, Callable[[], None]]) -> None:
        self.left = rounds
        self.events = events

    def __call__(self) -> bool:
        self.left -= 1
        if event := self.events.get(self.left) if self.left >= 0 else None:
            event()
        return self.left < 0


def sent(
    app_logs: Stream,
    log: Path,
    *,
    acknowledged: bool = True,
    events: Mapping[int, Callable[[], None]] | None = None,
    rounds: int = 200,
    step_s: float = 2.0,
) -> Sent:
    """Id and body of what one run sends; its clock goes on by ``step_s`` with each look."""
    encoder = Encoder(app_logs.latest, 7)
    times = count(0.0, step_s)
    logs = {"kafka": RestartedLog(log, log.with_name("kafka.previous.log"))}
    source = ServerLogs(logs, state_file(log), encoder, Stop(rounds, events or {}), rejects(log.parent))
    records = []
    for batch in source.batches(lambda: next(times)):
        records += [encoder.decode(value) for value in batch.values if value is not None]
        source.sent()
        if acknowledged:
            source.delivered()
    return [(str(record["log_id"]), str(record["body"])) for record in records]


def rejects(folder: Path) -> Rejects:
    return Rejects(folder / "kept", Console(quiet=True), append=True)


def bodies(found: Sent) -> list[str]:
    return [body for _, body in found]


def state_file(log: Path) -> Path:
    return log.parent / "state" / "app_logs.json"


def test_all_entries_are_sent_with_ids_of_their_own(app_logs: Stream, log: Path) -> None:
    found = sent(app_logs, log)
    assert bodies(found) == ["entry 0", "entry 1", "entry 2", "entry 3"]
    assert len({log_id for log_id, _ in found}) == 4


def test_a_second_run_sends_only_what_is_new(app_logs: Stream, log: Path) -> None:
    sent(app_logs, log)
    write(log, 5)
    assert bodies(sent(app_logs, log)) == ["entry 5"]


def test_an_entry_that_cannot_be_a_record_is_kept_and_the_others_are_sent(
    app_logs: Stream, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = Encoder.encode

    def refusing(self: Encoder, record: Mapping[str, object]) -> bytes:
        if record["body"] == "entry 1":
            raise ValueError("no such record")
        return encode(self, record)

    monkeypatch.setattr(Encoder, "encode", refusing)
    assert bodies(sent(app_logs, log)) == ["entry 0", "entry 2", "entry 3"]
    assert json.loads((log.parent / "kept").read_text())["reason"] == "kafka.log: no such record"
    assert sent(app_logs, log) == []


def test_what_was_not_acknowledged_is_sent_again_with_the_same_ids(app_logs: Stream, log: Path) -> None:
    assert sent(app_logs, log, acknowledged=False) == sent(app_logs, log)


def test_a_log_that_is_begun_again_is_sent_whole(app_logs: Stream, log: Path) -> None:
    sent(app_logs, log)
    log.rename(log.with_suffix(".old"))
    write(log, 7)
    assert bodies(sent(app_logs, log)) == ["entry 7"]


def test_a_log_in_the_place_of_another_is_sent_whole(app_logs: Stream, log: Path) -> None:
    """A new file often gets the inode of one that was just removed; here it is the same file, written over."""
    sent(app_logs, log)
    log.write_text("".join(LINE % (number, number) for number in (4, 5, 6, 7, 8)))
    assert bodies(sent(app_logs, log)) == [f"entry {number}" for number in (4, 5, 6, 7, 8)]


def test_what_a_crash_wrote_while_nobody_followed_is_sent_after_the_next_start(app_logs: Stream, log: Path) -> None:
    sent(app_logs, log)
    write(log, 8)
    restart(log)
    write(log, 9)
    assert bodies(sent(app_logs, log)) == ["entry 8", "entry 9"]
    assert sent(app_logs, log) == []


def test_entries_keep_their_ids_when_their_log_becomes_that_of_the_run_before(app_logs: Stream, log: Path) -> None:
    first = sent(app_logs, log, acknowledged=False)
    restart(log)
    assert sent(app_logs, log) == first


def test_a_log_that_appears_during_the_run_is_sent(app_logs: Stream, log: Path) -> None:
    log.unlink()
    assert len(sent(app_logs, log, events={150: lambda: write(log, 0, 1, 2, 3)})) == 4


@pytest.mark.parametrize("rounds", range(1, 25))
def test_a_stop_at_any_moment_around_a_restart_loses_and_repeats_nothing(
    app_logs: Stream, log: Path, rounds: int
) -> None:
    def restarted() -> None:
        write(log, 4)
        restart(log)
        write(log, 5, 6, 7, 8)

    first = sent(app_logs, log, rounds=rounds, events={rounds - 8: restarted})
    if not (log.parent / "kafka.previous.log").exists():
        restarted()
    assert bodies(first + sent(app_logs, log)) == [f"entry {number}" for number in range(9)]


@pytest.mark.parametrize("rounds", range(30, 60))
def test_an_entry_that_waits_while_its_log_is_begun_again_is_booked_in_its_own_file(
    app_logs: Stream, log: Path, rounds: int
) -> None:
    def restarted() -> None:
        restart(log)
        write(log, 4)

    first = sent(app_logs, log, rounds=rounds, events={rounds - 15: restarted}, step_s=0.05)
    assert bodies(first)[:3] == ["entry 0", "entry 1", "entry 2"]
    write(log, 5, 6, 7, 8)
    assert bodies(first + sent(app_logs, log)) == [f"entry {number}" for number in range(9)]


def test_half_a_line_at_a_stop_is_sent_whole_by_the_next_run(app_logs: Stream, log: Path) -> None:
    whole = log.read_text()
    for rounds in range(1, 40):
        log.write_text(whole[:-3])
        first = sent(app_logs, log, rounds=rounds)
        log.write_text(whole)
        assert bodies(first + sent(app_logs, log)) == ["entry 0", "entry 1", "entry 2", "entry 3"]
        shutil.rmtree(state_file(log).parent, ignore_errors=True)


def test_a_state_of_a_version_that_kept_only_numbers_is_understood(app_logs: Stream, log: Path) -> None:
    state_file(log).parent.mkdir()
    state_file(log).write_text(json.dumps({f"kafka.log:{log.stat().st_ino}": 3}))
    assert bodies(sent(app_logs, log)) == ["entry 3"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"kafka.log:1": null, "b": ["x", 1]}'])
def test_a_state_that_is_none_is_no_hindrance(app_logs: Stream, log: Path, text: str) -> None:
    state_file(log).parent.mkdir()
    state_file(log).write_text(text)
    assert len(sent(app_logs, log)) == 4


def test_without_any_log_the_error_tells_what_to_do_also_where_servers_are_containers(
    app_logs: Stream, tmp_path: Path
) -> None:
    with pytest.raises(TidegateError, match=r"no server has written.*tidegate up.*docker compose logs.*--from -"):
        live_source(
            Settings(home=tmp_path), Encoder(app_logs.latest, 7), lambda: False, log_files(tmp_path), rejects(tmp_path)
        )


def test_servers_whose_log_is_still_to_come_are_followed_too(app_logs: Stream, tmp_path: Path) -> None:
    encoder = Encoder(app_logs.latest, 7)
    (tmp_path / "logs").mkdir()
    write(tmp_path / "logs" / "kafka.previous.log", 1)
    stop = Stop(100, {60: lambda: write(tmp_path / "logs" / "registry.log", 2)})
    source = live_source(Settings(home=tmp_path), encoder, stop, log_files(tmp_path / "logs"), rejects(tmp_path))
    times = iter(range(0, 10_000, 2))
    keys = [key for batch in source.batches(lambda: float(next(times))) for key in batch.keys]
    assert keys == [b"kafka", b"registry"]
