-- Grain: one silver row per validated revision of a product. Samples are left out by a `drop` rule in contract.yaml.
select
    _source_partition,
    _source_offset,
    product_id,
    revision,
    updated_at,
    name,
    lower(category) as category,
    list_price,
    currency,
    coalesce(supplier.supplier_id, '') as supplier_id,
    upper(supplier.country) as supplier_country,
    gtin,
    cast(
        cast(size.width_mm as decimal(10, 0)) * cast(size.height_mm as decimal(10, 0)) * size.depth_mm / 1000
        as decimal(18, 3)
    ) as volume_cm3,
    weight_g,
    images,
    attributes,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings,
    _rescued
from validated
