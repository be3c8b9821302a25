"""Silver rows that a job can not read become dead letters that name their place in the silver topic, in every job."""

import pytest

from tests.unit.sql.visits import PLATFORM, stream
from tidegate.contracts.topics import DERIVED_MAX_BYTES
from tidegate.dead_letters.codes import CODES, Stage
from tidegate.sql import index, lake, metrics
from tidegate.sql.job_sql import JobSql
from tidegate.sql.metrics import Counted
from tidegate.sql.unreadable import insert_unreadable

JOBS: dict[Stage, JobSql] = {
    Stage.INDEX: index.job_sql(stream(), PLATFORM),
    Stage.LAKE: lake.job_sql(stream(), PLATFORM),
    Stage.METRICS: metrics.job_sql(stream(), PLATFORM, Counted(24)),
}


@pytest.mark.parametrize("stage", JOBS)
def test_every_job_that_reads_silver_writes_what_it_can_not_read(stage: Stage) -> None:
    [insert] = [insert for insert in JOBS[stage].inserts if insert.into == "dead_letters"]
    [table] = [table for table in JOBS[stage].definitions if table.name == "dead_letters"]

    assert f"'{stage}' AS _stage" in insert.sql
    assert f"ROW('{stage}', " in insert.sql, "the processor is the job"
    assert "_silver_offset AS _source_offset" in insert.sql
    assert insert.sql.rstrip(")\n").endswith("WHERE _error_code IS NOT NULL")
    assert "'topic' = 'dlq.visits'" in table.sql and "'at-least-once'" in table.sql
    assert f"'sink.transactional-id-prefix' = '{stage}-dlq-visits'" in table.sql


@pytest.mark.parametrize("stage", JOBS)
def test_no_row_goes_both_ways_and_none_goes_neither(stage: Stage) -> None:
    texts = "\n".join(JOBS[stage].texts)

    assert texts.count("_error_code IS NOT NULL") == 1
    assert "WHERE _error_code IS NULL" in texts


def test_the_message_says_what_the_decoder_found_and_the_code_is_of_the_list() -> None:
    sql = insert_unreadable(stream(), "lake", Stage.LAKE).sql

    assert "_error_code || ': ' || _error_message" in sql
    assert "'ROW_UNREADABLE'" in sql and "ROW_UNREADABLE" in CODES[Stage.LAKE]
    assert "ROW('silver.visits-value', _schema_id) AS contract" in sql


def test_a_row_as_large_as_its_topic_takes_can_be_read() -> None:
    for sql in JOBS.values():
        [silver] = [each.sql for each in sql.definitions if "'topic' = 'silver.visits'" in each.sql]
        assert f"'value.contract-avro.max-record-bytes' = '{DERIVED_MAX_BYTES}'" in silver
