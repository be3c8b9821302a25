"""Whether the topics of a dataset are its own: two datasets in one topic would read each other's records. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping

from tidegate.contracts import naming
from tidegate.contracts.dataset import Draft
from tidegate.contracts.model import Contract
from tidegate.contracts.problem import Problem


def topic_problems(draft: Draft, drafts: Mapping[str, Draft]) -> list[Problem]:
    """A raw topic that another dataset has, or that the jobs write to.

    Two names must differ in more than ``.`` and ``_``, or Kafka, whose metrics tell them not apart, creates no topic.
    """
    others = {topic: name for name, other in drafts.items() if name != draft.name for topic in _topics(other)}
    taken = {_alike(topic): (topic, f"a topic of {name}") for topic, name in others.items()}
    taken |= {_alike(topic): (topic, "what the dataset's jobs write") for topic in _written(draft)}
    name = draft.contract.topic.name
    found = []
    if name in (".", ".."):
        found.append((f"{name} is no name of a topic", "Choose another."))
    elif _alike(name) in taken:
        other, whose = taken[_alike(name)]
        like = f"{name} is" if other == name else f"{name} differs only by . and _ from {other}, which is"
        found.append((f"{like} {whose}", f"Choose another, such as raw.{draft.name}."))
    elif owner := _named_for_later(name, drafts.values()):
        found.append((f"{name} is what a later version of silver of {owner} is called", f"Choose raw.{draft.name}."))
    file = f"{draft.name}/contract.yaml"
    return [*(Problem(file, "topic.name", *each) for each in found), *_version_problems(file, draft, others)]


def _named_for_later(name: str, drafts: Iterable[Draft]) -> str | None:
    """The stream whose next versions of silver could have a topic like this."""
    names = (draft.name for draft in drafts if draft.contract.kind == "stream")
    return next((each for each in names if re.fullmatch(rf"(silver|dropped)_{each}_v\d+", _alike(name))), None)


def _version_problems(file: str, draft: Draft, others: Mapping[str, str]) -> Iterator[Problem]:
    """``silver.clicks.v2`` is like ``silver.clicks_v2``, silver of another dataset."""
    if draft.contract.silver_version == 1:
        return
    like = {_alike(topic): topic for topic in others}
    for topic in (draft.contract.silver_topic, draft.contract.dropped_topic):
        if other := like.get(_alike(topic)):
            problem = f"{topic} differs only by . and _ from {other}, a topic of {others[other]}"
            yield Problem(file, "silver.version", problem, f"Rename {others[other]}: Kafka takes no two such names.")
            return


def _topics(draft: Draft) -> Iterator[str]:
    yield draft.contract.topic.name
    yield from _written(draft)


def _written(draft: Draft) -> Iterator[str]:
    contract: Contract = draft.contract
    if contract.kind == "file":
        yield contract.dead_letter_topic
    if contract.kind == "stream":
        yield from (contract.silver_topic, contract.dead_letter_topic, contract.dropped_topic)
        yield from (naming.gold_topic(draft.name, metric.name) for metric in draft.metrics)


def _alike(topic: str) -> str:
    return topic.replace(".", "_")
