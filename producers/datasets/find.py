"""What a dataset brings of its own, each thing a file of ``producers/datasets/<dataset>/``: the one look-up for all."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, cast

from producers.generated import from_examples
from producers.generated.generator import GeneratorFactory

FOLDER = "producers/datasets"


def find(dataset: str, module: str, name: str) -> Any:
    """``name`` of ``producers/datasets/<dataset>/<module>.py``; None where the dataset has no such file or name."""
    package = f"{FOLDER.replace('/', '.')}.{dataset}"
    if find_spec(package) is None or find_spec(f"{package}.{module}") is None:
        return None
    return getattr(import_module(f"{package}.{module}"), name, None)


def find_generator(dataset: str) -> GeneratorFactory:
    """The dataset's own ``generator``, or the one that uses its examples."""
    return cast(GeneratorFactory, find(dataset, "generator", "generator") or from_examples.generator)
