"""What somebody else put in a file's place: each a clear answer in time, nothing is followed."""
import contextlib
import json
import os
import shutil
import socket
import subprocess

import program
from box import RUN, Done, has, same

NOBODY = 65534
VICTIM = "what must stay as it is\n"


def quick(box, *words, stdin=b"", user=None, **extra):
    """Runs a command that has ten seconds."""
    try:
        done = subprocess.run(
            [program.binary(), *words], input=stdin, cwd=box.home, timeout=10, user=user,
            group=user, extra_groups=[] if user else None,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
            env=program.surroundings(box.home, **{"UETLOG": box.log, **extra}))
    except subprocess.TimeoutExpired:
        raise AssertionError(f"{words} waits for what was planted") from None
    return Done(done.returncode, done.stdout, done.stderr)


def plant(box, path, kind):
    """Puts something in a path's place."""
    victim = box.path("victim", VICTIM)
    if os.path.lexists(path):
        os.rename(path, path + ".kept")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        os.symlink(victim, path)
    elif kind == "link to nothing":
        os.symlink(box.path("nowhere"), path)
    elif kind == "second name":
        os.link(victim, path)
    elif kind == "directory":
        os.mkdir(path)
    elif kind == "socket":
        # Names of sockets are short.
        folder = os.open(os.path.dirname(path), os.O_PATH)
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as made:
            made.bind(f"/proc/self/fd/{folder}/{os.path.basename(path)}")
        os.close(folder)


def untouched(box, what):
    """Nothing that was planted was written to or made."""
    with open(box.path("victim"), encoding="ascii") as file:
        same(file.read(), VICTIM, f"the victim of {what}")
    same(os.path.lexists(box.path("nowhere")), False, f"that {what} made a file through a link")
    os.remove(box.path("victim"))


