"""Rows of JSON in any encoding: opened, mended and written so that what no recipe touched keeps its value."""

import pytest

from tidegate.files.json_rows import JsonRows
from tidegate.redrive.opened import Bytes, Unopened

LINES = JsonRows("utf-8", is_array=False)
ARRAY = JsonRows("utf-8", is_array=True)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "cp1252"])
def test_a_row_is_written_in_the_encoding_of_its_file(codec: str) -> None:
    rows, came = JsonRows(codec, is_array=False), Bytes('{"price": 1.10, "name": "Grüße"}'.encode(codec))

    record = rows.open(came).record
    found = rows.write(record | {"price": 2}, came, None)

    assert found.value == '{"price":2,"name":"Grüße"}'.encode(codec)


def test_numbers_stay_as_exact_as_they_are() -> None:
    came = Bytes(b'{"a": 1.10000000000000000001, "b": 12345678901234567890}')

    found = LINES.write(LINES.open(came).record, came, None)

    assert found.value == b'{"a":1.10000000000000000001,"b":12345678901234567890}'


def test_what_follows_the_object_is_cut() -> None:
    assert LINES.cut(Bytes(b'{"a": 1} more')).value == b'{"a": 1} '


def test_a_sign_that_the_encoding_lacks_is_refused() -> None:
    rows = JsonRows("cp1252", is_array=False)

    with pytest.raises(Unopened, match="cp1252"):
        rows.write({"name": "ʒ"}, Bytes(b"{}"), None)
    with pytest.raises(Unopened):
        JsonRows("utf-16-le", is_array=False).open(Bytes(b"{}}"))


def test_what_is_no_json_may_stand_on_a_line_and_not_in_an_array() -> None:
    assert LINES.stands_alone(b'{"a": ')
    assert not ARRAY.stands_alone(b'{"a": ')
    assert ARRAY.stands_alone(b'{"a": "x"}')


def test_schemas_are_for_avro() -> None:
    with pytest.raises(Unopened):
        LINES.named(Bytes(b"{}"), None, framed=True)
