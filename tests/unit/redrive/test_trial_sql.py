"""A trial tells Flink what refine does, but for where it reads and writes."""

from pathlib import Path

import pytest

from tests.unit.redrive.records import CLICKS, METERS
from tidegate.contracts.dataset import Stream
from tidegate.contracts.topics import raw_subject
from tidegate.jobs.platform import platform_of
from tidegate.redrive.trial_sql import OUTPUTS, Trial, trial_sql, trial_stream
from tidegate.settings import Settings
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import View
from tidegate.sql.refine import job_sql
from tidegate.sql.scope import Scope

SETTINGS = Settings()
TRIAL = Trial("tidegate.dry-run.x", 7, Path("/tmp/trial"))


@pytest.mark.parametrize("stream", [CLICKS, METERS], ids=lambda stream: stream.name)
def test_views_and_inserts_are_those_of_refine(stream: Stream) -> None:
    platform = platform_of(stream, SETTINGS)
    trial = trial_sql(stream, platform, TRIAL)
    real = job_sql(trial_stream(stream, TRIAL), platform, Scope(), Delivery(600))

    assert trial.inserts == real.inserts
    assert trial.shared_views == real.shared_views
    assert [each for each in trial.definitions if isinstance(each, View)] == [
        each for each in real.definitions if isinstance(each, View)
    ]


def test_it_reads_the_scratch_topic_to_its_end_and_writes_files() -> None:
    tables = {each.name: each.sql for each in trial_sql(CLICKS, platform_of(CLICKS, SETTINGS), TRIAL).definitions}

    assert "'topic' = 'tidegate.dry-run.x'" in tables["raw_records"]
    assert "'scan.bounded.specific-offsets' = 'partition:0,offset:7'" in tables["raw_records"]
    for name in OUTPUTS:
        assert f"'path' = 'file:///tmp/trial/{name}'" in tables[name]
    assert not any("transactional-id-prefix" in sql for sql in tables.values())


def test_its_records_keep_their_subject_and_no_budget_ends_it() -> None:
    contract = trial_stream(CLICKS, TRIAL).contract

    assert raw_subject(contract) == raw_subject(CLICKS.contract)
    assert (contract.dead_letters.action, contract.dead_letters.max_consecutive) == ("alert", 8)
