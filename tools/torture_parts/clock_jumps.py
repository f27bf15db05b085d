"""The wall clock jumps back and forth between appends.

Positions are the order, whatever the clock says: recorded_at never falls, `verify` finds nothing,
and a view of the present still can be shown.
"""
import platform
import subprocess
import time

import injection
import program
import soundness
from box import Box
from compiled import compiled
from torture import Missing

DAY = 86_400
JUMPS = [0, -10 * DAY, 365 * DAY, 0, -1, 1, -40 * 365 * DAY, 10 * DAY, 0]


def stamp(seconds):
    """The date of a shifted now, as time stamps begin with it."""
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + seconds))


def shifted(shifter, seconds, box, *arguments, stdin=b""):
    done = subprocess.run([shifter, str(seconds), program.binary(), *arguments, "--log", box.log],
                          input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          cwd=box.home, env=program.surroundings(box.home), check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments[0]} at {seconds:+} s: exit {done.returncode}: "
                           f"{(done.stdout + done.stderr)[-300:]!r}")
    return done.stdout


def falls(events, member):
    """Where a time is earlier than the one before, or None."""
    for first, second in zip(events, events[1:]):
        if second[member] < first[member]:
            return f"{member} of {second['position']} is {second[member]} after {first[member]}"
    return None


def run(part):
    injection.needed()
    if platform.machine() != "x86_64":
        raise Missing("the clock can be shifted on x86-64 only")
    shifter = compiled("tools/torture_parts/shift_clock.c", part.directory())
    box = Box(part.directory())
    jumps = JUMPS + [part.random.randrange(-3000, 3000) * DAY // 10
                     for _ in range(part.of_tier(40, 2000))]
    promised = {}
    for place, seconds in enumerate(jumps):
        day = stamp(seconds)
        lines = b'{"type":"worker_heartbeat","payload":{"worker_id":"w1"}}\n' * 3
        output = shifted(shifter, seconds, box, "append", "--json", stdin=lines)
        promised.update(soundness.receipts(output))
        event = box.events("--last", "1")[0]
        # The source's own time is the shifted one: the fault happened.
        known = None if event["ts"][:10] in (day, stamp(seconds)) else f"ts is {event['ts']}"
        part.check(f"jump {place} by {seconds} s", known or soundness.verified(box))
        shifted(shifter, seconds, box, "project", "workers", "--json")
    events = box.events()
    part.check("recorded_at", falls(events, "recorded_at"))
    part.check("positions", None if [event["position"] for event in events] ==
               list(range(1, 3 * len(jumps) + 1)) else "are not dense")
    part.check("receipts", None if len(promised) == len(events) else "some are missing")
    part.control("the source's times, which may fall", falls(events, "ts"))
