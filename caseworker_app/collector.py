"""Python's search for cycles, left out while a million plain rows are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Leave out looking for cycles: there are none among plain rows, and looking takes seconds."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.freeze()  # All at once among the old, which are seldom gone through: looking at them takes half a second.
            gc.unfreeze()
            gc.enable()
