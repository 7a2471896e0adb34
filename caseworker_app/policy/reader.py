"""From the tables of a pack's file to its blocks; every mistake is named by file, line and key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from caseworker_app.domain import claim, codes, money, package
from caseworker_app.domain.divisions import Distance
from caseworker_app.policy import schema as s
from caseworker_app.policy import vocabulary
from caseworker_app.policy.source import Located, Table, settings_in, settled
from caseworker_app.policy.vocabulary import CODE, CODES, DAY, FACTS, MONEY, NUMBER, TEXT, YES_NO, Fact

Entered = Mapping[str, Sequence[tuple[date | None, Any]]]
"""Local parameters as they were entered: key → (from, value), money and numbers as text, ladders as pairs."""

_FLAGS = ("relocated", "low_income", "minimum_living", "destitute")
_LEVELS = ("village", "township", "county")
_ROUNDING = {
    "fen": (1, 0),
    "jiao": (10, 0),
    "yuan": (100, 0),
    "ten_yuan": (1000, 0),
    "hundred_yuan": (10000, 0),
    "nearest_jiao": (10, 5),
    "nearest_yuan": (100, 50),
}
_JOBS = ("months", "income", "idle_months")
_PARAMETERS = ("money", "number", "percent", "ladder")


@dataclass(slots=True)
class _Reader:
    """What stands in the pack so far, to which later tables refer."""

    settings: dict[str, s.PackSetting]
    parameters: dict[str, s.Parameter]
    cycles: dict[str, s.CycleRule]
    facts: dict[str, Fact]
    own: dict[str, s.OwnFact]
    who: dict[str, Located]
    work: dict[str, Located]
    people: dict[str, Located]
    document: s.Document
    depth: int = 0

    # -- figures ---------------------------------------------------------------------------------------

    def _parameter(self, table: Table, key: str, kinds: tuple[str, ...]) -> s.Parameter:
        name = table.take(key, str)
        if name not in self.parameters:
            raise table.unknown(key, name, tuple(self.parameters))
        found = self.parameters[name]
        if found.kind not in kinds:
            raise table.fail(key, "parameter_kind", parameter=name, kind=found.kind, kinds="、".join(kinds))
        return found

    def value(self, table: Table, key: str, kind: str) -> s.Value:
        """Return a figure: money ("400"), a number (6), a percentage; or a parameter or fact, times something."""
        raw = table.raw(key)
        if raw is None:
            raise table.fail(key, "key_missing")
        if isinstance(raw, Located):
            part = table.as_table(key, raw)
            times = Fraction(part.take("times", int, 1))
            if part.has("share"):
                times *= _share(part)
            if part.has("percent"):
                times *= Fraction(_points(part, "percent"), 10000)
            if part.has("fact"):
                name = part.take("fact", str)
                self._fact_of(part, "fact", name, (MONEY, NUMBER))
                found = s.Value(fact=name, times=times)
            else:
                found = s.Value(
                    parameter=self._parameter(part, "parameter", ({"months": "number"}.get(kind, kind),)),
                    times=times,
                )
            part.end()
            return found
        local = key in table.content.local
        if kind == "money":
            if not isinstance(raw, str):
                raise table.fail(key, "key_kind", kind="money")
            try:
                return s.Value(money.fen(raw))
            except ValueError:
                raise table.fail(key, "key_amount") from None
        if kind == "percent":
            table.put(key, raw)
            return s.Value(_points(table, key))
        if local and isinstance(raw, str) and raw.isdigit():
            raw = int(raw)
        if type(raw) is not int:
            raise table.fail(key, "key_kind", kind="number")
        return s.Value(raw)

    def bounds(self, table: Table, kind: str) -> s.Bounds:
        """Return the lower and upper end that a table names."""
        return s.Bounds(
            self.value(table, "at_least", kind) if table.has("at_least") else None,
            self.value(table, "at_most", kind) if table.has("at_most") else None,
        )

    # -- tests -----------------------------------------------------------------------------------------

    def _fact_of(self, table: Table, key: str, name: str, kinds: tuple[str, ...] = vocabulary.KINDS) -> Fact:
        if name not in self.facts:
            raise table.unknown(key, name, tuple(_alike(name, self.facts)))
        fact = self.facts[name]
        if fact.kind not in kinds:
            raise table.fail(key, "fact_kind", fact=name, kind=fact.kind)
        return fact

    def _codes(self, table: Table, key: str, fact: Fact) -> tuple[str, ...]:
        values = table.texts(key)
        if not values:
            raise table.fail(key, "key_missing")
        if fact.codes:
            _known(table, key, values, fact.codes)
        elif fact.name in self.own and self.own[fact.name].labels:
            known = tuple(self.own[fact.name].labels)
            for value in values:
                if value not in known:
                    raise table.unknown(key, value, known)
        return values

    def _moment(self, table: Table) -> s.Moment:
        if not table.has("on"):
            return s.ON_DAY
        raw = table.raw("on")
        if type(raw) is date:
            return raw
        if raw not in s.MOMENTS:
            raise table.unknown("on", raw, s.MOMENTS)
        return str(raw)

    def _fact_test(self, table: Table, subjects: tuple[str, ...]) -> s.FactTest:
        name = table.take("fact", str)
        fact = self._fact_of(table, "fact", name)
        if fact.of not in subjects:
            raise table.fail("fact", "fact_here", fact=name, possible="、".join(subjects))
        moment = self._moment(table)
        empty = s.Bounds()
        test = s.FactTest(name, moment=moment)
        if fact.kind in (CODE, CODES, TEXT):
            if table.has("is"):
                test = replace(test, any_of=self._codes(table, "is", fact))
            else:
                test = replace(test, none_of=self._codes(table, "is_not", fact))
        elif fact.kind in (NUMBER, MONEY):
            test = replace(test, bounds=self.bounds(table, "money" if fact.kind == MONEY else "number"))
            if test.bounds == empty:
                raise table.fail("at_least", "key_missing")
        elif fact.kind == DAY:
            test = replace(
                test,
                since=s.Bounds(
                    self.value(table, "months_at_least", "number") if table.has("months_at_least") else None,
                    self.value(table, "within_months", "number") if table.has("within_months") else None,
                ),
                not_before=table.optional("not_before", date),
                not_after=table.optional("not_after", date),
                yes=table.optional("known", bool),
            )
            if test == s.FactTest(name, moment=moment):
                raise table.fail("months_at_least", "key_missing")
        else:
            assert fact.kind == YES_NO
            test = replace(test, yes=_flag(table, "is"))
        return test

    def _category(self, table: Table) -> s.CategoryTest:
        test = s.CategoryTest(
            _codes(table, "household_kinds", "household_kind"),
            _codes(table, "monitored_kinds", "monitored_kind"),
            table.texts("flags"),
            table.one_of("resolved_risk", ("excluded", "included"), "excluded") == "included",
            self._moment(table),
        )
        for flag in test.flags:
            if flag not in _FLAGS:
                raise table.unknown("flags", flag, _FLAGS)
        if not (test.household_kinds or test.monitored_kinds or test.flags):
            raise table.fail("household_kinds", "key_missing")
        return test

    def _listed(self, table: Table, key: str, subjects: tuple[str, ...]) -> tuple[s.Test, ...]:
        found = []
        for part in table.tables(key):
            found.append(self.test(part, subjects))
            part.end()
        if not found:
            raise table.fail(key, "key_missing")
        return tuple(found)

    def test(self, table: Table, subjects: tuple[str, ...]) -> s.Test:
        """Return a test; ExpectedError `pack.*`."""
        if table.has("fact"):
            return self._fact_test(table, subjects)
        if table.has("measure"):
            quantity = self.quantity(table, subjects)
            bounds = self.bounds(table, _unit(quantity))
            if bounds == s.Bounds():
                raise table.fail("at_least", "key_missing")
            return s.MeasureTest(quantity, bounds)
        if table.has("who"):
            return self._named_test(table, subjects)
        for how in ("any", "all", "none"):
            if table.has(how):
                tests = self._listed(table, how, subjects)
                least = table.take("least", int, 1) if how == "any" else 1
                return s.Several(how, tests, least)
        if any(table.has(key) for key in ("household_kinds", "monitored_kinds", "flags")):
            return self._category(table)
        raise table.fail("fact", "test_missing")

    def _named_test(self, table: Table, subjects: tuple[str, ...]) -> s.Test:
        name = table.take("who", str)
        if name not in self.who:
            raise table.unknown("who", name, tuple(self.who))
        if self.depth > len(self.who):
            raise table.fail("who", "circle", name=name)
        self.depth += 1
        part = Table(self.who[name], f"who.{name}")
        found = self.test(part, subjects)
        part.end()
        self.depth -= 1
        return _asked_for(found, self._moment(table)) if table.has("on") else found

    def condition(self, table: Table, clause: str, subjects: tuple[str, ...]) -> s.Condition:
        """Return a condition of an item."""
        local = settings_in(table.content) + (
            settings_in(self.who[str(table.content.get("who"))])
            if table.content.get("who") in self.who
            else ()
        )
        head = (
            table.take("clause", str, clause),
            table.take("text", str, ""),
            table.one_of("weight", ("bar", "warn"), "bar") == "warn",
            table.optional("from", date),
            table.optional("until", date),
        )
        test = self.test(table, subjects)
        if table.content.get("measure"):
            local += self._work_settings(table)
        table.end()
        return s.Condition(test, head[0], head[1], head[2], tuple(dict.fromkeys(local)), head[3], head[4])

    def _work_settings(self, table: Table) -> tuple[str, ...]:
        named = table.content.get("work")
        return settings_in(self.work[named]) if isinstance(named, str) and named in self.work else ()

    # -- what is counted -------------------------------------------------------------------------------

    def _part(self, table: Table, key: str, named: dict[str, Located]) -> Table | None:
        """Return a selection written here or by its name."""
        if not table.has(key):
            return None
        raw = table.raw(key)
        if isinstance(raw, str):
            if raw not in named:
                raise table.unknown(key, raw, tuple(named))
            return Table(named[raw], f"{key}.{raw}")
        return table.as_table(key, raw)

    def jobs(self, table: Table) -> s.Work:
        """Return which jobs count."""
        papers = table.texts("papers")
        insurances = _codes(table, "insurances", "insurance_kind")
        _known(table, "papers", papers, "attachment_kind")
        found = s.Work(
            _codes(table, "kinds", "spell_kind"),
            table.one_of("away", s.AWAY, "any"),
            _places(table, "places"),
            _places(table, "not_places"),
            table.take("contract", bool, False),
            table.take("insured", bool, False),
            insurances,
            table.take("insurances_least", int, len(insurances)),
            table.take("by_bank", bool, False),
            papers,
            table.take("papers_least", int, 1 if papers else 0),
            self.value(table, "each_at_least", "number") if table.has("each_at_least") else None,
            self._listed(table, "where", ("job",)) if table.has("where") else (),
            table.one_of("counting", ("cumulative", "continuous"), "cumulative") == "continuous",
            table.one_of("span", s.SPANS, "cycle"),
            table.optional("last_months", int),
            table.one_of("counts_from", ("start", "identification"), "start") == "identification",
            table.one_of("wages", ("any", "recorded"), "any") == "recorded",
            table.take("of_record", bool, False),
            settings_in(table.content),
        )
        if (found.span == "last_months") != (found.last_months is not None):
            raise table.fail("last_months", "key_missing")
        for key, least, among in (
            ("papers_least", found.papers_least, papers),
            ("insurances_least", found.insurances_least, insurances),
        ):
            if not 0 <= least <= len(among):
                raise table.unknown(key, least, (f"0–{len(among)}",))
        table.end()
        return found

    def staff(self, table: Table) -> s.People:
        """Return which people of an organisation count."""
        work = self._part(table, "work", self.work)
        found = s.People(
            _codes(table, "roles", "engagement_role"),
            self._listed(table, "where", (s.PERSON, s.HOUSEHOLD)) if table.has("where") else (),
            self.jobs(work) if work else None,
            self.value(table, "months_at_least", "number") if table.has("months_at_least") else None,
            table.one_of("span", s.PEOPLE_SPANS, "cycle"),
        )
        table.end()
        return found

    def quantity(self, table: Table, subjects: tuple[str, ...]) -> s.Quantity:
        """Return what is counted."""
        measure = table.one_of("measure", s.MEASURES)
        if measure in ("months", "income", "idle_months"):
            work = self._part(table, "work", self.work)
            _only(table, "measure", measure, subjects, (s.PERSON, s.HOUSEHOLD))
            return s.Quantity(
                measure,
                self.jobs(work) if work else s.Work(),
                in_unit="fen" if measure == "income" else "months",
            )
        if measure in ("people", "people_percent", "head_count", "head_percent", "insurance_paid"):
            _only(table, "measure", measure, subjects, (s.ORGANISATION,))
        if measure in ("people", "people_percent", "insurance_paid"):
            people = self._part(table, "people", self.people)
            of = self._part(table, "of", self.people) if measure == "people_percent" else None
            if people is None and measure != "insurance_paid":
                raise table.fail("people", "key_missing")
            return s.Quantity(
                measure,
                people=self.staff(people) if people else None,
                of=self.staff(of) if of else None,
                kinds=_codes(table, "kinds", "insurance_kind"),
                payers=_codes(table, "payers", "payer"),
                most_months=table.optional("most_months", int),
                in_unit="fen" if measure == "insurance_paid" else "number",
            )
        if measure in ("head_count", "head_percent"):
            return s.Quantity(
                measure,
                group=table.take("group", str),
                of_group=table.take("of", str) if measure == "head_percent" else "",
            )
        if measure == "records":
            record = table.one_of("record", s.ABOUT)
            return s.Quantity(
                measure,
                record=record,
                tests=self._listed(table, "where", (record, *subjects)) if table.has("where") else (),
            )
        if measure == "fact":
            name = table.take("fact", str)
            fact = self._fact_of(table, "fact", name, (NUMBER, MONEY))
            if fact.of not in subjects:
                raise table.fail("fact", "fact_here", fact=name, possible="、".join(subjects))
            return s.Quantity(measure, fact=name, in_unit="fen" if fact.kind == MONEY else "number")
        return s.Quantity(measure)

    # -- how much --------------------------------------------------------------------------------------

    def _step(self, table: Table, unit: str, pays: str) -> s.Step:
        places = _places(table, "places")
        distance = ""
        if table.has("distance"):
            distance = table.one_of("distance", (Distance.CROSS_COUNTY.value, Distance.CROSS_PROVINCE.value))
        step = s.Step(
            self.value(table, "at_least", unit) if table.has("at_least") else s.Value(0),
            self.value(table, "amount", "money") if pays == "amount" else None,
            self.value(table, "percent", "percent") if pays == "percent" else None,
            distance,
            places,
            _places(table, "not_places"),
        )
        if step.not_places and not step.placed:
            raise table.fail("distance", "key_missing")
        table.end()
        return step

    def _steps(self, table: Table, quantity: s.Quantity, pays: str) -> tuple[s.Step, ...]:
        steps = tuple(self._step(each, _unit(quantity), pays) for each in table.tables("tiers"))
        if not steps:
            raise table.fail("tiers", "key_missing")
        if quantity.measure not in ("months", "income") and any(each.placed for each in steps):
            raise table.fail("tiers", "place_here")
        return steps

    def amount(self, table: Table, subjects: tuple[str, ...]) -> s.Amount:
        """Return how much; ExpectedError `pack.*`."""
        kind = table.one_of("kind", ("fixed", "ladder", "share", "range", "rate", "sum", "by"))
        limits = (
            self.value(table, "ceiling", "money") if table.has("ceiling") else None,
            *_ROUNDING[table.one_of("rounding", tuple(_ROUNDING), "fen")],
        )
        found: s.Amount
        if kind == "fixed":
            found = s.Fixed(self.value(table, "amount", "money"))
        elif kind == "range":
            found = s.Range(self.value(table, "least", "money"), self.value(table, "most", "money"))
        elif kind == "sum":
            found = s.Sum(tuple(self._whole(each, subjects) for each in table.tables("parts")))
            if not found.parts:
                raise table.fail("parts", "key_missing")
        elif kind == "by":
            found = self._by(table, subjects)
        else:
            found = self._measured(table, kind, subjects)
        percent = _share(table) * 100 if kind == "share" and table.has("share") else None
        if limits == (None, 1, 0) and percent is None:
            return found
        return s.Limited(found, limits[0], percent, *limits[1:])

    def _whole(self, table: Table, subjects: tuple[str, ...]) -> s.Amount:
        found = self.amount(table, subjects)
        table.end()
        return found

    def _measured(self, table: Table, kind: str, subjects: tuple[str, ...]) -> s.Amount:
        quantity = self.quantity(table, subjects)
        if kind == "rate":
            return s.Rate(
                quantity,
                self.value(table, "rate", "money"),
                self.value(table, "at_most", _unit(quantity)) if table.has("at_most") else None,
            )
        if kind == "share":
            if quantity.in_unit != "fen":
                raise table.unknown("measure", quantity.measure, ("income", "insurance_paid", "fact"))
            slices = table.one_of("by", ("whole", "slices"), "whole") == "slices"
            if table.has("share"):  # The whole, of which `amount` takes the part.
                return s.Share(quantity, (s.Step(s.Value(0), percent=s.Value(100 * 100)),))
            if table.has("percent"):
                return s.Share(
                    quantity, (s.Step(s.Value(0), percent=self.value(table, "percent", "percent")),)
                )
            return s.Share(quantity, self._steps(table, quantity, "percent"), slices)
        if isinstance(table.content.get("tiers"), Located):
            part = table.table("tiers")
            parameter = self._parameter(part, "parameter", ("ladder",))
            part.end()
            return s.Ladder(quantity, parameter=parameter)
        return s.Ladder(quantity, self._steps(table, quantity, "amount"))

    def _by(self, table: Table, subjects: tuple[str, ...]) -> s.ByFact:
        name = table.take("fact", str)
        fact = self._fact_of(table, "fact", name, (CODE, TEXT))
        if fact.of not in subjects:
            raise table.fail("fact", "fact_here", fact=name, possible="、".join(subjects))
        cases = table.table("cases")
        found: dict[str, s.Amount] = {}
        later: list[tuple[str, Table]] = []
        for code in cases.keys():  # noqa: SIM118 - a method of Table
            known = codes.code_list(fact.codes).codes if fact.codes else (code,)
            if code not in known:
                raise cases.unknown(code, code, known)
            part = cases.table(code)
            if part.has("of"):
                later.append((code, part))
            else:
                found[code] = self._whole(part, subjects)
        for code, part in later:
            of = part.one_of("of", tuple(found))
            found[code] = s.Limited(found[of], percent=Fraction(_points(part, "percent"), 100))
            part.end()
        if not found:
            raise table.fail("cases", "key_missing")
        return s.ByFact(name, found)

    def amounts(self, table: Table, clause: str, subjects: tuple[str, ...]) -> tuple[s.DatedAmount, ...]:
        """Return the amounts of an item, oldest first."""
        found = []
        for part in table.tables("amount"):
            local = settings_in(part.content) + self._work_settings(part)
            since = part.optional("from", date)
            written = part.take("clause", str, clause)
            found.append(
                s.DatedAmount(since, self._whole(part, subjects), written, tuple(dict.fromkeys(local)))
            )
        if not found:
            raise table.fail("amount", "key_missing")
        found.sort(key=lambda each: each.since or date.min)
        if len({each.since for each in found}) < len(found):
            raise table.fail("amount", "amount_twice")
        return tuple(found)

    # -- how often, and how it goes --------------------------------------------------------------------

    def cap(self, table: Table, clause: str, own_item: str, subjects: tuple[str, ...]) -> s.Cap:
        """Return a limit."""
        unless = None
        if table.has("unless"):
            part = table.table("unless")
            unless = self.test(part, subjects)
            part.end()
        found = s.Cap(
            table.take("clause", str, clause),
            table.one_of("per", s.PER),
            table.one_of("over", s.OVER, "cycle"),
            table.texts("items") or (own_item,),
            self.value(table, "amount", "money") if table.has("amount") else None,
            self.value(table, "months", "number") if table.has("months") else None,
            self.value(table, "times", "number") if table.has("times") else None,
            table.one_of("split", s.SPLITS, "proportional"),
            table.take("text", str, ""),
            table.one_of("weight", ("bar", "warn"), "bar") == "warn",
            unless,
            settings_in(table.content),
        )
        if (found.amount, found.months, found.times).count(None) != 2:
            raise table.fail("amount", "cap_one")
        table.end()
        return found

    def exclusion(self, table: Table, clause: str) -> s.Exclusion:
        """Return what an item is not given together with."""
        found = s.Exclusion(
            table.take("clause", str, clause),
            table.texts("items"),
            table.one_of("over", s.EXCLUDED_OVER, "cycle"),
            table.one_of("effect", s.EFFECTS, "bar"),
            table.one_of("per", s.PER, s.PERSON),
            table.take("text", str, ""),
            settings_in(table.content),
        )
        if not found.items:
            raise table.fail("items", "key_missing")
        table.end()
        return found

    def process(self, table: Table, clause: str) -> s.Process:
        """Return the steps of a claim."""
        steps = table.texts("steps")
        for step in steps:
            if step not in claim.STEPS:
                raise table.unknown("steps", step, claim.STEPS)
        publicity = []
        for part in table.tables("publicity"):
            publicity.append(
                s.Publicity(
                    part.one_of("level", _LEVELS), part.take("days", int), part.take("working", bool, False)
                )
            )
            part.end()
        rounds = []
        for part in table.tables("round"):
            rounds.append(
                s.Round(
                    part.take("name", str),
                    _month_day(part, "opens"),
                    _month_day(part, "closes"),
                    _month_day(part, "paid_by") if part.has("paid_by") else None,
                    part.one_of("year", ("same", "next"), "same") == "next",
                )
            )
            part.end()
        found = s.Process(
            steps,
            tuple(publicity),
            tuple(rounds),
            table.optional("file_within_months", int),
            table.optional("file_within_days", int),
            table.take("clause", str, clause),
            table.take("notice_identity", bool, False),
        )
        table.end()
        return found

    def item(self, table: Table) -> s.Item:
        """Return an item."""
        name, clause = table.take("id", str), table.take("clause", str)
        beneficiary = table.one_of("beneficiary", s.BENEFICIARIES)
        about = table.one_of("about", ("", *s.ABOUT), "")
        each_member = table.one_of("counted_for", ("whole", "member"), "whole") == "member"
        subjects: tuple[str, ...] = {
            s.PERSON: (s.PERSON, s.HOUSEHOLD),
            s.HOUSEHOLD: (s.HOUSEHOLD, s.PERSON) if each_member else (s.HOUSEHOLD,),
            s.ORGANISATION: (s.ORGANISATION,),
        }[beneficiary]
        if about:
            if beneficiary == s.HOUSEHOLD or (
                beneficiary == s.ORGANISATION and about not in ("loan", "insurance")
            ):
                raise table.unknown("about", about, ("loan", "insurance"))
            subjects = (*subjects, about)
        if each_member and beneficiary != s.HOUSEHOLD:
            raise table.unknown("counted_for", "member", ("whole",))
        cycle = table.one_of("cycle", tuple(self.cycles))
        conditions = tuple(
            self.condition(each, clause, (s.HOUSEHOLD,) if beneficiary == s.HOUSEHOLD else subjects)
            for each in table.tables("condition")
        )
        found = s.Item(
            name,
            table.take("name", str),
            clause,
            beneficiary,
            self.cycles[cycle],
            table.take("department", str),
            table.take("fund", str),
            table.take("deadline", str, ""),
            conditions,
            self.amounts(table, clause, subjects),
            tuple(self.cap(each, clause, name, subjects) for each in table.tables("cap")),
            tuple(self.exclusion(each, clause) for each in table.tables("exclusion")),
            table.one_of("repeat", s.REPEATS, "cycle"),
            about,
            table.one_of("choose", s.CHOOSE, "best"),
            each_member,
            self.process(table.table("process"), clause)
            if table.has("process")
            else s.Process(clause=clause),
            _paper(table.table("paper")) if table.has("paper") else s.Paper("", (), (), (), (), ()),
            self.document.issued,
            table.optional("until", date) or self.document.until,
            self.document.draft,
            self.facts,
        )
        table.end()
        return found


def _asked_for(test: s.Test, moment: s.Moment) -> s.Test:
    """Return a named test for another day."""
    if isinstance(test, s.Several):
        return replace(test, tests=tuple(_asked_for(each, moment) for each in test.tests))
    return test if isinstance(test, s.MeasureTest) else replace(test, moment=moment)


# -- single keys ---------------------------------------------------------------------------------------


def _alike(name: str, known: Mapping[str, Fact]) -> list[str]:
    of = name.partition(".")[0]
    return [each for each in known if each.partition(".")[0] == of] or list(known)


def _points(table: Table, key: str) -> int:
    """Return a percentage in hundredths of a percent."""
    raw = table.raw(key)
    try:
        points = Decimal(str(raw)) * 100
    except InvalidOperation:
        raise table.fail(key, "key_kind", kind="percent") from None
    if isinstance(raw, bool | float) or points != points.to_integral_value() or points < 0:
        raise table.fail(key, "key_kind", kind="percent")
    return int(points)


def _share(table: Table) -> Fraction:
    """Return a part such as "2/3"."""
    raw = table.raw("share")
    try:
        found = Fraction(raw) if isinstance(raw, str) and "/" in raw else Fraction(0)
    except (ValueError, ZeroDivisionError):
        found = Fraction(0)
    if found <= 0:
        raise table.fail("share", "key_kind", kind="part")
    return found


def _unit(quantity: s.Quantity) -> str:
    return "money" if quantity.in_unit == "fen" else "number"


def _flag(table: Table, key: str) -> bool:
    raw = table.raw(key)
    if isinstance(raw, str) and key in table.content.local and raw in ("yes", "no"):
        return raw == "yes"
    if raw is None:
        raise table.fail(key, "key_missing")
    if not isinstance(raw, bool):
        raise table.fail(key, "key_kind", kind="yes_or_no")
    return raw


def _spelled(list_name: str) -> tuple[str, ...]:
    """Return the codes of a list with what they mean: a pack is written in Chinese."""
    known = codes.code_list(list_name)
    return tuple(f"{code}（{known.label(code, 'zh_CN')}）" for code in known.codes)


def _known(table: Table, key: str, values: tuple[str, ...], list_name: str) -> None:
    for value in values:
        if value not in codes.code_list(list_name).codes:
            raise table.unknown(key, value, _spelled(list_name))


def _codes(table: Table, key: str, list_name: str) -> tuple[str, ...]:
    values = table.texts(key)
    _known(table, key, values, list_name)
    return values


def _places(table: Table, key: str) -> tuple[str, ...]:
    values = table.texts(key)
    for value in values:
        if not (value.isdigit() and len(value) in (2, 4, 6, 9, 12)):
            raise table.fail(key, "place_code", value=value)
    return values


def _only(table: Table, key: str, value: str, subjects: tuple[str, ...], need: tuple[str, ...]) -> None:
    if not set(subjects) & set(need):
        possible = [each for each in s.MEASURES if (each in _JOBS) == (need[0] != s.PERSON)]
        raise table.unknown(key, value, tuple(possible))


def _month_day(table: Table, key: str) -> tuple[int, int]:
    text = table.take(key, str)
    try:
        day = date.fromisoformat(f"2001-{text}")  # No leap year: a round begins on a day every year has.
    except ValueError:
        raise table.fail(key, "month_day", value=text) from None
    return day.month, day.day


def _paper(table: Table) -> s.Paper:
    found = s.Paper(
        table.take("form", str, ""),
        table.texts("title"),
        table.texts("evidence_required"),
        table.texts("evidence_any_of"),
        table.texts("levels"),
        table.texts("notes"),
        table.take("evidence_least", int, 1),
    )
    for level in found.levels:
        if level not in _LEVELS:
            raise table.unknown("levels", level, _LEVELS)
    table.end()
    return found


# -- the head of a pack --------------------------------------------------------------------------------


def _settings(top: Table) -> dict[str, s.PackSetting]:
    found = {}
    for table in top.tables("setting", named="key"):
        setting = s.PackSetting(
            table.take("key", str),
            table.take("value", str),
            table.texts("allowed"),
            table.take("explanation", str),
        )
        if setting.value not in setting.allowed:
            raise table.unknown("value", setting.value, setting.allowed)
        table.end()
        found[setting.key] = setting
    return found


def entered_value(kind: str, value: Any) -> Any:  # noqa: ANN401 - as it was stored
    """Return a local figure as it is reckoned with; ValueError when it is none of its kind."""
    if kind == "money":
        return money.fen(value)
    if kind == "percent":
        return int(Decimal(str(value)) * 100)
    if kind == "ladder":
        steps = [(int(at_least), money.fen(amount)) for at_least, amount in value]
        return tuple(sorted(steps))
    return int(value)


def _parameters(top: Table, entered: Entered) -> dict[str, s.Parameter]:
    found = {}
    for table in top.tables("parameter", named="key"):
        key = table.take("key", str)
        kind = table.one_of("kind", _PARAMETERS)
        unit = "money" if kind in ("money", "ladder") else "number" if kind == "number" else "percent"
        ends: list[int | None] = []
        for end in ("least", "most"):
            if not table.has(end):
                ends.append(None)
            elif unit == "money":
                try:
                    ends.append(money.fen(table.take(end, str)))
                except ValueError:
                    raise table.fail(end, "key_amount") from None
            else:
                ends.append(table.take(end, int) if unit == "number" else _points(table, end))
        values = tuple(
            sorted(
                ((since, entered_value(kind, value)) for since, value in entered.get(key, ())),
                key=lambda each: each[0] or date.min,
            )
        )
        found[key] = s.Parameter(
            key,
            table.take("name", str),
            kind,
            table.take("explanation", str, ""),
            table.take("clause", str, ""),
            ends[0],
            ends[1],
            values,
        )
        table.end()
    return found


def _own_facts(top: Table) -> dict[str, s.OwnFact]:
    found = {}
    for table in top.tables("fact", named="name"):
        name = table.take("name", str)
        of, _, attribute = name.partition(".")
        if of not in (s.PERSON, s.HOUSEHOLD) or not attribute or name in FACTS:
            raise table.fail("name", "fact_name", fact=name)
        kind = table.one_of("kind", vocabulary.KINDS)
        labels = table.table("values") if table.has("values") else None
        codes_ = labels.keys() if labels else ()
        words = {code: labels.take(code, str) for code in codes_} if labels else {}
        found[name] = s.OwnFact(name, kind, table.take("label", str), words)
        table.end()
    return found


def _cycles(top: Table) -> dict[str, s.CycleRule]:
    tables = top.table("cycle")
    found = {}
    for name in tables.keys():  # noqa: SIM118 - a method of Table
        table = tables.table(name)
        kind = table.one_of("kind", s.CYCLES, s.YEAR)
        month, day = 1, 1
        if kind == s.YEAR:
            month, day = _month_day(table, "starts") if table.has("starts") else (1, 1)
        found[name] = s.CycleRule(table.take("name", str), month, day, table.take("first", int, 0), kind)
        table.end()
    return found


def _package(top: Table) -> s.ServicePackage:
    table = top.table("package")
    owed = table.table("owed")
    counts = {kind: owed.take(kind, int) for kind in package.KINDS}
    for kind, count in counts.items():
        if count < 0:
            raise owed.unknown(kind, count, ("0", "1", "2", "…"))
    owed.end()
    found = s.ServicePackage(
        table.take("clause", str),
        table.take("name", str),
        counts,
        table.one_of("owed_to", package.OWED_TO, package.NOT_UNWILLING),
        table.one_of("period", package.PERIODS),
        _codes(table, "further", "service_kind"),
    )
    table.end()
    return found


def _document(table: Table) -> s.Document:
    found = s.Document(
        table.take("title", str),
        table.take("short", str),
        table.take("issued", date),
        table.take("number", str, ""),
        table.optional("effective", date),
        table.optional("until", date),
        table.take("draft", bool, False),
    )
    table.end()
    return found


def _numbers(top: Table, name: str, keys: tuple[str, ...]) -> tuple[int, ...]:
    table = top.table(name)
    found = tuple(table.take(key, int) for key in keys)
    for key, number in zip(keys, found, strict=True):
        if number < 0:
            raise table.unknown(key, number, ("0", "1", "2", "…"))
    table.end()
    return found


def _named(top: Table, key: str) -> dict[str, Located]:
    if not top.has(key):
        return {}
    table = top.table(key)
    found = {}
    for name in table.keys():  # noqa: SIM118 - a method of Table
        value = table.raw(name)
        found[name] = table.as_table(name, value).content
    return found


def _check_named(reader: _Reader) -> None:
    """Read what is named and perhaps never used, so that a mistake in it is found too."""
    for name, located in reader.who.items():
        part = Table(located, f"who.{name}")
        reader.test(part, (s.PERSON, s.HOUSEHOLD, s.ORGANISATION, *s.ABOUT, "job"))
        part.end()
    for name, located in reader.work.items():
        reader.jobs(Table(located, f"work.{name}"))
    for name, located in reader.people.items():
        reader.staff(Table(located, f"people.{name}"))


def _items(reader: _Reader, top: Table) -> dict[str, s.Item]:
    items: dict[str, s.Item] = {}
    tables = top.tables("item", named="id")
    for table in tables:
        item = reader.item(table)
        if item.id in items:
            raise table.fail("id", "item_twice", item=item.id)
        items[item.id] = item
    for table, item in zip(tables, items.values(), strict=True):
        for key, named in (
            *(("cap", each.items) for each in item.caps),
            *(("exclusion", each.items) for each in item.exclusions),
        ):
            for other in named:
                if other not in items:
                    raise table.unknown(key, other, tuple(items))
    return {
        name: replace(
            item,
            exclusions=tuple(
                replace(each, names=tuple(items[other].name for other in each.items))
                for each in item.exclusions
            ),
        )
        for name, item in items.items()
    }


def build(content: Located, entered: Entered | None = None, parents: tuple[str, ...] = ()) -> s.Pack:
    """Return the pack of a file's tables; ExpectedError `pack.*` names file, line and key."""
    top = Table(content)
    settings = _settings(top)
    settled(content, {key: each.value for key, each in settings.items()})
    top = Table(content)
    top.raw("setting")
    head = top.table("pack")
    head.raw("parent")
    document = _document(top.table("document"))
    parameters = _parameters(top, entered or {})
    own = _own_facts(top)
    reader = _Reader(
        settings,
        parameters,
        _cycles(top),
        {
            **FACTS,
            **{name: vocabulary.own(name, each.kind, each.label, each.labels) for name, each in own.items()},
        },
        own,
        _named(top, "who"),
        _named(top, "work"),
        _named(top, "people"),
        document,
    )
    worker = s.WorkerRule(*_numbers(top, "worker", ("lower_age", "upper_age", "older_from", "stable_months")))
    posts = s.PostRule(*_numbers(top, "posts", ("most_months", "near_months", "ending_days")))
    left_behind = s.LeftBehindRule(*_numbers(top, "left_behind", ("child_below", "elder_from")))
    services = _package(top)
    _check_named(reader)
    items = _items(reader, top)
    found = s.Pack(
        head.take("id", str),
        head.take("name", str),
        head.take("code", str),
        document,
        worker,
        posts,
        left_behind,
        services,
        settings,
        parameters,
        own,
        items,
        parents,
        content,
    )
    for table in (head, top):
        table.end()
    return found


def with_entered(pack: s.Pack, entered: Entered) -> s.Pack:
    """Return a pack with the figures of its place."""
    return build(pack.content, entered, pack.parents)
