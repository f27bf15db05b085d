"""Reading commands that run beside writers, and what they saw."""
import json
import subprocess
import threading

import program


class Reader:
    """A reading command that runs until it is killed, and the lines that it printed."""

    def __init__(self, box, *arguments, **extra):
        self.process = subprocess.Popen(
            [program.binary(), *arguments, "--log", box.log], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=box.home,
            env=program.surroundings(box.home, **extra))
        self.lines = []
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            if line.endswith(b"\n"):
                self.lines.append(line)

    def end(self):
        """Kills it. Says what is wrong if it had ended by itself."""
        ended = self.process.poll()
        self.process.kill()
        self.thread.join(30)
        errors = self.process.stderr.read()
        self.process.wait()
        return None if ended is None else f"a reader ended with {ended}: {errors[-300:]!r}"


def unlike(seen, first, history):
    """How what a follower saw from a position on differs from the log, or None."""
    for place, (position, name) in enumerate(seen, first):
        if position != place:
            return f"a follower saw position {position} where {place} comes next"
        if position > len(history.ids):
            return f"a follower saw position {position}, and the log ends at {len(history.ids)}"
        if history.ids[position - 1] != name:
            return f"a follower saw {name} at {position}, where {history.ids[position - 1]} is"
    return None


def pairs(lines):
    """Position and event id of each line of `replay --format jsonl --log-fields`."""
    return [(event["position"], event["event_id"]) for event in map(json.loads, lines)]
