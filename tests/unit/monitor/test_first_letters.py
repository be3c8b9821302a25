"""One letter as it comes from Kafka."""

from tests.unit.monitor.test_outputs import DEAD_LETTER, LETTER, Registry, framed
from tidegate.avro.records import parsed_schemas
from tidegate.monitor.first_letters import Letter, letter_of


class Sent:
    def __init__(self, value: bytes | None) -> None:
        self._value = value

    def value(self) -> bytes | None:
        return self._value

    def offset(self) -> int:
        return 7

    def timestamp(self) -> tuple[int, int]:
        return 1, 2_500


def read(value: bytes | None) -> Letter | None:
    return letter_of(Sent(value), parsed_schemas(Registry().by_id))


def test_a_letter_has_its_place_time_and_id() -> None:
    assert read(framed(DEAD_LETTER, LETTER)) == Letter(7, 2.5, "0" * 32)


def test_what_no_job_wrote_has_no_id() -> None:
    assert read(b"hello") == read(None) == Letter(7, 2.5, "")
    assert letter_of(None, parsed_schemas(Registry().by_id)) is None
