"""Backups, compactions and restores, while others write and follow."""
import json
import os
import shutil
import subprocess
import threading
import time

import program
from box import has, same, ulid


def notes(box, count, first=0):
    text = "".join(
        json.dumps({"type": "note", "payload": {"text": f"note {number}"}}) + "\n"
        for number in range(first, first + count))
    box.run("append", "--quiet", stdin=text)


def export(box, log=None):
    return box.run("replay", "--format", "jsonl", "--log", log or box.log).bytes


def stats(box, log=None):
    return box.run("stats", "--json", "--log", log or box.log).json


def intact(box, log=None):
    report = box.run("verify", "--json", "--log", log or box.log).json
    same(report["verdict"], "intact", "verdict")


def writers(box, count, appends):
    """Starts threads that append one note after the other; returns them and the receipts."""
    receipts = []

    def write(number):
        for index in range(appends):
            done = box.append("note", f"text={number}-{index}", "--key", f"{number}-{index}")
            receipts.append(done)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    return threads, receipts


def case_a_backup_is_the_log_at_one_moment_while_others_write(box):
    box.patch()
    notes(box, 2000)
    threads, _ = writers(box, 2, 20)
    copies = [box.run("backup", f"copy{number}", "--json").json for number in range(4)]
    for thread in threads:
        thread.join()
    whole = export(box)
    for copy in copies:
        part = export(box, copy["path"])
        same(whole.startswith(part), True, "the copy's events are the log's first")
        same(part.count(b"\n"), copy["position"], "events of the copy")
        same(stats(box, copy["path"])["tree_root"], copy["root"], "root")
        intact(box, copy["path"])
    last = copies[-1]["path"]
    same(box.run("project", "patches", "--format", "json", "--log", last).bytes,
         box.run("project", "patches", "--format", "json").bytes, "view")
    has(box.run("backup", "copy0", status=73).errors, "already")
    has(box.run("backup", "log", status=73).errors, "already")
    box.run("backup", "again", "--log", box.path("nothing"), status=66)
    same([name for name in os.listdir(box.home) if ".tmp." in name], [], "leftovers")


def case_compaction_changes_nothing_but_the_size(box):
    box.patch()
    notes(box, 3000)
    # A rebuild frees the rows that were there before.
    box.run("project", "--rebuild")
    with open(os.path.join(box.log, "config.json"), "w", encoding="utf-8") as file:
        file.write("{}")
    events, before = export(box), stats(box)
    view = box.run("project", "patches", "--format", "json").bytes
    done = box.run("compact", "--json").json
    same(done["byte_count"] < done["byte_count_before"], True, f"smaller: {done}")
    same(done["byte_count"], os.path.getsize(os.path.join(box.log, "data.mdb")), "size")
    same(export(box), events, "events")
    same(stats(box)["tree_root"], before["tree_root"], "root")
    same(box.run("project", "patches", "--format", "json").bytes, view, "view")
    same(os.path.exists(os.path.join(box.log, "config.json")), True, "config.json")
    intact(box)
    done = box.run("append", "note", "text=after")
    same("copy" in done.errors, False, "a compacted log is no copy")
    box.run("compact", "--log", box.path("nothing"), status=66)


def case_writers_and_followers_go_on_over_a_compaction(box):
    notes(box, 500)
    follower = box.start("replay", "--follow", "--format", "jsonl", "--from", "501")
    stream = box.start("append", "--follow-stdin", "--json")
    threads, receipts = writers(box, 4, 15)
    positions = []
    for number in range(12):
        stream.stdin.write(
            json.dumps({"type": "note", "payload": {"text": f"s{number}"}}).encode() + b"\n")
        stream.stdin.flush()
        positions.append(json.loads(stream.stdout.readline())["position"])
        box.run("compact", "--wait", "60s")
    for thread in threads:
        thread.join()
    stream.stdin.close()
    same(stream.wait(60), 0, "exit of --follow-stdin")
    same(len(receipts), 60, "appends")
    positions += [receipt["position"] for receipt in receipts]
    same(sorted(positions), list(range(501, 573)), "positions")
    seen = [json.loads(follower.stdout.readline())["payload"]["text"] for _ in range(72)]
    same(sorted(seen), sorted(
        [f"s{number}" for number in range(12)]
        + [f"{writer}-{index}" for writer in range(4) for index in range(15)]), "followed")
    follower.kill()
    follower.communicate()
    intact(box)


def case_a_restore_starts_an_epoch_and_puts_the_old_log_aside(box):
    notes(box, 10)
    box.run("backup", "copy")
    before = export(box)
    notes(box, 5, first=10)
    follower = box.start("replay", "--follow", "--format", "jsonl")
    for _ in range(15):
        follower.stdout.readline()
    has(box.run("restore", "copy", status=73).errors, "--replace")
    plan = box.run("restore", "copy", "--replace", "--dry-run", "--json").json
    same((plan["position"], plan["epoch"], plan["dry_run"]), (10, 2, True), "plan")
    same(stats(box)["epoch"], 1, "epoch after the dry run")
    done = box.run("restore", "copy", "--replace", "--json").json
    same((done["position"], done["epoch"], done["old"]["position"]), (10, 2, 15), "done")
    _, errors = follower.communicate(timeout=60)
    same(follower.returncode, 74, "exit of the follower")
    has(errors.decode(), "restored from a backup")
    same(export(box), before, "events")
    receipt = box.run("append", "note", "text=new", "--json")
    same((receipt.json["position"], receipt.json["epoch"]), (11, 2), "receipt")
    same(receipt.errors, "", "a restored log is no copy")
    same(len(export(box, done["old"]["path"]).splitlines()), 15, "events of the old log")
    same("other" in done, False, "another place")
    intact(box)
    # A second restore of the same backup, to another place, is another epoch.
    other = box.path("other")
    same(box.run("restore", "copy", "--log", other, "--json").json["epoch"], 3, "epoch")
    intact(box, other)


