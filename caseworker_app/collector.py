"""Python's search for cycles, left out while a million plain rows are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OFTEN = gc.get_threshold()
_SELDOM = (100_000, *_OFTEN[1:])


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for cycles seldom, and only in what is made from here on: while many rows come and go, and few stay."""
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*_OFTEN)
        gc.unfreeze()


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
