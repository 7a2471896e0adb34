"""The lists of workers: their tabs, what they say when empty, and the action that resolves a line."""

from dataclasses import dataclass

from ui.words import N_

OPEN = "open"
"""Open the page of the line: what is to be done differs from line to line."""


@dataclass(frozen=True, slots=True)
class WorkerList:
    """One list: its key in the queries, its tab, its words when empty, and the action (of `ui.actions`, or `OPEN`) that resolves a line.

    `reasons` says whether its lines tell why somebody is on it.
    """

    key: str
    title: str
    empty: str
    action: str = "service.record"
    reasons: bool = True


LISTS = (
    WorkerList(
        "workforce",
        N_("All"),
        N_("No workers yet. Import the county's exports to fill the ledger."),
        reasons=False,
    ),
    WorkerList("employed", N_("In work"), N_("Nobody is in work on this day."), reasons=False),
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
        N_("Everybody has had the services owed."),
        "service.record",
    ),
    WorkerList(
        "contact-overdue",
        N_("Contact overdue"),
        N_("Everybody to be looked after was contacted in time."),
        "service.record",
    ),
    WorkerList(
        "unstable",
        N_("Unstable work"),
        N_("Everybody in work has had it for 3 months and has a contract."),
        "service.record",
    ),
    WorkerList(
        "posts-ending",
        N_("Public posts ending"),
        N_("No public post ends within 60 days or has lasted 33 months."),
        "spell.record",
    ),
    WorkerList("uninsured", N_("Not insured"), N_("Nobody in work is recorded as not insured."), OPEN),
    WorkerList("older", N_("Older workers"), N_("No worker has reached the age set."), "service.record"),
    WorkerList(
        "left-behind",
        N_("Left behind at home"),
        N_("No child, elder or spouse is at home while a member works outside the county."),
        "service.record",
    ),
    WorkerList(
        "incomplete", N_("Incomplete records"), N_("Every record has what claims and lists ask for."), OPEN
    ),
    WorkerList(
        "mismatched",
        N_("Differing from lists"),
        N_("Nobody differs from the lists that the ledger was compared with."),
        OPEN,
    ),
)
BY_KEY = {each.key: each for each in LISTS}
