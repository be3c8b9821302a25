"""The runbook's walk-through of prices sent as text, as a reader follows it; the sending is killed in the middle."""

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from tests.pipeline import Pipeline, tidegate
from tests.polling import wait_for
from tests.project import PROJECT
from tests.runbook import blocks
from tests.shell import run_shell
from tests.topics import read_committed, send, wait_for_records
from tidegate.clients.ledger import read_ledger
from tidegate.contracts.load import load_stream
from tidegate.settings import Settings

pytestmark = pytest.mark.long

TOPIC = "shop-sales"
JOBS = ("refine", "lake", "index")
BEFORE, GOOD, AS_TEXT = 3, 380, 20
"""A twentieth of the traffic has its price as text."""


def sale(identity: str, price: object) -> bytes:
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"sale_id": identity, "sold_at": moment, "price": price}).encode()


@pytest.fixture
def folder(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A reader's own project with the dataset sales, taken in from its topic; its jobs have ended afterwards."""
    settings = pipeline.settings
    admin = AdminClient({"bootstrap.servers": settings.kafka_bootstrap_servers})
    admin.create_topics([NewTopic(TOPIC, 2, 1)])[TOPIC].result(30)
    send(settings, TOPIC, [sale(f"before-{number}", 9.5) for number in range(BEFORE)])
    shutil.copytree(PROJECT / "schemas", tmp_path / "schemas")
    (tmp_path / "flink_jobs").symlink_to(PROJECT / "flink_jobs")
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(tmp_path / "schemas"))
    tidegate("contract", "new", "sales", "--from-topic", TOPIC, "--identity", "sale_id")
    tidegate("contract", "register", "sales")
    tidegate("index", "apply", "sales")
    tidegate("run", *JOBS, "--dataset", "sales")
    yield tmp_path
    tidegate("stop", *(f"{job}.sales" for job in JOBS), "--no-savepoint")


def test_prices_sent_as_text_are_mended_and_sent_again_though_the_sending_is_killed(
    pipeline: Pipeline, folder: Path
) -> None:
    settings = pipeline.settings
    numbers = range(GOOD + AS_TEXT)
    values = [sale(f"s-{number}", 12.5 if number % (GOOD // AS_TEXT + 1) else "12.50") for number in numbers]
    landed = send(settings, TOPIC, values)
    bad = {place.offset for place, value in zip(landed, values, strict=True) if b'"12.50"' in value}
    letters = wait_for_records(settings, "dlq.sales", pipeline.dead_letter, bad)
    letter = str(letters[min(bad)]["dead_letter_id"])

    plan, said = follow_the_page(folder, letter, settings)

    assert str(AS_TEXT) in said["dlq stats"]
    assert letter in said["dlq list"]
    assert "12.50" in said["dlq show"]
    assert f"{AS_TEXT} letters of sales" in said["redrive plan"]
    assert json.loads(tidegate("redrive", "status", plan, "--json"))["resolved"] == AS_TEXT
    report = json.loads(tidegate("prove", "sales", "--json", "--wait", "60"))
    assert report["holds"], report
    facts = report["datasets"]["sales"]
    assert (facts["silver"], facts["repaired"], facts["dead_letter"]) == (BEFORE + GOOD, AS_TEXT, 0)
    rows = read_committed(settings, "silver.sales", load_stream(folder / "schemas", "sales").silver)
    assert len(rows) == BEFORE + GOOD + AS_TEXT
    prices = {row["sale_id"]: row["price"] for row in rows}
    assert prices.items() >= {f"s-{number}": 12.5 for number in numbers}.items()


def follow_the_page(folder: Path, letter: str, settings: Settings) -> tuple[str, dict[str, str]]:
    """Every file and command in order; gives the plan's id, and what each command has printed."""
    plan, said = "", {}
    for _, file, text in blocks("Walk-through: a producer has sent prices as text"):
        if file:
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_text(text)
            continue
        for line in text.splitlines():
            command = line.replace("LETTER", letter).replace("PLAN", plan)
            if command.startswith("tidegate redrive run"):
                _killed_in_the_middle(plan, folder, settings)
            printed = said[" ".join(command.split()[1:3])] = run_shell(command, folder)
            if found := re.search(r"^Plan (\S+):", printed, re.MULTILINE):
                plan = found[1]
    return plan, said


def _killed_in_the_middle(plan: str, folder: Path, settings: Settings) -> None:
    """Kills the command when some letters are on their way, and others not."""
    argv = [sys.executable, "-m", "tidegate", "redrive", "run", plan, "--rate", "2"]
    with subprocess.Popen(argv, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        wait_for("some to be sent", lambda: running.poll() is not None or read_ledger(settings, "sales"))
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL, "it was to be killed while it sends"
    assert 0 < len(read_ledger(settings, "sales")) < AS_TEXT
