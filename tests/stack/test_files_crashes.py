"""A load that ends behind each of its steps goes on when it is asked again: nothing is lost, and nothing is doubled.

So does a redrive of its letters, whose rows are loaded by the same steps.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sales import DAY, FIRST, HEADER, Sales, counts, sales_of_its_own
from tidegate.clients.file_versions import read_versions
from tidegate.clients.flink import FlinkClient
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.lake_rows import open_table
from tidegate.dead_letters.filter import LetterFilter
from tidegate.files import load as load_module
from tidegate.files.load import load_checked
from tidegate.files.redrive_plan import make_plan_of_rows
from tidegate.files.redrive_run import FileRun
from tidegate.files.run import BRANCHES, RUN_ID
from tidegate.files.take_in import take_in
from tidegate.redrive.plan import RedrivePlan
from tidegate.settings import Settings

pytestmark = pytest.mark.long
BEGUN = ("_marked", "judge", "read_judged", "compare", "publish", "send_letters")
STEPS = (*BEGUN, "give_up_letters", "_ended")
OF_REPAIR = (*BEGUN[1:], "settle_mended", "_ended")
BEFORE_LOAD = ("fence", "store", "seen", "in flight")
RECIPE = """
fixes:
  - when: {rule: amount_not_negative}
    do: [{set: {amount: 1.25}}]
  - when: {code: [BAD_VALUE, CELL_COUNT]}
    do: [{cut: trailing_bytes}]
"""
"""The row with too much in it is good then, and the one whose amount is none fails again."""
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


def redrive_ends_behind(step: str, sales: Sales, plan: RedrivePlan) -> bool:
    """Runs the plan, and is gone as soon as the step is done; False if there was nothing left of it to do."""

    def done(found: str) -> None:
        if found == step:
            raise Killed

    try:
        FileRun(sales.settings, sales.files, plan, "test", step=done).carry_out()
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


def redriven(sales: Sales, recipe: Path, monkeypatch: pytest.MonkeyPatch) -> RedrivePlan:
    """Ends behind each step before the load, and behind each of the load's; then there is nothing left to do."""
    recipe.write_text(RECIPE)
    plan, _ = make_plan_of_rows(sales.settings, sales.files, LetterFilter(), str(recipe), "test")
    assert [step for step in BEFORE_LOAD if redrive_ends_behind(step, sales, plan)] == [*BEFORE_LOAD]
    with monkeypatch.context() as patched:
        patched.setattr(load_module, "judge", killed)
        with pytest.raises(Killed):
            FileRun(sales.settings, sales.files, plan, "test").carry_out()
    assert [step for step in OF_REPAIR if ends_behind(step, sales, monkeypatch)] == [*OF_REPAIR]
    return plan


def killed(*_: Any) -> None:
    raise Killed


def test_a_load_a_redrive_and_a_correction_that_end_behind_each_step(
    sales: Sales, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _first_file_is_loaded_once(sales, monkeypatch)
    _its_letters_are_redriven_once(sales, redriven(sales, tmp_path / "mend.yaml", monkeypatch))
    _it_is_corrected_once(sales, monkeypatch)


def _first_file_is_loaded_once(sales: Sales, monkeypatch: pytest.MonkeyPatch) -> None:
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


def _its_letters_are_redriven_once(sales: Sales, plan: RedrivePlan) -> None:
    run = FileRun(sales.settings, sales.files, plan, "test")
    assert (run.carry_out().outcomes, run.progress().failed_again, run.sent) == ({"silver": 2}, 1, 0)
    repairs = [each for each in read_versions(sales.settings, sales.name) if each.repairs == 1]
    assert [(each.number, each.state) for each in repairs] == [(2, "superseded"), (3, "loaded")], "one was only seen"
    assert {name: number for name, (_, number) in sales.silver().items()} == {"a": 1, "b": 3, "e": 3, "f": 1, "g": 1}
    assert letters_written(sales) == 4
    assert jobs_run(sales, str(repairs[1].run)) == 2


def _it_is_corrected_once(sales: Sales, monkeypatch: pytest.MonkeyPatch) -> None:
    sales.put("first.csv", CORRECTED)
    take_in(sales.settings, sales.files)
    ended = [step for step in STEPS if ends_behind(step, sales, monkeypatch)]
    assert ended == [*STEPS]

    files = sales.newest("first.csv")
    assert {number: file["state"] for (_, number), file in files.items()} == {1: "superseded", 4: "loaded"}
    assert sales.silver() == {"a": ("1.10", 4)}
    assert letters_written(sales) == 5
    assert [each.state for each in read_versions(sales.settings, sales.name) if each.repairs == 1] == ["superseded"] * 2
    table = open_table(sales.settings, f"silver.{sales.name}")
    run = files["first.csv", 4]["run"]
    assert not [ref for ref in table.metadata.refs if ref.startswith(BRANCHES) and not ref.endswith(run)]
    marks = [each.summary.additional_properties.get(RUN_ID) for each in table.metadata.snapshots]
    assert sum(mark == run for mark in marks) == 1
