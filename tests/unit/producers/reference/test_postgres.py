"""Addresses of PostgreSQL that can't be read are one line, without the password in them."""

import pytest

from producers.reference.postgres import open_table
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
