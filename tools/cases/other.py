"""Schemas, settings, imports, verification, help."""
import base64
import fcntl
import hashlib
import json
import os
import subprocess
from urllib.parse import quote

import program
from box import PATCH, has, same, ulid


def case_schemas_are_listed_shown_and_checked(box):
    has(box.run("schema", "list").output, "worker_heartbeat", "patch_created")
    shown = box.run("schema", "show", "worker_heartbeat").json
    same(shown["$id"], "schema/events/worker/worker_heartbeat.v1.json", "$id")
    good = box.path("good.json", '{"worker_id":"w1"}')
    bad = box.path("bad.json", '{"worker_id":1}')
    schema = "schema/events/worker/worker_heartbeat.v1.json"
    box.run("schema", "check", "--schema", schema, good)
    done = box.run("schema", "check", "--schema", schema, bad, "--json", status=65)
    has(done.output + done.errors, "/worker_id")
    # One that can't be read keeps nobody from the others.
    done = box.run("schema", "check", "--schema", schema, box.path("nowhere"), good, bad, status=66)
    has(done.errors, "no file", "nowhere")
    has(done.output, f"{good}: valid", "/worker_id")


#
def case_what_is_checked_against_a_schema_says_where_it_is_wrong(box):
    check = ["schema", "check", "--schema", "patch_policy.v1"]
    good = box.path("good.json", '{"patch_policy_id":"p","scope":{"level":"global"},'
                                 '"constraints":{}}')
    comment = box.path("comment.json", '{\n  // mine\n}')
    broken = box.path("broken.json", '{"a":\n 1,\n}')
    lines = box.run(*check, good, comment, broken, status=65).output.splitlines()
    same([line.startswith(path) for line, path in zip(lines, (good, comment, broken), strict=True)],
         [True] * 3, "one line for each file")
    has(lines[0], "valid")
    has(lines[1], "comment.json:2", "column 3", "JSON has no comments")
    has(lines[2], "broken.json:3", "column 1")
    same("comments" in lines[2], False, "a hint about comments")
    found = box.run(*check, comment, good, "--json", status=65).lines
    same([(one["file"], one.get("line"), one["valid"]) for one in found],
         [(comment, 2, False), (good, None, True)])
    box.run(*check, good, good)
    beats = box.path("beats.jsonl", '{"worker_id":"w"}\n{\n')
    has(box.run("schema", "check", "--schema", "worker_heartbeat", "--jsonl", beats, beats,
                status=65).output, "beats.jsonl:2")
    has(box.run("schema", "check", "--schema", "patch_polcy.v1", good, status=66).errors,
        "patch_polcy.v1", "schema list")
    has(box.run(*check, box.path("nowhere.json"), status=66).errors, "nowhere.json")
    has(box.run("schema", "check", "--schema", comment, good, status=65).errors,
        "comment.json", "line 2")
    box.run(*check, status=64)


def case_a_type_of_ones_own(box):
    path = box.path("build_finished.v1.json", json.dumps(build_finished()))
    box.run("schema", "add", path)
    same(box.append("build_finished", "build=7")["stream"], "build-7", "stream")
    box.append("build_finished", "build=many", status=65)
    box.run("verify")


def build_finished(**changes):
    """The schema of an event type of one's own."""
    return {"$schema": "http://json-schema.org/draft-07/schema#",
            "$id": "schema/events/build/build_finished.v1.json",
            "title": "build_finished", "description": "A build ended.", "type": "object",
            "additionalProperties": False, "required": ["build"],
            "properties": {"build": {"type": "integer"}},
            "x-uetlog": {"stream": "build-{build}", "reversal": "none", "severity": "info"},
            **changes}


