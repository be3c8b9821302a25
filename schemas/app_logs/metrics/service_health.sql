-- Grain: one row per minute and service.
-- Durations are put into steps of 2 %, so that percentiles are right within 1 %: Flink reads all different values of a
-- minute each time it shows them, and without steps nearly every record has a value of its own.
with logged as (
    select
        cast(floor(event_time to minute) as timestamp_ltz(3)) as `minute`,
        service_name,
        is_error,
        -- ROUND throws at an infinite number: what no percentile can be made of counts as a record without a duration.
        case
            when duration_ms > 0 and duration_ms < 1E15 then power(1.02, round(ln(duration_ms) / ln(1.02)))
            when duration_ms = 0 then duration_ms
        end as duration_ms
    from silver
),

counted as (
    select
        `minute`,
        service_name,
        count(*) as records,
        sum(case when is_error then cast(1 as bigint) else cast(0 as bigint) end) as errors,
        percentile(duration_ms, array[0.5, 0.95]) as percentiles
    from logged
    group by `minute`, service_name
)
select
    `minute`,
    service_name,
    records,
    errors,
    cast(errors as double) / records as error_rate,
    percentiles[1] as p50_ms,
    percentiles[2] as p95_ms
from counted
