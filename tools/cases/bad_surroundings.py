"""Broken pipes, read-only directories, full disks, other versions, damaged files."""
import contextlib
import json
import os
import resource
import signal
import subprocess
import time

import program
from box import Done, Skip, has, same, ulid

NOTE = {"type": "note", "payload": {"text": "hello"}}
NOBODY = 65534


def popen(box, arguments, stdin=b"", **options):
    """Runs the program with what `subprocess` can change about a process."""
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("env", program.surroundings(box.home, UETLOG=box.log))
    done = subprocess.run([program.binary(), *arguments], input=stdin, stderr=subprocess.PIPE,
                          cwd=box.home, timeout=60, check=False, **options)
    return Done(done.returncode, done.stdout or b"", done.stderr)


def case_nobody_reads_stdout(box):
    box.append("note", "text=first")
    reader, writer = os.pipe()
    os.close(reader)
    done = popen(box, ["append", "note", "text=second", "--json"], stdout=writer)
    os.close(writer)
    same(done.status, 71, "exit")
    same([event["payload"]["text"] for event in box.events()], ["first", "second"], "events")


def case_stdout_is_full(box):
    box.append("note", "text=first")
    with open("/dev/full", "wb") as full:
        done = popen(box, ["append", "note", "text=second"], stdout=full)
    same(done.status, 71, "exit")
    same(len(box.events()), 2, "events")


def closing(*descriptors):
    def close():
        for descriptor in descriptors:
            os.close(descriptor)
    return close


def case_standard_descriptors_that_are_closed(box):
    """No file of the log gets their places, and nobody is told what can't be said."""
    for words in ([], ["--json"]):
        done = popen(box, ["append", "note", "text=a", *words], stdout=None,
                     preexec_fn=closing(1))
        same(done.status, 71, "exit")
    lines = (json.dumps(NOTE) + "\n").encode()
    for words in (["--follow-stdin", "--json"], ["--json"]):
        done = popen(box, ["append", *words], stdin=lines, stdout=None, preexec_fn=closing(1))
        same(done.status, 71, "exit")
    same(popen(box, ["append"], preexec_fn=closing(0)).status, 65, "exit without stdin")
    same(popen(box, ["append", "note", "text=a"], stdout=None,
               preexec_fn=closing(0, 1, 2)).status, 71, "exit without any")
    same(popen(box, ["replay"], stdout=None, preexec_fn=closing(1)).status, 73, "exit")
    same(len(box.events()), 5, "events")
    box.run("verify")


def case_a_directory_that_is_no_log(box):
    box.path("full")
    os.mkdir(box.path("full"))
    box.path("full/something", "x")
    error = box.run("append", "note", "text=a", "--log", box.path("full"), "--json",
                    status=73).error
    has(error["message"], box.path("full"), "not empty")
    same(os.listdir(box.path("full")), ["something"], "files")
    same([name for name in os.listdir(box.home) if "tmp" in name], [], "rests")
    os.mkdir(box.path("empty"))
    box.run("append", "note", "text=a", "--log", box.path("empty"))


def case_a_reader_that_stops_early(box):
    box.lines(*[NOTE] * 1000)
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [program.binary(), "replay", "--format", "jsonl"], stdout=writer, stderr=subprocess.PIPE,
        env=program.surroundings(box.home, UETLOG=box.log), cwd=box.home)
    os.close(writer)
    os.read(reader, 10)
    os.close(reader)
    _, errors = process.communicate(timeout=30)
    same((process.returncode, errors), (0, b""), "end")


def case_there_is_no_log(box):
    for words in (["replay"], ["project", "workers"], ["show", "1"], ["stats"], ["verify"]):
        done = box.run(*words, "--json", status=66)
        has(done.errors, box.log)
    same(os.path.exists(box.log), False, "a log that reading made")


