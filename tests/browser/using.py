"""Uses what a notebook shows as a student does, by keyboard, and asserts that it answers."""

KEPT = 1.0          # how far in px the page may jump
PATIENCE = 10       # seconds in which a picture must follow
BOX = """explorer => {
    const box = explorer.querySelector('svg[role=img]')?.getBoundingClientRect();
    return box && {x: box.x, y: box.y, width: box.width, height: box.height};
}"""


def assert_widgets_are_ours(notebook):
    """No slider stands outside an explorer; every picture has a name that a screen reader says."""
    page = notebook.page
    assert page.locator("[role=slider]").count() == page.locator(".lstm-explorer [role=slider]").count()
    names = page.locator(".jp-OutputArea-output svg[role=img]").evaluate_all(
        "all => all.map(svg => svg.getAttribute('aria-label') || '')")
    names += notebook.alt_texts()
    assert all(len(name) > 20 for name in names), names


# ---- explorers --------------------------------------------------------------------------------------------


def use_explorer(notebook, explorer, patience=PATIENCE):
    """One control of each kind of an explorer (tests/widgets/test_every_explorer.py tries all of them, in Python).

    A picture may take `patience` seconds to follow.
    """
    show = explorer.get_by_role("button", name="Just show me")
    if show.count():
        press(show.first, "Enter")
        notebook.wait()
    for slider in explorer.get_by_role("slider").all()[:1]:
        move_slider(notebook, explorer, slider, patience)
    for box in explorer.locator(":not(.lstm-chooser) > * > [type=checkbox]").all()[:1]:
        there_and_back(notebook, explorer, box, "Space", "Space", patience=patience)
    use_presets(notebook, explorer)
    use_steps(notebook, explorer)


def press(control, key):
    """Presses a key on a control that has the keyboard's focus."""
    control.focus()
    control.press(key)


def move_slider(notebook, explorer, slider, patience):
    """One step and back, away from the end where the slider stands."""
    at, top = (float(slider.get_attribute(f"aria-value{end}")) for end in ("now", "max"))
    keys = ("ArrowLeft", "ArrowRight") if at >= top else ("ArrowRight", "ArrowLeft")
    there_and_back(notebook, explorer, slider, *keys, patience=patience)


def there_and_back(notebook, explorer, control, key, back, way_back=None, patience=PATIENCE):
    """The picture follows a key, and comes back with another one; the page does not jump."""
    name = control.evaluate("node => (node.closest('.widget-inline-hbox, .widget-hbox') || node).innerText")
    where = f"{notebook.name}: {name!r}: "
    control.focus()
    box, old = look(notebook, explorer)
    control.press(key)
    assert notebook.becomes(box, old, False, patience), where + "the picture did not follow"
    assert jump(box, picture_box(explorer)) <= KEPT, where + "the page jumped"
    press(way_back or control, back)
    assert notebook.becomes(box, old, True, patience), where + "going back gave another picture"


def look(notebook, explorer):
    """Where the explorer's picture is, and what it shows."""
    notebook.wait()
    box = picture_box(explorer)
    return box, notebook.picture(box)


def picture_box(explorer):
    """Where the picture is; asked for again while it is being replaced."""
    for _ in range(100):
        box = explorer.evaluate(BOX)
        if box and box["width"] and box["height"]:
            return box
        explorer.page.wait_for_timeout(30)
    raise AssertionError("there is no picture")


def jump(old, new):
    """How far a box has moved or grown, in px."""
    return max(abs(old[side] - new[side]) for side in old)


def use_presets(notebook, explorer):
    """The buttons in the row of the presets, one after the other, until they have shown two pictures."""
    row = explorer.locator(".lstm-row", has_text="Try")
    seen = set()
    for button in row.first.get_by_role("button").all() if row.count() else []:
        if len(seen) > 1:
            break
        press(button, "Enter")
        seen.add(look(notebook, explorer)[1])
        assert explorer.locator(".lstm-error").count() == 0, f"{notebook.name}: {explorer.inner_text()}"
    assert not row.count() or len(seen) > 1, f"{notebook.name}: no preset changes the picture"


def use_steps(notebook, explorer):
    """Reset, Step and Back, Play and Stop."""
    step, back, reset, play = (explorer.get_by_role("button", name=name, exact=True)
                               for name in ("Step ▶", "◀ Back", "Reset", "Play"))
    if not step.count():
        return
    press(reset.first, "Enter")
    there_and_back(notebook, explorer, step.first, "Enter", "Enter", way_back=back.first)
    press(reset.first, "Enter")
    play.first.focus()
    box, old = look(notebook, explorer)
    play.first.press("Enter")
    assert notebook.becomes(box, old, False, PATIENCE), f"{notebook.name}: Play does nothing"
    press(explorer.get_by_role("button", name="Stop").first, "Enter")
    press(reset.first, "Enter")
    reset.first.blur()


# ---- quizzes ----------------------------------------------------------------------------------------------


def use_quiz(notebook, quiz):
    """Every choice of the first question by keyboard: each is answered by words of its own."""
    choices = quiz.locator("button.lstm-choice")
    for question in quiz.locator(".widget-vbox:has(> button.lstm-choice), :scope:has(> button.lstm-choice)").all()[:1]:
        answers = [answer(notebook, question, button)
                   for button in question.locator("> button.lstm-choice").all()]
        assert all(answers) and len(set(answers)) == len(answers), f"{notebook.name}: {answers}"
    assert choices.count() or quiz.get_by_role("button").count(), f"{notebook.name}: a quiz without buttons"


def answer(notebook, question, button):
    """Chooses by keyboard; returns what is said about it."""
    before = question.get_by_role("status").all_inner_texts()
    press(button, "Enter")
    for _ in range(100):
        said = question.get_by_role("status").all_inner_texts()
        if said != before:
            return said[-1]
        notebook.page.wait_for_timeout(30)
    return ""
