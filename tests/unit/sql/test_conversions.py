from tidegate.sql.conversions import planned, running


def column(sql: str, personal: tuple[str, ...] = ()) -> str:
    """What one column of a map.sql is in the job."""
    query = running(f"select {sql} from raw", personal, "raw_records", ["_key"])
    return query.removeprefix("SELECT ").removesuffix(",\n  _key\nFROM raw_records AS `raw`")


def test_a_cast_names_field_type_and_column() -> None:
    assert column("cast(payload.qty as int) as qty") == (
        "converted(TRY_CAST(converting(payload.qty, 'payload.qty (for qty)\tINT\t') AS int), '') AS `qty`"
    )
    assert "'qty\tDECIMAL(10, 2)\t'" in column("CAST( qty AS DECIMAL(10, 2) ) as qty")


def test_casts_within_casts_are_each_told() -> None:
    written = column("to_timestamp_ltz(cast(t as bigint), 0) as at")

    assert written == (
        "converted(to_timestamp_ltz(converting("
        "converted(TRY_CAST(converting(t, 't (for at)\tBIGINT\t') AS bigint), ''), "
        "'t (for at)\tTIMESTAMP_LTZ\t'), 0), '') AS `at`"
    )


def test_what_never_fails_and_what_may_be_null_stays() -> None:
    assert column("cast(n as string) as n") == "cast(n AS string) AS `n`"
    assert column("try_cast(t as int) as n") == "try_cast(t as int) AS `n`"
    assert column("cast(null as int) as n") == "cast(null AS int) AS `n`"


def test_a_value_of_a_personal_column_is_withheld_wherever_it_is_converted() -> None:
    sql = "operator.badge as badge, cast(operator.badge as bigint) as number, cast(n as int) as n"

    written = column(sql, personal=("badge",))

    assert "BIGINT\tp'" in written
    assert "INT\t'" in written


def test_dates_are_looked_at_where_the_text_begins_with_one() -> None:
    assert "DATE\td'" in column("cast(t as date) as day")
    assert "TIMESTAMP_LTZ\td'" in column("to_timestamp_ltz(t, 'yyyy-MM-dd HH:mm') as at")
    assert "TIMESTAMP_LTZ\t'" in column("to_timestamp_ltz(t, 'dd.MM.yyyy') as at")


def test_strings_and_comments_are_no_sql() -> None:
    assert column("replace(t, 'cast(x as int)', '') as t -- cast(y as int)\n") == (
        "replace(t, 'cast(x as int)', '') AS `t`"
    )


def test_the_table_keeps_its_name_and_what_stands_beside_goes_along() -> None:
    query = running("select r.a, b as c from raw as r", (), "raw_records", ["_key", "_payload"])

    assert query == "SELECT r.a AS `a`,\n  b AS `c`,\n  _key,\n  _payload\nFROM raw_records AS `r`"


def test_for_planning_each_line_stays_where_it_is() -> None:
    assert planned("select raw.a,\n b -- raw.\nfrom Raw;\n") == "select `raw`.a,\n b -- raw.\nfrom `raw`"
