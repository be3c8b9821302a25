"""The proof of daily files on real servers: a right load holds, and each kind of tampering is found and named."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from pyiceberg.table.update import SetSnapshotRefUpdate

from tests.pipeline import called
from tests.sales import DAY, HEADER, TIME, Sales, sales_of_its_own
from tidegate.cli import prove as cli_prove
from tidegate.clients.file_versions import change_versions, read_versions
from tidegate.clients.lake_rows import open_table
from tidegate.clients.retention_notes import REMOVED_BEFORE
from tidegate.clients.s3 import open_s3, place_of
from tidegate.contracts.load import load_files
from tidegate.files.proof import FilesProof
from tidegate.files.prove import Asked, prove_files
from tidegate.files.versions import moved
from tidegate.settings import Settings

FIRST = f"""{HEADER}
a,x,1.00,{TIME}
b,x,-1.00,{TIME}
c,test,2.00,{TIME}
d,x,much,{TIME}
f,x,4.00,2026-11-27T23:59:59Z
g,x,5.00,{TIME}
"""
SECOND = f"{HEADER}\na,y,9.00,{TIME}\nh,y,8.00,{TIME}\n"
BAD = f"id,shop,price,sold_at\nz,x,1,{TIME}\n"


@pytest.fixture(scope="module")
def sales(stack: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sales]:
    """Three files, of which one is bad, loaded; another one lies there and is not."""
    with sales_of_its_own(tmp_path_factory.mktemp("proved")) as made:
        for name, content in {"bad.csv": BAD, "first.csv": FIRST, "second.csv": SECOND}.items():
            made.put(name, content)
        made.load(exit_code=3)  # the bad file
        made.put("late.csv", SECOND)
        yield made


@contextmanager
def tampered(sales: Sales, table: str) -> Iterator[Any]:
    """A table of the dataset to be changed; afterwards it is as it was."""
    found = open_table(sales.settings, table)
    before = found.current_snapshot().snapshot_id
    try:
        yield found
    finally:
        ages = {"max_ref_age_ms": None, "max_snapshot_age_ms": None, "min_snapshots_to_keep": None}
        back = SetSnapshotRefUpdate(ref_name="main", type="branch", snapshot_id=before, **ages)
        open_table(sales.settings, table)._do_commit((back,), ())


def silver(sales: Sales) -> str:
    return f"silver.{sales.name}"


def verdicts(sales: Sales) -> str:
    return f"files.{sales.name}_verdicts"


def rows_of(table: Any, identity: str) -> pa.Table:
    return table.scan(row_filter=f"id = '{identity}'").to_arrow()


def changed(rows: pa.Table, **values: Any) -> pa.Table:
    for name, value in values.items():
        at = rows.schema.get_field_index(name)
        field = rows.schema.field(at)
        rows = rows.set_column(at, field, pa.array([value] * rows.num_rows, field.type))
    return rows


def proof_of(sales: Sales, *, deep: bool = False) -> FilesProof:
    files = load_files(sales.settings.schemas_dir, sales.name)
    return prove_files(sales.settings, files, Asked(deep=deep))


def faults(proof: FilesProof) -> list[tuple[str, int, int]]:
    return [(each.fault, each.number, each.count) for each in proof.findings]


def test_a_right_load_holds_and_says_what_it_is_not_about(sales: Sales) -> None:
    proof = proof_of(sales, deep=True)

    assert faults(proof) == []
    assert [
        (each.number, each.rows, each.sums.silver.count, each.sums.rejected.count, each.sums.duplicates.count)
        for each in proof.files
    ] == [(2, 6, 3, 2, 0), (3, 2, 1, 0, 1)]
    notes = "\n".join(proof.notes)
    assert "in quarantine: file 1 " in notes
    assert "BAD_HEADER" in notes
    assert "not loaded: 1 files are new: " in notes
    assert "late.csv" in notes


def test_the_command_shows_the_sum_and_ends_with_the_verdict(sales: Sales) -> None:
    shown = called(cli_prove.command, sales.name, "--date", DAY)
    told = called(cli_prove.command, sales.name, "--json", "--date", "2026-11-27")

    assert shown.exit_code == 0, shown.output
    assert "8 rows = 4 silver + 2 dead letters + 1 dropped + 1 duplicates" in shown.output
    assert f"The proof holds: 8 rows of 2 files of {sales.name} of {DAY}" in shown.output.splitlines()[-1]
    assert json.loads(told.stdout)["files"] == []


def test_a_row_that_silver_lost_is_missing(sales: Sales) -> None:
    with tampered(sales, silver(sales)) as table:
        table.delete("id = 'g'")
        proof = proof_of(sales)
        shown = called(cli_prove.command, sales.name)

    assert faults(proof) == [("missing", 2, 1)]
    assert shown.exit_code == 1
    assert "file 2: 6 rows were read, 5 have a verdict or are in silver" in shown.output
    assert "The proof does not hold" in shown.output.splitlines()[-1]


def test_a_row_that_a_duplicate_repeats_is_missed_by_both_files(sales: Sales) -> None:
    with tampered(sales, silver(sales)) as table:
        table.delete("id = 'a'")
        proof = proof_of(sales)

    assert faults(proof) == [("missing", 2, 1), ("repeats_nothing", 3, 1)]


def test_a_row_that_is_there_twice_is_named_by_its_place(sales: Sales) -> None:
    with tampered(sales, silver(sales)) as table:
        row = rows_of(table, "g")
        table.append(row)
        proof = proof_of(sales)

    assert faults(proof) == [("doubled", 2, 1)]
    assert proof.findings[0].first == (f"2:{FIRST.index('g,x')}",)


def test_a_row_in_the_place_of_another_is_found(sales: Sales) -> None:
    with tampered(sales, silver(sales)) as table:
        row = rows_of(table, "g")
        table.delete("id = 'g'")
        table.append(changed(row, _source_offset=7_777))
        proof = proof_of(sales)

    assert faults(proof) == [("others", 2, 1)]


@pytest.mark.parametrize(("number", "said"), [(1, "quarantined"), (99, "no version")])
def test_rows_of_a_file_that_is_not_loaded_are_strange(sales: Sales, number: int, said: str) -> None:
    with tampered(sales, silver(sales)) as table:
        table.append(changed(rows_of(table, "g"), _source_partition=number))
        proof = proof_of(sales)

    assert faults(proof) == [("strange_rows", number, 1)]
    assert said in proof.findings[0].said


def test_a_verdict_that_was_removed_leaves_a_row_and_its_letter_without_one(sales: Sales) -> None:
    with tampered(sales, verdicts(sales)) as table:
        table.delete(f"verdict = 'rejected' and _source_offset = {FIRST.index('b,x')}")
        proof = proof_of(sales)

    assert faults(proof) == [("missing", 2, 1), ("counts", 2, 1), ("strange_letter", 2, 1)]


def test_a_rejected_row_without_a_letter_is_named(sales: Sales) -> None:
    """In the place of a duplicate: its letter can't be taken out of the middle of a topic."""
    with tampered(sales, verdicts(sales)) as table:
        row = table.scan(row_filter="verdict = 'duplicate'").to_arrow()
        table.delete("verdict = 'duplicate'")
        table.append(changed(row, verdict="rejected"))
        proof = proof_of(sales)

    assert faults(proof) == [("counts", 3, 2), ("no_letter", 3, 1)]


