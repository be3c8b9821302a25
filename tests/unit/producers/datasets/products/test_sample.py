"""The sample of products is what generated clicks and orders name: the same on every machine."""

from producers.datasets.find import find
from producers.datasets.products import catalogue, sample
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Reference


def test_a_load_finds_it_and_it_has_every_product_of_the_catalogue() -> None:
    assert find("products", "sample", "sample") is sample.sample
    assert [record["product_id"] for record in sample.sample()] == [each.product_id for each in catalogue.products()]


def test_it_fits_its_schema_and_never_changes(products: Reference) -> None:
    records = list(sample.sample())
    encoder = Encoder(products.latest, 1)
    assert len({encoder.encode(record) for record in records}) == catalogue.SIZE
    assert [encoder.decode(encoder.encode(record)) for record in records[:50]] == records[:50]
    assert records[0]["product_id"] == "P00001"
    assert [str(record["list_price"]) for record in records[:3]] == ["57.99", "27.99", "10.99"]
