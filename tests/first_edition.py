"""What lessons of the first edition do not keep yet: a list that only shrinks.

A lesson that has been rewritten keeps all rules and has no line here; a rule that is kept and still listed fails, too.

    core      at most 50 minutes, 4 exercises that declare their minutes, 5 quiz questions, 2 explorers
    again     any cell may be run again after the last one, and then any below it
    table     the teacher's page ends with the table "What stands on what"
    quiz      the right options are not the long ones
"""

NOT_YET = {
}
RULES = {"core", "again", "table", "quiz"}


def judge(rule, lesson, faults):
    """Fails if a lesson ("06" or "06_lstm_cell") breaks a rule, or is listed for one that it keeps."""
    listed = rule in NOT_YET.get(lesson.partition("_")[0], "").split()
    if listed:
        assert faults, f"lesson {lesson} now keeps the rule {rule!r}: take it off the list in tests/first_edition.py"
    else:
        assert not faults, "\n".join(faults)