def as_nobody(box):
    """How to run a process that permissions bind; root ignores them."""
    if os.getuid() != 0:
        return {}
    os.chown(box.home, NOBODY, NOBODY)
    for folder, _, files in os.walk(box.home):
        for name in ["", *files]:
            os.chown(os.path.join(folder, name), NOBODY, NOBODY)
    probe = subprocess.run([program.binary(), "--help"], user=NOBODY, check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    if probe.returncode != 0:
        raise Skip("another user can't run the program where it lies")
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def try_as_nobody(box):
    try:
        return as_nobody(box)
    except PermissionError as error:
        raise Skip("another user can't run the program where it lies") from error


def case_a_read_only_directory(box):
    os.mkdir(box.path("closed"))
    user = try_as_nobody(box)
    os.chmod(box.path("closed"), 0o500)
    done = popen(box, ["append", "note", "text=a", "--log", box.path("closed/log"), "--json"],
                 **user)
    same(done.status, 73, "exit")
    has(done.error["message"], "closed/log")


def case_a_read_only_log(box):
    box.append("note", "text=a")
    user = try_as_nobody(box)
    os.chmod(os.path.join(box.log, "data.mdb"), 0o400)
    done = popen(box, ["append", "note", "text=b", "--json"], **user)
    same(done.status, 73, "exit")
    same(len(box.events()), 1, "events")


def patch_main(box, key, change):
    """Changes the value of a key of the main table wherever it stands; `change` gets its first eight
    bytes and returns others, or None to leave a place alone."""
    path = os.path.join(box.log, "data.mdb")
    with open(path, "r+b") as file:
        data = file.read()
        place, count = data.find(key), 0
        while place >= 0:
            value = place + len(key)
            changed = change(data[value:value + 8])
            if changed is not None:
                file.seek(value)
                file.write(changed)
                count += 1
            place = data.find(key, place + 1)
    if count == 0:
        raise AssertionError(f"{key} was not found in data.mdb")


def patch_format(box, version, writer):
    """Changes what the log says about the programs that may use it."""
    old = (1).to_bytes(4, "little") * 2
    new = version.to_bytes(4, "little") + writer.to_bytes(4, "little")
    patch_main(box, b".format", lambda value: new if value == old else None)


def case_a_log_of_a_newer_format(box):
    box.append("note", "text=a")
    patch_format(box, 2, 2)
    for words in (["append", "note", "text=b"], ["replay"]):
        done = box.run(*words, "--json", status=78)
        same(done.error["code"], "too_old", "code")


def case_two_programs_of_different_versions(box):
    box.append("note", "text=a")
    patch_format(box, 1, 2)
    done = box.run("append", "note", "text=b", "--json", status=78)
    same(done.error["code"], "too_old", "code")
    same(len(box.events()), 1, "events")


def case_two_programs_of_different_catalogs(box):
    box.append("note", "text=a")
    patch_main(box, b".value/catalog", lambda value: b"\xff\xff\xff\x00" + value[4:])
    for words in (["append", "note", "text=b"], ["append", "note", "text=b", "--dry-run"],
                  ["project", "--rebuild"]):
        done = box.run(*words, "--json", status=78)
        same(done.error["code"], "too_old", "code")
        has(done.error["message"], "newer uetlog")
    same(len(box.events()), 1, "events")
    # An older program's log is taken over.
    patch_main(box, b".value/catalog", lambda value: b"\0" * 4 + value[4:])
    box.append("note", "text=b")
    box.run("verify")


def case_a_file_that_may_not_grow(box):
    box.lines(*[NOTE] * 100)
    size = os.path.getsize(os.path.join(box.log, "data.mdb"))
    before = box.events()

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    text = json.dumps({"type": "note", "payload": {"text": "x" * 60000}}) + "\n"
    done = popen(box, ["append", "--json"], stdin=(text * 200).encode(), preexec_fn=limit)
    same(done.status in (70, 73, 75), True, f"exit {done.status}: {done.errors[-300:]}")
    after = box.events()
    same(after[:len(before)], before, "the events before")
    same(len(after) - len(before), len(done.lines), "receipts")
    box.run("append", "note", "text=after")
    box.run("verify")


@contextlib.contextmanager
def small_disk(box, size):
    """A file system of its own; the log lies on it."""
    disk = box.path("disk")
    os.mkdir(disk)
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk],
                           check=False, stderr=subprocess.DEVNULL)
    if mount.returncode != 0:
        raise Skip("no right to mount a small file system")
    try:
        box.log = os.path.join(disk, "log")
        yield disk
    finally:
        subprocess.run(["umount", disk], check=False)


def fill(disk, left):
    """Leaves `left` blocks of 4 KiB free."""
    path = os.path.join(disk, "filler")
    if os.path.exists(path):
        os.remove(path)
    with open(path, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, (os.statvfs(disk).f_bavail - left) * 4096)


