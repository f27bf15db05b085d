"""Keys, seals, proofs, bundles, and comparing a log with what was kept of it."""
import json
import os
import shutil
import stat

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
