"""An explorer without a kernel: on GitHub, on paper, in a notebook that was just opened."""

from lstm_course.whereabouts import is_static
from lstm_course.widgets import svg
from lstm_course.widgets.figures import data_sha256


def panels(explorer):
    """The states that tell the story on paper, but for the one that is asked about: a list of (caption, data)."""
    chosen = {name: explorer.presets[name] for name in explorer.static} if explorer.static else {"": {}}
    others = chosen | (explorer.presets if explorer.predict else {})
    told = [name for name in others if not _answers(explorer, others[name])]
    shown = [name for name in told if name in chosen] or told[:1] or list(chosen)
    return [(name, _data(explorer, others[name])) for name in shown]


def hides(explorer):
    """Is there no state that keeps the answer to itself? Then the picture is stored as it is before the guess."""
    states = [{}, *explorer.presets.values()]
    return explorer.predict is not None and all(_answers(explorer, given) for given in states)


def _answers(explorer, given):
    """Does this state show what the explorer's question asks for?"""
    if explorer.predict is None:
        return False
    asked = explorer.predict.asked_at(explorer.state.start())
    return _values(explorer, given) | {"step": 0} == _values(explorer, asked) | {"step": 0}


def _values(explorer, given):
    """All values, from those that a preset or a question gives."""
    state = explorer.state
    return state.start() | {name: value if name == "step" else state.controls[name].clean(value)
                            for name, value in given.items()}


def _data(explorer, given):
    """What the explorer computes there, in the last step if none is given."""
    values, state = _values(explorer, given), explorer.state
    if state.steps is not None and "step" not in given:
        values["step"] = state.last(values)
    return explorer.computed(values, result=None)


def summary(explorer, panels):
    """The explorer in words."""
    lines = [f"{name}: {explorer.describe(data)}" if name else explorer.describe(data) for name, data in panels]
    lines = [f"Predict: {explorer.predict.question}"] if hides(explorer) else lines
    return "\n".join([f"Explorer: {explorer.title}", *lines])


def bundle(explorer):
    """What a notebook shows: the widget, or while notebooks are built its pictures with alt text."""
    shown = panels(explorer)
    words = summary(explorer, shown)
    if not is_static():
        view = {"version_major": 2, "version_minor": 0, "model_id": explorer.model_id}
        return {"text/plain": words, "application/vnd.jupyter.widget-view+json": view}
    draw = explorer.predict.mask if hides(explorer) else explorer.draw
    pictures = [(name, draw(data)) for name, data in shown]
    picture = pictures[0][1] if len(pictures) == 1 else svg.stack(pictures, explorer.columns)
    alt = " ".join(words.split())
    meta = {"alt": alt, "data_sha256": data_sha256(dict(shown))}
    return ({"text/plain": words, "image/svg+xml": svg.labelled(picture, explorer.title, alt)},
            {"image/svg+xml": meta})
