-- Grain: one silver row per validated transaction. What is pending or a test is left out by `drop` rules in contract.yaml.
select
    _source_partition,
    _source_offset,
    transaction_id,
    booked_at,
    kind,
    account,
    product_id,
    product_name,
    product_category as category,
    quantity,
    amount,
    fee,
    cast(amount - coalesce(fee, 0) as decimal(18, 4)) as net,
    upper(currency) as currency,
    upper(country) as country,
    card_last4,
    reference,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated
