"""A query as tokens, each with its place in the text and how many brackets it stands in. Pure."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:[^']|'')*')
      | (?P<quoted>`(?:[^`]|``)*`)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<other>[^\s])""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """``start`` and ``end`` are its place in the query's text."""

    kind: str
    text: str
    start: int = 0
    end: int = 0

    @property
    def keyword(self) -> str:
        return self.text.upper() if self.kind == "word" else ""

    @property
    def identifier(self) -> str | None:
        """The name that it is, if it can be one."""
        if self.kind == "quoted":
            return self.text[1:-1].replace("``", "`")
        return self.text if self.kind == "word" else None


def tokens_of(sql: str) -> list[tuple[Token, int]]:
    """The tokens, each with how many brackets it stands in; a closing one stands outside, as what it ends."""
    tokens, depth = [], 0
    for match in _TOKEN.finditer(sql):
        kind = str(match.lastgroup)
        if kind == "comment":
            continue
        if match[0] in ("(", ")"):
            depth += 1 if match[0] == "(" else -1
        tokens.append((Token(kind, match[0], match.start(), match.end()), depth))
    return tokens
