"""PostgreSQL: an address that can't be read is one line without the password; a row that can't is one rejected row."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from producers.reference.postgres import json_row, open_table
from producers.reference.rows import RowReader, State
from producers.sending.decoding import Fault, decoded
from tests.postgres import PASSWORD, postgres
from tidegate.contracts.dataset import Reference
from tidegate.errors import TidegateError, TransientError


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ann:hunter2@h:abc/shop",
        "postgresql://ann:hunter2@h:70000/shop",
        "postgresql://ann:hunter2%zz@h/shop",
        "postgresql://ann:hunter2@h/shop?foo=bar",
        "postgresql://ann:hunter2@[::1/shop",
        "postgresql://ann:x/hunter2@h/shop",
        "postgresql://ann:12/hunter2@h/shop",
        "postgresql://ann:x@hunter2@h/shop",
    ],
)
def test_an_address_that_cannot_be_read_is_one_line_without_its_password(products: Reference, address: str) -> None:
    with pytest.raises(TidegateError, match=r"the address after --from can't be read.*percent-encode") as raised:
        open_table(address, "products", products).__enter__()

    assert not isinstance(raised.value, TransientError)
    assert "hunter2" not in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.__context__ is None  # which may quote it


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("postgresql://ann:p%40ss@127.0.0.1:1/shop", "127.0.0.1:1"),
        ("postgres://ann@127.0.0.1:1/shop?application_name=a@b", "127.0.0.1:1"),
        ("postgresql://127.0.0.1:1,127.0.0.1:1/shop", "127.0.0.1,127.0.0.1:1,1"),
        ("postgresql:///shop?host=/nowhere&port=1", "/nowhere:1"),
        ("postgresql://ann:p?a#b@127.0.0.1:1", "127.0.0.1:1"),
    ],
)
def test_a_server_that_does_not_answer_is_named(products: Reference, address: str, place: str) -> None:
    with pytest.raises(TransientError, match="does not answer") as raised:
        open_table(address, "products", products).__enter__()

    assert str(raised.value).startswith(f"PostgreSQL at {place} does not answer")


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("updated_at", '"infinity"'),
        ("updated_at", '"0044-03-15T10:00:00+00:00 BC"'),
        ("updated_at", '"294276-01-01T00:00:00+00:00"'),
        ("list_price", '"NaN"'),
        ("list_price", "1" * 1000),
        ("name", '"\\ud83d"'),
    ],
)
def test_a_value_that_no_field_holds_rejects_its_row_by_key(products: Reference, column: str, told: str) -> None:
    values = {"name": '"Lamp"', "category": '"Home"', "list_price": "12.5000", "currency": '"EUR"'}
    values |= {"product_id": '"L1"', "updated_at": '"2026-11-20T10:00:00+00:00"'}
    reader = RowReader(products, datetime(2026, 11, 21, tzinfo=UTC))

    def state(values: dict[str, str]) -> State | Fault:
        text = "{" + ", ".join(f'"{name}": {value}' for name, value in values.items()) + "}"
        return decoded(lambda: reader.state(json_row(1, "L1", text, 1)))

    assert isinstance(state(values), State)
    refused = state(values | {column: told})
    assert isinstance(refused, Fault)
    assert refused.reason.startswith(f"row L1.{column}: ")


def test_a_key_that_the_table_has_twice_has_no_state() -> None:
    assert json_row(2, "L1", "{}", 2).problem == "row L1: 2 rows of the table have this key"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres(tmp_path_factory.mktemp("postgres")) as address, pytest.MonkeyPatch.context() as environment:
        environment.setenv("PGPASSWORD", PASSWORD)
        yield address


TABLE = """CREATE TABLE {name} (product_id text, name text, category text, list_price {price}, currency text,
updated_at {time})"""


def load(shop: str, products: Reference, table: str) -> tuple[list[str], list[str]]:
    """The keys that are loaded, and why rows are rejected."""
    reader = RowReader(products, datetime.now(UTC))
    loaded, reasons = [], []
    with open_table(shop, table, products) as opened:
        for row in opened.rows(list(opened.versions())):
            state = decoded(lambda row=row: reader.state(row))  # type: ignore[misc]
            if isinstance(state, Fault):
                reasons.append(state.reason)
            else:
                loaded.append(state.key)
    return loaded, sorted(reasons)


def test_rows_that_no_clock_or_decimal_shows_are_rejected_and_the_others_loaded(shop: str, products: Reference) -> None:
    with psycopg.connect(shop) as connection:
        connection.execute(TABLE.format(name="odd", price="numeric", time="timestamptz"))
        row = "INSERT INTO odd VALUES (%s, 'Lamp', 'Home', %s, 'EUR', %s)"
        for key, price, time in [
            ("good", "12.5000", "2026-01-01"),
            ("endless", "1", "infinity"),
            ("bygone", "1", "0044-03-15 10:00:00 BC"),
            ("far", "1", "20000-01-01"),
            ("nan", "NaN", "2026-01-01"),
            ("twice", "1", "2026-01-01"),
            ("twice", "2", "2026-01-02"),
        ]:
            connection.execute(row, (key, price, time))

    loaded, reasons = load(shop, products, "odd")

    assert loaded == ["good"]
    assert [reason.split(":")[0] for reason in reasons] == [
        "row bygone.updated_at",
        "row endless.updated_at",
        "row far.updated_at",
        "row nan.list_price",
        "row twice",
        "row twice",
    ]


def test_one_time_that_is_none_does_not_stop_a_table_whose_times_are_text(shop: str, products: Reference) -> None:
    with psycopg.connect(shop) as connection:
        connection.execute(TABLE.format(name="texts", price="text", time="text"))
        connection.execute("INSERT INTO texts VALUES ('good', 'Lamp', 'Home', '12.50', 'EUR', '2026-01-01T00:00:00Z')")
        connection.execute("INSERT INTO texts VALUES ('bad', 'Lamp', 'Home', '12.50', 'EUR', '2026-13-45')")

    loaded, (reason,) = load(shop, products, "texts")

    assert loaded == ["good"]
    assert reason.startswith("row bad.updated_at: '2026-13-45' is not a time")
