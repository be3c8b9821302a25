"""Dead letters on their way to the lake; ``tests/jobs/test_query.py`` has them there."""

from tests.unit.sql.visits import PLATFORM, stream
from tidegate.sql.lake_letters import insert_letters, letters_source, letters_table


def test_one_table_for_all_datasets_is_partitioned_by_dataset_and_day() -> None:
    sql = letters_table(PLATFORM.dead_letter).sql
    assert sql.startswith("CREATE TABLE IF NOT EXISTS lake.`bronze`.`dead_letters` (")
    assert "PARTITIONED BY (`dataset`, `year`, `month`, `day`)" in sql
    assert "`dead_letter_id` STRING" in sql


def test_writers_that_meet_try_again() -> None:
    assert "'commit.retry.num-retries' = '50'" in letters_table(PLATFORM.dead_letter).sql


def test_letters_of_any_stage_are_read_from_the_first_and_after_lost_state_from_where_the_group_was() -> None:
    source = letters_source(stream(), PLATFORM, "tidegate-lake-visits")
    assert "'topic' = 'dlq.visits'" in source.sql
    assert "'scan.startup.mode' = 'earliest-offset'" in source.sql
    assert "'scan.startup.mode' = 'group-offsets'" in source.resumed


def test_the_insert_is_a_part_of_its_own_so_that_earlier_operators_keep_their_uids() -> None:
    insert = insert_letters(stream(), PLATFORM.dead_letter)
    assert (insert.into, insert.part) == ("lake.bronze.dead_letters", "dead_letters")
    assert "CAST(EXTRACT(DAY FROM failed_at) AS INT)" in insert.sql
