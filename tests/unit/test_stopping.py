"""The first signal asks for a clean stop, the second interrupts."""

import signal

import pytest

from tidegate.stopping import stop_on_signal


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_second_interrupts(number: signal.Signals) -> None:
    with stop_on_signal() as stop:
        assert not stop()
        signal.raise_signal(number)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)


def test_after_the_block_signals_mean_what_they_meant_before() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    with pytest.raises(ValueError, match="broken"), stop_on_signal():
        raise ValueError("broken")

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
