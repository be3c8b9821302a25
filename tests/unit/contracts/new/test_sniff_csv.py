"""What a sample in CSV says of itself: never more than all of its rows do."""

from typing import Any

import pytest

from tidegate.contracts.new.sniff_csv import sniff_csv
from tidegate.errors import ContractError


def sniff(text: str, encoding: str = "utf-8") -> Any:
    return sniff_csv(text.encode(encoding), "day.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_by_which_rows_fit_the_header(delimiter: str) -> None:
    found = sniff(f'a{delimiter}b{delimiter}c\n1{delimiter}"x, y; z"{delimiter}2.5\n'.replace('"x, y; z"', '"x y"'))
    assert (found.delimiter, [*found.samples[0]]) == (delimiter, ["a", "b", "c"])


def test_a_delimiter_within_quotes_is_none() -> None:
    found = sniff('a;b\n"1,2";"3,4"\n"5,6";"7,8"\n')
    assert found.delimiter == ";"
    assert found.samples[0] == {"a": "1,2", "b": "3,4"}


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("iso-8859-1", "ISO-8859-1")],
)
def test_the_encoding_is_seen(encoding: str, told: str) -> None:
    found = sniff("id,city\n1,Köln\n", encoding)
    assert (found.encoding, found.samples[0]["city"]) == (told, "Köln")


def test_the_euro_sign_of_windows_is_seen() -> None:
    assert sniff("id,sum\n1,5 €\n", "windows-1252").samples[0]["sum"] == "5 €"


@pytest.mark.parametrize(
    ("cells", "values", "avro"),
    [
        (["1", "-20"], [1, -20], None),
        (["0", "10"], [0, 10], None),
        (["01", "10"], ["01", "10"], None),
        (["9223372036854775808", "1"], ["9223372036854775808", "1"], {"precision": 23, "scale": 0}),
        (["12.50", "7"], ["12.50", "7"], {"precision": 8, "scale": 2}),
        (["12.50", "007.1"], ["12.50", "007.1"], None),
        (["1.5e3", "2"], ["1.5e3", "2"], None),
        (["2026-11-28", "2026-02-28"], ["2026-11-28", "2026-02-28"], {"logicalType": "date"}),
        (["2026-11-28", "2026-02-30"], ["2026-11-28", "2026-02-30"], None),
        (["true", "false"], [True, False], None),
        (["true", "yes"], ["true", "yes"], None),
        (["", "4"], [None, 4], None),
        (["NULL", "4"], [None, 4], None),
        (["\\N", "x"], [None, "x"], None),
        (["", ""], [None, None], None),
    ],
)
def test_a_column_has_a_type_only_if_all_of_its_values_have_it(
    cells: list[str], values: list[Any], avro: dict[str, Any] | None
) -> None:
    found = sniff("k,v\n" + "".join(f"a,{cell}\n" for cell in cells))
    assert [sample["v"] for sample in found.samples] == values
    assert ({} if avro is None else avro).items() <= found.types.get("v", {}).items()
    assert ("v" in found.types) == (avro is not None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n", "no row"),
        ("a,a\n1,2\n", "no header, as it has 'a'"),
        ("1,2\n3,4\n", "no header, as it has '1'"),
        ("a,\n1,2\n", "no header, as it has ''"),
        ("a,b\n1,2,3\n", "as many cells"),
        ('a,b\n1,"2" x\n', "as many cells"),
        ("", "as many cells"),
    ],
)
def test_what_is_no_sample_is_one_line(text: str, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        sniff(text)
