"""The state of an explorer: its controls, their values, and the time that the steps depend on."""

from lstm_course.widgets.controls import Slider


class State:
    """The values of all controls.

    controls   a list of controls; with `steps` a slider "step" from 0 to steps (a number or a function of the
               values) comes behind them
    keep_time  (step, old values, new values) -> step: the same moment after a change of another control; without
               it the step stays, as far as there are that many, and comes back when there are again
    """

    def __init__(self, controls, steps=None, keep_time=None):
        self.controls = {control.name: control for control in controls}
        self.steps, self.keep_time = steps, keep_time
        self.values = {name: control.value for name, control in self.controls.items()}
        if steps is not None:
            self.controls["step"] = Slider("step", "step", 0, self.last(), 1, 0, width="300px")
            self.values["step"] = self.wanted = 0
        self.quiet = False

    def observe(self, changed):
        """Call changed(control, part, raw) when the student changes a widget."""
        for control in self.controls.values():
            for part in control.parts:
                part.observe(lambda change, control=control, part=part:
                             self.quiet or changed(control, part, change["new"]), "value")

    def start(self, time=True):
        """The values at the start, with or without the step."""
        return {name: control.value for name, control in self.controls.items() if time or name != "step"}

    def last(self, values=None):
        """The last step."""
        return self.steps(values or self.values) if callable(self.steps) else self.steps

    def set(self, **values):
        """Set values; what is out of range goes to the nearest that is possible."""
        old = dict(self.values)
        for name in sorted(values, key=lambda name: name == "step"):      # the step last: its end may depend
            if name not in self.controls:
                raise ValueError(f"there is no control {name!r}, expected one of {', '.join(self.controls)}")
            if name == "step":
                self.limit()
            self.put(name, self.controls[name].clean(values[name]))
        self._same_moment(old, "step" in values)
        self.show()

    def take(self, control, part, raw):
        """A widget has a new value: the value that is meant, or a ValueError in plain words."""
        old = dict(self.values)
        self.put(control.name, control.taken(part, raw, self.values))
        self._same_moment(old, control.name == "step")
        self.limit()

    def _same_moment(self, old, chosen):
        """Stay at the same moment after other controls have changed, unless the step has been chosen."""
        if self.keep_time and not chosen:
            self.wanted = self.keep_time(old["step"], old, self.values)
            self.limit()

    def put(self, name, value):
        self.values[name] = value
        if name == "step":
            self.wanted = value

    def limit(self):
        """Fit the step to the last one; where the student wanted to be is remembered."""
        if self.steps is not None:
            last = self.last()
            self.quietly(self.controls["step"].limit, last)
            self.values["step"] = min(self.wanted, last)

    def show(self):
        """Let all widgets show the values; those that do nothing now are hidden."""
        for name, control in self.controls.items():
            control.follow(self.values)
            self.quietly(control.show, self.values[name])
            control.view.layout.display = None if control.shown_if(self.values) else "none"

    def quietly(self, act, *given):
        """Change widgets without taking that for a change by the student."""
        before, self.quiet = self.quiet, True
        try:
            act(*given)
        finally:
            self.quiet = before

    def words(self):
        """The values of the controls that are shown, in words: a list."""
        return [control.words(self.values[name]) for name, control in self.controls.items()
                if control.shown_if(self.values) and not control.for_controls]

    def inputs(self, values=None):
        """The values that compute takes."""
        return {name: value for name, value in (values or self.values).items()
                if name not in self.controls or not self.controls[name].for_controls}
