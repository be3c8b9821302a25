"""Each name that a sender uses has one that Avro allows, and no two that differ only by case."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.avro.legal_names import legal_names
from tidegate.avro.types import read_type


def test_a_legal_name_stays_even_if_another_would_become_it() -> None:
    assert legal_names(["a.b", "a_b", "A-B"]) == {"a.b": "a_b_", "a_b": "a_b", "A-B": "A_B_2"}


def test_names_are_made_of_what_is_legal_in_them() -> None:
    sent = ["k8s.pod.name", "content-type", "1st", "", "@timestamp", "userid", "userId", "$"]
    assert list(legal_names(sent).values()) == [
        *("k8s_pod_name", "content_type", "field_1st", "field", "timestamp", "userid", "userId_", "field_")
    ]


def test_a_name_that_is_not_free_is_replaced() -> None:
    free = legal_names(["_key", "key", "year"], lambda name: not name.startswith("_") and name != "year")
    assert free == {"_key": "key_", "key": "key", "year": "year_"}


@given(st.lists(st.text(max_size=5), unique=True, max_size=30))
def test_every_list_of_names_becomes_the_fields_of_a_record(sent: list[str]) -> None:
    chosen = legal_names(sent)
    assert list(chosen) == sent
    assert len({name.lower() for name in chosen.values()}) == len(sent)
    fields = [{"name": name, "type": "int"} for name in chosen.values()]
    read_type({"type": "record", "name": "R", "fields": fields or [{"name": "x", "type": "int"}]})
