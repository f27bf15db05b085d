"""SIGKILL at each system call of each writing command.

Afterwards the log must be intact, have what receipts were printed for, and take the same command
again without repair. A command that was killed while it made a log may leave `log.tmp.…` beside
it: nothing reads that.
"""
import os

import injection
import scenarios
import soundness

# Kinds with more calls than this are sampled in the small tier: they come from the allocator.
SAMPLED_MAX = 40


def points(part, box, scenario):
    made = injection.calls(scenario.arguments, box.home, scenario.stdin, follow=scenario.follow,
                           UETLOG=box.log)
    most = part.of_tier(SAMPLED_MAX, 1 << 30)
    for kind, number in made.points():
        step = -(-made.most[kind] // most)
        if number % step == 0 or number == 1:
            yield (f"{scenario.name}:{kind}:{number}", scenario, kind, number)


def killed(part, point):
    _, scenario, kind, number = point
    box = scenario.box(part.directory())
    done = injection.Injected(kind, number, "signal=KILL", scenario.arguments, box.home,
                              scenario.stdin, follow=scenario.follow, UETLOG=box.log)
    part.fired += done.fired
    part.missed += not done.fired and not done.is_unsteady
    problem, _ = soundness.after_fault(box, scenario, soundness.receipts(done.output))
    part.temporary += any(".tmp." in name for name in os.listdir(box.home))
    return problem or soundness.works_again(box, scenario)


def control(part, scenario):
    """A disk that says it has written and has not: receipts are printed for what is lost."""
    for kind, fault in (("pwrite64", "retval=120"), ("writev", "retval=20480")):
        box = scenario.box(part.directory())
        done = injection.Injected(kind, 1, fault, scenario.arguments, box.home, scenario.stdin,
                                  UETLOG=box.log)
        problem, _ = soundness.after_fault(box, scenario, soundness.receipts(done.output))
        part.control(f"a disk that drops {kind} (exit {done.status})", problem)


def run(part):
    injection.needed()
    part.fired = part.missed = part.temporary = 0
    every = scenarios.all_scenarios(part.directory)
    for scenario in every:
        found = list(points(part, scenario.box(part.directory()), scenario))
        part.each(lambda point: killed(part, point), found)
        part.note(f"{scenario.name}: {len(found)} points")
    part.note(f"{part.fired} kills happened; {part.temporary} left a temporary directory")
    injection.enough_fired(part)
    control(part, every[0])
