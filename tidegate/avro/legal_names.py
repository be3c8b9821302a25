"""Names that Avro allows for those that a sender uses, such as ``k8s.pod.name``. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, count

_LEGAL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OTHERS = re.compile(r"[^A-Za-z0-9_]+")
IsFree = Callable[[str], bool]


def legal_names(sent: Sequence[str], is_free: IsFree = lambda _name: True) -> dict[str, str]:
    """A name for each, by the name that is sent: its own where that is legal and free, else one made of it.

    No two differ only by case, since not every reader tells those apart.
    """
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for name in sent:
        if _LEGAL.fullmatch(name) and is_free(name) and name.lower() not in taken:
            chosen[name] = name
            taken.add(name.lower())
    for name in sent:
        if name not in chosen:
            chosen[name] = next(other for other in _candidates(name) if is_free(other) and other.lower() not in taken)
            taken.add(chosen[name].lower())
    return {name: chosen[name] for name in sent}


def _candidates(name: str) -> Iterable[str]:
    base = _OTHERS.sub("_", name).strip("_") or "field"
    if base[0].isdigit():
        base = f"field_{base}"
    return chain([base, f"{base}_"], (f"{base}_{number}" for number in count(2)))
