"""Which datasets have a live source."""

import pytest

from producers.live.run import _find
from tidegate.errors import TidegateError


@pytest.mark.parametrize("dataset", ["unheard_of", "clicks"])
def test_a_dataset_without_a_live_source_is_told_what_to_do(dataset: str) -> None:
    with pytest.raises(TidegateError, match=f"{dataset}' has no live source.*--from FILE --follow"):
        _find(dataset)