def case_a_log_with_types_of_ones_own_is_copied(box):
    for number in range(3):
        schema = build_finished(title=f"build_{number}")
        box.run("schema", "add", box.path("type.json", json.dumps(schema, indent=1)))
        box.append(f"build_{number}", "build=7")
    export = box.run("replay", "--format", "jsonl").bytes
    for words in ([], ["--atomic"], ["--follow-stdin"]):
        box.log = box.path("copy" + "".join(words))
        box.run("append", *words, stdin=export)
        same(box.run("replay", "--format", "jsonl").bytes, export, f"the copy with {words}")
        same(box.append("build_1", "build=8")["stream"], "build-8", "stream")
        box.append("build_1", "build=many", status=65)
        box.run("append", *words, stdin=export)
        same(len(box.events()), 7, "events after a second copy")
        has(box.run("schema", "add", box.path("type.json")).errors, "knows build_2 already")
        box.run("verify")


def case_a_registration_is_checked_wherever_it_comes_from(box):
    def line(schema, **changes):
        text = json.dumps(schema, separators=(",", ":"))
        payload = {"type": schema.get("title", "build_finished"), "schema": schema,
                   "digest": hashlib.sha256(text.encode()).hexdigest(), **changes}
        return {"type": "schema_registered", "payload": payload}

    good = build_finished()
    traits = good["x-uetlog"]
    wrong = [(line({}), "/schema"), (line(good, type="build_ended"), "/type"),
             (line(good, digest="0" * 64), "/digest"),
             (line(build_finished(title="note")), "/schema/title"),
             (line(build_finished(properties={"build": {"type": "integer", "dependentRequired": {}}})),
              "/schema/properties/build/dependentRequired"),
             (line(build_finished(**{"x-uetlog": {**traits, "stream": "task-{build}"}})),
              "/schema/x-uetlog/stream"),
             (line(build_finished(**{"x-uetlog": {**traits, "reads": ["task-T1"]}})),
              "/schema/x-uetlog/reads")]
    use = {"type": "build_finished", "payload": {"build": 7}}
    for bad, pointer in wrong:
        same(box.lines(bad, status=65).error["pointer"], pointer, "pointer")
        box.lines(bad, use, status=65)
        same(os.path.exists(box.log), False, f"a log after {bad}")
    # A type whose registration is refused when it comes to be stored is nobody's.
    late = {**line(good), "expect": 9}
    box.append("note", "text=a")
    done = box.lines(late, use, status=65)
    same([json.loads(text)["error"]["code"] for text in done.errors.splitlines()],
         ["conflict", "unknown_type"], "errors")
    box.lines(use, late, use, arguments=["--atomic"], status=65)
    same(len(box.events()), 1, "events")
    first, second = box.lines(line(good), use).lines
    same((first["position"], second["position"], second["stream"]), (2, 3, "build-7"), "stored")
    # The same type: the first receipt with the same schema, refused with another.
    same(box.lines(line(good)).lines, [{**first, "duplicate": True}], "receipt")
    other = line(build_finished(description="Another."))
    same(box.lines(other, status=65).error["code"], "id_taken", "code")
    same(box.run("schema", "add", box.path("o.json", json.dumps(other["payload"]["schema"])),
                 "--json", status=65).error["code"], "id_taken", "code")
    box.run("verify")


def case_settings_say_where_they_come_from(box):
    box.append("note", "text=a")
    has(box.run("config", "show").output, "append.wait")
    has(json.dumps(box.run("config", "show", "--json").json), "append.wait")


def repository(box):
    path = box.path("repository")
    subprocess.run(["git", "init", "-q", "-b", "main", path], check=True)

    def git(*words):
        subprocess.run(["git", "-C", path, "-c", "user.name=A", "-c", "user.email=a@b.example",
                        "-c", "commit.gpgsign=false", *words], check=True,
                       stdout=subprocess.DEVNULL)
    for number in range(3):
        with open(os.path.join(path, f"f{number}"), "w", encoding="ascii") as file:
            file.write(f"{number}\n")
        git("add", ".")
        git("commit", "-qm", f"Add f{number}")
    git("revert", "--no-edit", "HEAD")
    git("commit", "-q", "--allow-empty", "-m", "Nothing")
    return path


def case_a_history_becomes_patches(box):
    path = repository(box)
    box.run("import", "git", path)
    patches = box.run("project", "patches", "--format", "json").json
    same([patch["state"] for patch in patches], ["committed"] * 4, "states")
    has(json.dumps(patches), "rollback_of_patch_id")
    before = box.events("--category", "patch")
    box.run("import", "git", path)
    same(box.events("--category", "patch"), before, "patch events after the second import")
    box.run("verify")


