-- Grain: one row per 5 minutes and country. A session counts at each step that it took within these 5 minutes.
with steps as (
    select
        cast(
            timestampadd(minute, -mod(cast(extract(minute from event_time) as int), 5), floor(event_time to minute))
            as timestamp_ltz(3)
        ) as window_start,
        coalesce(country, 'unknown') as country,
        event_type,
        session_id
    from silver
    where event_type in ('view', 'cart', 'checkout', 'purchase')
),

counted as (
    select
        window_start,
        country,
        count(distinct session_id) filter (where event_type = 'view') as viewed,
        count(distinct session_id) filter (where event_type = 'cart') as carted,
        count(distinct session_id) filter (where event_type = 'checkout') as checked_out,
        count(distinct session_id) filter (where event_type = 'purchase') as purchased
    from steps
    group by window_start, country
)
select
    window_start,
    country,
    viewed,
    carted,
    checked_out,
    purchased,
    cast(purchased as double) / nullif(viewed, 0) as conversion
from counted
