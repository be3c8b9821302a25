"""What of ISO 8601 is a day or a time wherever JSON is read; the jobs' decoder has the same (``IsoTime.java``)."""

import re

_DAY = r"\d{4}(?:-\d\d-\d\d|\d{4})"
_CLOCK = r"(?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?|[0-5]\d(?:[0-5]\d(?:[.,]\d+)?)?)?"
_ZONE = r"(?:Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)"
ISO_DAY = re.compile(_DAY, re.ASCII)
ISO_TIME = re.compile(f"{_DAY}[Tt ]{_CLOCK}{_ZONE}?", re.ASCII)


def is_iso_time(text: str) -> bool:
    """Whether a text has the form of a time; it may still name a day or an hour that there is not, or no zone."""
    return ISO_TIME.fullmatch(text) is not None
