"""The controls of an explorer. Each is a named value together with the widgets that show and change it.

A control has `name`, `label`, `value` (its default), `parts` (widgets whose `value` the student changes),
`view` (the widget to lay out) and three methods: `clean(raw)` gives the value that is meant or raises a
ValueError in plain words, `show(value)` sets the widgets, `words(value)` reads the value to the student. A `Track`
holds a number for each step, and shows that of the step in hand.
shown_if(values) says whether it does something now; else it is hidden. A control that is `for_controls` only
brings up others ("more", "weights of …"): compute does not get it, and the words leave it out.
"""

import math

import ipywidgets as widgets
from traitlets import CUnicode


class Control:
    patient = False         # whether a bad entry may stand until it is corrected, as in a text being typed

    def __init__(self, name, label, value, parts, view, shown_if=None, for_controls=False):
        self.name, self.label, self.value, self.parts, self.view = name, label, value, parts, view
        self.for_controls, self.shown_if = for_controls, shown_if or (lambda values: True)
        if for_controls:
            view.add_class("lstm-chooser")

    def clean(self, raw):
        return raw

    def taken(self, part, raw, values):
        """The new value after the student has changed one of the parts; values: those of all controls."""
        return self.clean(raw)

    def follow(self, values):
        """Take notice of the values of all controls, before show."""

    def show(self, value):
        for part in self.parts:
            if part.value != value:
                part.value = value

    def words(self, value):
        return f"{self.label} = {value or 'nothing'}"


def typed_number(label, raw, low, high, step=None):
    """The number that was typed: 12.5, 1e2, 12,5 and −3 are numbers. A ValueError in plain words if it cannot be."""
    words = str(raw).strip().replace("−", "-").replace(",", ".")
    whole = isinstance(step, int)
    ends = f"from {low:g} to {high:g}".replace("-", "−")
    try:
        number = float(words)
    except ValueError:
        number = math.nan
    if not low - 1e-9 <= number <= high + 1e-9 or whole and number != int(number):
        raise ValueError(f"{label} takes a {'whole ' if whole else ''}number {ends}, and “{str(raw).strip()}” is none.")
    return int(number) if whole else number


class NumberBox(widgets.Text):
    """What is typed, sent when it is complete; from Python it may be set to a number."""

    value = CUnicode("").tag(sync=True)


class Slider(Control):
    """A number from low to high in steps: a slider, and a box in which it can be typed."""

    def __init__(self, name, label, low, high, step, value, width="340px", shown_if=None):
        self.low, self.high, self.step = low, high, step
        self.whole = all(isinstance(v, int) for v in (low, high, step))
        self.digits = 0 if self.whole else max(0, -math.floor(math.log10(step) + 1e-9))
        Bar = widgets.IntSlider if self.whole else widgets.FloatSlider
        self.box = NumberBox(value=self.text(value), description=label, tooltip=label, continuous_update=False,
                             layout={"width": "auto"}, style={"description_width": "auto"})
        self.box.add_class("lstm-box")
        self.bar = Bar(value=value, min=low, max=high, step=step, readout=False,
                       layout={"width": "auto", "flex": "1 1 84px", "min_width": "84px"})
        view = widgets.HBox([self.box, self.bar], layout={"width": width, "align_items": "center"})
        view.add_class("lstm-slider")
        super().__init__(name, label, value, [self.box, self.bar], view, shown_if)

    def text(self, value):
        """The number as the box shows it."""
        return f"{value:.{self.digits}f}".replace("-", "−")

    def clean(self, raw):
        """The number nearest to raw that the slider can show."""
        try:
            number = float(raw)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise ValueError(f"{self.label} takes a number from {self.low} to {self.high}.")
        number = min(max(number, self.low), self.high)
        number = self.low + round((number - self.low) / self.step) * self.step
        return int(round(number)) if self.whole else round(number, self.digits) + 0.0

    def typed(self, raw):
        """What was typed into the box: a number that the slider has, or a ValueError that says why not."""
        number = typed_number(self.label, raw, self.low, self.high, 1 if self.whole else None)
        nearest = self.clean(number)
        if abs(nearest - number) > 1e-9:
            raise ValueError(f"{self.label} goes in steps of {self.step:g}: the nearest is {self.text(nearest)}.")
        return nearest

    def taken(self, part, raw, values):
        return self.typed(raw) if part is self.box else self.clean(raw)

    def show(self, value):
        if self.box.value != self.text(value):
            self.box.value = self.text(value)
        if abs(self.bar.value - value) > 1e-9:          # drift is left alone
            self.bar.value = value

    def limit(self, high):
        """Give the slider another upper end."""
        if high != self.high:
            self.high = self.bar.max = high

    def words(self, value):
        return f"{self.label} = {self.text(value)}"


