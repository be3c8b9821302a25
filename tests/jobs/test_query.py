"""The lake by SQL: what the lake job has written, its dead letters and metrics too; and what other engines paste."""

import json
import re
import subprocess
import sys
from typing import Any

from tests.pipeline import Pipeline, produce, prove_window, tidegate
from tests.polling import wait_for
from tests.project import PROJECT
from tests.topics import read_committed
from tidegate.query.catalog import Lake
from tidegate.query.samples import samples
from tidegate.query.session import Session
from tidegate.settings import Settings


def ask(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    """All rows of the answer."""
    with Session(Lake(settings), settings) as session:
        return session.rows(sql, 100_000)[1]


def test_dead_letters_of_two_datasets_are_in_one_table_each_once(pipeline: Pipeline) -> None:
    settings = pipeline.settings

    def in_topics() -> set[tuple[str, str]]:
        return {
            (dataset, letter["dead_letter_id"])
            for dataset in ("clicks", "orders")
            for letter in read_committed(settings, f"dlq.{dataset}", pipeline.dead_letter)
        }

    def in_lake() -> list[tuple[str, str]]:
        sql = "select dataset, dead_letter_id from bronze.dead_letters where dataset in ('clicks', 'orders')"
        return ask(settings, sql) if "bronze.dead_letters" in Lake(settings).tables else []

    for dataset in ("clicks", "orders"):
        sent = produce("--count", "300", "--rate", "1000", "--bad-ratio", "0.2", dataset=dataset)
        assert prove_window(sent["offsets"], "--wait", "120", dataset=dataset)["holds"]
    letters = in_topics()
    assert len(letters) > 2
    wait_for("them in the lake", lambda: len({*in_lake()}) >= len(letters), timeout_s=120)
    assert {*in_lake()} == letters
    found = ask(
        settings,
        "select any_value(payload) is not null, count(distinct (_dlq_partition, _dlq_offset)) = count(*)"
        " from bronze.dead_letters group by dataset having dataset in ('clicks', 'orders')",
    )
    assert found == [(True, True)] * 2


def test_a_metric_in_the_lake_is_what_its_topic_says(pipeline: Pipeline) -> None:
    settings, metric = pipeline.settings, next(each for each in pipeline.clicks.metrics if each.name == "page_views")
    produce("--count", "300", "--rate", "1000")

    def in_topic() -> dict[tuple[Any, ...], tuple[Any, ...]]:
        records = read_committed(settings, metric.topic, metric.schema)
        return {_part(record, metric.key): _part(record, ("views", "sessions")) for record in records}

    def in_lake() -> dict[tuple[Any, ...], tuple[Any, ...]]:
        rows = ask(settings, f"select {', '.join(metric.key)}, views, sessions from gold.clicks_page_views")
        assert len({row[:3] for row in rows}) == len(rows)
        return {row[:3]: row[3:] for row in rows}

    wait_for("the newest figures", lambda: in_lake() == in_topic() != {}, timeout_s=120)


def test_the_command_lists_the_tables_and_its_examples_work(pipeline: Pipeline) -> None:
    listed = tidegate("query")
    for name in ("silver.clicks", "bronze.clicks", "bronze.dead_letters", "gold.clicks_page_views"):
        assert name in listed
    examples = samples(Lake(pipeline.settings).tables)
    assert len(examples) == 3
    for sql in examples:
        assert sql in listed
        ask(pipeline.settings, sql)
    rows = tidegate("query", "select count(*) as rows from silver.clicks", "--format", "json")
    assert json.loads(rows)["rows"] > 0


def test_a_question_of_one_day_reads_the_files_of_that_day(pipeline: Pipeline) -> None:
    with Session(Lake(pipeline.settings), pipeline.settings) as session:
        session.rows("select count(*) from silver.clicks where year = 1999", 10)
        read, there = session.files
    assert (read, there > 0) == (0, True)


def _part(record: dict[str, Any], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(record[name] for name in names)


def test_what_pyiceberg_is_told_reads_the_lake(pipeline: Pipeline) -> None:
    """As a user does it: the login by ``eval``, the rest pasted into Python."""
    snippet = tidegate("config", "show", "--for", "pyiceberg")
    script = f'eval "$({sys.executable} -m tidegate config show --secrets)"; {sys.executable} -'
    result = subprocess.run(["sh", "-c", script], input=snippet, capture_output=True, text=True, check=False)
    assert "('silver', 'clicks')" in result.stdout, result.stderr


def test_the_questions_of_the_page_have_answers(pipeline: Pipeline) -> None:
    page = (PROJECT / "docs" / "query.md").read_text()
    questions = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    assert len(questions) >= 5
    for sql in questions:
        ask(pipeline.settings, sql)
