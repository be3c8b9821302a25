"""Products: the sample that goes with the generated clicks."""

from collections.abc import Iterator

from producers.datasets.products import catalogue


def sample() -> Iterator[dict[str, object]]:
    """The products that generated clicks name, as records."""
    return catalogue.records()
