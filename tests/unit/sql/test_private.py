from tidegate.avro.types import AvroType, Field
from tidegate.sql.private import private

TEXT = AvroType("string", nullable=True)
OPERATOR = Field(
    "operator", AvroType("record", nullable=True, fields=(Field("name", TEXT), Field("shift", AvroType("int"))))
)


def test_a_field_that_is_not_personal_stays() -> None:
    assert private(Field("a", TEXT), {"b": "hmac"}) == "`a`"
    assert private(OPERATOR, {"b": "hmac"}) == "`operator`"


def test_a_personal_field_is_replaced_by_its_method() -> None:
    assert private(Field("a", TEXT), {"a": "hmac"}) == "hmac_sha256(`a`) AS `a`"
    assert private(Field("a", TEXT), {"a": "drop"}) == "CAST(NULL AS STRING) AS `a`"
    assert private(Field("a", TEXT), {"a": "mask"}) == "CASE WHEN `a` IS NOT NULL THEN '***' END AS `a`"


def test_within_a_record_it_is_replaced_where_it_stands() -> None:
    row = "CAST(ROW(hmac_sha256(`operator`.`name`), `operator`.`shift`) AS ROW<`name` STRING, `shift` INT>)"

    assert private(OPERATOR, {"operator.name": "hmac"}) == (
        f"CASE WHEN `operator` IS NOT NULL THEN {row} END AS `operator`"
    )


def test_the_column_of_its_path_holds_no_second_copy() -> None:
    column = Field("operator_name", TEXT)

    assert private(column, {"operator.name": "hmac"}) == "hmac_sha256(`operator_name`) AS `operator_name`"