def remove(path):
    """Puts back what was there."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.remove(path)
    if os.path.lexists(path + ".kept"):
        os.rename(path + ".kept", path)


KINDS = ["pipe", "link", "link to nothing", "second name", "directory", "socket"]


def case_in_place_of_the_logs_files(box):
    box.append("note", "text=a")
    for name in ("data.mdb", "lock.mdb"):
        path = os.path.join(box.log, name)
        for kind in KINDS:
            plant(box, path, kind)
            for words in (["append", "note", "text=b"], ["replay"], ["verify"], ["stats"],
                          ["scan"], ["compact"], ["backup", "copy"]):
                done = quick(box, *words)
                what = f"{words[0]} with a {kind} for {name}"
                same(done.status in (65, 66, 73, 74), True, f"end of {what}: {done.errors}")
                same(bool(done.errors.strip()), True, f"a sentence of {what}")
            same(quick(box, "doctor").status in (0, -1), False, f"doctor with a {kind} for {name}")
            same(os.path.lexists(box.path("copy")), False, "a copy")
            untouched(box, f"a {kind} for {name}")
            remove(path)
    same(len(box.events()), 1, "events")
    box.run("verify")


def case_in_place_of_the_log(box):
    for kind in KINDS[:2] + KINDS[3:4] + KINDS[5:]:
        plant(box, box.log, kind)
        for words in (["append", "note", "text=b"], ["replay"], ["verify"], ["doctor"]):
            done = quick(box, *words)
            same(done.status != 0, True, f"{words} with a {kind} for the log")
        untouched(box, f"a {kind} for the log")
        remove(box.log)


def case_in_place_of_the_slot_file(box):
    draft = json.dumps({"type": "note", "payload": {"text": "a"}}).encode() + b"\n"
    box.append("note", "text=a")
    path = os.path.join(box.log, "group.slots")
    for name in (path, path + ".new"):
        for kind in KINDS:
            plant(box, name, kind)
            done = quick(box, "append", "--follow-stdin", "--json", stdin=draft,
                         UETLOG_APPEND_GROUP="true")
            same(done.status, 0, f"a group beside a {kind}: {done.errors}")
            untouched(box, f"a group beside a {kind}")
            remove(name)
            remove(path)
    box.run("verify")


def case_in_place_of_settings(box):
    box.append("note", "text=a")
    os.mkdir(box.path("config"))
    for path in (os.path.join(box.log, "config.json"), box.path("config/uetlog.json"),
                 box.path("config/pricing.json")):
        for kind in ("pipe", "directory", "socket"):
            plant(box, path, kind)
            for words in (["append", "note", "text=b"], ["config", "show"], ["verify"]):
                done = quick(box, *words, "--json")
                same(done.status, 78, f"{words} with a {kind} for {path}: {done.errors}")
                has(done.errors, os.path.basename(path))
            untouched(box, f"a {kind} for {path}")
            remove(path)
    plant(box, os.path.join(box.log, "config.json"), "pipe")
    same(quick(box, "backup", "copy").status in (0, 124), False, "a backup of a pipe")
    remove(os.path.join(box.log, "config.json"))
    same(len(box.events()), 1, "events")


def case_in_place_of_the_state_slot(box):
    """The slot is a help: without it the log works, and what is in its place stays."""
    state = {"UETLOG_STATE": box.path("state")}
    same(quick(box, "append", "note", "text=a", **state).status, 0, "append")
    (folder,) = os.listdir(box.path("state"))
    (name,) = os.listdir(box.path("state/" + folder))
    path = box.path(f"state/{folder}/{name}")
    for count, kind in enumerate(kind for kind in KINDS if kind != "second name"):
        plant(box, path, kind)
        plant(box, path + "-other", kind)
        for words in (["append", "note", f"text=b{count}"], ["verify"], ["stats"]):
            done = quick(box, *words, **state)
            same(done.status, 0, f"{words} with a {kind} for the slot: {done.errors}")
        untouched(box, f"a {kind} for the slot")
        remove(path)
        os.rename(path, path + ".kept")
        done = quick(box, "append", "note", f"text=c{count}", **state)
        same(done.status, 0, f"append beside a {kind}: {done.errors}")
        remove(path + "-other")
        os.replace(path + ".kept", path)


def case_in_place_of_keys(box):
    box.append("note", "text=a")
    box.run("key", "new", "test/key")
    folder = box.path(".config/uetlog/keys")
    (name,) = os.listdir(folder)
    path = os.path.join(folder, name)
    for kind in KINDS:
        plant(box, path, kind)
        for words in (["seal"], ["key", "show", "test/key"]):
            done = quick(box, *words)
            same(done.status in (66, 74), True, f"{words} with a {kind}: {done.errors}")
        if kind != "second name":
            same(quick(box, "key", "new", "test/key").status, 73, f"key new over a {kind}")
        untouched(box, f"a {kind} for a key")
        remove(path)
    for mode in (0o640, 0o604, 0o620, 0o602):
        os.chmod(path, mode)
        same(quick(box, "seal").status, 74, f"a key of mode {mode:o}")
    os.chmod(path, 0o600)
    os.chown(path, NOBODY, NOBODY)
    same(quick(box, "seal").status, 74, "a key of another")
    os.chown(path, os.geteuid(), os.getegid())
    same(quick(box, "seal").status, 0, "the key")


def case_in_place_of_output_files(box):
    box.append("note", "text=a", "--run", RUN)
    box.run("key", "new", "test/key")
    before = len(box.events())
    path = box.path("output")
    for kind in KINDS:
        for words in (["append", "note", "text=b", "--receipt", path], ["seal", "--output", path],
                      ["backup", path]):
            if kind == "second name" and words[0] != "backup":
                # Whoever names a regular file wants it to be written.
                continue
            plant(box, path, kind)
            done = quick(box, *words)
            same(done.status, 73, f"{words[0]} with a {kind} for its output: {done.errors}")
            has(done.errors, "output")
            untouched(box, f"a {kind} for the output of {words[0]}")
            remove(path)
    same(len(box.events()), before, "events")
    box.run("seal")
    for kind in KINDS:
        for words in (["prove", "1", "--output", path], ["bundle", "--run", RUN, "--output", path]):
            plant(box, path, kind)
            done = quick(box, *words)
            expected = 0 if kind == "second name" else 73
            same(done.status, expected, f"{words[0]} with a {kind} for its output: {done.errors}")
            # A new file takes the place of a name, and of nothing else that has it.
            untouched(box, f"a {kind} for the output of {words[0]}")
            remove(path)


def case_receipts_to_descriptors(box):
    """What the caller has open itself may be a pipe, by whatever name."""
    for name in ("/dev/stdout", "/dev/fd/1", "/dev/stderr"):
        done = quick(box, "append", "note", "text=a", "--quiet", "--receipt", name)
        same(done.status, 0, f"receipt to {name}: {done.errors}")
        has(done.output + done.errors, '"position":')
    pipe = box.path("pipe")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    done = quick(box, "append", "note", "text=a", "--receipt", pipe)
    same(done.status, 0, "a pipe with a reader")
    has(os.read(reader, 1 << 16).decode(), '"position":')
    os.close(reader)


def case_in_place_of_a_cursor(box):
    box.append("note", "text=a")
    os.mkdir(os.path.join(box.log, "cursors"))
    path = os.path.join(box.log, "cursors", "c")
    words = ["replay", "--follow", "--cursor", "c", "--format", "jsonl"]
    for kind in ("pipe", "link", "link to nothing", "directory", "socket"):
        plant(box, path, kind)
        done = quick(box, *words)
        same(done.status != 0, True, f"a {kind} for a cursor")
        has(done.errors, "cursors/c")
        untouched(box, f"a {kind} for a cursor")
        remove(path)
    for kind in ("pipe", "link", "link to nothing", "second name", "socket"):
        plant(box, path + ".tmp", kind)
        process = box.start(*words)
        same(json.loads(process.stdout.readline())["type"], "note", "type")
        box.append("note", f"text={kind}")
        process.stdout.readline()
        process.terminate()
        process.communicate(timeout=10)
        untouched(box, f"a {kind} for a cursor that is written")
        same(os.path.isfile(path) and not os.path.islink(path), True, f"a cursor over a {kind}")
        os.remove(path)
        remove(path + ".tmp")


def case_in_place_of_gits_directory(box):
    """Where a log is to be made is found by .git, which may be a small file."""
    for kind in ("pipe", "socket"):
        plant(box, box.path(".git"), kind)
        done = quick(box, "append", "note", "text=a", UETLOG="")
        same(done.status != 0, True, f"a {kind} for .git")
        has(done.errors, ".git")
        untouched(box, f"a {kind} for .git")
        remove(box.path(".git"))


def case_what_looks_like_a_leftover(box):
    """A directory as killed processes leave one is removed, but not what links in it lead to."""
    box.append("note", "text=a")
    os.mkdir(box.path("kept"))
    box.path("kept/file", VICTIM)
    os.mkdir(box.log + ".tmp.abcdef")
    os.symlink(box.path("kept"), box.log + ".tmp.abcdef/link")
    os.symlink(box.path("kept"), box.log + ".tmp.ghijkl")
    same(quick(box, "compact").status, 0, "compact")
    same(os.listdir(box.path("kept")), ["file"], "what a link leads to")
    same(os.path.lexists(box.log + ".tmp.abcdef"), False, "the leftover")


def case_a_log_of_another_user(box):
    """Only its owner and root work with a log; nobody else is let in."""
    box.append("note", "text=a")
    os.chmod(box.home, 0o755)
    for words in (["append", "note", "text=b"], ["replay"], ["verify"], ["doctor"], ["stats"]):
        done = quick(box, *words, user=NOBODY)
        same(done.status in (0, -1), False, f"{words} by another: {done.output}")
    # Others can get at the files: they are still of another.
    for folder, mode in ((box.log, 0o777), (box.log + "/data.mdb", 0o666),
                         (box.log + "/lock.mdb", 0o666)):
        os.chmod(folder, mode)
    for words in (["append", "note", "text=b"], ["replay"], ["verify"]):
        done = quick(box, *words, user=NOBODY)
        same(done.status, 74, f"{words} by another: {done.errors}")
        has(done.errors, "another user")
    has(box.run("doctor", status=None).output, "chmod go=")
    same(len(box.events()), 1, "events")


def case_what_is_made_is_for_its_owner_alone(box):
    """Whatever the umask."""
    old = os.umask(0)
    try:
        box.append("note", "text=a", "--receipt", box.path("receipt"), "--run", RUN)
        box.run("key", "new", "test/key")
        box.run("seal", "--output", box.path("checkpoint"))
        box.run("prove", "1", "--output", box.path("proof"))
        box.run("bundle", "--run", RUN, "--output", box.path("bundle"))
        box.run("backup", box.path("copy"))
        box.run("compact")
    finally:
        os.umask(old)
    seen = []
    for folder, _, names in os.walk(box.home):
        for path in [folder, *(os.path.join(folder, name) for name in names)]:
            if path != box.home:
                seen.append(os.path.relpath(path, box.home))
                mode = os.stat(path).st_mode & 0o777
                same(mode & 0o077, 0, f"mode {mode:o} of {seen[-1]}")
    for name in ("log/data.mdb", "log/lock.mdb", "copy/data.mdb", "receipt", "proof"):
        same(name in seen, True, f"{name} among {seen}")
