"""The lists of workers: their tabs, what they say when empty, and the action that resolves a line."""

from dataclasses import dataclass

from ui.words import N_


@dataclass(frozen=True, slots=True)
class WorkerList:
    """One list: its key in the queries, its tab, its words when empty, and the action (of `ui.actions`) that resolves a line."""

    key: str
    title: str
    empty: str
    action: str = ""


LISTS = (
    WorkerList("workforce", N_("All"), N_("No workers yet. Import the county's exports to fill the ledger.")),
    WorkerList("employed", N_("In work"), N_("Nobody is in work on this day.")),
    WorkerList(
        "unemployed",
        N_("Out of work"),
        N_("Nobody able to work is without work on this day."),
        "spell.record",
    ),
    WorkerList(
        "willing",
        N_("Willing to go out"),
        N_("Nobody wants to go out on this day. Record an intention on a worker's page."),
        "service.record",
    ),
    WorkerList(
        "returned", N_("Returned"), N_("Nobody came home because the work was lost."), "service.record"
    ),
    WorkerList(
        "zeroing", N_("To be zeroed"), N_("Nobody who wants work is waiting. Well done."), "spell.record"
    ),
    WorkerList(
        "package-due",
        N_("Services due"),
        N_("Every worker has had the services owed this year."),
        "service.record",
    ),
)
BY_KEY = {each.key: each for each in LISTS}
