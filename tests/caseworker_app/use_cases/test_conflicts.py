from caseworker_app.read_models.received import ConflictLine
from caseworker_app.use_cases import conflicts


def test_two_telephones_that_look_alike_when_masked_can_be_told_apart_by_who_decides() -> None:
    line = ConflictLine(
        "c", "640106100207", "person", "p", "phone", "", "", "", "13911110001", "13922220001", {}
    )
    assert conflicts.shown(line, line.ours) == "13911110001"
    assert conflicts.shown(line, line.theirs) == "13922220001"
