select
    _source_partition,
    _source_offset,
    id,
    sold_at,
    shop,
    amount,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated
