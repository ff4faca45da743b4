"""What can be wrong with windows and their events."""

from chassis.problems import Conflict, Invalid


class NoWindowEvent(Conflict):
    """The KPI's window does not begin with an event of its own."""

    code, title = "no_window_event", "The window begins with no event of its own"


class WindowMeasured(Conflict):
    """Values were recorded in the window, so it stands."""

    code, title = "window_measured", "The window has been measured"


class WindowEventTaken(Conflict):
    code, title = "duplicate_code", "The code is taken"


class WindowRefused(Invalid):
    """The window that would begin then does not fit its cycle."""

    code, title = "window_outside_cycle", "The window lies outside its cycle"
