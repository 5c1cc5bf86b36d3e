"""The widgets of a notebook as its page knows them: models by id, and the sliders of each explorer.

A kernel announces a widget with `comm_open` and changes it with `comm_msg`; the page sends `comm_msg` back when
somebody moves a slider.
"""

from dataclasses import dataclass

SLIDERS = ("FloatSliderModel", "IntSliderModel")
REFERENCE = "IPY_MODEL_"


@dataclass
class Explorer:
    """One explorer: the ids of its picture and of the sliders and buttons that can be seen."""

    picture: str
    sliders: list
    buttons: dict


class Models:
    """What the page knows of the kernel's widgets."""

    def __init__(self):
        self.states = {}

    def take(self, message):
        """Keep what a message says; (id, changed state) for an update, else None."""
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "comm_open":
            self.states[content["comm_id"]] = dict(content["data"].get("state", {}))
        if kind == "comm_close":
            self.states.pop(content["comm_id"], None)
        if kind != "comm_msg" or content["data"].get("method") != "update":
            return None
        self.states.setdefault(content["comm_id"], {}).update(content["data"]["state"])
        return content["comm_id"], content["data"]["state"]

    def hidden(self, model):
        """Whether a widget's layout hides it."""
        layout = self.states.get(model_id(self.states[model].get("layout")), {})
        return layout.get("display") == "none" or layout.get("visibility") == "hidden"

    def seen_in(self, model):
        """The ids of a widget and of all that can be seen in it."""
        if model not in self.states or self.hidden(model):
            return []
        inner = self.states[model].get("children") or []
        return [model, *(below for child in inner for below in self.seen_in(model_id(child)))]

    def explorers(self):
        """All explorers that have a picture and sliders, in the notebook's order."""
        tops = [model for model, state in self.states.items() if "lstm-explorer" in state.get("_dom_classes", ())]
        return [found for found in map(self.explorer, tops) if found]

    def explorer(self, top):
        """The parts of one explorer, or None if it has no slider or no picture."""
        parts = {model: self.states[model] for model in self.seen_in(top)}
        kinds = {model: state.get("_model_name") for model, state in parts.items()}
        pictures = [model for model, kind in kinds.items()
                    if kind == "HTMLModel" and "<svg" in parts[model].get("value", "")]
        sliders = [model for model, kind in kinds.items() if kind in SLIDERS and not parts[model].get("disabled")]
        buttons = {parts[model].get("description"): model for model, kind in kinds.items() if kind == "ButtonModel"}
        return Explorer(pictures[0], sliders, buttons) if pictures and sliders else None


def model_id(reference):
    """The id in a reference to a model ("IPY_MODEL_..."), or None."""
    return reference.removeprefix(REFERENCE) if isinstance(reference, str) else None


def places(state):
    """How many steps a slider has."""
    return max(1, round((state["max"] - state["min"]) / state["step"]))


def value_at(state, place):
    """A slider's value after this many steps."""
    value = state["min"] + place * state["step"]
    return int(value) if state["_model_name"] == "IntSliderModel" else round(value, 9)


def another_value(state, rng):
    """A value that the slider does not have now."""
    choices = [value_at(state, place) for place in range(places(state) + 1)]
    return rng.choice([value for value in choices if abs(value - state["value"]) > state["step"] / 2])


def drag(state, rng, moves):
    """The values of one quick drag: from where the slider is towards the end that is further away."""
    low, high, now = state["min"], state["max"], state["value"]
    end = high if high - now > now - low else low
    end = now + (end - now) * rng.uniform(0.6, 1.0)
    path = [round((now + (end - now) * k / moves - low) / state["step"]) for k in range(1, moves + 1)]
    values = [value_at(state, min(max(place, 0), places(state))) for place in path]
    return [value for value, before in zip(values, [now, *values[:-1]], strict=True) if value != before]


def slider_update(slider, value):
    """The content of the message that says that somebody moved a slider."""
    return {"comm_id": slider, "data": {"method": "update", "state": {"value": value}, "buffer_paths": []}}


def button_press(button):
    """The content of the message that says that somebody pressed a button."""
    return {"comm_id": button, "data": {"method": "custom", "content": {"event": "click"}}}
