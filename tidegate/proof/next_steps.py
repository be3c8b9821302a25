"""What to type after a fault of a proof, by where it was found. Pure."""

import re

from tidegate.proof.report import Finding, LayerName

_PLACE = re.compile(r"(\d+):(\d+)", re.ASCII)
LOST: dict[LayerName, str] = {
    "topics": "Is refine at work and how far behind? `tidegate status`. What it has lost for good is refined again by "
    "`tidegate replay missing {dataset}`.",
    "lake_bronze": "Is the lake job at work? `tidegate status`; it commits at each of its checkpoints.",
    "lake_silver": "Is the lake job at work? `tidegate status`; it commits at each of its checkpoints. What it has "
    "lost for good is written by `{replay}`.",
    "index": "Is the index job at work? `tidegate status`, `tidegate index status`. What it has lost for good is "
    "written by `{replay} --target index`.",
}
STRANGE: dict[LayerName, str] = {
    "topics": "Did refine begin without its state, or did others write to its topics? `tidegate audit list`, `tidegate "
    "status`. A repeat that came later than the contract's `dedup_ttl_hours` is one, too.",
    "lake_bronze": "Did the lake job begin from an older state, or did others write to its tables? `tidegate status`.",
    "lake_silver": "Did the lake job begin from an older state, or did others write to its tables? `tidegate status`. "
    "Rows are made once by `{replay}`.",
    "index": "Did others write to the index, or is the lake right and the index not? `tidegate index status`, then "
    "`{replay} --target index`.",
}
LEDGER = (
    "See `tidegate dlq show LETTER`, `tidegate audit show ACTION` and `tidegate redrive status`. A lost or changed "
    "entry is written anew by deciding again: `tidegate dlq park|discard|reopen`."
)
REPLAYS = (
    "Since the replay someone has changed the lake's silver table, or the replay's own table; or a record that it has "
    "rejected has no dead letter. `{replay}` makes rows, table and letters anew; with `--target lake,index` "
    "the documents, too."
)
CHANGED = (
    "Someone has changed it; or contract, SQL or reference data are others than when it was written: then "
    "`{replay}` writes the range again."
)


def next_step(dataset: str, finding: Finding) -> str:
    """One line for people; the range of a replay is that of the offsets that the finding names."""
    return _text(finding).format(dataset=dataset, replay=_replay(dataset, finding))


def _text(finding: Finding) -> str:
    if finding.layer == "ledger":
        return LEDGER
    if finding.layer == "replays":
        return REPLAYS
    if finding.fault == "changed":
        return CHANGED.replace("{replay}", "{replay} --target index") if finding.layer == "index" else CHANGED
    return (LOST if finding.fault == "missing" else STRANGE)[finding.layer]


def _replay(dataset: str, finding: Finding) -> str:
    """Of what is shown of it; where there is more, the range is the reader's to choose."""
    command = f"tidegate replay plan {dataset}"
    places = [found for each in finding.first if (found := _PLACE.match(each))]
    if not places or finding.count > len(finding.first):
        return command
    spans: dict[int, tuple[int, int]] = {}
    for place in places:
        number, offset = int(place[1]), int(place[2])
        start, end = spans.get(number, (offset, offset))
        spans[number] = (min(start, offset), max(end, offset))
    return f"{command} --offsets " + ",".join(f"{number}:{low}-{high + 1}" for number, (low, high) in spans.items())
