"""What a proof says of the content of rows: which differ from what they must be, and in which columns. Pure."""

from dataclasses import dataclass
from typing import Any, Literal

ContentName = Literal["lake_silver", "index"]
Source = Literal["raw", "bronze"]


MOST = 500_000
"""Records of one sample: each stands in the job's SQL, some two bytes of text, and Flink compiles it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How much to compare: ``sample`` records chosen by chance (None: all), without the columns ``left_out``.

    ``source``: what is refined once more; None: raw, or bronze for a range that raw has no more.
    """

    sample: int | None = None
    left_out: tuple[str, ...] = ()
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that is not as it must be; without columns: it must not be there, or is not."""

    place: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.place} ({', '.join(self.columns) or 'the whole row'})"


@dataclass(frozen=True, slots=True)
class ContentVerdict:
    """How many records of a layer were compared, of how many, and which of their rows differ.

    ``left_out``: columns that were not looked at. ``source``: what rows of the lake were made of for it.
    """

    name: ContentName
    compared: int
    held: int
    changed: int = 0
    first: tuple[Changed, ...] = ()
    left_out: tuple[str, ...] = ()
    source: Source = "raw"

    @property
    def against(self) -> str:
        """With what the rows were compared."""
        return f"what refine makes of {self.source} now" if self.name == "lake_silver" else "the lake's silver rows"

    def note(self) -> str:
        """What was compared with what, in one line."""
        layer = self.name.replace("_", " ")
        some = "" if self.compared == self.held else f" of {self.held:,}, chosen by chance,"
        without = f", without {', '.join(self.left_out)}" if self.left_out else ""
        return f"content of {layer}: {self.compared:,} records{some} compared with {self.against}{without}."

    def to_json(self) -> dict[str, Any]:
        """With stable keys."""
        return {
            "layer": self.name,
            "compared": self.compared,
            "held": self.held,
            "changed": self.changed,
            "first": [{"place": each.place, "columns": [*each.columns]} for each in self.first],
            "left_out": [*self.left_out],
            "against": self.against,
        }
