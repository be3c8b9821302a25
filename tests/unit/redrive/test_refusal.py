"""What must not be sent again is said why; and a process that makes copies loads no client of search."""

import subprocess
import sys

from tests.polling import HANGS_S
from tests.unit.redrive.letters import letter
from tidegate.redrive.refusal import refusal


def test_a_letter_of_a_raw_record_may_be_sent() -> None:
    assert [refusal(letter(stage=stage)) for stage in ("decode", "contract", "rule", "enrich")] == [""] * 4


def test_a_row_that_is_in_silver_may_not() -> None:
    assert refusal(letter(stage="index")).startswith("its row is in silver")


def test_one_row_of_a_record_may_not() -> None:
    whole = letter()
    assert refusal(whole | {"source": {**whole["source"], "row": 1}}).startswith("it is one row of a record")
    assert refusal(whole | {"source": None}) == ""


def test_a_process_that_makes_copies_starts_without_a_client_of_search() -> None:
    program = "import sys, tidegate.redrive.making; sys.exit('opensearchpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], timeout=HANGS_S, check=False).returncode == 0
