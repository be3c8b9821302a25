"""The sample of products is what generated clicks and orders name."""

from producers.datasets.find import find
from producers.datasets.products import catalogue, sample


def test_a_load_finds_it_and_it_has_every_product_of_the_catalogue() -> None:
    assert find("products", "sample", "sample") is sample.sample
    assert [record["product_id"] for record in sample.sample()] == [each.product_id for each in catalogue.products()]
