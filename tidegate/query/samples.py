"""Three questions that the lake's own tables can answer, to begin with. Pure."""

from collections.abc import Sequence

from tidegate.contracts.naming import LAKE_DEAD_LETTERS


def samples(tables: Sequence[str]) -> list[str]:
    """One line of SQL each; none where the lake is empty."""
    silver = next((name for name in tables if name.startswith("silver.")), None)
    bronze = silver.replace("silver.", "bronze.", 1) if silver else None
    found = []
    if silver:
        found.append(f"select year, month, day, count(*) as rows from {_quoted(silver)} group by all order by all")
    if bronze in tables:
        assert bronze
        found.append(f"select max(_ingested_at) as newest, now() - newest as age from {_quoted(bronze)}")
    if LAKE_DEAD_LETTERS in tables:
        found.append(
            f"select dataset, stage, error_code, count(*) as letters from {LAKE_DEAD_LETTERS}"
            " where failed_at > now() - interval 1 day group by all order by letters desc"
        )
    elif silver:
        found.append(f"select * from {_quoted(silver)} order by _ingested_at desc limit 5")
    return found


def _quoted(name: str) -> str:
    """In quotes where SQL needs them."""
    parts = name.split(".", 1)
    return ".".join(part if part.isidentifier() and part.islower() else f'"{part}"' for part in parts)
