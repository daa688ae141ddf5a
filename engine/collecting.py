"""How often Python looks for reference cycles.

Its default, every 700 new objects, is made for small programs: rendering one page of ours makes tens of thousands, nearly none of
them in cycles, and each look goes through everything that loading Django has left in memory. 390 tests of
refused and allowed pages took 83 s of CPU without `settle` and 62 s with it.
"""

from __future__ import annotations

import gc

SELDOM = (100_000, 20, 20)


def settle() -> None:
    """What is loaded by now is never looked through again, and new objects seldom. Before a server forks, after a suite is collected."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
