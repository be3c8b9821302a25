-- Grain: one row per reading, as it came.
select
    meta.readingId as reading_id,
    cast(machineId as string) as machine_id,
    to_timestamp_ltz(meta.sentAt, 0) as measured_at,
    cast(replace(kWh, ',', '.') as decimal(10, 3)) as energy_kwh,
    coalesce(cast(goodParts as int), Cast(`parts` as int)) as good,
    try_cast(goodParts as int) is null as is_old,
    cast(builtOn as date) as built_on,
    cast(isOn as boolean) as is_on,
    raw.operator.fullName as operator_name,
    cast(cast(`operator`.badgeNo as bigint) as string) as operator_badge
from raw
