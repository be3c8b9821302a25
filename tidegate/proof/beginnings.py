"""What of the asked windows can be proved, after what retention has taken."""

import time
from dataclasses import dataclass

from tidegate.clients.kafka_offsets import offsets_at
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.proof.retention import Edge, LeftOut, begin_at
from tidegate.proof.retention_reader import read_retained
from tidegate.proof.topics import Beginnings
from tidegate.proof.window import Window
from tidegate.settings import Settings

_MS_PER_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Provable:
    """The windows that outputs are whole for; what of the asked ones is left out, and for which edge."""

    windows: list[Window]
    beginnings: Beginnings
    left_out: tuple[LeftOut, ...]
    edge: Edge | None


def provable(settings: Settings, dataset: Stream, asked: list[Window], trust_rule: bool) -> Provable:
    """What can be proved of the asked windows; see ``retention.edge_of`` for ``trust_rule``, which is of silver.

    Raises:
        TidegateError: nothing.
    """
    contract = dataset.contract
    topics = (contract.silver_topic, contract.dead_letter_topic, contract.dropped_topic)
    trusted = topics if trust_rule else topics[1:]
    filled = (contract.silver_topic, contract.dropped_topic) if contract.silver_version > 1 else ()
    retained = read_retained(settings, topics, int(time.time() * 1000), trusted, filled)
    edge = retained.edge(topics)
    if edge is None:
        return Provable(asked, Beginnings(retained.starts), (), None)
    windows, left_out = begin_at(asked, offsets_at(settings, contract.topic.name, edge.until_ms))
    if left_out and not any(window.start < window.end for window in windows):
        raise TidegateError(
            f"nothing of these events of {dataset.name} can be proved: retention has removed rows of {edge.topic} "
            "that were written after they had arrived.",
            remedy=f"Prove later events; see cleanup.policy and retention of {edge.topic}.",
        )
    expired_before = {}
    if silver := retained.edge([contract.silver_topic]):
        known_ms = silver.until_ms + int(contract.dedup_ttl_hours * _MS_PER_HOUR)
        passed = offsets_at(settings, contract.topic.name, known_ms)
        expired_before = {window.partition: passed.get(window.partition, window.end) for window in windows}
    return Provable(windows, Beginnings(retained.starts, expired_before), tuple(left_out), edge)
