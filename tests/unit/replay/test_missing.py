"""When a replay is refused, since it writes without looking; see tests/faults/test_commit_window.py for one."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.contracts import SCHEMAS, spoil
from tests.unit.jobs.test_silver_versions import Kafka
from tests.unit.proof.reports import RIGHT, WRONG, difference
from tidegate.errors import ContractError, TidegateError
from tidegate.jobs import silver_versions
from tidegate.proof.report import ProofReport
from tidegate.replay.missing import find_missing, refuse_what_is_unsure
from tidegate.settings import Settings


def of_partition(report: ProofReport, **changes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> ProofReport:
    """The report with changes in the verdict on its first partition."""
    first, *others = report.partitions
    return replace(report, partitions=(replace(first, **changes), *others))  # type: ignore[arg-type]


SOME = np.array([5, 6], np.int64)


def test_what_is_plainly_missing_may_be_replayed() -> None:
    refuse_what_is_unsure(RIGHT)
    refuse_what_is_unsure(WRONG)


def test_what_an_open_transaction_may_hold_is_not_lost_yet() -> None:
    report = replace(of_partition(WRONG, undecided=SOME), notes=("left out: x", "undecided: 9 offsets of silver.x"))

    with pytest.raises(TidegateError, match="2 events of clicks are behind an open transaction") as caught:
        refuse_what_is_unsure(report)
    assert caught.value.remedy.endswith("undecided: 9 offsets of silver.x")


def test_what_is_missing_may_be_among_records_whose_schema_is_not_known() -> None:
    refuse_what_is_unsure(replace(RIGHT, doubtful=3))
    with pytest.raises(TidegateError, match="3 records of silver can't be read"):
        refuse_what_is_unsure(replace(WRONG, doubtful=3))


def test_an_event_of_which_silver_has_a_part_would_be_doubled() -> None:
    with pytest.raises(TidegateError, match="of 2 records silver has some rows and not all, the first at 0:5"):
        refuse_what_is_unsure(of_partition(WRONG, torn=SOME))


def test_a_record_of_which_the_lake_lacks_a_row_is_a_replays_and_no_hindrance() -> None:
    refuse_what_is_unsure(of_partition(WRONG, torn=SOME, replayed=SOME))


def test_what_may_repeat_a_removed_event_is_no_part_of_what_is_missing() -> None:
    report = of_partition(RIGHT, expired=SOME)

    refuse_what_is_unsure(report)
    assert (report.faults("missing"), report.expired, report.holds) == (0, 2, True)
    assert difference().missing.tolist() == []


def test_in_a_version_of_silver_that_refine_does_not_write_nothing_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SCHEMAS, tmp_path / "schemas")
    spoil(tmp_path / "schemas/clicks/contract.yaml", "owner:", "silver: {version: 2}\nowner:")
    kafka = Kafka({("silver.clicks", 0): (0, 9)}, {})
    monkeypatch.setattr(silver_versions, "OffsetReader", lambda _settings, **_: kafka)

    with pytest.raises(ContractError, match=r"not switched from silver\.clicks"):
        find_missing(Settings(schemas_dir=tmp_path / "schemas"), "clicks")
