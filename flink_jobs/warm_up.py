"""Plans what nobody needs, so that the client has loaded its classes when it is asked for a job; runs nothing.

The client runs it while its command does other work (``tidegate/jobs/warm_client.py``).
"""

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment

TABLES = (
    """create temporary table given (
        id string, shop string, amount decimal(14, 2), at_ms bigint, sold_at as to_timestamp_ltz(at_ms, 3)
    ) with ('connector' = 'datagen')""",
    """create temporary table taken (
        id string, amount decimal(14, 2), sold_at timestamp_ltz(3)
    ) with ('connector' = 'blackhole')""",
    """create temporary table counted (
        shop string, sales bigint, revenue decimal(38, 2)
    ) with ('connector' = 'blackhole')""",
)
INSERTS = (
    """insert into taken
    select id, case when amount > 0 then amount else cast(null as decimal(14, 2)) end, sold_at
    from given where char_length(id) = 36 and coalesce(shop, '') <> 'test'
    union all
    select upper(id), try_cast(shop as decimal(14, 2)), sold_at from given where amount is null""",
    "insert into counted select shop, count(*), sum(amount) from given group by shop",
)


def main() -> None:
    """Entry point."""
    print(plan())


def plan() -> str:
    """Flink's plan, as JSON."""
    environment = StreamExecutionEnvironment.get_execution_environment()
    tables = StreamTableEnvironment.create(environment)
    for table in TABLES:
        tables.execute_sql(table)
    inserts = tables.create_statement_set()
    for insert in INSERTS:
        inserts.add_insert_sql(insert)
    inserts.attach_as_datastream()
    return str(environment.get_execution_plan())


if __name__ == "__main__":
    main()
