"""Ways to break a row of a file, each with the error code that its dead letter must carry."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from tidegate.avro.json_values import sent_name, to_json
from tidegate.contracts.dataset import Files
from tidegate.contracts.examples import Refused, read_examples
from tidegate.dead_letters.codes import Code

Break = Callable[[bytes], bytes]
Values = Mapping[str, Any]
"""JSON values of a row by the names in the file."""


class Damage(NamedTuple):
    """A cause, the code it leads to, and how it is done to a good row, without the end of its line."""

    cause: str
    code: Code
    apply: Break


def breaking_values(dataset: Files) -> dict[str, Values]:
    """For each reject rule that an invalid example breaks alone, that example's values.

    Those of the identity and the time are left out, so that they are the row's own, but where the rule speaks of them.
    """
    examples, _ = read_examples(dataset)
    rules = {rule.name: rule for rule in dataset.contract.rules_of("reject")}
    found: dict[str, Values] = {}
    for example in examples:
        if not isinstance(example.expect, Refused) or len(example.expect.violations) != 1:
            continue
        rule = rules.get(example.expect.violations[0])
        if rule is not None and rule.name not in found:
            own = {*dataset.contract.identity, dataset.contract.event_time.field} - {*re.findall(r"\w+", rule.check)}
            found[rule.name] = {
                sent_name(field): to_json(example.record[name], field.type)
                for name, field in dataset.raw_fields.items()
                if name not in own and name in example.record
            }
    return found


def too_early(dataset: Files) -> str:
    """A time that the contract does not believe."""
    moment = dataset.contract.event_time.earliest - timedelta(days=1)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def other_kinds(dataset: Files) -> tuple[str, str]:
    """The names of the event's time and of the first number, whose values may be spelled in other ways."""
    time = dataset.raw_fields[dataset.contract.event_time.field]
    numbers = [field for field in dataset.raw_fields.values() if field.type.kind in ("decimal", "int", "long")]
    return sent_name(time), sent_name(numbers[0])
