import pytest

from tests.unit.redrive.test_plan import LETTERS, PLAN
from tidegate.cli.redrive_show import dry_run_facts, print_dry_run
from tidegate.redrive.compare import Change
from tidegate.redrive.judged import DryRun, Judged
from tidegate.redrive.verdicts import Verdict


def found(*verdicts: Verdict) -> DryRun:
    run = DryRun(PLAN, sample=1)
    for letter, verdict in zip(LETTERS, verdicts, strict=True):
        run.add(Judged(letter, verdict, "cause", "why", (Change("price", '"7"', "7"),), verdict is Verdict.PASSES))
    return run


def test_counts_samples_and_the_next_command_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    print_dry_run(found(Verdict.PASSES, Verdict.FAILS))

    said = capsys.readouterr().out
    assert "1  would pass: cause" in said
    assert "1  would fail again: cause" in said
    assert "1  of those that would pass are too late for the metrics" in said
    assert "would fail again: letter bb, record raw.orders/0/5" in said
    assert '  price: "7" -> 7' in said
    assert "1 of 2 letters of orders-1 would pass." in said
    assert "tidegate redrive run orders-1" in said


def test_where_nothing_would_pass_no_run_is_proposed(capsys: pytest.CaptureFixture[str]) -> None:
    print_dry_run(found(Verdict.FAILS, Verdict.GONE))

    assert "redrive run" not in capsys.readouterr().out


def test_of_each_verdict_and_cause_as_many_samples_are_kept_as_are_asked_for() -> None:
    run = found(Verdict.FAILS, Verdict.FAILS)

    assert run.counts == {(Verdict.FAILS, "cause"): 2}
    assert [judged.letter.dead_letter_id for judged in run.samples] == ["aa"]
    assert not run.all_pass


def test_the_same_as_json() -> None:
    facts = dry_run_facts(found(Verdict.PASSES, Verdict.PASSES))

    assert (facts["letters"], facts["would_pass"], facts["late_for_metrics"]) == (2, 2, 2)
    assert facts["counts"] == [{"verdict": "passes", "cause": "cause", "letters": 2}]
    assert facts["samples"][0]["changes"] == [{"field": "price", "before": '"7"', "after": "7"}]
