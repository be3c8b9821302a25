"""How a check is told, and how it ends."""

from typing import Any

import pytest

from tidegate.cli.files_check import exit_code, lines
from tidegate.files.check import CheckedFile, Report
from tidegate.files.trial_rows import Fault

GOOD: dict[str, Any] = {"rows": 3, "silver": 2, "rejected": 0, "dropped": 1, "duplicates": 0, "blank": 1}


def file(name: str = "a.csv", **changes: Any) -> CheckedFile:
    return CheckedFile(
        **{"uri": f"file:///in/{name}", "size": 9, "sha256": "ab", "outcome": "loaded", **GOOD, **changes}
    )


def report(*files: CheckedFile) -> Report:
    return Report("visits", files, ("the sky",))


REJECTED = file(silver=1, rejected=1, codes={"BAD_VALUE": 1}, faults=(Fault(2, 1_234, "BAD_VALUE", "no number"),))
REFUSED = file("b.csv", outcome="quarantined", reason="it is cut off", **dict.fromkeys(GOOD))


@pytest.mark.parametrize(
    ("files", "code"),
    [([file()], 0), ([file(), REJECTED], 3), ([REJECTED, REFUSED], 4), ([file(outcome="unnamed")], 4)],
)
def test_the_exit_code_says_the_worst(files: list[CheckedFile], code: int) -> None:
    assert exit_code(report(*files)) == code


def test_each_file_has_its_sum_and_its_faults_with_their_places() -> None:
    assert [*lines(report(REJECTED, REFUSED))] == [
        "file:///in/a.csv: would be loaded",
        "  3 rows = 1 silver + 1 dead letters + 1 dropped + 0 duplicates, and 1 other lines",
        "  row 2, byte 1,234: BAD_VALUE: no number",
        "file:///in/b.csv: would be put into quarantine: it is cut off",
        "visits: 1 of 2 files would be loaded",
        "not checked: the sky",
    ]


def test_a_broken_rule_is_told_in_the_contracts_words() -> None:
    fault = Fault(1, 0, "RULE_VIOLATED", "see violations", ("not_negative: seconds is not negative",))

    assert "  row 1, byte 0: RULE_VIOLATED: not_negative: seconds is not negative" in [
        *lines(report(file(faults=(fault,))))
    ]


def test_a_row_of_parquet_has_no_byte() -> None:
    fault = Fault(1_000, None, "BAD_VALUE", "no number")

    assert "  row 1,000: BAD_VALUE: no number" in [*lines(report(file(faults=(fault,))))]


def test_of_more_faults_than_are_shown_the_codes_are_counted() -> None:
    many = file(outcome="quarantined", rejected=1_500, silver=None, codes={"BAD_VALUE": 1_400, "CELL_COUNT": 100})

    assert "  and 1,500 more; all by code: BAD_VALUE 1,400, CELL_COUNT 100" in [*lines(report(many))]
