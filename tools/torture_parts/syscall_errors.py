"""EIO, ENOSPC, EINTR, ENOMEM, EMFILE and short writes at each system call where they may come.

The exit status must tell the truth: 0 and 71 say that it is stored, 70 that nobody knows, all
others that what has no receipt was not stored. The log must be intact and take the command again.
"""
import injection
import scenarios
import soundness

READS = {"read", "pread64", "readv"}
WRITES = {"write", "writev", "pwrite64", "pwritev"}
SYNCS = {"fsync", "fdatasync"}
NAMES = {"openat", "open", "mkdir", "rename", "renameat2", "ftruncate", "fallocate"}
LOCKS = {"flock", "fcntl"}
MEMORY = {"mmap", "brk", "mremap", "mprotect"}
FAULTS = {
    "EIO": READS | WRITES | SYNCS | NAMES | LOCKS | {"newfstatat", "lseek", "fstatfs", "mmap"},
    "ENOSPC": WRITES | SYNCS | NAMES,
    "EINTR": READS | WRITES | SYNCS | LOCKS | {"openat"},
    "ENOMEM": MEMORY | {"openat"},
    "EMFILE": {"openat"},
    "short": {"write", "writev", "pwrite64"},
}
# Of these one can't tell a runtime that gave up from one that was never there.
GIVES_UP = MEMORY | {"clone3", "futex"}
DOCUMENTED = {0, 1, 64, 65, 66, 69, 70, 71, 73, 74, 75, 77, 78}
MOST_BY_KIND = 24


def points(part, box, scenario):
    made = injection.calls(scenario.arguments, box.home, scenario.stdin, follow=scenario.follow,
                           UETLOG=box.log)
    most = part.of_tier(MOST_BY_KIND, 1 << 30)
    for name, kinds in FAULTS.items():
        for kind, number in made.points(kinds):
            step = -(-made.most[kind] // most)
            if number % step == 0 or number == 1:
                startup = made.is_startup(kind, number)
                yield (f"{scenario.name}:{name}:{kind}:{number}", scenario, name, kind, number,
                       startup)


def untrue(status, added, promised, scenario):
    """What is untrue about an exit status, given which events were stored, or None."""
    if status in (0, 71):
        if status == 0 and len(added) != scenario.adds:
            return f"exit 0, and {len(added)} of {scenario.adds} are stored"
        if not added and scenario.adds:
            return "exit 71, and nothing is stored"
    elif status != 70 and status >= 0:
        unknown = {event["event_id"] for event in added} - promised.keys()
        if unknown and scenario.stdout_is_receipts:
            return f"exit {status} says not written, and {len(unknown)} are stored"
    return None


def undocumented(status, kind, is_startup):
    if is_startup or kind in GIVES_UP or status in DOCUMENTED:
        return None
    return f"exit {status} is in no table"


def failed(part, point):
    _, scenario, name, kind, number, is_startup = point
    box = scenario.box(part.directory())
    fault = "retval=1" if name == "short" else f"error={name}"
    done = injection.Injected(kind, number, fault, scenario.arguments, box.home, scenario.stdin,
                              follow=scenario.follow, UETLOG=box.log)
    part.fired += done.fired
    part.missed += not done.fired and not done.is_unsteady
    part.statuses[done.status] = part.statuses.get(done.status, 0) + done.fired
    # A short write that wrote nothing, or none at all, cuts the receipts.
    promised = soundness.receipts(done.output) if kind != "write" else {}
    problem, added = soundness.after_fault(box, scenario, promised)
    problem = problem or undocumented(done.status, kind, is_startup)
    if kind != "write" or scenario.is_atomic:
        problem = problem or untrue(done.status, added, promised, scenario)
    if problem:
        return f"{problem}; it said {done.errors[-300:].decode(errors='replace')!r}"
    return soundness.works_again(box, scenario)


def control(part, scenario):
    """Ends that lie about what happened."""
    event = [{"event_id": scenario.ids[0]}]
    part.control("exit 75 for what is stored", untrue(75, event, {}, scenario))
    part.control("exit 0 for what is not stored", untrue(0, [], {}, scenario))
    part.control("exit 71 for what is not stored", untrue(71, [], {}, scenario))
    part.control("death by a signal", undocumented(-6, "pread64", False))


def run(part):
    injection.needed()
    part.fired = part.missed = 0
    part.statuses = {}
    every = scenarios.all_scenarios(part.directory)
    for scenario in every:
        found = list(points(part, scenario.box(part.directory()), scenario))
        part.each(lambda point: failed(part, point), found)
        part.note(f"{scenario.name}: {len(found)} points")
    ends = ", ".join(f"{status}: {part.statuses[status]}" for status in sorted(part.statuses))
    part.note(f"{part.fired} faults happened; exit statuses {ends}")
    injection.enough_fired(part)
    control(part, every[0])
