-- Grain: one row per minute and service that logged in it.
-- `score` says how unusual the minute's error rate is against those of the service's 30 minutes before.
with counted as (
    select
        cast(floor(event_time to minute) as timestamp_ltz(3)) as `minute`,
        service_name,
        count(*) as records,
        sum(case when is_error then cast(1 as bigint) else cast(0 as bigint) end) as errors
    from silver
    group by cast(floor(event_time to minute) as timestamp_ltz(3)), service_name
),

placed as (
    select
        `minute`,
        service_name,
        records,
        errors,
        array[
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
            16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
        ] as places
    from counted
),

-- Each minute stands for itself (0 minutes ago) and for a part of the past of the 30 minutes that follow.
spread as (
    select
        cast(timestampadd(minute, minutes_ago, `minute`) as timestamp_ltz(3)) as `minute`,
        service_name,
        minutes_ago,
        records,
        errors
    from placed
    cross join unnest(places) as place (minutes_ago)
),

compared as (
    select
        `minute`,
        service_name,
        sum(records) filter (where minutes_ago = 0) as records,
        sum(errors) filter (where minutes_ago = 0) as errors,
        count(*) filter (where minutes_ago > 0) as baseline_minutes,
        array_agg(cast(errors as double) / records) filter (where minutes_ago > 0) as baseline
    from spread
    group by `minute`, service_name
)
select
    `minute`,
    service_name,
    coalesce(records, 0) as records,
    coalesce(errors, 0) as errors,
    coalesce(cast(errors as double) / records, 0) as error_rate,
    baseline_minutes,
    error_rate_score(errors, records, baseline) as score
from compared
where records is not null
