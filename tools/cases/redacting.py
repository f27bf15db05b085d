"""Secrets that were found late are taken out of a log, and every proof stays."""
import base64
import json
import os
import subprocess
import threading

from box import PATCH, RUN, has, same, ulid

OFF = {"UETLOG_SECRETS_MODE": "off"}
TOKEN = "ghp_" + "aB3dE6gH9j" * 3 + "kL2mN5"
PASSWORD = "correct horse battery staple"
NOW = "2030-01-01T00:00:00Z"


def count(directory, *texts):
    """How often the texts are in the files of a directory."""
    found = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                content = file.read()
            found += sum(content.count(text.encode()) for text in texts)
    return found


def content(box, name):
    with open(box.path(name), encoding="utf-8") as file:
        return file.read()


def leaky(box, number=40):
    """Notes, of which three hold a secret: one is short, one is long, one is in the middle."""
    for place in range(1, number + 1):
        text = {5: f"see {TOKEN}.", 17: "x" * 20000 + f" {TOKEN} " + "y" * 500}.get(
            place, f"note {place}")
        data = {"k": PASSWORD if place == 25 else ""}
        box.append("note", "--data", json.dumps({"text": text, "data": data}), **OFF)


def intact(box, figures):
    report = box.run("verify", "--json").json
    same(report["verdict"], "intact", "verdict")
    payloads, = [phase for phase in report["phases"] if phase["phase"] == "payloads"]
    same(payloads["figures"], figures, "payloads")


def case_what_is_redacted_is_in_no_file_of_the_log(box):
    leaky(box)
    same(count(box.log, TOKEN, PASSWORD) >= 3, True, "the control: it is there before")
    root = box.run("stats", "--json").json["tree_root"]
    plan = box.run("redact", "--from-scan", "--dry-run", "--json").json
    same([one["position"] for one in plan["redacted"]], [5, 17], "plan")
    same((plan["dry_run"], plan["compaction"]), (True, None), "plan")
    same(box.run("stats", "--json").json["tree_root"], root, "root after the dry run")
    same(count(box.log, TOKEN) >= 2, True, "a dry run takes nothing out")
    done = box.run("redact", "--from-scan")
    has(done.output, "redacted note at 5: /text (github-pat), by position 41",
        "redacted note at 17", "written anew")
    has(done.errors, "backups", "revoke the secret")
    done = box.run("redact", "25", "--pointer", "/data/k", "--reason", "a password", "--json")
    same(done.json["redacted"][0]["masks"], [{"rule": "manual", "pointer": "/data/k"}], "masks")
    same(done.json["redacted"][0]["by"], 43, "by")
    same(count(box.home, TOKEN, PASSWORD), 0, "in files")
    same(box.run("scan").output, "", "findings")
    intact(box, "40 as committed to, 3 redacted (by 41, 42, 43)")
    told = box.run("show", "41", "--json").json
    same((told["type"], told["payload"]["position"]), ("payload_redacted", 5), "event")
    shown = box.run("show", "5", "--json").json
    same(shown["redacted"], True, "redacted")
    has(shown["payload"]["text"], "see [REDACTED:github-pat:")
    same("redacted" in box.run("show", "6", "--json").json, False, "the control")
    has(box.run("show", "5").output, "secrets were taken out")
    has(box.run("replay", "--from", "5", "--last", "1").output + box.run("replay").output,
        "(redacted)")


def case_a_second_redaction_changes_nothing(box):
    leaky(box, 6)
    box.run("redact", "--from-scan")
    before = box.run("stats", "--json").json
    for words in (["--from-scan"], ["--from-scan", "5"]):
        has(box.run("redact", *words).output, "nothing to redact")
    same(box.run("stats", "--json").json["tree_root"], before["tree_root"], "root")
    # The marker is a part of the text: a pointer takes all of that.
    words = ["redact", "5", "--pointer", "/text", "--reason", "all of it"]
    box.run(*words)
    same(box.run("show", "5", "--json").json["payload"]["text"].count("REDACTED"), 1, "markers")
    done = box.run(*words)
    has(done.output, "nothing to redact")
    has(done.errors, "uetlog compact")
    intact(box, "7 as committed to, 1 redacted (by 8)")


