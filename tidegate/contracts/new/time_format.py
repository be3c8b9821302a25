"""A pattern such as ``dd.MM.yyyy HH:mm``: whether a text fits it, and how it writes a moment. Pure.

Its letters are those of Java's ``DateTimeFormatter``, which Flink's ``to_timestamp_ltz`` takes. None is of a zone:
Flink passes over the offset that a text has.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from tidegate.errors import ContractError

_Written = Callable[[datetime], str]
_FOUR, _TWO, _ONE = r"\d{4}", r"\d{2}", r"\d{1,2}"
_LETTERS: Mapping[str, tuple[str, _Written]] = {
    "yyyy": (_FOUR, lambda moment: f"{moment:%Y}"),
    "uuuu": (_FOUR, lambda moment: f"{moment:%Y}"),
    "yy": (_TWO, lambda moment: f"{moment:%y}"),
    "MMM": (r"[A-Z][a-z]{2}", lambda moment: f"{moment:%b}"),
    "MM": (_TWO, lambda moment: f"{moment:%m}"),
    "M": (_ONE, lambda moment: str(moment.month)),
    "dd": (_TWO, lambda moment: f"{moment:%d}"),
    "d": (_ONE, lambda moment: str(moment.day)),
    "HH": (_TWO, lambda moment: f"{moment:%H}"),
    "H": (_ONE, lambda moment: str(moment.hour)),
    "hh": (_TWO, lambda moment: f"{moment:%I}"),
    "h": (_ONE, lambda moment: str(int(f"{moment:%I}"))),
    "mm": (_TWO, lambda moment: f"{moment:%M}"),
    "ss": (_TWO, lambda moment: f"{moment:%S}"),
    "a": ("AM|PM", lambda moment: f"{moment:%p}"),
}
_PART = re.compile(r"(?P<letters>([A-Za-z])\2*)|'(?P<quoted>(?:[^']|'')*)'|(?P<other>[^A-Za-z'\[\]{}#])|(?P<wrong>.)")
_MAX_DIGITS = 9
_DAY: Mapping[str, tuple[str, ...]] = {"year": ("yyyy", "uuuu", "yy"), "month": ("MMM", "MM", "M"), "day": ("dd", "d")}
_KNOWN = f"Its letters: {', '.join(_LETTERS)}, S for each digit of a fraction, and others in quotes, as 'T'."
_LIKELY = (
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd'T'HH:mm:ss",
    "yyyy-MM-dd HH:mm:ss.SSS",
    "yyyy-MM-dd'T'HH:mm:ss.SSS",
    "yyyy-MM-dd HH:mm:ss.SSSSSS",
    "yyyy-MM-dd'T'HH:mm:ss.SSSSSS",
    "yyyy-MM-dd HH:mm",
    "yyyy-MM-dd'T'HH:mm",
    "yyyy/MM/dd HH:mm:ss",
    "yyyy-MM-dd",
    "yyyyMMddHHmmss",
    "yyyyMMdd",
    "dd.MM.yyyy HH:mm:ss",
    "dd.MM.yyyy HH:mm",
)


class TimeFormat:
    """A pattern, read; a ContractError says what of it is not known."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        parts = list(_parts(pattern))
        if lacks := [what for what, letters in _DAY.items() if not any(each in _letters(pattern) for each in letters)]:
            raise ContractError(f"{pattern!r} has no {lacks[0]}.", remedy=_KNOWN)
        self._fits = re.compile("".join(f"(?:{regex})" for regex, _ in parts), re.ASCII)
        self._written = [written for _, written in parts]

    @property
    def is_finer_than_ms(self) -> bool:
        """Whether it has more than three digits of a fraction."""
        return "SSSS" in self.pattern

    def fits(self, text: str) -> bool:
        """Whether a text has this form; its day may still be one that there is not."""
        return self._fits.fullmatch(text) is not None

    def written(self, moment: datetime) -> str:
        """The moment's local time in this form."""
        return "".join(written(moment) for written in self._written)


def likely_format(text: str) -> str | None:
    """The pattern that a text is likely written in; None where several could be meant, or none is known."""
    return next((pattern for pattern in _LIKELY if TimeFormat(pattern).fits(text)), None)


def _letters(pattern: str) -> set[str]:
    return {found["letters"] for found in _PART.finditer(pattern) if found["letters"] is not None}


def _parts(pattern: str) -> Iterator[tuple[str, _Written]]:
    for found in _PART.finditer(pattern):
        if (letters := found["letters"]) is not None:
            yield _of_letters(letters, pattern)
        elif found["wrong"] is not None:
            raise ContractError(f"{pattern!r}: {found['wrong']} is not known in a format of time.", remedy=_KNOWN)
        else:
            yield _literal((found["quoted"] or "'").replace("''", "'") if found["other"] is None else found["other"])


def _of_letters(letters: str, pattern: str) -> tuple[str, _Written]:
    if letters in _LETTERS:
        return _LETTERS[letters]
    count = len(letters)
    if letters.strip("S") or count > _MAX_DIGITS:
        raise ContractError(f"{pattern!r}: {letters} is not known in a format of time.", remedy=_KNOWN)
    return rf"\d{{{count}}}", lambda moment: f"{moment.microsecond:06d}000"[:count]


def _literal(text: str) -> tuple[str, _Written]:
    return re.escape(text), lambda _: text
