"""Each fault says what to type, with the dataset's name and the range it is about."""

from itertools import product
from typing import get_args

import pytest

from tidegate.proof.next_steps import next_step
from tidegate.proof.report import Finding, Found, LayerName


@pytest.mark.parametrize(("layer", "fault"), [*product(get_args(LayerName), get_args(Found))])
def test_every_fault_of_every_layer_names_a_command(layer: LayerName, fault: Found) -> None:
    text = next_step("clicks", Finding(layer, fault, 1, ("0:7",)))

    assert "`tidegate " in text
    assert "{" not in text


def test_what_is_missing_in_silver_is_refined_again() -> None:
    assert "`tidegate replay missing clicks`" in next_step("clicks", Finding("topics", "missing", 1, ("0:7",)))


def test_a_replay_has_the_offsets_that_are_shown_where_these_are_all() -> None:
    few = Finding("lake_silver", "missing", 3, ("0:7", "1:3 (price)", "0:2"))
    many = Finding("lake_silver", "changed", 30, ("0:7", "1:3"))
    nowhere = Finding("lake_silver", "unexplained", 1, ("a row without coordinates",))

    assert "`tidegate replay plan clicks --offsets 0:2-8,1:3-4`" in next_step("clicks", few)
    assert "`tidegate replay plan clicks`" in next_step("clicks", many)
    document = Finding("index", "changed", 1, ("0:7 (price)",))
    assert "`tidegate replay plan clicks --offsets 0:7-8 --target index`" in next_step("clicks", document)
    assert "`tidegate replay plan clicks`" in next_step("clicks", nowhere)
