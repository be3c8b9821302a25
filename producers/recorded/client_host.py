"""Who made a request: what stands before the time in an access log, in the forms that servers are configured to write.

========================================== ==========================================
``203.0.113.9 - anna``                     the usual one; a name in place of the address stays
``203.0.113.9, 10.1.2.3 - -``              X-Forwarded-For: the first address is the client, the others are proxies
``shop.example:443 203.0.113.9 - -``       the virtual host first, with or without its port
``203.0.113.9:51234 - -``                  the port is left out
``- - -``, ``unix: - -``, ``unknown - -``  not known: null
========================================== ==========================================

The first address of X-Forwarded-For is what the client's side claims; a log that has to hold against lies is
written with the address that the server itself saw. Of two addresses without a comma nobody can tell which is the
client's: such a line is refused, so that no proxy's address is taken for a visitor's.
"""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

_PORT = re.compile(r":\d{1,5}$", re.ASCII)
_UNKNOWN = frozenset({"", "-", "unix:", "unknown", "_"})
_LONGEST_ADDRESS = 60


class Client(NamedTuple):
    """A host, None if it is not known, and the user as logged."""

    host: str | None
    user: str


def read_client(text: str) -> Client:
    """The client in ``text``, all of a line before its time.

    Raises:
        ValueError: it is in none of the known forms.
    """
    host, rest = _host_and_rest(text)
    follows, after = _host_and_rest(rest)
    if _names_server(host, follows, after):
        host, rest = follows, after
    elif _is_address(_first(host)) and (_is_address(_first(follows)) or after.startswith("- ")):
        raise ValueError("a field too much before the time: which address is the client's cannot be told")
    _, _, user = rest.partition(" ")
    if " " not in rest:
        raise ValueError("not a line of an access log: host, identity and user do not stand before the time")
    return Client(_host(_first(host)), user.strip())


def _host_and_rest(text: str) -> tuple[str, str]:
    """The first field, with all of a list whose commas are followed by blanks, and what comes behind it."""
    end = text.find(" ")
    while end > 0 and text[end - 1] == ",":
        end = text.find(" ", end + 1)
    return (text, "") if end < 0 else (text[:end], text[end + 1 :])


def _names_server(host: str, follows: str, after: str) -> bool:
    """Whether ``host`` is the server's, so that the client is what follows it."""
    if _is_bare_address(host) or "," in host or " " not in after:
        return False
    has_port = _PORT.search(host) is not None
    if _is_address(_first(follows)):
        return has_port or not _is_address(host)
    return after.startswith("- ") and not _is_address(host)


def _first(hosts: str) -> str:
    return hosts.split(",", 1)[0]


def _is_address(text: str) -> bool:
    """Whether it is an IP address, perhaps with a port."""
    return _is_bare_address(text) or _is_bare_address(_without_port(text))


def _is_bare_address(text: str) -> bool:
    return len(text) <= _LONGEST_ADDRESS and _parses(text)


@lru_cache(maxsize=4096)
def _parses(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _without_port(text: str) -> str:
    return _PORT.sub("", text).removeprefix("[").removesuffix("]")


def _host(text: str) -> str | None:
    if text in _UNKNOWN:
        return None
    return text if _is_bare_address(text) or not _is_address(text) else _without_port(text)
