"""Secrets that are masked and kept for who has the key file."""
import json
import os

from box import PATCH, RUN, has, same, ulid
from cases.redacting import TOKEN, content, count, intact


def sealing(box, name="test/seal"):
    """The settings that seal to a new key, and the file of its other half."""
    done = box.run("key", "new", "--sealing", name)
    path = done.errors.strip().splitlines()[-1].split(" is kept in ")[-1]
    return ({"UETLOG_SECRETS_MODE": "seal", "UETLOG_SECRETS_SEAL_KEY": done.output.strip()}, path)


def leaky_patch(number=1):
    artifact = {"patch_id": PATCH, "format": "unified_diff", "target_repo": "r",
                "origin": {"execution_request_id": ulid(number), "tool_id": "aider",
                           "created_at": "2025-11-22T09:15:08Z"},
                "diff_text": f"--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+{TOKEN}\n"}
    return {"project_id": "p", "artifact": artifact}


def case_what_was_masked_is_read_with_the_key_file(box):
    seal, path = sealing(box)
    payload = {"text": f"see {TOKEN}, \u00e9", "data": {"k": [TOKEN, 1.50]}}
    receipt = box.append("note", "--data", json.dumps(payload, indent=1), **seal)
    same((receipt["masked"], receipt["reactions"][0]["type"]), (True, "payload_sealed"), "receipt")
    has(box.run("append", "note", f"text=b {TOKEN}", **seal).output, "masked",
        "stored payload_sealed at 4 in log")
    shown = box.run("show", "1", "--json")
    same("unsealed" in shown.json, False, "what is shown without the key")
    has(shown.json["payload"]["text"], "see [REDACTED:github-pat:")
    shown = box.run("show", "1", "--unseal", path, "--json")
    has(shown.output, '"unsealed":' + json.dumps(payload, separators=(",", ":")) + "}")
    has(box.run("show", "3", "--unseal", path).output, "unsealed", TOKEN)
    # With another key, of another event, of none.
    _, other = sealing(box, "test/other")
    error = box.run("show", "1", "--unseal", other, "--json", status=65).error
    same(error["expected"].startswith("test/seal+"), True, "the key that is wanted")
    for words, status in ((["2", "--unseal", path], 66), (["1", "--unseal", path + "x"], 66),
                          (["1", "--unseal", box.path("f", "PRIVATE")], 74)):
        box.run("show", *words, status=status)
    os.chmod(path, 0o644)
    box.run("show", "1", "--unseal", path, status=74)
    same(box.run("scan").output, "", "what scan finds")
    has(box.run("verify", "--deep").output, "INTACT")


def case_a_sealed_secret_is_in_no_file(box):
    seal, path = sealing(box)
    private = content(box, path).strip().split("+", 5)[5]
    box.append("note", f"text={TOKEN}", **seal)
    box.append("note", f"text={'x' * 20000} {TOKEN}", **seal)
    box.append("patch_created", "--data", json.dumps(leaky_patch()), **seal)
    drafts = [{"type": "note", "payload": {"text": f"{number} {TOKEN}"}} for number in range(300)]
    lines = "".join(json.dumps(draft) + "\n" for draft in drafts)
    box.run("append", "--quiet", stdin=lines, **seal)
    same(box.run("stats", "--json").json["events"], 606, "events")
    same(count(box.log, TOKEN, TOKEN[4:20], private), 0, "in files")
    box.append("note", f"text={TOKEN}", **{**seal, "UETLOG_SECRETS_MODE": "off"})
    same(count(box.log, TOKEN) > 0, True, "the control: with the mode off it is there")


def case_the_mode_seal_wants_a_key(box):
    wrong = {"UETLOG_SECRETS_MODE": "seal"}
    error = box.append("note", "text=a", status=78, **wrong)
    has(error["hint"], "uetlog key new --sealing")
    same(os.path.exists(box.log), False, "a log that nothing could be stored in")
    seal, path = sealing(box)
    private = content(box, path).strip()
    verifier = box.run("key", "new", "test/sign").output.strip()
    for text in (private, verifier, seal["UETLOG_SECRETS_SEAL_KEY"][:-2] + "A="):
        done = box.run("append", "note", "text=a", "--json", status=78, **wrong,
                       UETLOG_SECRETS_SEAL_KEY=text)
        same(text[-20:] in done.errors, False, "a wrong key is quoted")
        box.run("config", "show", status=78, UETLOG_SECRETS_SEAL_KEY=text)
    same(box.append("note", f"text={TOKEN}", **seal)["masked"], True, "masked")
    # Where the key is set it may as well be in the settings of the log.
    box.path("log/config.json", json.dumps(
        {"secrets": {"mode": "seal", "seal_key": seal["UETLOG_SECRETS_SEAL_KEY"]}}))
    same(box.append("note", f"text=x {TOKEN}")["reactions"][0]["type"], "payload_sealed", "copy")
    error = box.append("note", f"text=y {TOKEN}", status=77, UETLOG_SECRETS_MODE="block")
    same(error["pointer"], "/text", "with the mode block")
    for words in (["key", "show"], ["key", "show", "--sealing"], ["show", "2"], ["replay"],
                  ["config", "show"], ["show", "1", "--unseal", path]):
        done = box.run(*words)
        same(private[-20:] in done.output + done.errors, False, f"the key, in {words}")


