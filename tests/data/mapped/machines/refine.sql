select
    _source_partition,
    _source_offset,
    reading_id,
    machine_id,
    measured_at,
    energy_kwh,
    good,
    is_on,
    built_on,
    operator_name,
    operator_badge,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated
