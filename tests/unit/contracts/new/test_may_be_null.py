"""What may be null in a contract for a subject with several versions, and what may not."""

from tests.unit.contracts.new.foreign import MILLIS
from tests.unit.contracts.new.test_from_subject import record, take
from tidegate.avro.resolution import resolve
from tidegate.avro.types import read_record
from tidegate.avro.writer_types import read_writer_type
from tidegate.contracts.new.may_be_null import readable_by_all, required, without_null


def test_what_another_version_lacks_or_writes_as_null_may_be_null() -> None:
    newest = record(("id", "string"), ("at", MILLIS), ("added", "int"), ("sure", "string"), ("was", "long"))
    oldest = record(("id", "string"), ("at", MILLIS), ("sure", ["null", "string"]), ("was", "string"))

    taken = readable_by_all(take(newest), [oldest, newest, {"type": "JSON"}], ("id", "at"))

    types = {each["name"]: each["type"] for each in taken.schema["fields"]}
    assert (types["added"], types["sure"]) == (["null", "int"], ["null", "string"])
    assert types["was"] == "long"
    assert taken.notes == [f"{name} may be null: a version of the subject has none" for name in ("added", "sure")]
    resolve(read_writer_type(newest), read_record(taken.schema))


def test_an_identity_that_their_schema_lets_be_null_is_required_of_each_record() -> None:
    taken = take(record(("id", ["null", "string"]), ("note", ["null", "string"]), ("at", [MILLIS, "null"])))

    made = required(taken, ["id", "at"])

    assert [each["type"] for each in made.schema["fields"]] == ["string", ["null", "string"], MILLIS]
    assert len(made.notes) == 2 and "id may be null in their schema" in made.notes[0]
    assert [each["type"] for each in without_null(taken.schema)["fields"]] == ["string", "string", MILLIS]
    resolve(
        read_writer_type(record(("id", ["null", "string"]), ("note", "null"), ("at", MILLIS))), read_record(made.schema)
    )
