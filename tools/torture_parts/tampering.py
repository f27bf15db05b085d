"""Edits by someone who knows the format: rows deleted, exchanged, replaced, forged.

They are made through LMDB, so that every page is right. `verify` must refuse the log, call nothing
right that is wrong, and name the first position that is, alone or within the subtree whose root
alone tells.
"""
import os
import shutil

import program
import scenarios
from compiled import compiled
from forgeries import KINDS, Forger

SOURCE = "tools/torture_parts/edit_rows.c"


def unnoticed(box, first):
    """What `verify` should have said about a forged log and did not, or None."""
    status, output, _ = program.run(["verify", "--json", "--log", box.log], box.home)
    if status != 74:
        return f"verify: exit {status}: {output[:200]!r}"
    answer = scenarios.json.loads(output)
    if first is None:
        return None
    if answer["first_bad"] is None or answer["first_bad"] > first:
        return f"the first bad position is {first}, verify says {answer['first_bad']}"
    findings = [found for phase in answer["phases"] for found in phase["findings"]]
    if not any(covers(found, first) for found in findings):
        return f"no finding names position {first}: {findings[:5]}"
    return None


def covers(found, position):
    first = found.get("position")
    return first is not None and first <= position <= (found.get("through") or first)


def made(part):
    box = scenarios.Box(part.directory())
    box.worker()
    box.task()
    box.lines(*[{"type": "note", "payload": {"text": f"secret {n}" + "x" * (3000 * (n == 30))}}
                for n in range(6, 41)])
    return box


def run(part):
    editor = compiled(SOURCE, part.directory(), "-llmdb")

    def forged(point):
        box = made(part)
        forger = Forger(editor, box)
        first = point[1](forger)
        forger.apply()
        return unnoticed(box, first)

    part.each(forged, [(kind.__name__.replace("_", " "), kind) for kind in KINDS])
    part.each(lambda point: older(made(part), point[1]), [("an older copy", True)])
    box = made(part)
    Forger(editor, box).apply()
    part.control("a log that nobody touched", unnoticed(box, None))
    if part.at is None:
        part.control("an older copy without a mark elsewhere", older(made(part), False))


def older(box, has_mark):
    """An old copy in the same file, with and without the mark that is kept elsewhere."""
    path = os.path.join(box.log, "data.mdb")
    with open(path, "rb") as file:
        old = file.read()
    box.append("note", "text=newer")
    with open(path, "r+b") as file:
        file.write(old)
    if not has_mark:
        shutil.rmtree(box.path(".local"))
    return unnoticed(box, None)
