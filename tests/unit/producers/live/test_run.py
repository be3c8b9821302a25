"""A live source hears of a delivery only if all that it handed out was sent."""

from collections.abc import Callable, Iterator

import pytest

from producers.live.run import _find, send
from producers.sending.batch import Batch
from producers.sending.publish import Publisher
from tidegate.errors import TidegateError
from tidegate.settings import Settings


class Source:
    """Hands out one batch, in which a stop falls."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.stopped = False
        self.told = 0

    def batches(self, clock: Callable[[], float]) -> Iterator[Batch]:
        self.stopped = True
        yield Batch([b"key"] * self.size, [b"value"] * self.size)

    def delivered(self) -> None:
        self.told += 1


@pytest.mark.parametrize(("size", "told"), [(3, 0), (0, 1)])
def test_a_batch_in_which_a_stop_falls_is_not_told_as_delivered(size: int, told: int) -> None:
    source = Source(size)
    progress = send(
        source,
        Publisher(Settings(kafka_bootstrap_servers="127.0.0.1:1"), "none"),
        lambda: source.stopped,
        lambda progress: None,
    )
    assert progress.sent == 0
    assert source.told == told


@pytest.mark.parametrize("dataset", ["unheard_of", "clicks"])
def test_a_dataset_without_a_live_source_is_told_what_to_do(dataset: str) -> None:
    with pytest.raises(TidegateError, match=f"{dataset}' has no live source.*--from FILE --follow"):
        _find(dataset)
