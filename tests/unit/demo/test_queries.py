"""The sample questions: what they ask for is in the contract, and their answers are tables."""

import re

from tidegate.contracts.dataset import Stream
from tidegate.demo.queries import DAYS, PAGES_SQL, PURCHASES, REVENUE_SQL, Answer, dead_letters
from tidegate.measure.output_watch import Example


def test_an_answer_is_reported_by_its_columns() -> None:
    answer = Answer("revenue by category", "the lake", ("category", "revenue"), [("Phones", "12.50"), ("Toys", "3")])

    assert answer.as_json() == {
        "question": "revenue by category",
        "source": "the lake",
        "rows": [{"category": "Phones", "revenue": "12.50"}, {"category": "Toys", "revenue": "3"}],
    }


def test_dead_letters_are_shown_with_the_first_that_this_run_saw() -> None:
    answer = dead_letters({"BAD_MAGIC": 1200, "TOMBSTONE": 1}, {"BAD_MAGIC": Example("2:41", "not Avro")})

    assert list(answer.rows) == [("BAD_MAGIC", "1,200", "2:41", "not Avro"), ("TOMBSTONE", "1", "", "")]


def test_questions_name_fields_of_the_dataset(clicks: Stream) -> None:
    known = {*clicks.silver_fields}
    terms = [next(iter(each["term"])) for each in PURCHASES["query"]["bool"]["filter"]]
    sorted_by = [next(iter(each)) for each in PURCHASES["sort"]]
    by_day = DAYS["aggs"]["days"]

    assert {*terms, *sorted_by, *PURCHASES["_source"]} <= known
    assert {by_day["date_histogram"]["field"], by_day["aggs"]["sessions"]["cardinality"]["field"]} <= known
    assert {"category", "amount", "event_type"} <= known & set(re.findall(r"\w+", REVENUE_SQL))
    assert {"page_url", "ip"} <= known & set(re.findall(r"\w+", PAGES_SQL))
