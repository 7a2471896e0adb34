"""Records that are surely one person, made one all at once; what a level had imported gives way to its village's own."""

from collections.abc import Callable, Collection, Sequence
from datetime import date

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.duplicates import KEEP, WITH_NUMBER, LeftPair, Sure, SurePair
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.duplicates import difference_text, homes_of, join
from caseworker_app.use_cases.give_way import fold, give_way
from caseworker_app.use_cases.households import heads_kept
from caseworker_app.wording import _, label
from db.queries import duplicates as duplicate_queries
from db.queries import twins as queries
from db.unit_of_work import UnitOfWork

Progress = Callable[[int, int, str], None]
_WRITING = "twins.merging"


def _quiet(_done: int, _total: int, _what: str) -> None:
    """Tell nobody how far it is."""


def left_kind(each: LeftPair) -> str:
    """Return in a few words why two records of one number are left for a person's eye."""
    return {
        "differs": _("contradict each other"),
        "household": _("another household or relation"),
        "name": _("the names differ"),
        "village": _("not in the same village"),
        "claims": _("claims were filed under both"),
        "several": _("more than two records of one number"),
        "head": _("head of a household of which others are to be looked at first"),
    }[each.why]


def left_text(each: LeftPair) -> str:
    """Return why two records of one number are left for a person's eye, with what each says."""
    if each.why == "differs":
        said = "、".join(dict.fromkeys(map(difference_text, each.fields)))
    elif each.why == "household":
        homes = (
            f"{side.household_no} {label('relation', side.relation)}" for side in (each.first, each.second)
        )
        said = " / ".join(home.strip() for home in homes)
    elif each.why == "name":
        said = f"{each.first.name} / {each.second.name}"
    else:
        said = ""
    return f"{left_kind(each)}：{said}" if said else left_kind(each)


def merge_sure(desk: Desk, expected: int | None = None, progress: Progress = _quiet) -> tuple[Changed, Sure]:
    """Make one of all records that are surely one person, in one change set; return what was merged and what is left.

    Raises ExpectedError `twins.none`, and `twins.moved_on` when there are no longer as many as were `expected`.
    """
    with desk.units("person.merge_sure") as unit:
        found = queries.sure(unit.connection, desk.scope, desk.today())
        if not found.pairs:
            raise ExpectedError("twins.none")
        if expected is not None and len(found.pairs) != expected:
            raise ExpectedError("twins.moved_on")
        _merge(desk, unit, found.pairs, progress)
        return unit.commit(), found


def take_over(desk: Desk, people: Collection[str]) -> tuple[Changed, int]:
    """Let what villages sent take the place of what was only imported here about the same people; return how many.

    The village owns its people: nothing that was entered here by hand gives way without a person's eye.
    """
    if not people:
        return Changed(), 0
    with desk.units("person.take_over") as unit:
        found = queries.sure(unit.connection, desk.scope, desk.today(), people)
        pairs = [each for each in found.pairs if each.gives_way]
        _merge(desk, unit, pairs, _quiet)
        return unit.commit(), len(pairs)


def _merge(desk: Desk, unit: UnitOfWork, pairs: Sequence[SurePair], progress: Progress) -> None:
    if not pairs:
        return
    giving = [each for each in pairs if each.gives_way]
    others = [each for each in pairs if not each.gives_way]
    progress(0, len(pairs), _WRITING)
    give_way(desk, unit, {each.drop.id: each.keep.id for each in giving}, "person_id")
    with heads_kept(
        unit, date.min, homes_of(unit, [side.id for each in others for side in (each.keep, each.drop)])
    ):
        for number, each in enumerate(others):
            progress(len(giving) + number, len(pairs), _WRITING)
            _join(desk, unit, each)
    fold(
        desk,
        unit,
        {
            each.drop.household: each.keep.household
            for each in pairs
            if each.drop.household and each.drop.household != each.keep.household
        },
    )
    progress(len(pairs), len(pairs), _WRITING)
    unit.name(pairs[0].keep.name, len(pairs))


def _join(desk: Desk, unit: UnitOfWork, pair: SurePair) -> None:
    """Join two records that contradict each other in nothing."""
    compared = duplicate_queries.compare(unit.connection, pair.keep.id, pair.drop.id, desk.today())
    if compared is None:
        raise ExpectedError("duplicate.gone")
    number = next((each.taken for each in compared.differences if each.field == "identity_number"), KEEP)
    taken = {
        each.field: (number if each.taken == WITH_NUMBER else each.taken or KEEP)
        for each in compared.differences
    }
    join(unit, compared, taken)
