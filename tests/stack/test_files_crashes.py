"""A load that ends behind each of its steps goes on when it is asked again: nothing is lost, and nothing is doubled."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sales import DAY, FIRST, HEADER, Sales, counts, sales_of_its_own
from tidegate.clients.flink import FlinkClient
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.lake_rows import open_table
from tidegate.files import load as load_module
from tidegate.files.load import load_checked
from tidegate.files.run import BRANCHES, RUN_ID
from tidegate.files.take_in import take_in
from tidegate.settings import Settings

STEPS = ("_marked", "judge", "read_judged", "compare", "publish", "send_letters", "give_up_letters", "_ended")
CORRECTED = f"{HEADER}\na,x,1.10,{DAY}T10:00:00Z\nb,x,-2.00,{DAY}T10:00:00Z\n"


class Killed(BaseException):
    """The process is gone: no handler of the code under test takes this for an error that it knows."""


@pytest.fixture
def sales(stack: Settings, tmp_path: Any) -> Iterator[Sales]:
    with sales_of_its_own(tmp_path) as found:
        yield found


def ends_behind(step: str, sales: Sales, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Loads, and is gone as soon as the step is done; False if there was nothing left of it to do."""
    real = getattr(load_module, step)

    def done(*arguments: Any, **named: Any) -> Any:
        real(*arguments, **named)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(load_module, step, done)
        try:
            load_checked(sales.settings, sales.files, None, "test")
        except Killed:
            return True
    return False


def letters_written(sales: Sales) -> int:
    topic = f"dlq.{sales.name}"
    return sum(
        len(batch.offset) for batch in read_batches(Scan(sales.settings, topic, topic_spans(sales.settings, topic)))
    )


def jobs_run(sales: Sales, run_id: str) -> int:
    return sum(job.name.endswith(run_id) for job in FlinkClient(sales.settings).jobs())


def test_a_load_and_a_correction_that_end_behind_each_step(sales: Sales, monkeypatch: pytest.MonkeyPatch) -> None:
    sales.put("first.csv", FIRST)
    take_in(sales.settings, sales.files)

    ended = [step for step in STEPS if ends_behind(step, sales, monkeypatch)]
    assert ended == [*STEPS]
    assert load_checked(sales.settings, sales.files, None, "test") is None

    file = sales.newest("first.csv")["first.csv", 1]
    assert (file["state"], *counts(file)) == ("loaded", 8, 3, 3, 1, 1, 2)
    assert {name: number for name, (_, number) in sales.silver().items()} == {"a": 1, "f": 1, "g": 1}
    assert letters_written(sales) == 3
    assert jobs_run(sales, file["run"]) == 2

    sales.put("first.csv", CORRECTED)
    take_in(sales.settings, sales.files)
    ended = [step for step in STEPS if ends_behind(step, sales, monkeypatch)]
    assert ended == [*STEPS]

    files = sales.newest("first.csv")
    assert {number: file["state"] for (_, number), file in files.items()} == {1: "superseded", 2: "loaded"}
    assert sales.silver() == {"a": ("1.10", 2)}
    assert letters_written(sales) == 4
    table = open_table(sales.settings, f"silver.{sales.name}")
    run = files["first.csv", 2]["run"]
    assert not [ref for ref in table.metadata.refs if ref.startswith(BRANCHES) and not ref.endswith(run)]
    marks = [each.summary.additional_properties.get(RUN_ID) for each in table.metadata.snapshots]
    assert sum(mark == run for mark in marks) == 1
