"""How often Python looks for values that only hold each other: seldom, as what reads millions of records makes none.

By default it looks after each 700 values that are kept, and now and then through all of them. In a redrive that was a
fifth of the CPU.
"""

import gc

KEPT = 100_000
"""So many values more than before are kept between two looks: a few megabytes, if nobody holds them."""


def collect_seldom() -> None:
    """For the rest of this process."""
    gc.set_threshold(KEPT, *gc.get_threshold()[1:])