def case_the_key_that_unseals_is_kept_beside_the_others(box):
    seal, path = sealing(box)
    same(os.stat(path).st_mode & 0o777, 0o600, "mode of the key")
    box.run("key", "new", "test/seal")
    same(box.run("key", "show", "--sealing").output.strip(), seal["UETLOG_SECRETS_SEAL_KEY"],
         "key show --sealing")
    same(box.run("key", "show").output.count("\n"), 1, "keys that sign")
    box.run("key", "new", "--sealing", "test/seal", status=73)
    box.run("key", "show", "--sealing", "nobody", status=66)
    box.append("note", "text=a")
    box.run("key", "new", "--sealing", "inside", status=74, UETLOG_KEYS=box.log + "/keys")
    # Without a name it is called like the log.
    has(box.run("key", "new", "--sealing", "--json").json["sealing_key"], "uetlog/")


def case_a_sealed_patch_is_accepted_and_undone_while_its_copy_is_there(box):
    seal, path = sealing(box)
    data = json.dumps(leaky_patch())
    box.append("patch_created", "--data", data, status=77)
    same(box.append("patch_created", "--data", data, **seal)["masked"], True, "masked")
    shown = box.run("show", "1", "--unseal", path, "--json").json
    same(shown["unsealed"], leaky_patch(), "unsealed")
    words = ["compensate", "--event", "1", "--reason", "x", "--json"]
    same(len(box.run(*words, "--dry-run").json["undone"]), 1, "what would be undone")
    box.run("redact", "2", "--pointer", "/box", "--reason", "nobody shall have it")
    has(box.run(*words, status=65).error["message"], "exact bytes are gone")
    box.run("show", "1", "--unseal", path, status=66)
    intact(box, "2 as committed to, 1 redacted (by 3)")


def case_redacting_takes_the_sealed_copy_too(box):
    seal, path = sealing(box)
    password = "correct horse battery staple"
    box.append("note", "--data", json.dumps({"text": password, "data": {"k": TOKEN}}), **seal)
    box.append("note", f"text={TOKEN}", **seal)
    has(box.run("redact", "--from-scan").output, "nothing to redact")
    sealed = box.run("show", "2", "--json").json["payload"]["box"]
    same([count(box.log, text) > 0 for text in (password, sealed[:40])], [True, True],
         "the control: both are there before")
    done = box.run("redact", "1", "--pointer", "/text", "--reason", "r", "--json").json
    same([(one["position"], one["type"], one["by"]) for one in done["redacted"]],
         [(2, "payload_sealed", 5), (1, "note", 6)], "redacted")
    same(count(box.home, password, sealed[:40], sealed[-40:]), 0, "in files")
    has(box.run("show", "1", "--unseal", path, status=66).errors, "redacted")
    has(box.run("show", "3", "--unseal", path).output, TOKEN)
    intact(box, "4 as committed to, 2 redacted (by 5, 6)")


def case_an_export_leaves_the_copies_to_their_log(box):
    seal, path = sealing(box)
    box.append("note", f"text={TOKEN}", **seal)
    box.append("note", "text=b", **seal)
    export = box.run("replay", "--format", "jsonl").bytes
    done = box.run("append", "--json", stdin=export)
    same([line["duplicate"] for line in done.lines], [True] * 3, "into the same log")
    other = box.path("other")
    done = box.run("append", "--json", "--log", other, stdin=export, status=65, **seal)
    same([line["type"] for line in done.lines], ["note", "note"], "into another one")
    has(done.errors, "payload_sealed is for the log itself")
    box.run("show", "1", "--unseal", path, "--log", other, status=66)
    # A bundle is for others too: it has none.
    box.append("run_created", f"run_id={RUN}", "project_id=p", "--run", RUN)
    box.append("note", f"text=c {TOKEN}", "--run", RUN, **seal)
    box.run("key", "new", "test/sign")
    box.run("seal", "--output", box.path("checkpoint.txt"))
    box.run("bundle", "--run", RUN, "--output", box.path("run.bundle"))
    bundle = content(box, "run.bundle")
    same((bundle.count('"type":"note"'), bundle.count("payload_sealed")), (1, 0), "the bundle")
    # A copy of the log is the log.
    box.run("backup", box.path("copy"))
    has(box.run("show", "1", "--unseal", path, "--log", box.path("copy")).output, TOKEN)


def case_a_kill_leaves_each_event_with_its_copy(box):
    seal, _ = sealing(box)
    box.path("seal.json", json.dumps({"secrets": {
        "mode": "seal", "seal_key": seal["UETLOG_SECRETS_SEAL_KEY"]}}))
    box.append("note", "text=a")
    os.rename(box.path("seal.json"), os.path.join(box.log, "config.json"))
    lines = "".join(json.dumps({"type": "note", "payload": {"text": f"{number} {TOKEN}"}}) + "\n"
                    for number in range(4000)).encode()
    for _ in range(5):
        process = box.start("append", "--json")
        process.stdin.write(lines[:len(lines) // 2])
        process.stdin.flush()
        process.stdout.readline()
        process.kill()
        process.communicate()
        same(box.run("verify", "--json").json["verdict"], "intact", "verdict after a kill")
        events = box.events()
        masked = [event["event_id"] for event in events if event["type"] == "note"][1:]
        copies = [event["payload"]["event_id"] for event in events
                  if event["type"] == "payload_sealed"]
        same(sorted(masked), sorted(copies), "events and copies")
    same(len(copies) > 0, True, "the control: there are some")
