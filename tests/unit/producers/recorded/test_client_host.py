"""Which address is the client's: decided where it can be, refused where nobody can tell."""

import pytest

from producers.recorded.client_host import read_client


@pytest.mark.parametrize(
    ("text", "host", "user"),
    [
        ("203.0.113.9 - -", "203.0.113.9", "-"),
        ("203.0.113.9 - anna smith", "203.0.113.9", "anna smith"),
        ("203.0.113.9 -  ", "203.0.113.9", ""),
        ("2001:db8::1 - -", "2001:db8::1", "-"),
        ("dial-7.example.net - anna smith", "dial-7.example.net", "anna smith"),
        ("203.0.113.9, 10.1.2.3 - -", "203.0.113.9", "-"),
        ("203.0.113.9,10.1.2.3,10.0.0.1 - -", "203.0.113.9", "-"),
        ("unknown, 10.1.2.3 - -", None, "-"),
        ("203.0.113.9:51234, 10.1.2.3:80 - -", "203.0.113.9", "-"),
        ("[2001:db8::1]:51234 - -", "2001:db8::1", "-"),
        ("shop.example:443 203.0.113.9 - -", "203.0.113.9", "-"),
        ("shop.example:443 203.0.113.9, 10.1.2.3 - anna smith", "203.0.113.9", "anna smith"),
        ("shop.example:443 dial-7.example.net - -", "dial-7.example.net", "-"),
        ("shop.example 2001:db8::7 - -", "2001:db8::7", "-"),
        ("shop.example unix: - anna", None, "anna"),
        ("shop.example:443 - - -", None, "-"),
        ("[2001:db8::1]:443 203.0.113.9 - -", "203.0.113.9", "-"),
        ("10.0.0.5:8080 203.0.113.9 - -", "203.0.113.9", "-"),
        ("_ 203.0.113.9 - -", "203.0.113.9", "-"),
        ("- 203.0.113.9 - -", "203.0.113.9", "-"),
        ("- - -", None, "-"),
        ("unix: - -", None, "-"),
        ("unknown - -", None, "-"),
    ],
)
def test_the_client_and_the_user(text: str, host: str | None, user: str) -> None:
    assert read_client(text) == (host, user)


@pytest.mark.parametrize(
    "text", ["203.0.113.9 10.1.2.3 - -", "203.0.113.9 - - -", "203.0.113.9 10.1.2.3, 10.0.0.1 - -"]
)
def test_what_nobody_can_tell_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="which address is the client's cannot be told"):
        read_client(text)


@pytest.mark.parametrize("text", ["", "x", "203.0.113.9 -", ", , , "])
def test_less_than_three_fields_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="do not stand before the time"):
        read_client(text)
