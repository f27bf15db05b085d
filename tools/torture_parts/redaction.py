"""SIGKILL at each system call of `redact`, and faults at those that put the new files in place.

Afterwards either all payloads are what they were or all have their markers, and each is told of;
receipts, a proof and a checkpoint of before hold. Once the command says that the files are written
anew, no file has any of the secret. One that was killed before is finished by `redact` and
`compact`; then, too, no file has any.
"""
import json
import os
import shutil

import injection
import program
import soundness
from box import Box

# In no rule's marker and in no other text here.
TOKEN = "ghp_" + "aB3dE6gH9j" * 3 + "kL2mN5"
OFF = {"UETLOG_SECRETS_MODE": "off"}
REDACT = ["redact", "--from-scan", "--json"]
# Kinds with more calls than this are sampled in the small tier.
SAMPLED_MAX = 40
# What fails where a copy is put in the place of the log.
FAULTS = {"renameat2": "EIO", "fsync": "EIO", "fdatasync": "EIO", "write": "ENOSPC",
          "linkat": "EIO", "link": "EIO", "mkdir": "ENOSPC", "pwritev": "ENOSPC"}


class World:
    """A log with secrets, what was proved of it before, and what it should become."""

    def __init__(self, part):
        self.part = part
        box = Box(part.directory(stays=True))
        self.home = box.home
        texts = [f"note {number}" for number in range(40)]
        texts[4] = f"see {TOKEN}."
        texts[16] = "x" * 20000 + f" {TOKEN} " + "y" * 500
        texts[30] = f"{TOKEN} again"
        drafts = [{"type": "note", "payload": {"text": text}} for text in texts]
        receipts = box.run("append", "--json", stdin="".join(
            json.dumps(draft) + "\n" for draft in drafts), **OFF)
        box.path("receipts.jsonl", receipts.output)
        key = box.run("key", "new", "example.com/torture").output.strip().splitlines()[-1]
        box.path("key", key + "\n")
        box.run("seal", "--output", box.path("checkpoint"))
        box.run("prove", "17", "--output", box.path("proof"))
        self.before = box.events()
        done = self.copy()
        done.run(*REDACT)
        self.after = done.events()
        self.count = len(self.after) - len(self.before)

    def copy(self):
        directory = self.part.directory()
        shutil.copytree(self.home, directory, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns(".local"))
        return Box(directory)


def files_with_secret(box):
    """The files of a box that have the secret."""
    found = []
    for folder, _, names in os.walk(box.home):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                if TOKEN.encode() in file.read():
                    found.append(os.path.relpath(path, box.home))
    return found


def payloads(events, count):
    return [(event["event_id"], event.get("redacted"), event["payload"])
            for event in events[:count]]


def half(world, events):
    """What is neither the log of before nor the one that is redacted, or None."""
    count = len(world.before)
    found, added = payloads(events, count), events[count:]
    if found == payloads(world.before, count):
        return f"{len(added)} events tell of a redaction that is not there" if added else None
    if found != payloads(world.after, count):
        return "some payloads are redacted, others are not"
    told = [event["payload"]["position"] for event in added if event["type"] == "payload_redacted"]
    wanted = [event["payload"]["position"] for event in world.after[count:]]
    return None if told == wanted else f"redactions of {told} are told, not of {wanted}"


def proved(box):
    """What the evidence of before has against the log, or None."""
    status, output, errors = program.run(
        ["verify", "--log", box.log, "--against", "checkpoint", "--receipt", "receipts.jsonl",
         "--key", "key"], box.home)
    if status != 0:
        return f"verify: exit {status}: {(output + errors)[-400:].decode(errors='replace')}"
    status, output, errors = program.run(["verify", "proof", "--key", "key"], box.home)
    return None if status == 0 else f"the proof: {(output + errors)[-400:].decode()}"


def reported(output):
    """The compaction that a whole report tells of, None when it tells of none; nothing without a
    whole report."""
    try:
        return [json.loads(output)["compaction"]]
    except (ValueError, TypeError, KeyError):
        return []


