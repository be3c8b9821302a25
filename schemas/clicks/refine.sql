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
    case
        when user_agent is null then 'other'
        when user_agent like '%bot%' or user_agent like '%Bot%' or user_agent like '%spider%'
            or user_agent like '%crawler%' or user_agent like '%Slurp%' then 'bot'
        when user_agent like '%iPad%' or user_agent like '%Tablet%' then 'tablet'
        when user_agent like '%Mobile%' or user_agent like '%iPhone%' then 'phone'
        when user_agent like '%Android%' then 'tablet'
        when user_agent like '%Windows%' or user_agent like '%Macintosh%' or user_agent like '%X11%' then 'desktop'
        else 'other'
    end as device_family,
    user_agent,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated
