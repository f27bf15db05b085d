"""Keys, seals, proofs, bundles, and comparing a log with what was kept of it."""
import base64
import hashlib
import json
import os
import shutil
import stat

import scenarios
from box import has, same, ulid

RUN = ulid(77)


def key(box, name="test/key"):
    """A key of this box; returns the verifier key."""
    return box.run("key", "new", name, "--json").json["verifier_key"]


def sealed(box, notes=5):
    """A log of some notes of a run and a seal; returns verifier key and the checkpoint's file."""
    verifier = key(box)
    for number in range(notes):
        box.append("note", f"text=note {number}", "--run", RUN)
    box.run("seal", "--output", "checkpoint.txt")
    return verifier, box.path("checkpoint.txt")


def content(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def phase(report, name):
    return next(phase for phase in report["phases"] if phase["phase"] == name)


def case_a_key_is_kept_outside_for_its_owner_alone(box):
    box.append("note", "text=a")
    done = box.run("key", "new")
    verifier = done.output.strip()
    has(verifier, "uetlog/")
    folder = os.path.join(box.home, ".config", "uetlog", "keys")
    (name,) = os.listdir(folder)
    path = os.path.join(folder, name)
    same(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode of the key")
    same(stat.S_IMODE(os.stat(folder).st_mode), 0o700, "mode of the folder")
    secret = content(path).strip()
    has(secret, "PRIVATE+KEY+")
    same(box.run("key", "show").output.strip(), verifier, "key show")
    for words in (["key", "show"], ["key", "show", "--json"], ["seal"], ["verify"]):
        done = box.run(*words)
        same(secret.split("+", 4)[-1] in done.output + done.errors, False, f"secret in {words}")
    same(box.run("key", "new", "--json", status=73).error["code"], "cannot_write", "second key")
    same(content(path).strip(), secret, "the key after the second `key new`")


def case_a_key_that_others_can_read_is_refused(box):
    verifier, _ = sealed(box)
    has(verifier, "test/key+")
    folder = os.path.join(box.home, ".config", "uetlog", "keys")
    os.chmod(os.path.join(folder, os.listdir(folder)[0]), 0o640)
    before = len(box.events())
    same(box.run("seal", "--json", status=74).error["code"], "unsafe", "code")
    same(len(box.events()), before, "events")


def case_keys_inside_of_the_log_are_refused(box):
    box.append("note", "text=a")
    inside = os.path.join(box.log, "keys")
    box.run("key", "new", "k", UETLOG_KEYS=inside)
    same(box.run("seal", "--json", status=74, UETLOG_KEYS=inside).error["code"], "unsafe", "code")


def case_sealing_needs_a_key_and_a_log(box):
    box.run("seal", status=66)
    same(os.path.exists(box.log), False, "a log that sealing made")
    box.append("note", "text=a")
    box.run("seal", status=66)
    key(box, "one")
    box.run("seal")
    key(box, "two")
    same(box.run("seal", "--json", status=64).error["allowed"], ["one", "two"], "allowed")
    box.run("seal", "--key", "two")
    box.run("seal", "--key", "three", status=66)
    box.run("verify")


def case_a_seal_is_a_checkpoint_and_an_event(box):
    verifier, path = sealed(box)
    lines = content(path).splitlines()
    same(lines[1], "6", "size")
    has(lines[0], "uetlog/")
    has(lines[4], "\u2014 test/key ")
    event = box.events()[-1]
    same((event["type"], event["payload"]["size"]), ("checkpoint_sealed", 6), "event")
    same(box.run("seal").output.splitlines()[1], "7", "size of the next")
    report = box.run("verify", "--against", path, "--key", verifier, "--json").json
    same(report["verdict"], "intact", "verdict")
    same(phase(report, "seals")["status"], "ok", "seals")
    has(phase(report, "checkpoints")["figures"], "agrees to position 5", "test/key")
    has(report["text"], "proved to position 5 by checkpoint")


def case_an_older_copy_is_told_from_an_intact_log(box):
    box.append("note", "text=first")
    old = box.path("old")
    shutil.copytree(box.log, old)
    _, path = sealed(box)
    box.run("verify", "--against", path)
    # Without the marks of this machine, as on another one.
    box.log = old
    elsewhere = {"UETLOG_STATE": box.path("state")}
    box.run("verify", **elsewhere)
    report = box.run("verify", "--against", path, "--json", status=74, **elsewhere).json
    same(report["verdict"], "rolled_back", "verdict")
    has(report["phases"][-2]["findings"][0]["message"], "rolled back")


def case_another_history_is_told_from_an_intact_log(box):
    box.append("note", "text=first")
    other = box.path("other")
    shutil.copytree(box.log, other)
    _, path = sealed(box)
    box.log = other
    for number in range(9):
        box.append("note", f"text=other {number}")
    report = box.run("verify", "--against", path, "--json", status=74).json
    same(report["verdict"], "rolled_back", "verdict")
    has(phase(report, "checkpoints")["findings"][0]["message"], "the history differs")


def case_bad_checkpoints_are_told_apart(box):
    verifier, path = sealed(box)
    good = content(path)
    stranger = key(box, "stranger")

    def against(text, status, *words):
        bad = box.path("bad.txt", text)
        return box.run("verify", "--against", bad, "--json", *words, status=status)

    same(against(good[:-9], 65).error["code"], "bad_input", "truncated")
    same(against("", 65).error["code"], "bad_input", "empty")
    edited = good.replace("\n6\n", "\n5\n", 1)
    same(against(edited, 74, "--key", verifier).error["code"], "unsafe", "edited")
    same(against(good, 74, "--key", stranger).error["code"], "unsafe", "another key")
    against(good, 0, "--key", verifier, "--key", stranger)
    box.run("verify", "--against", box.path("none.txt"), status=66)
    box.run("verify", "--against", path, "--key", "rubbish", status=64)
    # Of another log.
    box.log = box.path("second")
    box.append("note", "text=a")
    report = against(good, 74, "--key", verifier).json
    has(phase(report, "checkpoints")["findings"][0]["message"], "another log")


def case_receipts_are_matched(box):
    receipts = []
    for number in range(3):
        receipts.append(box.append("note", f"text=note {number}"))
    good = "".join(json.dumps(receipt) + "\n" for receipt in receipts)
    report = box.run("verify", "--receipt", box.path("good.jsonl", good), "--json").json
    same(phase(report, "receipts")["figures"], "3 of 3 match", "figures")
    receipts[1]["leaf"] = "0" * 64
    bad = box.path("bad.jsonl", "".join(json.dumps(receipt) + "\n" for receipt in receipts))
    report = box.run("verify", "--receipt", bad, "--json", status=74).json
    same(phase(report, "receipts")["findings"][0]["position"], 2, "position")
    rubbish = box.path("rubbish.jsonl", good + "{}\n")
    same(box.run("verify", "--receipt", rubbish, "--json", status=65).error["line"], 4, "line")


def case_a_proof_is_checked_without_the_log(box):
    verifier, path = sealed(box)
    box.append("note", "text=later")
    receipt = box.path("receipt.jsonl", json.dumps(box.append("note", "text=last")))
    box.run("prove", "3", "--output", "3.tlog-proof")
    same(box.run("prove", "3").output, content(box.path("3.tlog-proof")), "the proof printed")
    same(box.run("prove", "3", "--to", path).output, content(box.path("3.tlog-proof")), "--to")
    event = box.events()[2]
    box.run("prove", "7", status=66)
    box.run("prove", "99", status=66)
    box.run("prove", "7", "--to", path, status=66)
    shutil.rmtree(box.log)
    shutil.rmtree(os.path.join(box.home, ".config"))
    done = box.run("verify", "3.tlog-proof", "--key", verifier)
    has(done.output, event["event_id"], "position 3", "PROVED")
    box.run("verify", "3.tlog-proof", status=64)
    proof = content(box.path("3.tlog-proof"))

    def check(text, status, *words):
        bad = box.path("bad", text)
        return box.run("verify", bad, "--key", verifier, *words, status=status)

    check(proof, 0)
    check(proof.replace("index 3", "index 2"), 74)
    check(proof.replace("index 3", "index 6"), 74)
    check(proof[:-5], 65)
    check(proof.replace("extra ", "other "), 65)
    lines = proof.splitlines(keepends=True)
    check("".join(lines[:3] + lines[4:]), 74)
    check(proof.replace("\n6\n", "\n7\n"), 74)
    check(content(path), 65)
    check(proof, 74, "--receipt", receipt)


def case_a_bundle_is_checked_without_the_log(box):
    verifier, _ = sealed(box)
    box.run("bundle", "--run", RUN, "--output", "run.bundle")
    box.append("note", "text=after", "--run", RUN)
    done = box.run("bundle", "--run", RUN, "--output", "second.bundle")
    has(done.errors, "1 events of the run come after the checkpoint")
    same(content(box.path("second.bundle")), content(box.path("run.bundle")), "bundles")
    box.run("bundle", "--run", ulid(78), "--output", "none.bundle", status=66)
    same(os.path.exists(box.path("none.bundle")), False, "a bundle of nothing")
    shutil.rmtree(box.log)
    shutil.rmtree(os.path.join(box.home, ".config"))
    report = box.run("verify", "run.bundle", "--key", verifier, "--json").json
    same(report["verdict"], "proved", "verdict")
    has(phase(report, "schemas")["figures"], "5 payloads keep to the schema")
    box.run("verify", "run.bundle", status=64)
    lines = content(box.path("run.bundle")).splitlines(keepends=True)
    same(len(lines), 7, "lines: one for the whole, a schema, five events")

    def check(changed, status):
        return box.run("verify", box.path("bad", "".join(changed)), "--key", verifier, "--json",
                       status=status).error

    same(check(lines[:-1], 65)["code"], "bad_input", "truncated")
    same(check(lines[:-1] + [lines[-1][:-1]], 65)["code"], "bad_input", "cut off in a line")
    same(check(lines[:3] + lines[4:], 74)["code"], "unsafe", "an event left out")
    same(check(lines[:2] + lines[3:], 74)["code"], "unsafe", "the first event left out")
    same(check(lines[:3] + [lines[2]] + lines[3:], 74)["code"], "unsafe", "an event twice")
    text = lines[3].replace("note 1", "note 9")
    has(check(lines[:3] + [text] + lines[4:], 74)["message"], "its payload is not what was stored")
    event = json.loads(lines[3])
    event["position"] = 4
    has(check(lines[:3] + [json.dumps(event) + "\n"] + lines[4:], 74)["message"], "proof")
    whole = json.loads(lines[0])
    whole["checkpoint"] = whole["checkpoint"].replace("\n6\n", "\n7\n")
    header = json.dumps(whole, separators=(",", ":"), ensure_ascii=False) + "\n"
    same(check([header] + lines[1:], 74)["code"], "unsafe", "another checkpoint")
    whole = json.loads(lines[0])
    whole["run"] = ulid(78)
    header = json.dumps(whole, separators=(",", ":"), ensure_ascii=False) + "\n"
    has(check([header] + lines[1:], 74)["message"], "another run")


def case_an_output_file_appears_whole_or_not_at_all(box):
    sealed(box)
    before = len(box.events())
    os.mkdir(box.path("folder"))
    box.run("seal", "--output", "folder", status=73)
    box.run("seal", "--output", "missing/checkpoint.txt", status=73)
    same(len(box.events()), before, "events after seals that could not be written")
    same([name for name in os.listdir(box.home) if ".new-" in name], [], "left over")


def seals(box):
    return [event["position"] for event in box.events("--type", "checkpoint_sealed")]


def stream(count):
    return "".join(json.dumps({"type": "note", "payload": {"text": f"note {number}"}}) + "\n"
                   for number in range(count))


def case_who_appends_many_lines_seals_the_log(box):
    every = {"UETLOG_SEAL_EVERY_EVENTS": "20", "UETLOG_APPEND_BATCH_EVENTS": "10"}
    # The control: nothing is sealed where nobody asked, nor by who appends one event.
    box.run("append", stdin=stream(100), UETLOG_APPEND_BATCH_EVENTS="10")
    box.append("note", "text=one", **every)
    same(seals(box), [], "seals")
    # Without a key all is stored, and it is said once that nothing is sealed.
    done = box.run("append", stdin=stream(50), **every)
    same(done.errors.count("not sealed: there is no key"), 1, done.errors)
    same((len(box.events()), seals(box)), (151, []), "events without a key")
    verifier = key(box)
    box.run("append", stdin=stream(95), **every)
    positions = seals(box)
    gaps = [after - before for before, after in zip(positions, positions[1:])]
    same(len(positions) >= 4 and min(gaps) > 20, True, f"seals at {positions}")
    same(len(box.events()), 151 + 95 + len(positions), "events")
    done = box.run("append", "--follow-stdin", "--json", stdin=stream(45), **every)
    same(len(done.lines), 45, "receipts of --follow-stdin")
    same(len(seals(box)) - len(positions), 2, "seals of --follow-stdin")
    report = box.run("verify", "--json", "--key", verifier).json
    same(report["verdict"], "intact", "verdict")
    # Keys inside of the log are refused here, too.
    folder = os.path.join(box.log, "keys")
    shutil.copytree(os.path.join(box.home, ".config", "uetlog", "keys"), folder)
    done = box.run("append", stdin=stream(40), UETLOG_KEYS=folder, **every)
    has(done.errors, "not sealed", "inside of the log")


def case_a_timetable_seals_what_is_due(box):
    key(box, "test/one")
    key(box, "test/two")
    every = {"UETLOG_SEAL_EVERY_EVENTS": "10", "UETLOG_SEAL_KEY": "test/two"}
    box.run("append", stdin=stream(9))
    words = ["seal", "--if-due", "--output", "checkpoint.txt"]
    has(box.run(*words, **every).errors, "not due: 9 of 10")
    same(os.path.exists(box.path("checkpoint.txt")), False, "a checkpoint that was not due")
    same(box.run("seal", "--if-due", "--json", **every).json,
         {"checkpoint": None, "event_count": 9, "every_events": 10}, "not due")
    box.append("note", "text=tenth")
    box.run(*words, **every)
    has(content(box.path("checkpoint.txt")), "\u2014 test/two ")
    same(seals(box), [11], "seals")
    before = content(box.path("checkpoint.txt"))
    has(box.run(*words, **every).errors, "not due: 0 of 10")
    same(content(box.path("checkpoint.txt")), before, "the checkpoint kept elsewhere")
    box.run("verify", "--against", "checkpoint.txt")
    done = box.run("seal", "--if-due", "--key", "test/one", "--json", status=78)
    same(done.error["code"], "settings", "code")


def root_of(hashes):
    """The root over leaf hashes, by RFC 9162."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + root_of(hashes[:split]) + root_of(hashes[split:])).digest()


def tile_files(box, name="tiles"):
    """The files below a directory, with what tells whether they were written again."""
    found = {}
    for folder, _, names in os.walk(box.path(name)):
        for file in names:
            path = os.path.join(folder, file)
            status = os.stat(path)
            found[os.path.relpath(path, box.path(name))] = (status.st_ino, status.st_mtime_ns)
    return found


def leaves_of(box, size):
    """The leaf hashes of all entries, which the tiles of level 0 have, too."""
    leaves = []
    for first in range(0, size, 256):
        width = min(256, size - first)
        end = f"{first // 256:03}" + ("" if width == 256 else f".p/{width}")
        with open(box.path(f"tiles/tile/entries/{end}"), "rb") as file:
            rest = file.read()
        hashes = []
        while rest:
            length = int.from_bytes(rest[:2], "big")
            hashes.append(hashlib.sha256(b"\0" + rest[2:2 + length]).digest())
            rest = rest[2 + length:]
        with open(box.path(f"tiles/tile/0/{end}"), "rb") as file:
            same(file.read(), b"".join(hashes), f"tile 0/{end}")
        leaves += hashes
    return leaves


def lead_to_the_checkpoint(box):
    origin, size, root = content(box.path("tiles/checkpoint")).split("\n")[:3]
    has(origin, "uetlog/")
    leaves = leaves_of(box, int(size))
    same(len(leaves), int(size), "leaves")
    same(base64.b64encode(root_of(leaves)).decode(), root, "root")
    blocks = [root_of(leaves[first:first + 256]) for first in range(0, len(leaves) - 255, 256)]
    if blocks:
        with open(box.path(f"tiles/tile/1/000.p/{len(blocks)}"), "rb") as file:
            same(file.read(), b"".join(blocks), "tile of level 1")
    return int(size)


def case_tiles_are_written_once_and_lead_to_the_checkpoint(box):
    verifier = key(box)
    box.run("append", stdin=stream(100))
    has(box.run("tiles", "tiles", status=66).errors, "uetlog seal")
    box.run("seal")
    box.run("append", stdin=stream(5))
    same(box.run("tiles", "tiles", "--json").json["tiles_written"], 2, "tiles of 101 leaves")
    same(lead_to_the_checkpoint(box), 101, "size")
    first = tile_files(box)
    same(set(first), {"checkpoint", "tile/0/000.p/101", "tile/entries/000.p/101"}, "files")
    box.run("append", stdin=stream(500))
    box.run("seal", "--output", "later.txt")
    box.run("tiles", "tiles")
    same(lead_to_the_checkpoint(box), 607, "size")
    second = tile_files(box)
    same(set(second), {"checkpoint", "tile/1/000.p/2"} | {
        f"tile/{kind}/{end}" for kind in ("0", "entries") for end in ("000", "001", "002.p/95")},
         "files")
    # Nothing is new, and nothing is written, but for the checkpoint.
    same(box.run("tiles", "tiles", "--json").json["tiles_written"], 0, "tiles of a second run")
    same({name: file for name, file in tile_files(box).items() if name != "checkpoint"},
         {name: file for name, file in second.items() if name != "checkpoint"}, "files")
    box.run("append", stdin=stream(300))
    box.run("seal")
    box.run("tiles", "tiles")
    lead_to_the_checkpoint(box)
    for name, file in tile_files(box).items():
        if ".p/" not in name and name in second and name != "checkpoint":
            same(file, second[name], f"a full tile is never written again: {name}")
    # The checkpoint is what `verify --against` takes; the control for all of it: a changed tile.
    box.run("verify", "--against", "tiles/checkpoint", "--key", verifier)
    with open(box.path("tiles/tile/entries/001"), "r+b") as file:
        file.seek(40)
        file.write(b"\xff")
    try:
        lead_to_the_checkpoint(box)
    except AssertionError:
        return
    raise AssertionError("a changed entry was not noticed")


def case_tiles_of_another_history_are_refused(box):
    key(box)
    box.run("append", stdin=stream(300))
    shutil.copytree(box.log, box.path("older"))
    box.run("append", stdin=stream(10))
    box.run("seal", "--output", "first.txt")
    box.run("tiles", "tiles")
    before = tile_files(box)
    # The same log as it was once, with other events afterwards: fewer, then more.
    for count in (1, 50):
        box.run("append", "--log", box.path("older"), stdin=stream(count))
        box.run("seal", "--log", box.path("older"))
        done = box.run("tiles", "tiles", "--log", box.path("older"), "--json", status=74)
        same(done.error["code"], "unsafe", "code")
        same(tile_files(box), before, "files")
    other = box.path("other")
    box.run("append", "note", "text=a", "--log", other)
    box.run("seal", "--log", other)
    box.run("append", "--log", other, stdin=stream(500))
    box.run("seal", "--log", other)
    same(box.run("tiles", "tiles", "--log", other, "--json", status=65).error["code"],
         "bad_input", "tiles of another log")
    box.run("tiles", "tiles", "--to", "first.txt", "--log", other, status=65)
    box.run("tiles", "nowhere", "--log", box.path("nothing"), status=66)
    os.mkdir(box.path("mine"))
    box.path("mine/letter", "dear")
    has(box.run("tiles", "mine", status=73).errors, "letter")
    same(tile_files(box), before, "files")
    # The control: the log itself goes on.
    box.run("append", stdin=stream(10))
    box.run("seal")
    box.run("tiles", "tiles")


def case_a_deep_check_decides_again(box):
    box.worker()
    box.task()
    box.append("task_failed", "task_id=T1", "failure_kind=test", "error_message=no")
    box.append("task_retried", "task_id=T1")
    box.patch()
    box.append("budget_set", "scope=total", "limit_micro_usd=1000", "mode=warn")
    box.append("cost_charged", "charge_id=c1", "model=m", "input_tokens=7", "output_tokens=2",
               "amount_micro_usd=900")
    box.append("note", "text=ghp_" + "aB3" * 12)
    box.run("compensate", "--stream", "task-T1", "--to", "3", "--reason", "another worker")
    report = box.run("verify", "--deep", "--json").json
    same(report["verdict"], "intact", report)
    events = len(box.events())
    same(phase(report, "schemas")["figures"], f"{events} payloads keep to their schemas", "schemas")
    has(phase(report, "decisions")["figures"], "events decided again")
    names = [phase["phase"] for phase in box.run("verify", "--json").json["phases"]]
    same([name for name in names if name in ("schemas", "decisions")], [], "phases without --deep")
    box.run("verify", "--deep", box.path("x.proof", ""), status=64)


def case_a_deep_check_says_what_it_did_not_compare(box):
    box.run("import", "git", os.path.join(scenarios.repository(box.home), "repo"))
    imported = len(box.events("--type", "patch_created"))
    box.worker()
    box.task()
    box.run("compensate", "--stream", "task-T1", "--to", "1", "--reason", "another worker")

    def decisions(**settings):
        report = box.run("verify", "--deep", "--json", **settings).json
        same(report["verdict"], "intact", report)
        same(phase(report, "schemas")["not_compared"], {}, "schemas")
        found = phase(report, "decisions")
        return int(found["figures"].split()[0]), found["not_compared"], found["figures"]

    count, left, figures = decisions()
    same((left["imported"] >= imported > 0, left["reversal"]), (True, 2), left)
    has(figures, f"not compared: {left['imported']} imported, 2 reversals")
    has(box.run("verify", "--deep").output, figures)
    # The same events, of which those that were decided on were so under other settings.
    same(decisions(UETLOG_TASK_MAX_RETRIES="0")[:2], (0, {**left, "other_settings": count}),
         "what was decided under other settings")
    phases = box.run("verify", "--json").json["phases"]
    same([one for one in phases if "not_compared" in one], [], "phases that compare everything")
