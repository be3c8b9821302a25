"""From a dead letter to the record that is sent in its place."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, Protocol

from tidegate.avro.types import AvroSchema
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.topics import raw_subject
from tidegate.dead_letters.codes import STAGES_BEFORE_SILVER
from tidegate.errors import ContractError
from tidegate.redrive import recipe as recipes
from tidegate.redrive.avro_records import AvroRecords
from tidegate.redrive.change import (
    ChangeError,
    cast_fields,
    default_fields,
    drop_fields,
    rename_fields,
    set_fields,
    values_at,
)
from tidegate.redrive.json_topic import JsonTopic
from tidegate.redrive.opened import Bytes, Opened, Records, Unopened
from tidegate.redrive.plan import RedrivePlan
from tidegate.redrive.recipe import Recipe, SchemaId, Step, parse_recipe
from tidegate.redrive.script import Script, ScriptError
from tidegate.redrive.whole import Came, WholeRecords, came, is_cut
from tidegate.settings import Settings

UNMATCHED = "no fix of the recipe matches it"
Kind = Literal["unfixable", "unmatched", "left_out"]


class Fixed(NamedTuple):
    """A record to send; without a recipe its bytes are those that arrived."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


class NotFixed(NamedTuple):
    """Why there is nothing to send for a letter: the recipe means others, or leaves it out, or can't mend it."""

    reason: str
    kind: Kind = "unfixable"


Fix = Callable[[Mapping[str, Any]], Fixed | NotFixed]
"""Takes a decoded dead letter, fields as in ``schemas/dead_letter``. A :class:`Fixer` is one."""


class Whole(Protocol):
    """Where the whole record is found of a letter that keeps a part of it."""

    def at(self, letter: Mapping[str, Any]) -> Came | str:
        """The record; or why it can't be had."""


class Fixer:
    """Makes the record that is sent for a letter, by a recipe or, without one, as it came."""

    def __init__(self, stream: Stream, whole: Whole, recipe: Recipe | Script | None, records: Records) -> None:
        self._raw_topic = stream.contract.topic.name
        self._whole = whole
        self._recipe = recipe
        self._records = records

    def __call__(self, letter: Mapping[str, Any]) -> Fixed | NotFixed:
        """``letter`` is decoded, its fields as in ``schemas/dead_letter``."""
        arrived = self.arrived(letter)
        if self._recipe is None or isinstance(arrived, NotFixed):
            return arrived
        if letter["stage"] not in STAGES_BEFORE_SILVER:
            return NotFixed("its record is a row of silver, which no recipe changes")
        before = Bytes.of(arrived.value, arrived.headers)
        try:
            after = self._mended(letter, before, self._recipe)
        except (ChangeError, ScriptError, Unopened) as error:
            return NotFixed(str(error))
        if isinstance(after, NotFixed):
            return after
        return Fixed(arrived.key, after.value, after.headers(arrived.headers))

    def arrived(self, letter: Mapping[str, Any]) -> Fixed | NotFixed:
        """The record that failed, all of it."""
        if letter["source"] is None:
            return NotFixed("it came from a file: load the file again")
        if not is_cut(letter):
            return Fixed(*came(letter))
        found = self._whole.at(letter)
        return NotFixed(found) if isinstance(found, str) else Fixed(*found)

    def opened(self, record: Fixed) -> Opened | None:
        """The fields of a record, for people; None where not one can be read."""
        try:
            return self._records.open(Bytes.of(record.value, record.headers))
        except Unopened:
            return None

    def _mended(self, letter: Mapping[str, Any], before: Bytes, recipe: Recipe | Script) -> Bytes | NotFixed:
        if isinstance(recipe, Script):
            return self._scripted(before, recipe)
        fixes = [fix for fix in recipe.fixes if fix.when.holds(letter) and self._has_values(fix, before)]
        if not fixes:
            return NotFixed(UNMATCHED, "unmatched")
        after = before
        for step in (step for fix in fixes for step in fix.byte_steps):
            after = self._stepped(step, after)
        steps = [step for fix in fixes for step in fix.field_steps]
        return self._rewritten(steps, after) if steps else after

    def _scripted(self, before: Bytes, script: Script) -> Bytes | NotFixed:
        opened = self._records.open(before)
        if opened.fault is not None:
            return NotFixed(f"it can't be decoded whole ({opened.fault}): only a recipe in YAML can mend it")
        record = script.fixed(opened.record)
        if record is None:
            return NotFixed(f"{script.name} leaves it out", "left_out")
        return self._records.write(record, before, None)

    def _has_values(self, fix: recipes.Fix, before: Bytes) -> bool:
        if not fix.when.value:
            return True
        try:
            record = self._records.open(before).record
        except Unopened:
            return False
        return all(any(value in wanted for value in values_at(record, path)) for path, wanted in fix.when.value.items())

    def _stepped(self, step: Step, before: Bytes) -> Bytes:
        """One step on bytes."""
        if step.cut is not None:
            return self._records.cut(before)
        schema = step.schema_id if step.frame is None else step.frame
        assert schema is not None
        return self._records.named(before, _id(schema), framed=step.frame is None)

    def _rewritten(self, steps: list[Step], before: Bytes) -> Bytes:
        opened = self._records.open(before)
        encode: int | None = None
        for step in steps:
            if step.encode is not None:
                encode = _id(step.encode)
            else:
                change(opened.record, step)
        try:
            return self._records.write(opened.record, before, encode)
        except Unopened as error:
            if opened.fault is None:
                raise
            raise Unopened(f"it can be decoded up to {opened.fault}; of what follows {error}") from error


def change(record: dict[str, Any], step: Step) -> None:
    """One step on the fields of a record.

    Raises:
        ChangeError: a value does not allow it.
    """
    set_fields(record, step.set or {})
    default_fields(record, step.default or {})
    rename_fields(record, step.rename or {})
    cast_fields(record, step.cast or {})
    drop_fields(record, step.drop or [])


def fixer(settings: Settings, stream: Stream, plan: RedrivePlan) -> Fixer:
    """What makes the records of a plan.

    Raises:
        TidegateError: its recipe is none, or names a schema that the registry has not.
    """
    return fixer_of(settings, stream, recipe_of(plan))


def recipe_of(plan: RedrivePlan) -> Recipe | Script | None:
    """The recipe that a plan has kept, read.

    Raises:
        TidegateError: it is none.
    """
    return None if plan.recipe is None else parse_recipe(plan.recipe, plan.recipe_name or "")


def fixer_of(settings: Settings, stream: Stream, recipe: Recipe | Script | None) -> Fixer:
    """The same, for a recipe that was read."""
    whole = WholeRecords(settings, stream)
    if stream.contract.is_json:
        return Fixer(stream, whole, recipe, JsonTopic())
    registry = RegistryClient(settings)
    records = AvroRecords(registry, newest_schema(registry, stream))
    for schema_id in named_schemas(recipe) if isinstance(recipe, Recipe) else ():
        records.require(schema_id)
    return Fixer(stream, whole, recipe, records)


def newest_schema(registry: RegistryClient, stream: Stream) -> tuple[int, AvroSchema]:
    """The id and the schema that fixed records are written by: the contract's newest, or the producers'.

    Raises:
        ContractError: the registry knows neither.
    """
    subject = raw_subject(stream.contract)
    schema_id = registry.lookup(subject, stream.latest)
    if schema_id is not None:
        return schema_id, stream.latest
    if stream.contract.topic.registered_by == "producers":
        latest = registry.latest(subject)
        return latest.schema_id, latest.schema
    raise ContractError(
        f"the registry does not know the newest schema of {stream.name} (subject {subject}).",
        remedy=f"Register it with `tidegate contract register {stream.name}`.",
    )


def named_schemas(recipe: Recipe) -> list[int]:
    """The schemas that it names by id."""
    steps = [step for fix in recipe.fixes for step in fix.do]
    ids = (each for step in steps for each in (step.schema_id, step.frame, step.encode))
    return [each for each in ids if isinstance(each, int)]


def _id(schema: SchemaId) -> int | None:
    """None stands for the newest."""
    return schema if isinstance(schema, int) else None
