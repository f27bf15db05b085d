"""Compaction planned, who holds the lock, progress on a terminal, and the reserve for a full disk."""
import fcntl
import hashlib
import json
import os
import pty
import re
import stat
import subprocess
import sys

import program
from box import Skip, has, same
from cases.bad_surroundings import fill, small_disk
from cases.copies import export, intact, notes

RESERVE = 4 << 20


def digest(box):
    with open(os.path.join(box.log, "data.mdb"), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def case_a_dry_run_says_what_a_compaction_frees(box):
    notes(box, 3000)
    box.run("project", "--rebuild")
    before = digest(box)
    plan = box.run("compact", "--dry-run", "--json").json
    has(box.run("compact", "--dry-run").output, "would become free", "are there")
    same(digest(box), before, "data.mdb after the dry run")
    same((plan["dry_run"], plan["byte_count"] < plan["byte_count_before"]), (True, True), "plan")
    same(plan["free_byte_count"] > 0, True, "room")
    done = box.run("compact", "--json").json
    same([done[name] for name in ("byte_count_before", "byte_count", "dry_run")],
         [plan["byte_count_before"], plan["byte_count"], False], "as planned")
    # The control: where nothing is free, nothing would become so.
    plan = box.run("compact", "--dry-run", "--json").json
    same(plan["byte_count"], plan["byte_count_before"], "plan of a compact log")
    box.run("compact", "--dry-run", "--log", box.path("nothing"), status=66)


HOLD = """
import fcntl, os, sys, time
fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def case_who_holds_the_lock_is_named(box):
    box.append("note", "text=a")
    box.path("compact", HOLD)
    # Python runs the file that its first argument names, and looks like `uetlog compact …`.
    holder = subprocess.Popen(["uetlog", "compact", box.log, "a-secret"], executable=sys.executable,
                              cwd=box.home, stdout=subprocess.PIPE)
    try:
        holder.stdout.readline()
        error = box.append("note", "text=b", "--wait", "50ms", status=75)
        same(error["code"], "busy", "code")
        has(error["message"], f"held by process {holder.pid} (uetlog compact)")
        same("a-secret" in json.dumps(error), False, "the holder's arguments")
        for words in (["compact"], ["append", "note", "text=b"]):
            has(box.run(*words, "--wait", "50ms", status=75).errors, f"process {holder.pid}")
        has(box.run("doctor").output, f"process {holder.pid} (uetlog compact)")
    finally:
        holder.kill()
        holder.communicate()
    box.append("note", "text=b")
    # Any other program is named alone.
    descriptor = os.open(box.log, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    error = box.append("note", "text=c", "--wait", "0s", status=75)
    os.close(descriptor)
    has(error["message"], f"held by process {os.getpid()} (python3")


def slowly(box, *words, stderr=None):
    """What a command that syncs slowly prints on stderr: a terminal, or what is given."""
    reader, terminal = pty.openpty()
    process = subprocess.Popen(
        ["strace", "-f", "-o", os.devnull, "-e", "trace=fsync",
         "-e", "inject=fsync:delay_enter=800000:when=1", program.binary(), *words],
        stdout=subprocess.DEVNULL, stderr=stderr or terminal, cwd=box.home,
        env=program.surroundings(box.home, UETLOG=box.log))
    os.close(terminal)
    text = b""
    try:
        while block := os.read(reader, 1 << 16):
            text += block
    except OSError:
        pass
    if stderr:
        text = process.stderr.read()
    same(process.wait(60), 0, f"exit of {words}: {text}")
    os.close(reader)
    return text.decode()


def case_progress_is_shown_on_a_terminal_alone(box):
    notes(box, 100)
    if subprocess.run(["strace", "-o", os.devnull, "true"], check=False,
                      stderr=subprocess.DEVNULL).returncode:
        raise Skip("strace can't trace here")
    commands = (["backup", "copy"], ["compact"], ["restore", "copy", "--replace"])
    for words in commands:
        shown = slowly(box, *words)
        has(shown, "copying bytes: ")
        # The line is gone before anything else is said.
        rest = shown.rsplit("\r\x1b[K", 1)[1]
        same(rest == "" or rest.startswith("uetlog: "), True, f"left of the line: {rest!r}")
        words = [word.replace("copy", "copy2") for word in words]
        same("copying" in slowly(box, *words, "--quiet"), False, f"{words} --quiet")
        words = [word.replace("copy2", "copy3") for word in words]
        same("copying" in slowly(box, *words, stderr=subprocess.PIPE), False, f"{words} | cat")


def charge(box, number, status=0):
    return box.append("cost_charged", f"charge_id=c{number}", "model=m", "input_tokens=7",
                      "output_tokens=2", "amount_micro_usd=900", status=status)


def until_full(box, disk):
    """Appends long notes until there is no room, which must be told."""
    fill(disk, 0)
    for number in range(40):
        done = box.run("append", "note", f"text={number} " + "x y " * 15000, "--json", status=None)
        if done.status:
            same((done.status, done.error["code"]), (75, "no_space"), "a full disk")
            return
    raise Skip("the disk was never full")


def reserve(box):
    path = os.path.join(box.log, "reserve")
    return os.stat(path).st_blocks * 512 if os.path.exists(path) else 0


def case_what_was_spent_is_stored_on_a_full_disk(box):
    with small_disk(box, "40m") as disk:
        box.append("budget_set", "scope=total", "limit_micro_usd=100000", "mode=warn")
        box.run("key", "new", "test/key")
        status = os.stat(os.path.join(box.log, "reserve"))
        same((reserve(box), stat.S_IMODE(status.st_mode)), (RESERVE, 0o600), "the reserve")
        until_full(box, disk)
        same(reserve(box), RESERVE, "the reserve after ordinary appends")
        for number in range(20):
            charge(box, number)
        box.run("seal", "--output", "checkpoint.txt")
        box.append("budget_set", "scope=total", "limit_micro_usd=200000", "mode=warn")
        same(0 < reserve(box) < RESERVE, True, f"{reserve(box)} bytes of reserve are left")
        has(box.run("doctor", status=1).output, "reserve", "doctor --fix")
        intact(box)
        # One ordinary event in a batch: it is no batch that may use it.
        until_full(box, disk)
        kept = reserve(box)
        drafts = [{"type": "note", "payload": {"text": "x y " * 15000}},
                  {"type": "cost_released", "payload": {"charge_id": "c1"}}]
        box.lines(*drafts * 4, arguments=["--atomic"], status=None)
        same(reserve(box), kept, "the reserve after a mixed batch")
        # The control: without a reserve not even that can be stored.
        os.remove(os.path.join(box.log, "reserve"))
        until_full(box, disk)
        refused = 0
        for number in range(100, 140):
            done = box.run("append", "cost_charged", f"charge_id=c{number}", "model=m",
                           "input_tokens=7", "output_tokens=2", "amount_micro_usd=900",
                           status=None)
            refused += done.status == 75
        same(refused > 0, True, "charges without a reserve")
        box.run("doctor", "--fix", status=1)
        same(reserve(box), 0, "a reserve where there is no room")
        os.remove(os.path.join(disk, "filler"))
        box.run("doctor", "--fix")
        same(reserve(box), RESERVE, "the reserve after --fix")
        intact(box)


def case_a_compaction_on_a_full_disk_uses_the_reserve(box):
    with small_disk(box, "40m") as disk:
        notes(box, 3000)
        box.run("project", "--rebuild")
        events = export(box)
        fill(disk, 1)
        done = box.run("compact", "--json").json
        same(done["byte_count"] < done["byte_count_before"], True, "smaller")
        same(export(box), events, "events")
        intact(box)
        os.remove(os.path.join(box.log, "reserve"))
        fill(disk, 1)
        before = digest(box)
        error = box.run("compact", "--json", status=75).error
        same(error["code"], "no_space", "code")
        needed, there = (int(word) for word in re.findall("([0-9]+)", error["message"])[-2:])
        same(needed > done["byte_count"] and there < 8192, True, error["message"])
        has(error["hint"], f"free at least {needed - there} bytes", "uetlog backup")
        same(digest(box), before, "data.mdb without a reserve")
        # What it asked for is enough.
        os.truncate(os.path.join(disk, "filler"),
                    os.path.getsize(os.path.join(disk, "filler")) - (needed - there) - 4096)
        box.run("compact")
        os.remove(os.path.join(disk, "filler"))
        box.run("compact")
        same(reserve(box), RESERVE, "the reserve of an old log after a compaction")


def case_nothing_is_written_through_a_planted_reserve(box):
    box.append("note", "text=a")
    path = os.path.join(box.log, "reserve")
    victim = box.path("victim", "precious")
    for plant in (os.symlink, os.link):
        os.remove(path)
        plant(victim, path)
        box.run("doctor", "--fix")
        box.run("compact")
        with open(victim, encoding="utf-8") as file:
            same(file.read(), "precious", f"what {plant.__name__} led to")
        same(stat.S_IMODE(os.stat(victim).st_mode) & 0o044, 0o044, "its mode")
        if not os.path.lexists(path):
            os.symlink(victim, path)
    os.remove(path)
    os.mkfifo(path)
    box.run("doctor", "--fix")
