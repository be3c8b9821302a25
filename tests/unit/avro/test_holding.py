from tidegate.avro.holding import holds
from tidegate.avro.types import AvroType, Field


def test_a_type_holds_what_is_its_own() -> None:
    assert holds(AvroType("string"), AvroType("string"))
    assert holds(AvroType("string", nullable=True), AvroType("string"))


def test_it_holds_no_null_that_it_does_not_allow_and_nothing_that_needs_a_conversion() -> None:
    assert not holds(AvroType("string"), AvroType("string", nullable=True))
    assert not holds(AvroType("long"), AvroType("int"))
    assert not holds(AvroType("decimal", precision=5, scale=1), AvroType("decimal", precision=5, scale=2))


def test_what_is_within_counts() -> None:
    record = AvroType("record", fields=(Field("a", AvroType("int")),))
    other = AvroType("record", fields=(Field("a", AvroType("int", nullable=True)),))

    assert holds(AvroType("array", items=other), AvroType("array", items=record))
    assert not holds(AvroType("array", items=record), AvroType("array", items=other))
