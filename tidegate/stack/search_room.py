"""Whether OpenSearch has room for more documents, in one line: for ``tidegate doctor``."""

from tidegate.clients.opensearch import SearchRoom
from tidegate.errors import TidegateError

SHARDS_LEFT = 20
"""A dataset takes one for each day, and a metric one for each month."""
FULL_PERCENT = 95
"""OpenSearch's flood stage (``cluster.routing.allocation.disk.watermark.flood_stage``): it blocks indices."""
_SHOWN_BLOCKS = 3


def describe(room: SearchRoom) -> str:
    """What is left.

    Raises:
        TidegateError: it refuses documents, or will soon: shards, blocks or disks; names the first and the remedy.
    """
    if room.blocks:
        more = f" and {len(room.blocks) - _SHOWN_BLOCKS} more" if len(room.blocks) > _SHOWN_BLOCKS else ""
        raise TidegateError(
            f"OpenSearch has blocks, and takes no documents there: {'; '.join(room.blocks[:_SHOWN_BLOCKS])}{more}.",
            remedy="Free its disk, or lift the block: the setting index.blocks.… or cluster.blocks.… to null.",
        )
    if room.max_shards - room.shards < SHARDS_LEFT:
        raise TidegateError(
            f"OpenSearch has {room.shards} of {room.max_shards} shards in use; a new day needs one for its index.",
            remedy="Delete old indices, or raise cluster.max_shards_per_node.",
        )
    if room.disk_percent is not None and room.disk_percent >= FULL_PERCENT:
        raise TidegateError(
            f"A disk of OpenSearch is {room.disk_percent} % full; from {FULL_PERCENT} % on it blocks its indices.",
            remedy="Delete old indices, or give it a larger disk.",
        )
    disk = "" if room.disk_percent is None else f", fullest disk {room.disk_percent} %"
    return f"{room.max_shards - room.shards} of {room.max_shards} shards left{disk}, no blocks"
