"""How jobs keep state: Flink's options for the large ones, and for how long."""

from collections.abc import Mapping

from tidegate.contracts.model import Contract

# State is large and checkpoints frequent: heap state is written whole each time, RocksDB's only where it changed.
# Most lookups find nothing, so filters and indices must stay in the cache: small files keep each of them small.
ROCKSDB: Mapping[str, str] = {
    "state.backend.type": "rocksdb",
    "execution.checkpointing.incremental": "true",
    "state.backend.rocksdb.use-bloom-filter": "true",
    "state.backend.rocksdb.memory.high-prio-pool-ratio": "0.5",
    "state.backend.rocksdb.block.blocksize": "32kb",
    "state.backend.rocksdb.compaction.level.target-file-size-base": "8mb",
    "state.backend.rocksdb.compaction.style": "UNIVERSAL",
    "state.backend.rocksdb.compression.per.level": "LZ4_COMPRESSION",
}
MS_PER_HOUR = 3_600_000


def dedup_ttl_ms(contract: Contract) -> int:
    """How long identities are remembered."""
    return int(contract.dedup_ttl_hours * MS_PER_HOUR)
