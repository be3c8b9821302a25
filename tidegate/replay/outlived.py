"""What replays have left in the lake for the proof is taken away when the topics have nothing of their ranges."""

from tidegate.clients.kafka_offsets import offsets_at, topic_spans
from tidegate.clients.lake import drop_table, open_catalog
from tidegate.clients.replay_evidence import published_evidence
from tidegate.contracts.dataset import Stream
from tidegate.replay.sources import raw_has_some
from tidegate.settings import Settings


def drop_outlived(settings: Settings, stream: Stream) -> list[str]:
    """Takes away the tables of replays of which raw has no record, nor silver's topic a row; returns their ids.

    Raises:
        TransientError: Kafka or the lake does not answer.
    """
    catalog = open_catalog(settings)
    gone = [
        each
        for each in published_evidence(settings, catalog, stream.name)
        if not raw_has_some(settings, stream, each.spans) and not _silver_has_some(settings, stream, each.replayed_at)
    ]
    for each in gone:
        drop_table(settings, catalog, each.table)
    return [each.plan_id for each in gone]


def _silver_has_some(settings: Settings, stream: Stream, at_ms: int) -> bool:
    """Whether the topic has rows that were written before that time, as all of the range were."""
    topic = stream.contract.silver_topic
    later = offsets_at(settings, topic, at_ms)
    return any(later.get(number, high) > low for number, (low, high) in topic_spans(settings, topic).items())