def case_a_restore_tells_of_logs_that_may_go_on_elsewhere(box):
    notes(box, 10)
    box.run("backup", "copy")
    box.run("compact")
    notes(box, 5, first=10)
    other = box.path("other")
    done = box.run("restore", "copy", "--log", other)
    has(done.errors, "position 15 of epoch 1", "5 events more than the backup has", "fork at 10")
    # The control: what is put aside by the command is no other place, nor are files of before a
    # compaction.
    box.run("restore", "copy", "--replace", "--json")
    plan = box.run("restore", "copy", "--replace", "--log", other, "--dry-run", "--json").json
    same(plan["other"], {"position": 10, "epoch": 3}, "the other place")
    same("elsewhere" in box.run("restore", "copy", "--replace").errors, False, "a false alarm")


def case_a_log_that_was_put_aside_says_so(box):
    notes(box, 3)
    box.run("backup", "copy")
    aside = box.run("restore", "copy", "--replace", "--json").json["old"]["path"]
    for number in range(2):
        done = box.run("append", "note", f"text={number}", "--log", aside)
        has(done.errors, "put aside by a restore", f"after position {3 + number}")
    intact(box, aside)
    # The control: the log that goes on, and one that was never replaced.
    same(box.run("append", "note", "text=a").errors, "", "the restored log")
    same(box.run("append", "note", "text=a", "--log", box.path("copy")).errors.count("put aside"),
         0, "the backup")


def case_a_restore_removes_what_a_killed_one_left(box):
    notes(box, 3)
    box.run("backup", "copy")
    left = box.path("log.tmp.abcdef")
    os.mkdir(left)
    shutil.copy(box.path("copy/data.mdb"), left)
    box.run("restore", "copy", "--replace", "--dry-run")
    same(os.path.exists(left), True, "a dry run removes nothing")
    box.run("restore", "copy", "--replace")
    same(os.path.exists(left), False, "the leftover")


def case_no_writer_goes_on_over_a_restore(box):
    """Its receipts would carry the old epoch; over a compaction, the control, it does."""
    notes(box, 3)
    box.run("backup", "copy")
    for command, status in ((["compact"], 0), (["restore", "copy", "--replace"], 75)):
        stream = box.start("append", "--follow-stdin", "--json")
        stream.stdin.write(b'{"type":"note","payload":{"text":"first"}}\n')
        stream.stdin.flush()
        same(json.loads(stream.stdout.readline())["epoch"], 1, "epoch")
        box.run(*command)
        count = len(box.events())
        output, errors = stream.communicate(b'{"type":"note","payload":{"text":"second"}}\n', 60)
        same(stream.returncode, status, f"exit after {command[0]}: {errors}")
        same(len(output.splitlines()), 1 if status == 0 else 0, "receipts")
        same(len(box.events()), count + (1 if status == 0 else 0), "events")
    same(box.append("note", "text=again")["epoch"], 2, "epoch of the next")


def case_only_a_backup_of_the_same_log_takes_its_place(box):
    notes(box, 3)
    box.run("backup", "copy")
    other = box.path("other")
    box.run("append", "note", "text=other", "--log", other)
    error = box.run("restore", "copy", "--replace", "--log", other, "--json", status=74).error
    has(error["message"], "another log")
    same(len(export(box, other).splitlines()), 1, "events of the other log")
    box.run("restore", "nothing", "--log", box.path("new"), status=66)
    same(os.path.exists(box.path("new")), False, "a log of nothing")
    with open(box.path("copy/data.mdb"), "r+b") as file:
        file.truncate(9000)
    box.run("restore", "copy", "--log", box.path("new"), status=74)
    same(os.path.exists(box.path("new")), False, "a log of a damaged backup")


def case_a_copy_that_nobody_declared_is_told(box):
    """The control: what a restore declares is what makes a copy no fork."""
    notes(box, 3)
    shutil.copytree(box.log, box.path("copied"))
    done = box.run("append", "note", "text=x", "--log", box.path("copied"))
    has(done.errors, "is a copy", "fork at 3")


def case_what_a_killed_copy_left_is_removed_by_the_next(box):
    notes(box, 3000)
    begun = time.monotonic()
    box.run("compact")
    took = time.monotonic() - begun
    killed = 0
    for moment in range(40):
        process = subprocess.Popen(
            [program.binary(), "compact"], cwd=box.home, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=program.surroundings(box.home, UETLOG=box.log))
        try:
            # From its beginning to its end, however fast the machine is.
            process.wait(took * moment / 32)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        killed += process.returncode != 0
        same(stats(box)["head"], 3000, f"events after a kill at {moment} of 32")
    same(killed > 0, True, "a compaction was killed")
    box.run("compact")
    same([name for name in os.listdir(box.home) if ".tmp." in name], [], "leftovers")
    intact(box)
    same(box.append("note", "text=after", "--key", ulid(1))["position"], 3001, "position")