def case_proofs_of_before_hold_after(box):
    box.append("run_created", f"run_id={RUN}", "project_id=p", "--run", RUN)
    receipt = box.run("append", "note", f"text={TOKEN}", "--run", RUN, "--json", **OFF)
    receipts = box.path("receipts.jsonl", receipt.output)
    key = box.run("key", "new", "test/key").output.strip().splitlines()[-1]
    verifier = box.path("test.vkey", key + "\n")
    checkpoint = box.path("checkpoint.txt")
    box.run("seal", "--output", checkpoint)
    box.run("prove", "2", "--output", box.path("proof.txt"))
    box.run("bundle", "--run", RUN, "--output", box.path("old.bundle"))
    box.run("redact", "2", "--pointer", "/text", "--reason", "a token")
    has(box.run("verify", "--against", checkpoint, "--receipt", receipts, "--key", verifier).output,
        "INTACT")
    for name in ("proof.txt", "old.bundle"):
        box.run("verify", name, "--key", verifier)
    box.run("bundle", "--run", RUN, "--output", box.path("new.bundle"))
    has(box.run("verify", "new.bundle", "--key", verifier).output, "1 redacted")
    same(TOKEN in content(box, "old.bundle"), True, "the control: in the old one")
    same(TOKEN in content(box, "new.bundle"), False, "in the new one")
    # The proof of an event is of its envelope: it is the same as before.
    box.run("prove", "2", "--to", checkpoint, "--output", box.path("again.txt"))
    same(content(box, "again.txt"), content(box, "proof.txt"), "proof")


def case_views_are_what_they_were(box):
    box.patch()
    box.worker()
    box.append("task_created", "task_id=T1", f"name=with {TOKEN}", "kind=test", **OFF)
    box.append("task_assigned", "task_id=T1", "worker_id=w1")
    box.append("task_started", "task_id=T1")
    names = ["tasks", "patches", "workers", "budget", "runs"]

    def views():
        return [box.run("project", name, "--format", "json", "--now", NOW).output for name in names]

    before = views()
    box.run("redact", "--from-scan")
    after = views()
    box.run("project", "--rebuild")
    same(views(), after, "after a rebuild")
    changed = [name for name, one, two in zip(names, before, after) if one != two]
    same([name for name in changed if name != "tasks"], [], "views that changed")
    intact(box, "6 as committed to, 1 redacted (by 7)")


def case_an_export_says_so_and_comes_back(box):
    leaky(box, 6)
    receipt = box.append("note", f"text={TOKEN}", "--key", "k", **OFF)
    box.run("redact", "--from-scan")
    export = box.run("replay", "--format", "jsonl")
    marked = [line["payload"]["text"] for line in export.lines if line.get("redacted")]
    same(len(marked), 2, "lines that say so")
    same(all("[REDACTED:" in text for text in marked), True, "markers")
    cloud = box.run("replay", "--format", "cloudevents").lines
    same([line["sequence"][-1] for line in cloud if line.get("redacted")], ["5", "7"], "cloud")
    # Into the same log: all of it is known.
    done = box.run("append", "--json", stdin=export.bytes)
    same([line["duplicate"] for line in done.lines], [True] * 9, "duplicates")
    # With the first text and the same key, too.
    again = box.append("note", f"text={TOKEN}", "--key", "k", **OFF)
    same((again["duplicate"], again["position"], again["leaf"]),
         (True, receipt["position"], receipt["leaf"]), "first receipt")
    # Into another log: all but what that log says of itself.
    other = box.path("other")
    box.run("append", "--quiet", "--log", other, stdin=export.bytes, status=65)
    events = box.run("replay", "--format", "jsonl", "--log", other).lines
    same([line["payload"] for line in events], [line["payload"] for line in export.lines[:7]],
         "payloads")
    box.run("verify", "--log", other)


