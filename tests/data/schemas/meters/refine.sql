-- Grain: one silver row per valid record. Rename, derive and map here.
select
    `_source_partition`,
    `_source_offset`,
    `reading_id`,
    `sentAt`,
    `meterId`,
    `kWh`,
    `site`,
    `tags`,
    `_rescued`,
    `_source_topic`,
    `_ingested_at`,
    `_schema_id`,
    `_warnings`
from validated
