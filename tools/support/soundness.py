"""What must hold of a log after a fault."""
import json
import os

import program


def receipts(output):
    """The receipts among the whole lines of a command's output: event id to position."""
    found = {}
    for line in output.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            continue
        try:
            answer = json.loads(line)
        except ValueError:
            continue
        if isinstance(answer, dict) and "event_id" in answer and "position" in answer:
            found[answer["event_id"]] = answer["position"]
    return found


def verified(box):
    """What `verify` has against the log, or None."""
    status, output, errors = program.run(["verify", "--log", box.log, "--json"], box.home)
    if status == 0:
        return None
    try:
        return f"verify: exit {status}: {json.loads(output)['text']}"
    except (ValueError, KeyError):
        return f"verify: exit {status}: {(output + errors)[-400:].decode(errors='replace')}"


def has_log(box):
    return os.path.exists(box.log)


def compared(before, after, promised, scenario, adds=None):
    """What is wrong with the events after a fault, or None; `adds` if it is not the scenario's."""
    adds = scenario.adds if adds is None else adds
    if after[:len(before)] != before:
        return "events from before the fault differ"
    places = {event["event_id"]: event["position"] for event in after}
    if len(places) != len(after):
        return "an event is there twice"
    for number, event in enumerate(after, 1):
        if event["position"] != number:
            return f"position {event['position']} stands where {number} should"
    for name, position in promised.items():
        if places.get(name) != position:
            return f"{name} has a receipt for {position} but is at {places.get(name)}"
    added = [event["event_id"] for event in after[len(before):]]
    if len(added) > adds or scenario.is_atomic and len(added) not in (0, adds):
        return f"{len(added)} events were added, not {adds}"
    if scenario.ids is not None and added != scenario.ids[:len(added)]:
        return "what was added is not the beginning of what was offered"
    return None


def left_over(box):
    """Files in the log that don't belong there."""
    strangers = set(os.listdir(box.log)) - {"data.mdb", "lock.mdb", "reserve"}
    return f"left in the log: {sorted(strangers)}" if strangers else None


def after_fault(box, scenario, promised):
    """The log as the fault left it. Returns a problem or None, and the events that were added."""
    after = []
    if has_log(box):
        problem = verified(box) or left_over(box)
        if problem:
            return problem, []
        after = box.events()
    problem = compared(scenario.before, after, promised, scenario)
    return problem, after[len(scenario.before):]


def works_again(box, scenario):
    """Runs the command once more, without a fault: nothing needs repair, nothing is there twice."""
    adds = scenario.adds
    if scenario.repeats:
        adds += len(box.events()) - len(scenario.before)
    status, output, errors = program.run(scenario.arguments, box.home, scenario.stdin,
                                         UETLOG=box.log)
    if status != 0:
        # What was done already can't be done again.
        text = (output + errors)[-400:].decode(errors="replace")
        return f"the next {scenario.name}: exit {status}: {text}"
    after = box.events()
    if len(after) != len(scenario.before) + adds:
        return (f"{len(after)} events after the next {scenario.name}, expected "
                f"{len(scenario.before) + adds}")
    return compared(scenario.before, after, receipts(output), scenario, adds) or verified(box)
