-- Grain: one silver row per validated click. Filters are `drop` rules in contract.yaml, so that the proof sees them.
-- `validated` holds the raw columns (personal fields already hashed), the columns of `enrich`, and the envelope.
select
    _source_partition,
    _source_offset,
    event_id,
    event_time,
    user_id,
    session_id,
    event_type,
    page_url,
    referrer,
    product_id,
    product_name,
    product_category as category,
    product_list_price as list_price,
    quantity,
    unit_price,
    cast(quantity * unit_price as decimal(16, 2)) as amount,
    currency,
    upper(country) as country,
    ip,
    classify(
        user_agent,
        'bot=bot,Bot=bot,spider=bot,crawler=bot,Slurp=bot,iPad=tablet,Tablet=tablet,Mobile=phone,iPhone=phone,Android=tablet,Windows=desktop,Macintosh=desktop,X11=desktop',
        'other'
    ) as device_family,
    user_agent,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated
