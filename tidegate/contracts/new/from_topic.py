"""The folder of a dataset from records of its topic: what they are written in, and which fields they have. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from tidegate.avro.binary import BadRecord
from tidegate.avro.infer import camel_case, infer_record
from tidegate.avro.json_records import JsonRecordReader, json_of, parsed_json
from tidegate.avro.types import AvroSchema, read_record
from tidegate.contracts.json_lines import plain_numbers
from tidegate.contracts.new.choose_fields import Chosen, Fields, choose_identity, choose_time, values_of, with_time
from tidegate.contracts.new.scaffold import is_free, require_name, silver_name, taken_in
from tidegate.contracts.new.topic_section import TopicFacts
from tidegate.errors import ContractError

Written = Literal["json", "avro", "nothing", "other"]
"""What a record is: a JSON object, Avro behind a schema's id, no value at all, or something else."""
Record = tuple[bytes, bytes | None]
"""A value, and the header in which it names its schema."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Records of a topic: those in JSON and their objects, and how many there are of each kind."""

    records: Sequence[Record]
    objects: Sequence[Mapping[str, Any]]
    counts: Mapping[Written, int]

    @property
    def written(self) -> Written:
        """What most of those with a value are."""
        kinds: tuple[Written, ...] = ("json", "avro", "other")
        return max(kinds, key=lambda kind: self.counts.get(kind, 0))


def sample_of(records: Sequence[Record]) -> Sample:
    """What the records are; each is looked at as the jobs would."""
    counts: Counter[Written] = Counter()
    objects, taken = [], []
    for value, header in records:
        found = _object(value, header)
        if found is not None:
            objects.append(found)
            taken.append((value, header))
        counts[_kind(value, header, found)] += 1
    return Sample(taken, objects, counts)


def scaffold_json(name: str, sample: Sample, fields: Fields, topic: TopicFacts) -> tuple[dict[str, str], list[str]]:
    """The files of the dataset's folder by their paths in it, and what to say of them.

    Examples are made from the schema: no record of the topic is copied into the folder.

    Raises:
        ContractError: a name or field that can't be used, or no record in JSON.
    """
    require_name(name)
    if not sample.objects:
        raise ContractError(f"no record of {topic.name} is a JSON object.", remedy="Name another topic.")
    left_out = _left_out(sample.objects)
    kept = [{key: value for key, value in each.items() if key not in left_out} for each in sample.objects]
    record = camel_case(name)
    raw: AvroSchema = infer_record(record, kept, taken=[silver_name(record)], is_free=is_free)
    raw = {**raw, "namespace": f"tidegate.{name}", "doc": f"One record of {name}."}
    event_time = choose_time(raw, fields.event_time)
    raw, made = with_time(raw, replace(fields, event_time=event_time), values_of(raw, event_time, kept))
    chosen = Chosen(choose_identity(raw, fields.identity), event_time, made)
    said = [*_said(sample), *_said_of(left_out), *_refused(sample, raw)]
    return taken_in(name, raw, chosen, topic), said


def _object(value: bytes, header: bytes | None) -> Mapping[str, Any] | None:
    try:
        parsed = plain_numbers(parsed_json(json_of(value, header)), "record")
    except (BadRecord, ContractError):
        return None
    return parsed if isinstance(parsed, dict) and parsed else None


def _kind(value: bytes, header: bytes | None, found: Mapping[str, Any] | None) -> Written:
    if found is not None:
        return "json"
    if not value:
        return "nothing"
    return "avro" if header is not None or value[0] == 0 else "other"


def _left_out(objects: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The fields that no one type fits, and why."""
    found = {}
    for name in dict.fromkeys(name for each in objects for name in each):
        try:
            infer_record("Field", [{name: each[name]} for each in objects if name in each])
        except ContractError as error:
            found[name] = error.problem.partition(": ")[2].rstrip(".") or error.problem.rstrip(".")
    return found


def _said(sample: Sample) -> list[str]:
    others = sum(count for kind, count in sample.counts.items() if kind in ("avro", "other"))
    said = [
        f"Fields are those of {len(sample.objects):,} records. One that is in all of them may not be missing later: "
        'where it may, make its type ["null", …] with "default": null.'
    ]
    if others:
        said.append(f"{others:,} records that were looked at are no JSON objects: such become dead letters.")
    return said


def _refused(sample: Sample, raw: AvroSchema) -> list[str]:
    """What to say of records that were looked at and still do not fit, such as a number of more than 64 bits."""
    reader = JsonRecordReader(read_record(raw), "ignore")
    reasons = []
    for value, header in sample.records:
        try:
            reader.read(value, header)
        except BadRecord as refused:
            reasons.append(str(refused).rstrip("."))
    return [f"{len(reasons):,} of the records become dead letters; the first: {reasons[0]}."] if reasons else []


def _said_of(left_out: Mapping[str, str]) -> list[str]:
    said = [f"Left out of the contract: {name}, {why}." for name, why in left_out.items()]
    return [*said, "Records are read all the same: such a field is passed over, and stays in bronze."] if said else []
