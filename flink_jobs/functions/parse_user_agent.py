"""``parse_user_agent(text)``: the families of browser and operating system, by the patterns of uap-core."""

from functools import cache

import pandas as pd
from ua_parser import Domain, Parser, RegexResolver, load_lazy_builtins

ARGUMENTS = ("STRING",)
RESULT = {"browser": "STRING", "os": "STRING"}

MAX_CHARS = 1024
"""Browsers name themselves in a few hundred characters; what comes after that names nothing any more."""


def parse_user_agent(agents: pd.Series) -> pd.DataFrame:
    """``browser`` and ``os`` of each text; null where the text is null or names none.

    Each distinct text of a batch is parsed once, so that the cost is per browser and not per event.
    """
    codes, distinct = pd.factorize(agents)
    families = [*(_families(text[:MAX_CHARS]) for text in distinct), (None, None)]  # factorize gives null code -1
    parsed = [families[code] for code in codes]
    return pd.DataFrame(parsed, columns=["browser", "os"], dtype=object)


def _families(text: str) -> tuple[str | None, str | None]:
    found = _parser()(text, Domain.USER_AGENT | Domain.OS)
    browser, system = found.user_agent, found.os
    return browser.family if browser else None, system.family if system else None


@cache
def _parser() -> Parser:
    """Made at the first text, in the worker: its patterns take 0.2 s and some 20 MB."""
    assert RegexResolver is not None, "ua-parser[regex] is installed"
    return Parser(RegexResolver(load_lazy_builtins()))
