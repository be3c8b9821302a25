"""Whether a dataset's identity can do its work: tell duplicates from new records, name documents, be proved. Pure.

The proof reads the identity of a raw record and that of its silver rows as text and compares them. So it has a type
whose text is exact, and nothing between raw and silver changes it.
"""

from collections.abc import Iterator

from tidegate.avro.paths import field_at
from tidegate.avro.types import Field, Kind, fields_by_name, read_record
from tidegate.contracts.dataset import Draft
from tidegate.contracts.model import PrivacyMethod
from tidegate.contracts.problem import Problem
from tidegate.contracts.sql_outline import changed_columns

IDENTITY_KINDS: frozenset[Kind] = frozenset({"string", "int", "long"})
_WHY_NOT: dict[PrivacyMethod, str] = {
    "mask": "is masked: all records but the first would be duplicates of it",
    "drop": "is dropped: all records but the first would be duplicates of it",
    "hmac": "is hashed on the way: the proof would find no record of raw in silver",
}
_OTHER_FIELD = "Identify records by a field that is not personal, such as an id of the record itself."


def identity_problems(draft: Draft) -> list[Problem]:
    """Why the identity can't work, in the contract, in ``silver.avsc`` and in ``refine.sql``."""
    file = f"{draft.name}/contract.yaml"
    found = [Problem(file, *each) for each in _contract_problems(draft)]
    if draft.silver is not None:
        fields = fields_by_name(read_record(draft.silver))
        found += [Problem(f"{draft.name}/silver.avsc", *each) for each in _silver_problems(draft, fields)]
    if draft.refine_sql is not None:
        for name in changed_columns(draft.refine_sql, draft.contract.row_identity):
            problem = f"{name} identifies rows and is made anew: the proof would find no record of raw in silver"
            remedy = f"Select `{name}` as it is, and what is made of it under another name."
            found.append(Problem(f"{draft.name}/refine.sql", name, problem, remedy))
    return found


_Found = tuple[str, str, str]


def _contract_problems(draft: Draft) -> Iterator[_Found]:
    contract = draft.contract
    methods = {privacy.field: privacy.method for privacy in contract.privacy}
    for position, name in enumerate(contract.identity):
        place = f"identity.{position}"
        if contract.identity.index(name) != position:
            yield place, f"{name} is named twice", "Name each field once."
        if name in methods:
            yield place, f"{name} {_WHY_NOT[methods[name]]}", _OTHER_FIELD
        field = field_at(draft.mapped_fields, name)
        if field is not None and field.type.kind not in IDENTITY_KINDS:
            problem = f"{name} is {field.type.kind}, which has no exact text to compare"
            yield place, problem, f"Name a field of type {', '.join(sorted(IDENTITY_KINDS))}."


def _silver_problems(draft: Draft, silver: dict[str, Field]) -> Iterator[_Found]:
    """Each column must hold the text that raw has: whole numbers may be wider."""
    explode = draft.contract.explode
    for name in draft.contract.row_identity:
        raw: Kind | None = draft.record_fields[name].type.kind if name in draft.record_fields else None
        if explode is not None and name == explode.position:
            raw = "int"
        if name not in silver or raw not in IDENTITY_KINDS:
            continue  # told by other checks
        kind, wanted = silver[name].type.kind, (raw, "long") if raw == "int" else (raw,)
        if kind not in wanted:
            yield (
                f"fields.{name}",
                f"{name} is {kind} and identifies rows",
                f"Make it {' or '.join(wanted)}, as in raw.",
            )
        elif silver[name].type.nullable:
            yield f"fields.{name}", f"{name} may be null and identifies rows", f"Make it {kind}."