def test_what_a_split_told_is_held_against_the_bytes(sales: Sales) -> None:
    with tampered(sales, f"files.{sales.name}_splits") as table:
        table.delete("_source_partition = 3")
        proof = proof_of(sales)

    assert [each[:2] for each in faults(proof)] == [("unread", 3), ("doubled", 3), ("counts", 3)]


def test_a_copy_that_was_changed_is_found_by_its_bytes(sales: Sales) -> None:
    (version,) = [each for each in read_versions(sales.settings, sales.name) if each.number == 3]
    place, client = place_of(version.stored), open_s3(sales.settings)
    where = {"Bucket": place.bucket, "Key": place.key}
    try:
        client.put_object(**where, Body=SECOND.upper().encode())
        seen, hashed = proof_of(sales), proof_of(sales, deep=True)
        client.put_object(**where, Body=b"")
        cut = proof_of(sales)
    finally:
        client.put_object(**where, Body=SECOND.encode())

    assert faults(seen) == []
    assert faults(hashed) == faults(cut) == [("copy", 3, 1)]


def test_rows_that_retention_may_have_removed_are_told_and_are_no_fault(sales: Sales) -> None:
    with tampered(sales, silver(sales)) as table:
        table.delete("id = 'f'")
        with table.transaction() as change:
            change.set_properties({REMOVED_BEFORE: date(2026, 11, 28).isoformat()})
        removed = proof_of(sales)
        table.append(rows_of(table, "g"))
        doubled = proof_of(sales)
        with table.transaction() as change:
            change.remove_properties(REMOVED_BEFORE)

    assert faults(removed) == []
    assert [each.removed for each in removed.files] == [1, 0]
    assert any("1 rows of files 2 are not in silver" in note for note in removed.notes)
    assert faults(doubled) == [("doubled", 2, 1)]


def test_files_that_a_load_is_at_work_on_are_left_out(sales: Sales) -> None:
    """Last: the file's state can't be taken back."""
    change_versions(
        sales.settings,
        sales.name,
        lambda newest: [moved(each, "loading", datetime.now(UTC)) for each in newest if each.number == 3],
    )
    proof = proof_of(sales)

    assert [each.number for each in proof.files] == [2]
    assert proof.holds
    assert any(f"`tidegate files load {sales.name}` goes on with it" in note for note in proof.notes)
