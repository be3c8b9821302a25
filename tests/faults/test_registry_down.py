"""A registry outage is not bad data: nothing is dead-lettered, the job waits and goes on."""

import copy

from rich.console import Console

from tests.clicks import click
from tests.pipeline import Pipeline
from tests.polling import wait_for
from tests.topics import read_committed, send, source_offset, wait_for_records
from tidegate.avro.codec import Encoder
from tidegate.clients.registry import RegistryClient
from tidegate.stack import local

RETRY_LINE = "is unavailable"


def test_the_job_waits_for_the_registry_and_goes_on(pipeline: Pipeline) -> None:
    settings = pipeline.settings
    newer = copy.deepcopy(pipeline.clicks.latest)
    newer["fields"].append({"name": "device", "type": ["null", "string"], "default": None})
    with RegistryClient(settings) as registry:
        newer_id = registry.register("raw.clicks-value", newer)
    local.down(settings, only=["registry"])
    try:
        [unseen, known] = send(
            settings,
            "raw.clicks",
            [
                Encoder(newer, newer_id).encode(click(device="watch")),
                pipeline.framed(click()),
            ],
        )
        logs = list((settings.home / "logs").glob("*task*.log"))
        wait_for("the decoder to ask again", lambda: any(RETRY_LINE in log.read_text() for log in logs))
    finally:
        local.up(settings, on_phase=lambda name, phase: None, console=Console(stderr=True))
    wait_for_records(settings, "silver.clicks", pipeline.silver, {unseen.offset, known.offset}, timeout_s=120)
    letters = {source_offset(letter) for letter in read_committed(settings, "dlq.clicks", pipeline.dead_letter)}
    assert not letters & {unseen.offset, known.offset}
