"""Queries for documents by number."""

from tidegate.search.by_number import MOST_TERMS, with_number


def test_a_few_numbers_are_one_query() -> None:
    assert with_number("at", [3, 1, 3]) == {"terms": {"at": [1, 3]}}
    assert with_number("at", []) == {"terms": {"at": []}}


def test_more_than_a_query_may_name_are_several_of_which_one_is_enough() -> None:
    """A dataset with 200 files a day has so many after a year."""
    found = with_number("at", range(MOST_TERMS + 1))

    first, last = found["bool"]["should"]
    assert (len(first["terms"]["at"]), last) == (MOST_TERMS, {"terms": {"at": [MOST_TERMS]}})
    assert found["bool"]["minimum_should_match"] == 1