class Track(Control):
    """A number for each of T steps, as a tuple; a slider shows one of them and sets some.

    at(values) -> the place 0 … T−1 that is shown; places(values) -> those that a change sets.
    """

    def __init__(self, slider, T, at, places):
        self.slider, self.T, self.at, self.places, self.place = slider, T, at, places, 0
        self.box, self.bar, self.low, self.high = slider.box, slider.bar, slider.low, slider.high
        super().__init__(slider.name, slider.label, (slider.value,) * T, slider.parts, slider.view, slider.shown_if)

    def clean(self, raw):
        """A tuple of T numbers; one number stands for all of them."""
        raw = raw if isinstance(raw, (tuple, list)) else [raw] * self.T
        if len(raw) != self.T:
            raise ValueError(f"{self.label} takes {self.T} numbers, one for each step, and these are {len(raw)}.")
        return tuple(map(self.slider.clean, raw))

    def taken(self, part, raw, values):
        number, places = self.slider.taken(part, raw, values), self.places(values)
        return tuple(number if t in places else old for t, old in enumerate(values[self.name]))

    def follow(self, values):
        self.place = self.at(values)

    def show(self, value):
        self.slider.show(value[self.place])

    def words(self, value):
        same = len(set(value)) == 1
        return self.slider.words(value[0]) if same else f"{self.label} = " + " ".join(map(self.slider.text, value))


class Checkbox(Control):
    """Yes or no."""

    def __init__(self, name, label, value=False, shown_if=None, for_controls=False):
        box = widgets.Checkbox(value=value, description=label, indent=False, layout={"width": "auto"})
        super().__init__(name, label, value, [box], box, shown_if, for_controls)

    def clean(self, raw):
        return bool(raw)

    def words(self, value):
        return f"{self.label}: {'yes' if value else 'no'}"


class Choice(Control):
    """One of a few options, as buttons side by side. options: a list of names, or a dict name -> value."""

    def __init__(self, name, label, options, value=None, shown_if=None, for_controls=False):
        self.options = options if isinstance(options, dict) else {option: option for option in options}
        value = next(iter(self.options.values())) if value is None else value
        buttons = widgets.ToggleButtons(options=list(self.options.items()), value=value, description=label,
                                        tooltip=label, style={"description_width": "auto", "button_width": "auto"})
        super().__init__(name, label, value, [buttons], buttons, shown_if, for_controls)

    def clean(self, raw):
        if raw not in self.options.values():
            raise ValueError(f"{self.label} is one of {', '.join(map(str, self.options))}.")
        return raw

    def words(self, value):
        return f"{self.label}: {next(key for key, option in self.options.items() if option == value)}"


class Text(Control):
    """A line of text, or `rows` of them. accept(text) gives the value that is meant, or raises a ValueError."""

    patient = True

    def __init__(self, name, label, value, accept=str, width="340px", shown_if=None, rows=1):
        self.accept = accept
        look = {"value": value, "description": label, "tooltip": label, "layout": {"width": width},
                "style": {"description_width": "auto"}}
        field = widgets.Text(**look) if rows == 1 else widgets.Textarea(rows=rows, **look)
        super().__init__(name, label, accept(value), [field], field, shown_if)

    def clean(self, raw):
        return self.accept(str(raw))

    def show(self, value):
        """Leave what is being typed, if it means the value already."""
        field = self.parts[0]
        try:
            same = self.accept(field.value) == value
        except ValueError:
            same = False
        if not same:
            field.value = str(value)
