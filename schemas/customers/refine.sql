-- Grain: one silver row per validated change of a customer. Test customers are left out by a `drop` rule in contract.yaml.
select
    _source_partition,
    _source_offset,
    customer_id,
    revision,
    changed_at,
    last_name,
    cast(extract(year from birth_date) as int) as birth_year,
    email,
    street,
    postal_code,
    city,
    upper(country) as country,
    newsletter,
    credit_limit,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated
