"""Whether a contract's references are there, and whether the columns they bring have names of their own. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping

from tidegate.avro.paths import column_of, field_at
from tidegate.avro.types import Field, flink_type_of
from tidegate.contracts import envelope
from tidegate.contracts.dataset import Draft
from tidegate.contracts.expect import KEY_TYPES, Found, expect
from tidegate.contracts.model import Enrich
from tidegate.contracts.problem import Problem


def enrich_problems(draft: Draft, drafts: Mapping[str, Draft]) -> list[Problem]:
    """What is wrong with the ``enrich`` section of a stream."""
    found: list[Found] = []
    for number, enrich in enumerate(draft.contract.enrich):
        found += _reference_problems(f"enrich.{number}", draft, enrich, drafts.get(enrich.reference))
    found += _column_problems(draft)
    return [Problem(f"{draft.name}/contract.yaml", *each) for each in found]


def _reference_problems(place: str, draft: Draft, enrich: Enrich, reference: Draft | None) -> Iterator[Found]:
    offered = draft.mapped_fields | draft.item_fields
    yield from expect(offered, f"{place}.on", enrich.on, KEY_TYPES, may_be_null=True, where=draft.record_file)
    methods = {privacy.field: privacy.method for privacy in draft.contract.privacy}
    if enrich.on in methods:
        problem = f"{enrich.on} has privacy {methods[enrich.on]}, and the reference is looked up by what that leaves"
        yield f"{place}.on", problem, "Look it up by a field that is not personal."
    if reference is None or reference.contract.kind != "reference":
        yield f"{place}.reference", f"there is no reference dataset {enrich.reference}", "Add its folder."
        return
    yield from _key_problems(f"{place}.on", enrich, offered, reference)
    for name in enrich.columns:
        yield from expect(reference.raw_fields, f"{place}.columns", name, None, may_be_null=True)


def _key_problems(place: str, enrich: Enrich, offered: Mapping[str, Field], reference: Draft) -> Iterator[Found]:
    """A number is not looked up by a text, nor one of 64 bits by one of 32."""
    field, key = field_at(offered, enrich.on), reference.contract.topic.key
    known = reference.raw_fields.get(key or "")
    if field is not None and known is not None and field.type.kind != known.type.kind:
        problem = f"{enrich.on} is {field.type.kind}, {key} of {enrich.reference} is {known.type.kind}"
        sql_type = flink_type_of(known.type).lower()
        yield (
            place,
            problem,
            f"Give it that type by a map.sql: cast({enrich.on} as {sql_type}) as {column_of(enrich.on)}.",
        )


def _column_problems(draft: Draft) -> Iterator[Found]:
    """Two columns of one name: the view that holds them, and with it the job, could not be made."""
    explode = draft.contract.explode
    known = Counter(
        [*draft.record_fields, *draft.item_fields, *([explode.position] if explode else []), *envelope.TYPES]
    )
    for number, enrich in enumerate(draft.contract.enrich):
        for column in enrich.columns:
            name = f"{enrich.prefix}{column}"
            if known[name]:
                problem = f"{name} is there already: a column of the record, or of a reference"
                yield f"enrich.{number}.columns", problem, "Name it once, or choose another prefix."
            known[name] += 1