def case_no_room_for_a_new_log(box):
    """Wherever it runs out: an exit code and no rests, never a signal."""
    with small_disk(box, "256k") as disk:
        for left in (0, 1, 2, 5, 16, 17, 18, 19):
            fill(disk, left)
            done = box.run("append", "note", "text=a", "--json", status=75)
            same(done.error["code"], "no_space", f"code with {left} blocks")
            same(os.listdir(disk), ["filler"], f"files with {left} blocks")
        os.remove(os.path.join(disk, "filler"))
        box.append("note", "text=a")


def case_no_room_for_the_lock_file_of_a_copy(box):
    with small_disk(box, "256k") as disk:
        box.append("note", "text=a")
        os.remove(os.path.join(box.log, "lock.mdb"))
        fill(disk, 0)
        for words in (["append", "note", "text=b"], ["replay"], ["verify"]):
            same(box.run(*words, "--json", status=75).error["code"], "no_space", "code")
        os.remove(os.path.join(disk, "filler"))
        box.append("note", "text=b")
        same(len(box.events()), 2, "events")


def case_a_full_disk(box):
    with small_disk(box, "2m"):
        text = json.dumps({"type": "note", "payload": {"text": "x" * 6000}}) + "\n"
        receipts, status = 0, 0
        while status == 0 and receipts < 2000:
            done = popen(box, ["append", "--json"], stdin=(text * 10).encode())
            status = done.status
            receipts += len(done.lines)
        same(status, 75, f"exit; {done.errors[-300:]}")
        same(done.error["code"], "no_space", "code")
        same(len(box.events()), receipts, "events")
        box.run("verify")


def case_the_log_is_held_by_another(box):
    box.append("note", "text=a")
    holder = subprocess.Popen(["flock", box.log, "sleep", "20"])
    try:
        for _ in range(200):
            if subprocess.run(["flock", "-n", box.log, "true"], check=False).returncode:
                break
        done = box.run("append", "note", "text=b", "--wait", "200ms", "--json", status=75)
        same(done.error["code"], "busy", "code")
    finally:
        holder.kill()
        holder.wait()


def case_a_changed_byte_is_found(box):
    box.lines(*[{"type": "note", "payload": {"text": f"secret-{n:03}"}} for n in range(50)])
    box.run("verify")
    path = os.path.join(box.log, "data.mdb")
    with open(path, "r+b") as file:
        data = file.read()
        place = data.find(b"secret-017")
        while place >= 0:
            file.seek(place)
            file.write(b"secret-018")
            place = data.find(b"secret-017", place + 1)
    done = popen(box, ["verify", "--json"])
    same(done.status in (1, 74), True, f"exit {done.status}")
    has(done.output + done.errors, "18")


def case_a_changed_small_value_is_found(box):
    box.append("note", "text=a", "--run", ulid(7))
    box.run("verify")
    patch_main(box, b".value/views", lambda value: value[:1] + b"\x63" + value[2:])
    done = popen(box, ["verify", "--json"])
    same(done.status in (1, 74), True, f"exit {done.status}")
    has(done.output, "values", "layouts")


def case_a_page_that_lmdb_does_not_survive(box):
    box.lines(*[{**NOTE, "payload": {"text": "x" * 500}}] * 200)
    path = os.path.join(box.log, "data.mdb")
    with open(path, "r+b") as file:
        data = file.read()
        for start in range(2 * 4096, len(data), 4096):
            # A branch with one entry: LMDB aborts.
            if data[start + 10:start + 12] == b"\x01\x00":
                file.seek(start + 12)
                file.write(b"\x12\x00")
    for words in (["replay"], ["append", "note", "text=a"]):
        done = box.run(*words, status=74)
        has(done.errors, "a page of the log can't be read", "uetlog verify")
        same("Assertion" in done.errors, False, "words of LMDB's source")
        same(box.run(*words, "--json", status=74).error["code"], "corruption", "code")
    done = box.run("verify", "--json", status=74)
    phase = next(phase for phase in done.json["phases"] if phase["phase"] == "pages")
    same(phase["status"], "failed", "pages")
    has(phase["findings"][0]["message"], "page ", "(table ")


