"""An explorer without a kernel: on GitHub, on paper, in a notebook that was just opened."""

from lstm_course.whereabouts import is_static
from lstm_course.widgets import svg
from lstm_course.widgets.figures import data_sha256


def panels(explorer):
    """The states that tell the story on paper: a list of (caption, data)."""
    state = explorer.state
    chosen = {name: explorer.presets[name] for name in explorer.static} if explorer.static else {"": {}}
    found = []
    for name, values in chosen.items():
        values = state.start() | {name: value if name == "step" else state.controls[name].clean(value)
                                  for name, value in values.items()}
        if state.steps is not None and "step" not in chosen[name]:
            values["step"] = state.last(values)
        found.append((name, explorer.computed(values, result=None)))
    return found


def summary(explorer, panels):
    """The explorer in words."""
    lines = [f"{name}: {explorer.describe(data)}" if name else explorer.describe(data) for name, data in panels]
    return "\n".join([f"Explorer: {explorer.title}", *lines])


def bundle(explorer):
    """What a notebook shows: the widget, or while notebooks are built its pictures with alt text."""
    shown = panels(explorer)
    words = summary(explorer, shown)
    if not is_static():
        view = {"version_major": 2, "version_minor": 0, "model_id": explorer.model_id}
        return {"text/plain": words, "application/vnd.jupyter.widget-view+json": view}
    pictures = [(name, explorer.draw(data)) for name, data in shown]
    picture = pictures[0][1] if len(pictures) == 1 else svg.stack(pictures, explorer.columns)
    alt = " ".join(words.split())
    meta = {"alt": alt, "data_sha256": data_sha256(dict(shown))}
    return ({"text/plain": words, "image/svg+xml": svg.labelled(picture, explorer.title, alt)},
            {"image/svg+xml": meta})