def case_two_imports_agree(box):
    path = repository(box)
    exports = []
    for name in ("one", "two"):
        box.log = box.path(name)
        box.run("import", "git", path)
        exports.append([(event["event_id"], event["payload"])
                        for event in box.events("--category", "patch")])
    same(exports[0], exports[1], "events")


def case_an_import_that_is_tried_out_makes_no_log(box):
    path = repository(box)
    tried = box.run("import", "git", path, "--dry-run", "--json").json
    same(tried["dry_run"], True, "dry_run")
    box.run("import", "git", path, "--project", "", status=65)
    has(box.run("import", "git", path, "--dry-run").output, "events would be stored")
    same(os.path.exists(box.log), False, "a log")
    done = box.run("import", "git", path, "--json").json
    same(tried["commits"], done["commits"], "commits")


def case_an_import_from_a_hook_reads_what_it_names(box):
    path = repository(box)
    box.run("import", "git", path, GIT_DIR="/nonexistent", GIT_WORK_TREE="/", GIT_INDEX_FILE="i")
    same(len(box.run("project", "patches", "--format", "json").json), 4, "patches")
    again = box.run("import", "git", f"{path}/.", "--project", "repository", "--json").json
    same((again["events"], again["commits"]), (0, 5), "a second import by another path")


def case_prices_are_part_of_the_settings(box):
    def settings(position):
        return box.run("show", str(position), "--json").json["settings_digest"]

    box.append("note", "text=a")
    box.append("note", "text=b")
    same(settings(1), settings(2), "the settings' digest")
    os.mkdir(box.path("config"))
    price = {"input_micro_usd_per_mtok": 1, "output_micro_usd_per_mtok": 2}
    box.path("config/pricing.json", json.dumps({"models": {"m": price}}))
    box.append("note", "text=c")
    same(settings(3) == settings(1), False, "the digest with other prices")


def case_help_has_examples(box):
    help_text = box.run("--help").output
    has(help_text, "append", "replay", "project", "compensate", "verify")
    for command in ("append", "replay", "project", "compensate", "verify", "show", "trace",
                    "stats", "import"):
        text = box.run("help", command).output
        same(text.count(f"uetlog {command}") >= 2, True, f"two examples in the help of {command}")


def case_completions(box):
    for shell in ("bash", "zsh", "fish"):
        has(box.run("--generate-completion-script", shell).output, "uetlog", "append")


def case_no_words_print_help(box):
    has(box.run().output, "append")


def case_the_version(box):
    has(box.run("--version").output, "LMDB")


