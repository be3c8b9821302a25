"""An error says what is wrong and what to do, also when another process raised it."""

import pickle

import pytest

from tidegate.errors import ContractError, TidegateError, TransientError


def test_it_reads_as_the_problem_and_its_remedy() -> None:
    error = TidegateError("Kafka does not answer.", remedy="Start it.")

    assert str(error) == "Kafka does not answer. Start it."
    assert (error.problem, error.remedy) == ("Kafka does not answer.", "Start it.")


@pytest.mark.parametrize("kind", [TidegateError, TransientError, ContractError])
def test_it_crosses_a_process_boundary_whole(kind: type[TidegateError]) -> None:
    received = pickle.loads(pickle.dumps(kind("It broke.", remedy="Try again.")))

    assert type(received) is kind
    assert (received.problem, received.remedy) == ("It broke.", "Try again.")
