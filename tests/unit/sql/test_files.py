"""The SQL of a load: what is written where, and that nothing of it lies in a table's main branch."""

from tests.unit.sql.test_file_source import READ, visits_in_files
from tests.unit.sql.visits import PLATFORM
from tidegate.sql.files import SPLIT_COLUMNS, Judging, job_sql

JUDGING = Judging("visits", "files-1234", (READ,))


def test_all_is_written_to_the_runs_branch() -> None:
    made = job_sql(visits_in_files(), PLATFORM, JUDGING)

    assert [insert.into for insert in made.inserts] == [
        "lake.silver.visits",
        "lake.files.visits_verdicts",
        "lake.files.visits_letters",
        "lake.files.visits_splits",
    ]
    assert all("/*+ OPTIONS('branch' = 'files-1234') */" in insert.sql for insert in made.inserts)


def test_files_are_the_only_source_and_no_topic_is_written() -> None:
    made = job_sql(visits_in_files(), PLATFORM, JUDGING)

    assert [text for text in made.texts if "'connector' = 'files'" in text]
    written = [text for text in made.texts if "'connector' = 'kafka'" in text]
    assert written == []


def test_duplicates_are_left_to_whoever_knows_all_rows() -> None:
    assert not any("ROW_NUMBER" in text for text in job_sql(visits_in_files(), PLATFORM, JUDGING).texts)


def test_a_letter_goes_with_the_place_of_its_row_in_its_part_of_the_file() -> None:
    [letters] = [each for each in job_sql(visits_in_files(), PLATFORM, JUDGING).inserts if "letters" in each.into]

    assert "'csv' AS payload_encoding" in letters.sql
    assert "_source_partition, _source_offset, _split_row FROM (" in letters.sql


def test_of_each_part_of_a_file_it_is_kept_what_it_held() -> None:
    [splits] = [each for each in job_sql(visits_in_files(), PLATFORM, JUDGING).inserts if "splits" in each.into]

    assert splits.sql.endswith(f"SELECT {', '.join(SPLIT_COLUMNS)}\nFROM file_rows WHERE _kind = 'split'")
