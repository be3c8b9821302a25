-- Grain: one row per minute, country and device family.
with viewed as (
    select
        cast(floor(event_time to minute) as timestamp_ltz(3)) as `minute`,
        coalesce(country, 'unknown') as country,
        device_family,
        session_id
    from silver
    where event_type = 'view'
)
select
    `minute`,
    country,
    device_family,
    count(*) as `views`,
    count(distinct session_id) as sessions
from viewed
group by `minute`, country, device_family
