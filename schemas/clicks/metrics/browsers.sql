-- Grain: one row per 5 minutes, browser and operating system.
-- SQL counts by user agent first, so that Python sees a text once per 5 minutes and not once per click.
with clicked as (
    select
        cast(
            timestampadd(minute, -mod(cast(extract(minute from event_time) as int), 5), floor(event_time to minute))
            as timestamp_ltz(3)
        ) as window_start,
        user_agent,
        event_type
    from silver
),

counted as (
    select
        window_start,
        user_agent,
        count(*) as clicks,
        count(*) filter (where event_type = 'view') as `views`,
        count(*) filter (where event_type = 'purchase') as purchases
    from clicked
    group by window_start, user_agent
),

parsed as (
    select
        window_start,
        parse_user_agent(user_agent) as agent,
        clicks,
        `views`,
        purchases
    from counted
),

named as (
    select
        window_start,
        coalesce(agent.browser, 'unknown') as browser,
        coalesce(agent.os, 'unknown') as os,
        clicks,
        `views`,
        purchases
    from parsed
)
select
    window_start,
    browser,
    os,
    sum(clicks) as clicks,
    sum(`views`) as `views`,
    sum(purchases) as purchases
from named
group by window_start, browser, os
