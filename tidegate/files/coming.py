"""In which order the versions of a file came from its supplier. Pure.

Numbers tell it but for one kind: a version that is judged again has the bytes of an older one, and a new number. What
the supplier has sent since, bad or not, is newer than it.
"""

from collections.abc import Iterable
from datetime import datetime

from tidegate.clients.file_version import FileVersion

_Sent = tuple[str, str, str, datetime]


def in_order_of_coming(versions: Iterable[FileVersion]) -> list[FileVersion]:
    """Of each file the newest last; those that are judged again are behind the ones with whose bytes they are.

    ``versions``: all of each file.
    """
    came: dict[int, int] = {}
    sent: dict[int, _Sent] = {}
    ignored: dict[_Sent, int] = {}
    found = sorted(versions, key=lambda each: each.number)
    for each in found:
        mine, of = _sent(each), each.replaces
        again = of if of is not None and sent.get(of) == mine else ignored.get(mine) if of is None else None
        came[each.number] = each.number if again is None else came[again]
        sent[each.number] = mine
        if each.state == "ignored":
            ignored[mine] = each.number
    return sorted(found, key=lambda each: came[each.number])


def newest_of_files(versions: Iterable[FileVersion]) -> dict[str, FileVersion]:
    """By URI what came last."""
    return {each.uri: each for each in in_order_of_coming(versions)}


def _sent(version: FileVersion) -> _Sent:
    """Sent once more, the same bytes have another time, or another etag."""
    return version.uri, version.sha256, version.etag, version.modified_at
