-- Grain: one silver row per log record.
select
    _source_partition,
    _source_offset,
    log_id,
    event_time,
    severity_number,
    severity_text,
    body,
    service_name,
    host_name,
    trace_id,
    span_id,
    duration_ms,
    status_code,
    severity_number >= 17 or coalesce(status_code, 0) >= 500 as is_error,
    attributes,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated
