"""The producer on a real broker: every record arrives, and the summary says so before anyone looks."""

import hashlib
import json
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Message, TopicPartition

from tests.pipeline import run_tidegate, tidegate
from tests.polling import HANGS_S, wait_for
from tests.project import ACCESS_LOG, ACCESS_LOG_LINES
from tidegate.avro.codec import Encoder
from tidegate.contracts.load import load_stream
from tidegate.settings import Settings
from tidegate.stack.ports import free_ports

LOG_LINE = '203.0.113.9 - - [17/May/2015:10:05:%02d +0000] "GET /%d HTTP/1.1" 200 5 "-" "curl/8"\n'


@pytest.fixture(scope="module")
def broker(stack: Settings) -> Settings:
    """The stack with all contracts registered."""
    tidegate("contract", "register", "--all")
    return stack


def produce(*arguments: str) -> dict[str, Any]:
    summary = json.loads(tidegate("produce", "clicks", "--json", *arguments))
    assert isinstance(summary, dict)
    return summary


def start(*arguments: str) -> "subprocess.Popen[str]":
    """The producer in the background."""
    command = [sys.executable, "-m", "tidegate", "produce", "clicks", "--json", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def interrupted(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """Sends Ctrl-C and returns the summary."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=HANGS_S)
    assert process.returncode == 0, err
    summary = json.loads(out)
    assert isinstance(summary, dict)
    return summary


def records(broker: Settings, offsets: dict[str, list[int]]) -> list[Message]:
    """All records between the offsets that a summary names."""
    wanted = {int(partition): span for partition, span in offsets.items() if span[0] < span[1]}
    consumer = Consumer({"bootstrap.servers": broker.kafka_bootstrap_servers, "group.id": "test-produce"})
    try:
        consumer.assign([TopicPartition("raw.clicks", partition, span[0]) for partition, span in wanted.items()])
        found: list[Message] = []
        total = sum(end - begin for begin, end in wanted.values())
        while len(found) < total:
            message = consumer.poll(10)
            assert message is not None, f"{len(found)} of {total} records"
            assert message.error() is None
            if message.offset() < wanted[message.partition()][1]:
                found.append(message)
        return found
    finally:
        consumer.close()


def event_ids(broker: Settings, *summaries: dict[str, Any]) -> list[str]:
    encoder = Encoder(load_stream(broker.schemas_dir, "clicks").latest, 0)
    found = [message for summary in summaries for message in records(broker, summary["offsets"])]
    return [str(encoder.decode(message.value() or b"")["event_id"]) for message in found]


def test_what_the_ledger_says_is_what_the_topic_holds(broker: Settings, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    summary = produce(
        "--count", "6000", "--rate", "6000", "--seed", "3", "--workers", "2", "--ledger", str(ledger),
        "--bad-ratio", "0.05", "--duplicate-ratio", "0.1", "--late-ratio", "0.05",
    )  # fmt: skip
    *special, last = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert last == {"kind": "summary", **summary}
    assert summary["sent"] == summary["delivered"] == sum(summary["expected"].values()) == 6000
    values = [message.value() for message in records(broker, summary["offsets"])]
    assert len(values) == 6000
    in_topic = Counter(None if value is None else hashlib.sha256(value).hexdigest() for value in values)
    bad = Counter(entry["payload_sha256"] for entry in special if entry["kind"] == "bad")
    assert bad.total() == summary["expected"]["dead_letter"]
    assert all(in_topic[digest] >= count for digest, count in bad.items())
    kinds = summary["bad"]
    assert in_topic[None] == kinds["tombstone"]["count"]
    assert values.count(b"") == kinds["empty_value"]["count"]
    assert in_topic.total() - len(in_topic) >= summary["duplicate"]


def test_the_same_seed_sends_the_same_mix_again(broker: Settings) -> None:
    mix = ("--count", "2000", "--rate", "4000", "--seed", "9", "--bad-ratio", "0.05", "--late-ratio", "0.1")
    first, second = produce(*mix), produce(*mix)
    same = ("bad", "duplicate", "late", "dropped", "warned", "unknown_reference", "expected")
    assert [first[name] for name in same] == [second[name] for name in same]


def test_an_unlimited_run_sends_all_it_was_asked_for(broker: Settings) -> None:
    summary = produce("--rate", "0", "--count", "20001")
    assert summary["workers"] == 2
    assert len(records(broker, summary["offsets"])) == summary["delivered"] == 20_001


def test_the_records_of_one_session_share_a_partition(broker: Settings) -> None:
    partitions: dict[bytes, set[int]] = {}
    for message in records(broker, produce("--count", "3000", "--rate", "0")["offsets"]):
        key = message.key()
        assert isinstance(key, bytes)
        partitions.setdefault(key, set()).add(message.partition() or 0)
    assert {len(found) for found in partitions.values()} == {1}


def test_ctrl_c_waits_for_what_was_handed_over(broker: Settings) -> None:
    port = free_ports(1)[0]
    process = start("--rate", "2000", "--seconds", "600", "--metrics-port", str(port))
    wait_for("some delivered records", lambda: _delivered(port) > 1000)
    summary = interrupted(process)
    assert 1000 < summary["sent"] < 600 * 2000
    assert summary["delivered"] == summary["sent"] == len(records(broker, summary["offsets"]))


def _delivered(port: int) -> float:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
    except OSError:
        return 0.0
    name = 'tidegate_producer_delivered_total{dataset="clicks"} '
    return next((float(line.removeprefix(name)) for line in text.splitlines() if line.startswith(name)), 0.0)


def test_a_log_becomes_as_many_events_and_the_same_ones_when_sent_again(broker: Settings) -> None:
    first, second = produce("--from", str(ACCESS_LOG)), produce("--from", str(ACCESS_LOG))
    assert (first["lines"], first["rejected"], first["delivered"]) == (ACCESS_LOG_LINES, 0, ACCESS_LOG_LINES)
    assert second["delivered"] == ACCESS_LOG_LINES
    ids = Counter(event_ids(broker, first, second))
    assert len(ids) == ACCESS_LOG_LINES
    assert set(ids.values()) == {2}


def test_standard_input_is_read_and_what_is_no_event_is_kept(broker: Settings, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects"
    process = subprocess.run(
        [sys.executable, "-m", "tidegate", "produce", "clicks", "--from", "-", "--rejects", str(rejects), "--json"],
        input=LOG_LINE % (1, 1) + "nonsense\n" + LOG_LINE % (2, 2),
        capture_output=True, text=True, timeout=HANGS_S, check=False,
    )  # fmt: skip
    summary = json.loads(process.stdout)
    assert process.returncode == 3
    assert (summary["lines"], summary["rejected"], summary["delivered"]) == (3, 1, 2)
    assert "line 2: not a line of an access log" in process.stderr
    assert json.loads(rejects.read_text())["text"] == "nonsense"


def test_a_growing_log_is_followed_until_ctrl_c(broker: Settings, tmp_path: Path) -> None:
    log, port = tmp_path / "access.log", free_ports(1)[0]
    log.write_text(LOG_LINE % (1, 1))
    process = start("--from", str(log), "--follow", "--metrics-port", str(port))
    wait_for("the first line", lambda: _delivered(port) == 1)
    with log.open("a") as file:
        file.write(LOG_LINE % (2, 2) + LOG_LINE % (3, 3))
    wait_for("the lines written later", lambda: _delivered(port) == 3)
    log.rename(tmp_path / "access.log.1")
    log.write_text(LOG_LINE % (4, 4))
    wait_for("the line after the rotation", lambda: _delivered(port) == 4)
    summary = interrupted(process)
    assert (summary["lines"], summary["delivered"]) == (4, 4)
    assert len(set(event_ids(broker, summary))) == 4


def test_a_recording_at_a_speed_keeps_its_gaps(broker: Settings, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("".join(LOG_LINE % (second, second) for second in (0, 10, 20)))
    summary = produce("--from", str(log), "--speed", "10")
    assert summary["delivered"] == 3
    assert 2.0 <= summary["seconds"] < 20


def test_a_schema_the_registry_does_not_know_is_never_sent(
    broker: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schemas = shutil.copytree(broker.schemas_dir, tmp_path / "schemas")
    newer = json.loads((schemas / "clicks/v1.avsc").read_text())
    newer["fields"].append({"name": "more", "type": ["null", "string"], "default": None})
    (schemas / "clicks/v2.avsc").write_text(json.dumps(newer))
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(schemas))
    result = run_tidegate("produce", "clicks", "--count", "1")
    assert result.returncode == 1
    assert "tidegate contract register clicks" in result.stderr


def test_a_broker_that_does_not_answer_is_one_clear_line(broker: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_KAFKA_BOOTSTRAP_SERVERS", f"127.0.0.1:{free_ports(1)[0]}")
    result = run_tidegate("produce", "clicks", "--count", "1")
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert "tidegate up" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--from", "x", "--rate", "3"), "--rate does not go with --from"),
        (("--speed", "2"), "--speed does not go without --from"),
        (("--follow", "--rate", "3"), "--rate does not go with --follow alone"),
    ],
)
def test_options_that_do_not_go_together_are_refused(broker: Settings, arguments: tuple[str, ...], why: str) -> None:
    result = run_tidegate("produce", "clicks", *arguments)
    assert result.returncode == 2
    assert why in result.stderr


def test_a_dataset_without_a_live_source_is_told_what_to_do(broker: Settings) -> None:
    result = run_tidegate("produce", "clicks", "--follow")
    assert result.returncode == 1
    assert "'clicks' has no live source to follow. Follow a file with --from FILE --follow" in result.stderr
