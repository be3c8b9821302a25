-- Grain: one row per minute, category, country and currency. An order with lines of two categories counts in both.
with paid as (
    select
        cast(floor(order_time to minute) as timestamp_ltz(3)) as `minute`,
        coalesce(category, 'unknown') as category,
        coalesce(country, 'unknown') as country,
        currency,
        order_id,
        quantity,
        amount
    from silver
    where status = 'paid'
)
select
    `minute`,
    category,
    country,
    currency,
    count(distinct order_id) as orders,
    sum(cast(quantity as bigint)) as units,
    cast(sum(amount) as decimal(20, 2)) as revenue,
    cast(sum(amount) / count(distinct order_id) as decimal(20, 2)) as average_basket
from paid
group by `minute`, category, country, currency
