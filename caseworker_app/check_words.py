"""From findings of the data checks to sentences: what does not agree, and what to do."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from caseworker_app.domain.findings import Finding
from caseworker_app.domain.money import shown
from caseworker_app.error_words import field_text
from caseworker_app.wording import _, joined, label, language

Values = Mapping[str, object]


def titles() -> dict[str, str]:
    """Return what each check is called."""
    return {
        "identity_unsound": _("Identity number unsound"),
        "identity_born": _("Birth date differs from identity number"),
        "identity_sex": _("Sex differs from identity number"),
        "identity_missing": _("No identity number"),
        "born_missing": _("No birth date"),
        "born_range": _("Birth date impossible"),
        "head_missing": _("Household without head"),
        "head_several": _("Several heads"),
        "spouse_several": _("Several spouses"),
        "spouse_sex": _("Spouse of the same sex"),
        "spouse_young": _("Spouse under age"),
        "child_age": _("Age of a child"),
        "parent_age": _("Age of a parent"),
        "relation_unknown": _("Relation not in the list"),
        "relation_sex": _("Sex differs from relation"),
        "education_and_schooling": _("Both education and at school"),
        "education_missing": _("Neither education nor at school"),
        "phone_form": _("Telephone not of 11 digits"),
        "phone_missing": _("Household without telephone"),
        "place_missing": _("No place of work"),
        "unable_working": _("Unable to work, yet in work"),
        "weak_away": _("Weak labour, yet working away"),
        "student_working": _("At school, yet in work"),
        "young_at_start": _("Under age at the start of a job"),
        "post_away": _("Post or workshop in another county"),
        "place_vague": _("Place of work not down to the county"),
        "job_incomplete": _("Job incomplete"),
        "wage_high": _("Wage very high"),
        "wage_low": _("Wage very low"),
        "end_ahead": _("End of a job in the future"),
        "end_unexplained": _("End of a job without reason"),
        "job_overlap": _("Jobs overlap"),
        "post_old": _("Too old for a public-welfare post"),
        "post_young": _("Under age in a public-welfare post"),
        "risk_no_work": _("Risk of unstable work, nobody ever worked"),
        "risk_no_labour": _("Risk of unstable work, nobody able to work"),
        "monitored_no_help": _("Monitored without help"),
        "resolved_early": _("Risk resolved early"),
        "resolved_before": _("Risk resolved before it was identified"),
        "healthy_unable": _("Healthy, yet marked without labour"),
    }


def sentences() -> dict[str, str]:
    """Return the sentence of every check."""
    return {
        "identity_unsound": _("The identity number does not hold together. Check the original."),
        "identity_born": _(
            "The identity number says born {said}, the record {born}. Correct the one that is wrong after the original."
        ),
        "identity_sex": _(
            "The identity number says {said_sex}, the record {sex}. Correct the one that is wrong after the original."
        ),
        "identity_missing": _("The identity number is missing. Enter it from the original."),
        "born_missing": _("The birth date is missing, so the age is not known. Enter it."),
        "born_range": _("Born {born} cannot be. Check the birth date."),
        "head_missing": _("No member is the head. Choose who is."),
        "head_several": _("{names} are all recorded as head. Keep one."),
        "spouse_several": _("{names} are all recorded as spouse of the head. Keep one."),
        "spouse_sex": _("Head and spouse are both recorded as {sex}. Check sex and relation of both."),
        "spouse_young": _(
            "Recorded as the head's spouse at {age} years of age. Check relation and birth date."
        ),
        "child_age": _(
            "Recorded as “{relation}” of the head, who is not {years} years older. Check relation and birth dates."
        ),
        "parent_age": _(
            "Recorded as “{relation}” of the head, yet not {years} years older. Check relation and birth dates."
        ),
        "relation_unknown": _("The relation “{relation}” is not in the list. Choose one of the list."),
        "relation_sex": _("Recorded as “{relation}”, yet {sex}. Check relation and sex."),
        "education_and_schooling": _(
            "Both education ({education}) and at school ({schooling}) are filled in. Keep the one that holds today."
        ),
        "education_missing": _(
            "Neither education nor the state of schooling is filled in. Enter one of the two."
        ),
        "phone_form": _("The telephone has {digits} digits, not {right}. Check it."),
        "phone_missing": _("There is no telephone of the household or of a member. Enter one."),
        "place_missing": _("The job since {since} has no place of work. Enter it down to the county."),
        "unable_working": _("Marked “{skill}”, yet in work since {since}. Check labour skill and job."),
        "weak_away": _(
            "Marked “{skill}”, yet working outside the county since {since}. Check labour skill and job."
        ),
        "student_working": _("At school ({schooling}), yet in work since {since}. Check schooling and job."),
        "young_at_start": _("Was {age} at the start of the job on {since}. Check birth date and first day."),
        "post_away": _(
            "The job since {since} is a post or workshop of the home county, yet its place is {place}. Check kind, channel and place."
        ),
        "place_vague": _(
            "The place “{place}” of the job since {since} does not reach the county. Complete it."
        ),
        "job_incomplete": _("The job since {since} lacks {fields}. Enter it."),
        "wage_high": _(
            "The job since {since} pays {wage} yuan a month, above {most}. Check it, or explain it."
        ),
        "wage_low": _(
            "The job since {since} pays {wage} yuan a month, below {least}. Check it, or explain it."
        ),
        "end_ahead": _(
            "The job since {since} is recorded as ended on {until}, which has not come yet. Check the last day."
        ),
        "end_unexplained": _(
            "The job since {since} ended on {until} and the reason is missing. Enter why, and whether the worker came home."
        ),
        "job_overlap": _(
            "The job since {since} overlaps the one since {other_since}. End that one first, or correct the days."
        ),
        "post_old": _(
            "In a public-welfare post at {age}; it goes to {most}. Check the kind of work or end the post."
        ),
        "post_young": _("In a public-welfare post at {age}. Check the birth date and the kind of work."),
        "risk_no_work": _(
            "The risk is unstable work, yet no member has a job on record. Record the jobs, or check the risk."
        ),
        "risk_no_labour": _(
            "The risk is unstable work, yet no member is able to work. Check the risk and the labour skills."
        ),
        "monitored_no_help": _(
            "Monitored since {since}; since then no service is on record and nobody is in work. Record what was done."
        ),
        "resolved_early": _(
            "The risk was identified on {since} and resolved on {until}, within {months} months. Check the days, or explain it."
        ),
        "resolved_before": _(
            "The risk was resolved on {until}, before it was identified on {since}. Correct one of the days."
        ),
        "healthy_unable": _(
            "Healthy, {age}, not at school, yet marked “{skill}”. Check health and labour skill, or explain it."
        ),
    }


_LISTS = {
    "sex": "sex",
    "said_sex": "sex",
    "relation": "relation",
    "education": "education",
    "schooling": "schooling",
    "skill": "labour_skill",
}
"""Which code list a value is from."""


@cache
def _sentences(_spoken: str) -> dict[str, str]:
    return sentences()


def _said(name: str, value: object) -> str:
    if name in _LISTS:
        return label(_LISTS[name], str(value))
    if name == "wage" and isinstance(value, int):
        return shown(value)
    if isinstance(value, tuple):
        return joined(field_text("spell", each) if name == "fields" else str(each) for each in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def finding_text(found: Finding) -> str:
    """Return what does not agree and what to do, without saying of whom."""
    given = {name: _said(name, value) for name, value in found.values.items()}
    return _sentences(language())[found.check].format_map(given)


def severity_text(severity: str) -> str:
    """Return how grave a finding is."""
    return {"stop": _("Must be corrected"), "attention": _("To be checked")}[severity]
