from tests.unit.redrive.letters import letter
from tidegate.redrive.fix import Fixed, NotFixed, as_it_came


def test_without_a_recipe_the_record_is_the_one_that_arrived() -> None:
    headers: list[tuple[str, bytes | None]] = [("producer", b"shop 2.1")]

    assert as_it_came(letter(b"\x00\x01")) == Fixed(b"k", b"\x00\x01", headers)
    assert as_it_came(letter(None, source={"key": None, "headers": {}})) == Fixed(None, None, [])


def test_a_record_of_a_file_is_not_sent() -> None:
    assert as_it_came(letter(source=None)) == NotFixed("it came from a file: load the file again")


def test_a_cut_payload_is_not_sent_as_it_is() -> None:
    assert as_it_came(letter(payload_truncated=True)) == NotFixed("its payload is cut")