def case_redacting_goes_on_while_others_write(box):
    leaky(box, 30)
    receipts = []

    def write(number):
        for index in range(15):
            receipts.append(box.append("note", f"text={number}-{index}", "--wait", "60s"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    box.run("redact", "--from-scan", "--wait", "60s")
    box.run("redact", "25", "--pointer", "/data/k", "--reason", "r", "--wait", "60s")
    for thread in threads:
        thread.join()
    same(len(receipts), 45, "appends")
    same(count(box.log, TOKEN, PASSWORD), 0, "in files")
    same([event["position"] for event in box.events()], list(range(1, 79)), "positions")
    same(box.run("verify", "--json").json["verdict"], "intact", "verdict")


def case_what_can_not_be_taken_out_is_told(box):
    box.append("note", f"text={TOKEN}", "--label", f"a={TOKEN}", **OFF)
    box.append("note", f"text=x {TOKEN}", **OFF)
    error = box.run("redact", "1", "--pointer", "/text", "--reason", "r", "--json", status=77).error
    same((error["code"], error["pointer"]), ("secret", "/labels/a"), "error")
    has(error["message"], "envelope")
    has(error["hint"], "Revoke")
    same(TOKEN in json.dumps(error), False, "the secret is shown")
    # The others are redacted all the same.
    done = box.run("redact", "--from-scan", "--json", status=77)
    same([one["position"] for one in done.json["redacted"]], [2], "redacted")
    same([one["position"] for one in done.json["refused"]], [1], "refused")
    for words, status in ((["1"], 64), (["1", "--pointer", "/text"], 64),
                          (["1", "2", "--pointer", "/text", "--reason", "r"], 64),
                          (["1", "--pointer", "text", "--reason", "r"], 64),
                          (["1", "--from-scan", "--pointer", "/text"], 64),
                          (["2", "--pointer", "/nothing", "--reason", "r"], 65),
                          (["9", "--pointer", "/text", "--reason", "r"], 66),
                          (["x", "--from-scan"], 64)):
        box.run("redact", *words, status=status)
    box.run("redact", "--from-scan", "--log", box.path("nothing"), status=66)
    box.append("note", f"text={PASSWORD}")
    error = box.run("redact", "4", "--pointer", "/text", "--reason", f"it was {PASSWORD}", "--json",
                    status=77).error
    same(PASSWORD in json.dumps(error), False, "the secret is shown")
    same(len(box.events()), 4, "events")


def case_the_same_elsewhere_is_told(box):
    box.append("note", f"text={PASSWORD}")
    box.append("note", "--data", json.dumps({"text": "a", "data": {"k": f"is {PASSWORD}!"}}))
    encoded = base64.b64encode(PASSWORD.encode()).decode()
    box.append("note", f"text=x {encoded}")
    box.append("note", "text=clean")
    words = ["redact", "1", "--pointer", "/text", "--reason", "r"]
    plan = box.run(*words, "--dry-run", "--json").json
    same([(one["position"], one["pointer"]) for one in plan["also_at"]],
         [(2, "/data/k"), (3, "/text")], "elsewhere")
    has(box.run(*words).errors, "the same is at position 2 too, at /data/k")
    same(count(box.log, PASSWORD), 1, "the one that was not named")


def case_values_of_variables_are_redacted(box):
    encoded = base64.b64encode(PASSWORD.encode()).decode()
    box.append("note", f"text={PASSWORD} and {encoded}")
    has(box.run("redact", "--from-scan").output, "nothing to redact")
    box.run("redact", "--from-scan", "--secret-env", "DOOR", DOOR=PASSWORD)
    same(count(box.log, PASSWORD, encoded), 0, "in files")
    box.run("redact", "1", "--pointer", "/text", "--secret-env", "DOOR", status=64, DOOR=PASSWORD)


def case_a_failed_compaction_says_what_is_done(box):
    leaky(box, 6)
    # There is no room beside it for a name that is longer still.
    deep = box.path("l" * 250)
    os.rename(box.log, deep)
    box.log = deep
    done = box.run("redact", "--from-scan", "--json", status=73)
    same([one["by"] for one in done.json["redacted"]], [7], "redacted")
    same(done.json["compaction"], None, "compaction")
    has(done.error["message"], "files still have")
    has(done.error["hint"], "uetlog compact")
    box.log = box.path("log")
    os.rename(deep, box.log)
    same(count(box.log, TOKEN) > 0, True, "the control: it is still in the file")
    same(box.run("scan").output, "", "findings")
    box.run("compact")
    same(count(box.log, TOKEN), 0, "in files")
    intact(box, "6 as committed to, 1 redacted (by 7)")


def case_a_kill_leaves_each_event_whole_or_redacted(box):
    leaky(box, 30)
    for moment in range(0, 60, 3):
        process = box.start("redact", "--from-scan")
        try:
            process.wait(0.001 * moment)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        report = box.run("verify", "--json").json
        same(report["verdict"], "intact", f"verdict after a kill at {moment} ms")
    box.run("redact", "--from-scan")
    box.run("compact")
    same(count(box.home, TOKEN), 0, "in files")
    told = [event["payload"]["position"] for event in box.events("--type", "payload_redacted")]
    same(sorted(told), [5, 17], "told once each")


def case_a_patch_without_its_diff_is_not_undone(box):
    box.patch("patch_apply_succeeded")
    created = box.events("--stream", f"patch-{PATCH}")[0]["position"]
    last = box.events("--stream", f"patch-{PATCH}")[-1]["position"]
    words = ["compensate", "--reason", "x", "--json", "--event"]
    has(box.run(*words, str(last), status=65).error["hint"], "patch rollback")
    box.run("redact", str(created), "--pointer", "/artifact/diff_text", "--reason", "r")
    for position in (created, last):
        has(box.run(*words, str(position), status=65).error["message"], "exact bytes are gone")
    same(box.run("project", "patches", "--format", "json").json[0]["state"], "applied", "state")
    box.append("note", "text=after", "--key", ulid(1))
    box.run("verify")