def says_anew(output):
    """Whether a whole report says that the files are written anew."""
    return any(reported(output))


def judged(world, box, said):
    """What is wrong with a log in which `redact` was interrupted, or None."""
    problem = proved(box) or soundness.left_over(box) or half(world, box.events())
    if problem:
        return problem
    found = files_with_secret(box)
    return f"it said that it is gone, and it is in {found}" if said and found else None


def finished(world, box):
    """Runs it again, without a fault, and compacts; returns what is wrong then, or None."""
    for words in (REDACT, ["compact"]):
        status, output, errors = program.run([*words, "--log", box.log], box.home)
        if status != 0:
            return f"the next {words[0]}: exit {status}: {(output + errors)[-400:].decode()}"
    events = box.events()
    if len(events) != len(world.after):
        return f"{len(events)} events in the end, not {len(world.after)}"
    return judged(world, box, True)


def injected(world, kind, number, fault):
    box = world.copy()
    return box, injection.Injected(kind, number, fault, REDACT, box.home, UETLOG=box.log)


def killed(part, world, point):
    _, kind, number = point
    box, done = injected(world, kind, number, "signal=KILL")
    part.fired += done.fired
    part.missed += not done.fired and not done.is_unsteady
    said = says_anew(done.output)
    part.said += said
    os.unlink(os.path.join(box.home, "trace"))
    part.unfinished += bool(files_with_secret(box)) and len(box.events()) > len(world.before)
    return judged(world, box, said) or finished(world, box)


def failed(part, world, point):
    _, kind, number, error = point
    box, done = injected(world, kind, number, f"error={error}")
    part.fired += done.fired
    part.missed += not done.fired and not done.is_unsteady
    os.unlink(os.path.join(box.home, "trace"))
    is_done = len(box.events()) > len(world.before)
    if done.status == 0 and not (is_done and says_anew(done.output)):
        return "exit 0, and it is not done"
    told = b"uetlog compact" in done.errors or reported(done.output) or done.status == 70
    if done.status > 0 and is_done and not told:
        return f"exit {done.status}, and nothing says what is left to do: {done.errors[-300:]!r}"
    return judged(world, box, says_anew(done.output)) or finished(world, box)


def control(part, world):
    """Payloads that are gone while the files have them; half of it; another log in its place."""
    box, done = injected(world, "renameat2", 1, "error=EIO")
    part.control(f"new files that never come (exit {done.status})", judged(world, box, True))
    box = world.copy()
    box.run("redact", "5", "--pointer", "/text", "--reason", "r")
    part.control("one of three", half(world, box.events()))
    box = world.copy()
    shutil.rmtree(box.log)
    for event in world.before:
        if event["type"] == "note":
            box.append("note", "--data", json.dumps(event["payload"]), **OFF)
    part.control("a log with the same notes, made anew", proved(box))


def run(part):
    injection.needed()
    part.fired = part.missed = part.said = part.unfinished = 0
    world = World(part)
    made = injection.calls(REDACT, world.copy().home, UETLOG=world.copy().log)
    most = part.of_tier(SAMPLED_MAX, 1 << 30)

    def sampled(pairs):
        for kind, number in pairs:
            step = -(-made.most[kind] // most)
            if number % step == 0 or number == 1:
                yield kind, number

    kills = [(f"{kind}:{number}", kind, number) for kind, number in sampled(made.points())]
    part.each(lambda point: killed(part, world, point), kills)
    faults = [(f"{FAULTS[kind]}:{kind}:{number}", kind, number, FAULTS[kind])
              for kind, number in sampled(made.points(FAULTS))]
    part.each(lambda point: failed(part, world, point), faults)
    part.note(f"{len(kills)} kills and {len(faults)} faults, {part.fired} happened; "
              f"{part.said} had said that the files are written anew; "
              f"{part.unfinished} were redacted with the secret still in a file")
    if part.at is None:
        seen = part.unfinished > 0 and part.said > 0
        part.check("both", None if seen else "no kill came between the redaction and the copy")
    injection.enough_fired(part)
    control(part, world)