def case_the_program_is_static(box):
    if "release" not in program.binary():
        return
    done = subprocess.run(["ldd", program.binary()], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    has(done.stdout, "not a dynamic executable")


def case_verify_says_what_it_did(box):
    box.append("note", "text=a")
    has(box.run("verify").output, "1")
    same(isinstance(box.run("verify", "--json").json, dict), True, "an object")


def case_the_log_is_named_by_flag_or_variable(box):
    other = box.path("other")
    box.run("append", "note", "text=a", "--log", other)
    has(box.run("replay", "--log", other).output, "note")
    has(box.run("replay", UETLOG=other).output, "note")


def case_secrets_are_found_and_never_shown(box):
    token = "ghp_" + "aB3dE6gH9j" * 3 + "kL2mN5"
    clean = box.path("clean.txt", "nothing here\n")
    leak = box.path("leak.txt", f"first\n  see {token}\n")
    same(box.run("scan", clean).output, "", "output")
    done = box.run("scan", clean, leak, status=1)
    has(done.output, f"{leak}:2:7: github-pat")
    same(token[4:20] in done.output + done.errors, False, "the secret is shown")
    found = box.run("scan", "-", "--json", stdin=f"x {token}", status=1).json
    same(found, {"file": "-", "line": 1, "column": 3, "rule": "github-pat"}, "finding")
    box.run("scan", box.path("none.txt"), status=66)
    box.run("scan", "--log", box.log, clean, status=64)


def case_values_of_variables_are_found_in_their_encodings(box):
    secret = "open sesame, please"
    text = "x " + base64.b64encode(b"ab" + secret.encode()).decode() + "\n" + secret.encode().hex()
    same(box.run("scan", "-", stdin=text).output, "", "without the variable")
    done = box.run("scan", "-", "--secret-env", "DOOR", "--json", stdin=text, status=1, DOOR=secret)
    same([line["rule"] for line in done.lines], ["env-door", "env-door"], "rules")
    same([line["line"] for line in done.lines], [1, 2], "lines")
    box.run("scan", "-", "--secret-env", "NO_SUCH_VARIABLE", status=64)
    box.run("scan", "-", "--secret-env", "DOOR", status=64, DOOR="short")


def case_secrets_in_a_log_are_found(box):
    token = "npm_" + "aB3dE6gH9j" * 3 + "kL2mN5"
    box.append("note", "text=nothing")
    same(box.run("scan").output, "", "output")
    box.append("note", f"text=line\nline {token}", UETLOG_SECRETS_MODE="off")
    found = box.run("scan", "--json", status=1).json
    same((found["position"], found["pointer"], found["rule"]), (2, "/text", "npm"), "finding")
    same(box.run("scan", "--from", "2", status=1).output.count("npm"), 1, "findings from 2 on")
    same(box.run("scan", "--from", "3").output, "", "output from 3 on")


TOKEN = "ghp_" + "aB3dE6gH9j" * 3 + "kL2mN5"


def written_as(secret):
    """A secret in the ways that it may be written."""
    raw = secret.encode()
    return [raw, base64.b64encode(raw), raw.hex().encode(), quote(secret, safe="").encode()]


def holds(directory, *texts):
    """Whether any file of a directory has one of the texts."""
    found = b""
    for name in os.listdir(directory):
        with open(os.path.join(directory, name), "rb") as file:
            found += file.read()
    return any(text in found for text in texts)


def case_secrets_are_masked_before_they_are_stored(box):
    receipt = box.append("note", f"text=see {TOKEN}")
    same(receipt["masked"], True, "masked")
    event = box.run("show", "1", "--json").json
    has(event["payload"]["text"], "see [REDACTED:github-pat:")
    same(event["masked"]["notes"][0]["pointer"], "/text", "pointer")
    drafts = [{"type": "note", "payload": {"text": TOKEN}, "key": "k"},
              {"type": "nothing", "payload": {"text": TOKEN}},
              {"type": "note", "payload": {"text": 1, "data": TOKEN}}]
    done = box.lines(*drafts, status=65)
    same(TOKEN[:12] in done.output + done.errors, False, "the secret in receipts and errors")
    has(box.run("append", stdin=json.dumps(drafts[0])).errors, "duplicates 1")
    box.run("verify")
    same(holds(box.log, *written_as(TOKEN)), False, "the secret in a file of the log")
    same(box.run("scan").output, "", "what scan finds")
    box.append("note", f"text={TOKEN}", UETLOG_SECRETS_MODE="off")
    same(holds(box.log, TOKEN.encode()), True, "the secret in a file, with the mode off")


def case_an_export_of_masked_events_can_be_taken_in_again(box):
    box.append("note", f"text=see {TOKEN}", "--id", ulid(7))
    export = box.run("replay", "--format", "jsonl").output
    has(box.run("append", stdin=export).errors, "duplicates 1")
    other = box.path("other")
    box.run("append", stdin=export, UETLOG=other)
    same(box.run("replay", "--format", "jsonl", UETLOG=other).output, export, "export")
    box.run("verify", UETLOG=other)


def case_named_variables_are_masked_in_their_encodings(box):
    secret = "open sesame, please!"
    names = {"UETLOG_SECRETS_VARIABLES": "DOOR,WINDOW", "DOOR": secret}
    forms = [form.decode() for form in written_as(secret)]
    for form in forms:
        same(box.append("note", f"text=a {form} b", **names)["masked"], True, form)
    same(holds(box.log, *written_as(secret)), False, "the secret in a file of the log")
    error = box.append("note", f"text:=[{secret}]", status=65, **names)
    same(secret in json.dumps(error), False, "the secret in an error")
    same("masked" in box.append("note", f"text={secret}"), False, "masked without the variable")
    same(holds(box.log, secret.encode()), True, "the secret in a file, without the variable")


def case_secrets_that_cannot_be_masked_are_refused(box):
    for words in [["--source", TOKEN], ["--key", TOKEN], ["--label", f"a={TOKEN}"],
                  ["--correlation", TOKEN]]:
        error = box.append("note", "text=a", *words, status=77)
        same((error["code"], TOKEN[:12] in json.dumps(error)), ("secret", False), words[0])
    error = box.append("note", f"text={TOKEN}", status=77, UETLOG_SECRETS_MODE="block")
    same(error["pointer"], "/text", "pointer")
    artifact = {"patch_id": PATCH, "format": "unified_diff", "target_repo": "r",
                "origin": {"execution_request_id": ulid(1), "tool_id": "aider",
                           "created_at": "2025-11-22T09:15:08Z"},
                "diff_text": f"--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+{TOKEN}\n"}
    data = json.dumps({"project_id": "p", "artifact": artifact})
    error = box.append("patch_created", "--data", data, status=77)
    same(error["pointer"], "/artifact/diff_text", "pointer")
    same(TOKEN[:12] in json.dumps(error), False, "the secret, of a patch")
    box.append("patch_created", "--data", data.replace(TOKEN, "2"))
    box.append("note", "text=a", status=78, UETLOG_SECRETS_MODE="none")


def case_a_refused_command_line_shows_no_secret(box):
    for words in [["note", f"text:={TOKEN}"], ["note", TOKEN], [f"a={TOKEN}"],
                  ["note", "--" + TOKEN], ["note", "text=a", "--run", TOKEN], ["note", "text=a", "--ts", "now " * 8 + TOKEN],
                  ["note", "text=a", "--severity", TOKEN], [TOKEN, "text=a"]]:
        done = box.run("append", *words, status=None)
        same(done.status in (64, 65, 77), True, f"exit {done.status} of {words}")
        same(TOKEN[4:14] in done.output + done.errors, False, f"the secret, of {words}")
    done = box.run("show", TOKEN, status=None)
    same(TOKEN[4:14] in done.output + done.errors, False, "the secret, of show")


def diagnosis(box, status=0, **extra):
    done = box.run("doctor", "--json", status=status, **extra)
    return {check["check"]: check for check in done.json["checks"]}


def case_the_doctor_says_what_is_wrong_and_what_to_do(box):
    box.append("note", "text=a")
    found = diagnosis(box)
    same({check["status"] for check in found.values()} - {"ok", "note"}, set(), "a sound log")
    same(set(found), {"place", "file system", "permissions", "lock", "room", "file", "version",
                      "reserve", "readers", "settings", "leftovers"}, "checks")
    has(box.run("doctor").output, "permissions", "only the owner")
    box.run("doctor", "--log", box.path("nothing"), status=66)

    os.chmod(box.log, 0o755)
    found = diagnosis(box)["permissions"]
    same(found["status"], "note", "permissions")
    has(found["found"] + found["advice"], "755", "chmod")
    os.chmod(box.log, 0o700)

    os.mkdir(box.log + ".tmp.AbCdEf")
    has(diagnosis(box)["leftovers"]["found"], ".tmp.AbCdEf")
    os.rmdir(box.log + ".tmp.AbCdEf")

    descriptor = os.open(box.log, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    has(diagnosis(box)["lock"]["found"], f"process {os.getpid()}")
    os.close(descriptor)
    same(diagnosis(box)["lock"]["found"], "free", "lock")

    found = diagnosis(box, status=1, UETLOG_WORKER_MAX_ERRORS="many")["settings"]
    same(found["status"], "wrong", "settings")
    has(found["found"], "UETLOG_WORKER_MAX_ERRORS")

    with open(os.path.join(box.log, "data.mdb"), "r+b") as file:
        file.truncate(9000)
    found = diagnosis(box, status=1)["file"]
    same(found["status"], "wrong", "file")
    has(found["advice"], "ackup")
