"""What differs between two states of a ``contract.yaml``, and which of it breaks what others rely on. Pure.

Compared is what the files mean: order, comments and defaults that are written out make no difference.
"""

import json
from collections.abc import Iterator
from typing import Any

from tidegate.avro.compatibility import promises_less
from tidegate.avro.paths import field_at
from tidegate.contracts.dataset import Dataset
from tidegate.contracts.load import CONTRACT_FILE
from tidegate.contracts.model import Contract, Explode
from tidegate.contracts.problem import Problem

_KEEPS_MORE = ("drop", "mask", "hmac")
"""The methods of privacy by what they leave of a value, least first."""
_NEW_DATASET = "Restore it, or make a new dataset: deduplication, documents and the proof go by it."


def contract_changes(old: Contract, new: Contract) -> list[str]:
    """What differs, a line per place: added (+), removed (-), changed (~)."""
    return list(_changes(_by_name(old), _by_name(new), ""))


def contract_breaks(dataset: Dataset, old: Contract, where: str) -> list[Problem]:
    """The changes since ``old`` that spoil what is there already, or show what was hidden.

    Those are another identity of silver's rows, another key in the same topic, another index of the same row, a version
    of silver's topic that is not the next one, a lesser promise, and less privacy. ``where``: in words, of ``old``.
    """
    new = dataset.contract
    found = [*_identity_breaks(old, new), *_key_breaks(old, new), *_index_breaks(old, new)]
    found += _version_breaks(old, new)
    found += [*_promise_breaks(old, new), *_privacy_breaks(old, dataset)]
    file = f"{dataset.name}/{CONTRACT_FILE}"
    return [Problem(file, f"against {where}", problem, remedy) for problem, remedy in found]


def _identity_breaks(old: Contract, new: Contract) -> Iterator[tuple[str, str]]:
    if old.identity != new.identity:
        yield f"identity was {', '.join(old.identity)}, is {', '.join(new.identity)}", _NEW_DATASET
    if old.explode != new.explode:
        yield f"explode was {_exploded(old.explode)}, is {_exploded(new.explode)}", _NEW_DATASET


def _exploded(explode: Explode | None) -> str:
    return f"{explode.field} by {explode.position}" if explode else "not there"


def _key_breaks(old: Contract, new: Contract) -> Iterator[tuple[str, str]]:
    if old.topic.name == new.topic.name and old.topic.key != new.topic.key:
        yield (
            f"topic.key was {old.topic.key or 'null'}, is {new.topic.key or 'null'}",
            "Restore it, or name a new topic: records that belong together would lie in two partitions.",
        )


def _index_breaks(old: Contract, new: Contract) -> Iterator[tuple[str, str]]:
    if old.index is not None and new.index is not None and old.index.pattern != new.index.pattern:
        yield (
            f"index.pattern was {old.index.pattern}, is {new.index.pattern}",
            "Restore it, or delete the indices and let the index job begin anew: a row that comes again would be a "
            "second document, in another index.",
        )


def _version_breaks(old: Contract, new: Contract) -> Iterator[tuple[str, str]]:
    before, after = old.silver_version, new.silver_version
    if after < before:
        yield (
            f"silver.version was {before}, is {after}",
            f"Go back to {before}: what was written since is in {old.silver_topic} alone.",
        )
    elif after > before + 1:
        yield (
            f"silver.version was {before}, is {after}",
            f"Make it {before + 1}: each version is filled from the one before.",
        )


def _promise_breaks(old: Contract, new: Contract) -> Iterator[tuple[str, str]]:
    if promises_less(new.compatibility, than=old.compatibility):
        yield (
            f"compatibility was {old.compatibility}, is {new.compatibility}, which promises less",
            "Restore it: others rely on it, and jobs read all versions by the newest.",
        )


def _privacy_breaks(old: Contract, dataset: Dataset) -> Iterator[tuple[str, str]]:
    methods = {privacy.field: privacy.method for privacy in dataset.contract.privacy}
    for field, before in {privacy.field: privacy.method for privacy in old.privacy}.items():
        after = methods.get(field)
        names = [name for name, each in dataset.mapped_fields.items() if field in each.aliases and name not in methods]
        is_there = field_at(dataset.mapped_fields, field) is not None
        if not is_there and names:
            yield (
                f"{field} had privacy {before}, {names[0]}, which is read by that alias, has none",
                "Give it the same.",
            )
        elif after is None and is_there:
            yield (
                f"{field} had privacy {before}, has none",
                "Restore it: silver, lake and index would hold the field in clear.",
            )
        elif after is not None and _KEEPS_MORE.index(after) > _KEEPS_MORE.index(before):
            yield f"{field} had privacy {before}, has {after}, which keeps more of it", f"Go back to {before}."


def _by_name(contract: Contract) -> dict[str, Any]:
    """The contract in JSON values, its lists of sections by what each is about."""
    values = contract.model_dump(mode="json")
    return values | {
        "rules": {rule["name"]: rule for rule in values["rules"]},
        "privacy": {privacy["field"]: privacy for privacy in values["privacy"]},
        "enrich": {f"{enrich['reference']} on {enrich['on']}": enrich for enrich in values["enrich"]},
    }


def _changes(old: Any, new: Any, place: str) -> Iterator[str]:
    if old == new:
        return
    if old is None:
        yield f"+ {place} {_told(new)}"
    elif new is None:
        yield f"- {place} {_told(old)}"
    elif isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            yield from _changes(old.get(name), new.get(name), f"{place}.{name}" if place else name)
    else:
        yield f"~ {place} {_told(old)} -> {_told(new)}"


def _told(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
