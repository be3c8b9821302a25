"""Which letters are made up for in silver, told where that takes a moment: a look loads much that others do without."""

import importlib
from collections.abc import Mapping

from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import Place
from tidegate.dlq.folders import looked_before
from tidegate.dlq.index import Index
from tidegate.settings import Settings


def made_up_near(settings: Settings, index: Index, stream: Stream) -> Mapping[str, Place] | None:
    """By letter, the silver row that has its identity; None where nobody has looked before, or much came since.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    if not looked_before(settings, stream.name):
        return None
    found: Mapping[str, Place] | None = importlib.import_module("tidegate.dlq.made_up").look_if_near(
        settings, index, stream
    )
    return found
