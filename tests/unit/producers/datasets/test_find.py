"""What a dataset brings of its own is found by its folder."""

from producers.datasets.clicks import generator as clicks_generator
from producers.datasets.find import find, find_generator
from producers.generated import from_examples


def test_a_name_of_a_datasets_file_is_found() -> None:
    assert find("clicks", "generator", "generator") is clicks_generator.generator


def test_what_a_dataset_does_not_bring_is_none() -> None:
    assert find("clicks", "live_source", "read") is None, "no such file"
    assert find("clicks", "generator", "nothing") is None, "no such name"
    assert find("unheard_of", "generator", "generator") is None, "no such dataset"


def test_a_dataset_without_a_generator_has_its_examples() -> None:
    assert find_generator("clicks") is clicks_generator.generator
    assert find_generator("unheard_of") is from_examples.generator
