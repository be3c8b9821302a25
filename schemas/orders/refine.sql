-- Grain: one silver row per line of an order at one status; `explode` in contract.yaml makes the lines and their numbers.
select
    _source_partition,
    _source_offset,
    order_id,
    status,
    line_number,
    order_time,
    customer_id,
    product_id,
    product_name,
    product_category as category,
    quantity,
    unit_price,
    cast(quantity * unit_price as decimal(16, 2)) as amount,
    cardinality(lines) as line_count,
    currency,
    upper(country) as country,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated
