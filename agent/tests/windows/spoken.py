# What a screen reader sees of a window, and what it presses there: a client of AT-SPI that is not ours.
#
# Each line on standard input is the role of a control, a tab, and its name. It is waited for; then the names of all
# controls are printed, one a line, with an empty line behind them. What begins with "!" is pressed until it is gone.

import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib

PATIENCE = 60


def switch_on():
    """Tells programs that somebody reads the screen, as a screen reader does when it starts."""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    for name in ("IsEnabled", "ScreenReaderEnabled"):
        value = GLib.Variant("(ssv)", ("org.a11y.Status", name, GLib.Variant("b", True)))
        bus.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties", "Set", value, None, 0, -1)


def walk(node):
    node.clear_cache()
    yield node
    for place in range(node.get_child_count()):
        child = node.get_child_at_index(place)
        if child is not None:
            yield from walk(child)


def see():
    """All controls of all programs. One that goes while it is looked at is no control."""
    try:
        return [(one.get_role_name(), one.get_name(), one) for one in walk(Atspi.get_desktop(0))]
    except GLib.Error:
        return []


switch_on()
for line in sys.stdin:
    press = line.startswith("!")
    role, name = line.strip("!\n").split("\t")
    end = time.time() + PATIENCE
    while True:
        seen = see()
        found = [one for one in seen if one[0] == role and name in one[1]]
        if found:
            break
        if time.time() > end:
            sys.exit(f"no {role} called {name} in {[one[:2] for one in seen]}")
        time.sleep(0.1)
    for one in seen:
        print(one[0], one[1].replace("\n", " "), sep="\t")
    print(flush=True)
    # For half a second a window accepts nothing; it goes when it was pressed.
    while press and found and time.time() < end:
        try:
            found[0][2].get_action_iface().do_action(0)
        except GLib.Error:
            break
        time.sleep(0.3)
        found = [one for one in see() if one[0] == role and name in one[1]]
