from pydantic import SecretStr

from tests.unit.redrive.letters import letter
from tests.unit.redrive.records import CLICKS, fixer
from tests.unit.redrive.test_plan import PLAN
from tidegate.dead_letters.redriven import is_genuine, own_headers, read
from tidegate.redrive.copy_of import CopyMaker
from tidegate.redrive.fix import Fixed, NotFixed
from tidegate.settings import Settings

KEY = "k" * 32
MAKER = CopyMaker(Settings(redrive_key=SecretStr(KEY)), PLAN, fixer(CLICKS, None))


def test_a_copy_says_when_its_record_first_arrived_and_is_signed() -> None:
    found = MAKER.copy_of(letter(b"v", first_failed_at=9))

    assert isinstance(found, Fixed)
    said = read(found.headers)
    assert said is not None
    assert (said.arrived_ms, said.of.offset, said.attempt, said.plan_id) == (1_790_000_000_000, 42, 1, PLAN.plan_id)
    assert is_genuine(found.headers, b"v", KEY)
    assert own_headers(found.headers) == [("producer", b"shop 2.1")]


def test_a_copy_of_a_copy_keeps_what_the_first_said() -> None:
    first = MAKER.copy_of(letter(b"v", first_failed_at=9))
    assert isinstance(first, Fixed)
    source = {"offset": 77, "timestamp": 1_795_000_000_000, "headers": dict(first.headers)}

    second = MAKER.copy_of(letter(b"v", first_failed_at=9, attempt=2, replay_id="p", source=source))

    assert isinstance(second, Fixed)
    said = read(second.headers)
    assert said is not None
    assert (said.arrived_ms, said.of.offset, said.attempt) == (1_790_000_000_000, 42, 2)
    assert len(second.headers) == len(first.headers)


def test_what_is_not_fixed_has_no_copy() -> None:
    assert isinstance(MAKER.copy_of(letter(source=None)), NotFixed)
