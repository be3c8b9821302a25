"""What the demo of files types, and in which order."""

from datetime import UTC, date, datetime
from pathlib import Path

from tidegate.demo.batch import BatchOptions, _with_plan, commands
from tidegate.redrive.plan import RedrivePlan, new_plan_id, store
from tidegate.settings import Settings


def test_a_file_is_corrected_by_the_seed_that_made_it_and_the_proof_comes_last() -> None:
    typed = [words for words, _ in commands(BatchOptions(rows=400), 7, date(2026, 11, 28))]

    assert [words[:2] for words in typed].count(("files", "load")) == 2
    assert typed[-1] == ("prove", "transactions")
    first, corrected, late = (words for words in typed if words[:2] == ("files", "make"))
    shared = ("--seed", "7", "--date", "2026-11-28", "--rows", "400", "--files", "2")
    assert all(each in first and each in corrected for each in shared)
    assert corrected[-2:] == ("--corrected", "1")
    assert "2026-11-25" in late


def test_the_first_load_must_put_the_bad_file_into_quarantine() -> None:
    codes = [
        found for words, found in commands(BatchOptions(), 7, date(2026, 11, 28)) if words[:2] == ("files", "load")
    ]

    assert codes == [(3,), (0, 3)]


def test_a_plan_is_run_by_the_id_that_it_was_given(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    for hour in (6, 7):
        at = datetime(2026, 11, 28, hour, tzinfo=UTC)
        store(settings, RedrivePlan(new_plan_id("transactions", at, b""), "transactions", 0, "me", "", None, None, ()))

    [run] = [words for words, _ in commands(BatchOptions(), 7, date(2026, 11, 28)) if words[:2] == ("redrive", "run")]

    assert _with_plan(settings, run)[2].startswith("transactions-20261128T070000-")
