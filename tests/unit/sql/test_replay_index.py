"""What a replay into the index says to its job; its SQL is in golden/replay_index."""

from tests.unit.sql.visits import PLATFORM, stream
from tidegate.contracts.model import Index
from tidegate.sql.replay_index import DocumentsAgain, job_sql

ASKED = DocumentsAgain("visits", "20260102t030405-abcd", "(_source_partition = 0)", 1_767_323_045_000)


def test_it_comes_back_from_its_file_as_it_was() -> None:
    assert DocumentsAgain.from_json(ASKED.to_json()) == ASKED


def test_it_reads_the_lakes_rows_of_the_range_and_writes_nothing_but_documents_of_its_version() -> None:
    made = job_sql(stream(), Index(pattern="events-visits-{visited_at|yyyy}"), PLATFORM, ASKED)

    [insert] = made.inserts
    assert insert.sql.startswith("INSERT INTO documents\nSELECT `_source_partition`, ")
    assert insert.sql.endswith("FROM lake.`silver`.`visits`\nWHERE (_source_partition = 0)")
    assert "CAST(`visited_at` AS TIMESTAMP_LTZ(3)) AS `visited_at`" in insert.sql
    assert not [each for each in made.definitions if "'connector' = 'kafka'" in each.sql]
    assert "'sink.version' = '1767323045000'" in made.definitions[-1].sql
