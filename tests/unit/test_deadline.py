"""A call is waited for up to a deadline, and made once at a time."""

import threading

import pytest

from tests.polling import wait_for
from tidegate.deadline import Waited


def test_a_call_that_is_late_is_waited_for_again_and_not_made_twice() -> None:
    thawed, calls = threading.Event(), []

    def ask() -> str:
        calls.append(1)
        thawed.wait(30)
        return "answer"

    waited = Waited(ask, "ask")
    assert not waited.ended(0)
    for _ in range(3):
        waited.begin()
        assert not waited.ended(0.01)
    thawed.set()
    wait_for("the answer", lambda: waited.ended(0.1))
    assert (waited.take(), len(calls)) == ("answer", 1)


def test_after_an_answer_the_next_call_is_made() -> None:
    answers = iter("ab")
    waited = Waited(lambda: next(answers), "ask")
    taken = []
    for _ in range(2):
        waited.begin()
        assert waited.ended(10)
        taken.append(waited.take())
    assert taken == ["a", "b"]


def test_what_the_call_raises_is_raised_where_it_is_taken() -> None:
    def fail() -> None:
        raise KeyError("x")

    waited = Waited(fail, "fail")
    waited.begin()
    assert waited.ended(10)
    with pytest.raises(KeyError):
        waited.take()
    waited.begin()
    assert waited.ended(10)