def case_free_pages_that_are_in_use(box):
    for number in range(30):
        box.append("note", f"text={number}")
    path = os.path.join(box.log, "data.mdb")
    with open(path, "r+b") as file:
        data = file.read()
        start = max((0, 4096), key=lambda page: data[page + 144:page + 152][::-1])
        # The list of free pages begins where the tables do.
        file.seek(start + 80)
        file.write(data[start + 128:start + 136])
    done = box.run("verify", status=74)
    has(done.output, "pages       failed", "append nothing", "up to position 30")
    # LMDB would write over what the list names.
    done = box.run("append", "note", "text=more", status=74)
    has(done.errors, "list of free pages", "Nothing can be appended")
    same(len(box.events()), 30, "events that can be read")


def case_a_truncated_file_is_refused(box):
    box.lines(*[{**NOTE, "payload": {"text": "x" * 3000}}] * 100)
    path = os.path.join(box.log, "data.mdb")
    os.truncate(path, os.path.getsize(path) // 2 // 4096 * 4096)
    for words in (["append", "note", "text=a"], ["replay"], ["verify"]):
        same(popen(box, words).status in (1, 74), True, f"exit of {words[0]}")


def case_an_older_copy_is_noticed(box):
    box.append("note", "text=a")
    path = os.path.join(box.log, "data.mdb")
    with open(path, "rb") as file:
        old = file.read()
    box.append("note", "text=b")
    box.append("note", "text=c")
    with open(path, "r+b") as file:
        file.write(old)
    done = box.run("append", "note", "text=d", "--json", status=74)
    same(done.error["code"], "unsafe", "code")


def case_a_log_that_is_a_link_is_refused(box):
    box.append("note", "text=a")
    os.symlink(box.log, box.path("link"))
    same(popen(box, ["replay", "--log", box.path("link")]).status, 74, "exit")


def case_broken_settings_are_refused(box):
    box.append("note", "text=a")
    with open(os.path.join(box.log, "config.json"), "w", encoding="ascii") as file:
        file.write("{")
    done = box.run("append", "note", "text=b", "--json", status=78)
    has(done.errors, "config.json")
    same(done.error["code"], "settings", "code")


def case_a_program_killed_while_it_opens_the_log(box):
    # LMDB's first opener sets the lock file up while others wait for it. Killed in between, it
    # must not leave the others with a lock file that is set up by half. In between it calls uname.
    box.append("note", "text=first")
    process = subprocess.Popen(
        ["strace", "-o", "/dev/null", "-e", "trace=uname", "-e",
         "inject=uname:delay_enter=2500000:when=1", program.binary(), "append", "note", "text=a"],
        env=program.surroundings(box.home, UETLOG=box.log), cwd=box.home,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(1)
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
        children = file.read().split()
    if not children:
        raise Skip(f"strace can't hold a program here: {process.communicate()[1][-200:]!r}")
    waiting = box.start("append", "note", "text=b", "--json")
    time.sleep(0.5)
    same(waiting.poll(), None, "the second program waits for the first one")
    os.kill(int(children[0]), signal.SIGKILL)
    process.communicate(timeout=30)
    output, errors = waiting.communicate(timeout=30)
    same((waiting.returncode, errors), (0, b""), "the second program")
    has(output.decode(), '"position":2')
    box.append("note", "text=after")


def case_a_commit_that_fails_half_way(box):
    # The description of a file goes to the disk last; a failed write of it must leave a log that
    # everybody can go on with.
    box.append("note", "text=first")
    process = subprocess.run(
        ["strace", "-o", "/dev/null", "-e", "trace=pwrite64", "-e",
         "inject=pwrite64:error=EIO:when=1+", program.binary(), "append", "note", "text=a"],
        env=program.surroundings(box.home, UETLOG=box.log), cwd=box.home, check=False,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if b"ptrace" in process.stderr.lower():
        raise Skip(f"strace can't hold a program here: {process.stderr[-200:]!r}")
    same(process.returncode, 70, "the exit status of the failed append")
    has(box.run("append", "note", "text=after").output, "at 2")
    box.run("verify")


def case_a_program_without_a_free_descriptor(box):
    # It has its arguments all the same: no command may be taken for help.
    if not program.is_static():
        raise Skip("this build is linked dynamically: its loader needs a descriptor itself")
    process = subprocess.run(
        ["bash", "-c", 'ulimit -n 3; exec "$@"', "bash", program.binary(), "append", "note",
         "text=a"], env=program.surroundings(box.home, UETLOG=box.log), cwd=box.home, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    same((process.returncode, process.stdout), (73, b""), "status and output")
    has(process.stderr.decode(), "Too many open files")
