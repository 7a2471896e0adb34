"""How relations to the head read once another member is the head; what is not certain is left to be said."""

HEAD = "head"
_UP = {"male": "father", "female": "mother"}
_DOWN = {"male": "son", "female": "daughter"}
_SONS = {"male": "grandson", "female": "granddaughter"}
_DAUGHTERS = {"male": "daughters_son", "female": "daughters_daughter"}
_HUSBANDS = {"male": "husbands_father", "female": "husbands_mother"}
_WIFES = {"male": "wifes_father", "female": "wifes_mother"}

_TO_SPOUSE = {
    "son": "son",
    "daughter": "daughter",
    "daughter_in_law": "daughter_in_law",
    "son_in_law": "son_in_law",
    "grandson": "grandson",
    "granddaughter": "granddaughter",
    "daughters_son": "daughters_son",
    "daughters_daughter": "daughters_daughter",
    "great_grandson": "great_grandson",
    "great_granddaughter": "great_granddaughter",
    "wifes_father": "father",
    "wifes_mother": "mother",
    "husbands_father": "father",
    "husbands_mother": "mother",
}
_TO_CHILD = {
    "son": "sibling",
    "daughter": "sibling",
    "wifes_father": "mothers_father",
    "wifes_mother": "mothers_mother",
    "husbands_father": "grandfather",
    "husbands_mother": "grandmother",
}
_TO_PARENT = {
    "grandson": "great_grandson",
    "granddaughter": "great_granddaughter",
    "nephew": "grandson",
    "niece": "granddaughter",
    "brothers_wife": "daughter_in_law",
}
_SHARED_BY_SIBLINGS = (
    "father",
    "mother",
    "grandfather",
    "grandmother",
    "mothers_father",
    "mothers_mother",
    "sibling",
)


def to_new_head(relation: str, sex: str, new_head: str, new_head_sex: str, old_head_sex: str) -> str:
    """Return what a member is to the new head, '' when it has to be said.

    `relation` and `new_head` are what the member and the new head were to the old head.
    """
    if new_head == HEAD:
        return relation
    if new_head == "spouse":
        return _to_spouse(relation, new_head_sex)
    if new_head in ("son", "daughter"):
        return _to_child(relation, sex, old_head_sex)
    if new_head in ("father", "mother"):
        return _to_parent(relation, sex, new_head, old_head_sex)
    if new_head == "sibling":
        return _to_sibling(relation, old_head_sex)
    in_law = {"daughter_in_law": _HUSBANDS, "son_in_law": _WIFES}.get(new_head, {})
    return in_law.get(sex, "") if relation in (HEAD, "spouse") else ""


def _to_spouse(relation: str, new_head_sex: str) -> str:
    parents = _WIFES if new_head_sex == "male" else _HUSBANDS
    told = {HEAD: "spouse", "father": parents["male"], "mother": parents["female"], **_TO_SPOUSE}
    return told.get(relation, "")


def _to_child(relation: str, sex: str, old_head_sex: str) -> str:
    grandparents = {"father": "grandfather", "mother": "grandmother"}
    if old_head_sex == "female":
        grandparents = {"father": "mothers_father", "mother": "mothers_mother"}
    if relation in (HEAD, "spouse"):
        return _UP.get(sex, "")
    return {**grandparents, **_TO_CHILD}.get(relation, "")


def _to_parent(relation: str, sex: str, new_head: str, old_head_sex: str) -> str:
    if relation in (HEAD, "sibling"):
        return _DOWN.get(sex, "")
    if relation in ("son", "daughter"):
        return (_SONS if old_head_sex == "male" else _DAUGHTERS).get(sex, "")
    parents = _HUSBANDS if new_head == "mother" else _UP
    told = {
        "spouse": "daughter_in_law" if old_head_sex == "male" else "son_in_law",
        "father": "spouse",
        "mother": "spouse",
        "grandfather": parents["male"],
        "grandmother": parents["female"],
        **_TO_PARENT,
    }
    return told.get(relation, "")


def _to_sibling(relation: str, old_head_sex: str) -> str:
    told = {HEAD: "sibling", **{each: each for each in _SHARED_BY_SIBLINGS}}
    if old_head_sex == "male":
        told |= {"son": "nephew", "daughter": "niece", "spouse": "brothers_wife"}
    return told.get(relation, "")
