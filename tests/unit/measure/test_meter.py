"""Which of the sampled events are looked for by searches, and what is told of them."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.polling import wait_for
from tidegate.contracts.dataset import Stream
from tidegate.measure.meter import TAKE_EVERY, Meter
from tidegate.measure.output_watch import Seen
from tidegate.measure.sampled_row import SampledRow
from tidegate.settings import Settings


class Outputs:
    """An output watch that samples some rows at its first poll."""

    def __init__(self, _settings: Settings, _dataset: Stream, on_sample: Callable[[SampledRow], None]) -> None:
        self.seen = Seen()
        self._on_sample = on_sample
        self._left = [SampledRow(str(number), time.time() - 5) for number in range(2 * TAKE_EVERY)]

    def poll(self) -> None:
        while self._left:
            self._on_sample(self._left.pop(0))
        time.sleep(0.01)

    def close(self) -> None: ...


class Index:
    """Finds the first document only."""

    def __init__(self, _settings: Settings) -> None: ...

    def search(self, _index: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"hits": {"hits": [{"_id": name} for name in body["query"]["ids"]["values"] if name == "0"]}}


def test_one_of_some_samples_is_looked_for_and_measured_when_found(
    clicks: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidegate.measure.meter.OutputWatch", Outputs)
    monkeypatch.setattr("tidegate.measure.meter.SearchClient", Index)

    with Meter(Settings(), clicks) as meter:
        wait_for("the first document", lambda: meter.found.latencies_ms)
        meter.check()

    assert meter.found.latencies_ms == [pytest.approx(5000, abs=2000)]
    assert meter.found.first_at_s == pytest.approx(time.time(), abs=10)
    assert meter.not_found == 1
