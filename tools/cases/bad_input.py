"""Bad input: each a clear error, and nothing lost."""
import json
import os

from box import PATCH, RUN, has, same, ulid

NOTE = {"type": "note", "payload": {"text": "hello"}}


def case_an_unknown_type_suggests_the_nearest(box):
    error = box.append("worker_hartbeat", "worker_id=w1", status=65)
    same(error["code"], "unknown_type", "code")
    has(json.dumps(error), "worker_heartbeat")


def case_a_violation_says_where_and_what(box):
    error = box.append("worker_heartbeat", "--data", '{"worker_id":5}', status=65)
    same((error["code"], error["pointer"]), ("violation", "/worker_id"), "error")
    has(json.dumps(error), "string")
    error = box.append("worker_heartbeat", "--data", '{"worker_id":"w1","colour":"red"}', status=65)
    has(error["pointer"] + error["message"], "colour")


def case_a_violation_inside_an_artifact_points_into_it(box):
    payload = {"project_id": "p", "artifact": {
        "patch_id": PATCH, "format": "zip", "target_repo": "r", "diff_text": "x",
        "origin": {"execution_request_id": ulid(1), "tool_id": "aider",
                   "created_at": "2025-11-22T09:15:08Z"}}}
    error = box.append("patch_created", "--data", json.dumps(payload), status=65)
    same(error["pointer"], "/artifact/format", "pointer")


def case_an_illegal_transition_names_the_allowed_ones(box):
    box.patch("patch_created")
    error = box.append("patch_queued", f"patch_id={PATCH}", status=65)
    same(error["code"], "rejected", "code")
    has(json.dumps(error["allowed"]), "validated", "dropped")


def case_a_wrong_revision_says_both(box):
    box.append("note", "text=a")
    error = box.append("note", "text=b", "--expect", "0", status=75)
    same(error["code"], "conflict", "code")
    has(str(error["expected"]), "0")
    has(str(error["actual"]), "1")


def case_an_id_of_25_characters(box):
    error = box.append("note", "text=a", "--id", ulid(1)[:25], status=64)
    has(json.dumps(error), "--id", "25 characters")
    done = box.lines({**NOTE, "event_id": ulid(1)[:25]}, status=65)
    has(json.dumps(done.error), "event_id", "25 characters")


def case_an_id_with_other_content(box):
    box.append("note", "text=a", "--id", ulid(1))
    error = box.append("note", "text=b", "--id", ulid(1), status=65)
    same(error["code"], "id_taken", "code")
    same(len(box.events()), 1, "events")


def case_a_key_with_other_content(box):
    box.append("note", "text=a", "--key", "k")
    same(box.append("note", "text=b", "--key", "k", status=65)["code"], "id_taken", "code")


def case_a_payload_at_the_limit_and_above(box):
    frame = len('{"text":"x","data":{"a":""}}')
    fits = '{"text":"x","data":{"a":"' + "y" * (256 * 1024 - frame) + '"}}'
    box.append("note", "--data", "@" + box.path("fits.json", fits))
    over = fits.replace("yyyy", "yyyyy", 1)
    error = box.append("note", "--data", "@" + box.path("over.json", over), status=65)
    has(json.dumps(error), "262144")
    same(len(box.events()), 1, "events")


def case_a_malformed_line_among_many(box):
    lines = [json.dumps(NOTE)] * 1000
    lines[6] = '{"type":"note","payload":{"text":"hello"'
    done = box.run("append", "--json", stdin="\n".join(lines) + "\n", status=65)
    same(len(box.events()), 999, "events")
    errors = [json.loads(line)["error"] for line in done.errors.splitlines() if "error" in line]
    same([error["line"] for error in errors if "line" in error], [7], "lines")


def case_stdin_ends_within_a_line(box):
    done = box.run("append", "--json", stdin=json.dumps(NOTE) + '\n{"type":"note","payl', status=65)
    same(len(box.events()), 1, "events")
    has(done.errors, '"line":2')


def case_json_that_others_would_take(box):
    for payload in ['{"text":"a",}', '{"text":"a","text":"b"}', "{\"text\":'a'}", '{"text":01}',
                    '{"text":"\\ud800"}', '{"text":"a"} x', "", "[" * 200 + "]" * 200]:
        box.run("append", "note", "--data", payload, status=65)
    box.run("append", "note", "--data", "-", stdin=b'{"text":"\xff"}', status=65)
    box.run("append", "note", "--data", "-", stdin=b'{"text":"a\x00"}', status=65)


def case_fields_that_a_draft_does_not_have(box):
    box.lines({**NOTE, "colour": "red"}, status=65)
    box.lines({"payload": {}}, status=65)
    box.lines({"type": "note"}, status=65)
    box.run("append", stdin="[]\n", status=65)


def case_a_stream_that_does_not_follow_from_the_payload(box):
    box.append("note", "text=a", "--stream", "note-log")
    box.append("note", "text=a", "--stream", "patch-1", status=65)


def case_the_command_line_is_wrong(box):
    for words in (["append", "note", "--no-such-option"], ["no-such-command"],
                  ["append", "note", "text=a", "--id"], ["replay", "--format", "xml"],
                  ["project", "--no-such-option"], ["append", "text=a"]):
        box.run(*words, status=64)


def case_options_that_take_an_id_a_time_or_a_position(box):
    note = ["append", "note", "text=a"]
    wrong = [[*note, "--run", "7"], [*note, "--causation", "7"], [*note, "--id", "7"],
             [*note, "--ts", "soon"], [*note, "--expect", "-1"], [*note, "--wait", "soon"],
             ["append", "--run", "7"], ["append", "--causation", "7"],
             ["replay", "--run", "7"], ["replay", "--since", "soon"], ["replay", "--to", "x"],
             ["project", "tasks", "--at", "soon"], ["project", "tasks", "--now", "7"],
             ["show", "0"], ["show", ulid(1)[:25]],
             ["compensate", "--run", "7", "--reason", "x"],
             ["compensate", "--event", "soon", "--reason", "x"],
             ["compensate", "--stream", "task-T", "--to", "x", "--reason", "x"],
             ["compensate", "--event", "1", "--reason", "x", "--wait", "soon"],
             ["import", "git", ".", "--max", "0"], ["import", "git", ".", "--since", "-x"]]
    for words in wrong:
        box.run(*words, status=64)
    same(os.path.exists(box.log), False, "a log")
    box.run(*note, status=78, UETLOG_RUN="7")
    box.run(*note)
    for words in wrong:
        box.run(*words, status=64)
    same(len(box.events()), 1, "events")


def case_what_is_refused_makes_no_log(box):
    for words, status in ((["append", "no_such_type", "a=b"], 65),
                          (["append", "worker_heartbeat", "--data", '{"worker_id":5}'], 65),
                          (["append", "note", "--data", "{"], 65),
                          (["append", "patch_queued", f"patch_id={PATCH}"], 65),
                          (["append", "note", "text=a", "--expect", "3"], 75),
                          (["import", "git", box.path("nowhere")], 65),
                          (["import", "git", box.home], 65),
                          (["schema", "add", box.path("nowhere")], 66),
                          (["schema", "add", box.path("no.json", "{}")], 65),
                          (["project", "--rebuild"], 66),
                          (["compensate", "--event", "1", "--reason", "x"], 66),
                          (["append", "note", "text=a", "--dry-run"], 0)):
        box.run(*words, status=status)
        same(os.path.exists(box.log), False, f"a log after {words}")
        # A directory without a log is one to make it in, and none yet.
        os.mkdir(box.log)
        box.run(*words, status=status)
        same(os.listdir(box.log), [], f"files after {words}")
        os.rmdir(box.log)
    good, bad = '{"type":"note","payload":{"text":"a"}}\n', '{"type":"note","payload":{}}\n'
    for text, words, status in ((bad * 3 + "{\n", [], 65), (bad, ["--follow-stdin"], 65),
                                ("", [], 0), ("\n\n", ["--follow-stdin"], 0),
                                (good + bad, ["--atomic"], 65), (bad + good, ["--atomic"], 65),
                                (good + "{\n", ["--atomic"], 65), (good, ["--dry-run"], 0),
                                ('{"type":"event_reversed","payload":{"target":"' + RUN +
                                 '","reason":"r"}}\n', [], 65)):
        done = box.run("append", *words, stdin=text, status=status)
        same(os.path.exists(box.log), False, f"a log after {text!r} with {words}")
        same(done.errors.count("uetlog: line "), sum(map(text.count, ("{}", "{\n", "{\"target")))
             if "--atomic" not in words else 1, f"refused lines of {text!r}")
    # The payload is read once, though it is tried out first.
    box.run("append", "note", "--data", "-", stdin=b'{"text":"a"}')
    same(len(box.events()), 1, "events")


def case_a_log_begins_with_the_first_line_it_takes(box):
    good, bad = {"type": "note", "payload": {"text": "a"}}, {"type": "note", "payload": {}}
    for words in ([], ["--follow-stdin"]):
        box.log = box.path("log" + "".join(words))
        done = box.run("append", *words, status=65,
                       stdin="".join(json.dumps(line) + "\n" for line in (bad, good, bad, good)))
        has(done.errors, "made a new log", "line 1:", "line 3:")
        same(len(box.events()), 2, "events")
    box.log = box.path("atomic")
    box.lines(good, good, arguments=["--atomic"])
    same(len(box.events()), 2, "events")
    # What can't be made ends the command, and is not one line's fault.
    box.path("file", "")
    box.log = box.path("file/log")
    done = box.run("append", stdin="".join(json.dumps(line) + "\n" for line in (bad, good, good)),
                   status=73)
    has(done.errors, "line 1:")
    same("line 2" in done.errors, False, "a refused line 2")


def case_a_budget_that_is_used_up(box):
    box.append("budget_set", "scope=total", "limit_micro_usd=1000", "mode=halt")
    box.append("cost_reserved", "reservation_id=r1", "model=m", "estimate_micro_usd=800")
    error = box.append("cost_reserved", "reservation_id=r2", "model=m", "estimate_micro_usd=300",
                       status=77)
    same(error["code"], "budget", "code")
    box.append("cost_charged", "charge_id=c1", "model=m", "input_tokens=1", "output_tokens=1",
               "amount_micro_usd=5000")


def case_terminal_controls_in_an_event_stay_harmless(box):
    box.append("note", "--data", json.dumps({"text": "a\u001b[31mred\u0007"}))
    done = box.run("replay")
    same("\u001b" in done.output or "\u0007" in done.output, False, "control characters")


def case_only_a_reversal_reverses(box):
    box.append("note", "text=a")
    draft = {"type": "note", "payload": {"text": "b"}, "reverses": RUN}
    box.lines(draft, status=65)
    first = box.events()[0]["event_id"]
    box.lines({**draft, "reverses": first}, status=65)
    same(len(box.events()), 1, "events")
    box.run("verify")


def case_the_logs_own_facts(box):
    root = "0" * 64
    for words in (["import_undone", "import_id=z", "reason=r"],
                  ["payload_redacted", "position:=1", "reason=r"],
                  ["checkpoint_sealed", "size:=9", f"root={root}"],
                  ["budget_warning", "scope=total", "limit_micro_usd=1", "spent_micro_usd=1"],
                  ["import_started", "import_id=i", "source=s"]):
        error = box.append(*words, status=65)
        has(error["message"], words[0])
        has(error["hint"], "Leave it out")


def case_dependencies_in_a_circle(box):
    box.append("task_created", "task_id=C1", "name=n", "kind=k", 'depends_on:=["C2"]')
    error = box.append("task_created", "task_id=C2", "name=n", "kind=k", 'depends_on:=["C1"]',
                       status=65)
    has(error["message"], "task-C2 → task-C1 → task-C2")


def case_a_label_twice(box):
    box.run("append", "note", "text=x", "--label", "a=1", "--label", "a=2", status=64)
    line = {"type": "note", "payload": {"text": "x"}, "labels": {"a": "2", "b": "3"}}
    box.run("append", "--label", "a=1", "--label", "c=4", stdin=json.dumps(line))
    event, = box.events()
    same(event["labels"], {"c": "4", "a": "2", "b": "3"}, "the line's own label counts")
    text = box.run("replay", "--format", "jsonl").output
    other = box.path("other")
    box.run("append", "--log", other, stdin=text)
    same(box.run("replay", "--log", other, "--format", "jsonl").output, text, "round trip")


def case_an_empty_key(box):
    box.run("append", "note", "text=x", "--key", "", status=64)
    box.run("append", "note", "text=x", "--key=", status=64)
    done = box.run("append", "--json", status=65,
                   stdin=json.dumps({"type": "note", "key": "", "payload": {"text": "x"}}))
    same(done.error["pointer"], "/key", "pointer")
    same(os.path.exists(box.log), False, "a log")


def case_an_argument_that_is_not_utf8(box):
    for words in ([b"text=a\xff"], [b"text=a", b"--key", b"\xff"], [b"text=\xed\xa0\x80"]):
        same(box.run("append", "note", *words, "--json", status=65).error["code"], "bad_input",
             "code")
    box.run("show", b"\xff", status=65)
    box.append("note", "text=é€😀")
    same([event["payload"]["text"] for event in box.events()], ["é€😀"], "events")


def case_a_variable_that_is_not_utf8(box):
    note = ["append", "note", "text=a"]
    for name in ("UETLOG", "UETLOG_RUN", "UETLOG_APPEND_WAIT", "UETLOG_STATE", "HOME"):
        done = box.run(*note, "--json", status=78, **{name: b"/tmp/\xff"})
        has(done.error["message"], name, "not UTF-8")
        same(done.errors.isascii(), True, f"the value of {name} is not shown: {done.errors!r}")
    box.run("stats", status=78, UETLOG=b"\xff")
    same(sorted(os.listdir(box.home)), [], "files")
    # What says it otherwise counts, and so do values that only colours hang on.
    box.run(*note, "--log", box.log, UETLOG=b"\xff", TERM=b"\xff", UETLOG_KEYS=b"\xff")
    box.run("help", UETLOG=b"\xff")
    same(len(box.events()), 1, "events")


def case_only_white_space_is_a_blank_line(box):
    for byte in (0, 1, 0x0B, 0x0C, 0x1F):
        box.run("append", stdin=bytes([byte]) * 1000 + b"\n", status=65)
    box.run("append", stdin=b"\n \t \r\n\r\n")


def case_a_cut_last_line_says_what_is_stored(box):
    whole = json.dumps({"type": "note", "payload": {"text": "x"}})
    text = whole + "\n" + whole[:20]
    has(box.run("append", stdin=text, status=65).errors, "Everything before it is stored")
    same(len(box.events()), 1, "events")
    has(box.run("append", "--atomic", stdin=text, status=65).errors, "Nothing is stored")
    same(len(box.events()), 1, "events")


def case_a_time_out_of_range_and_small_letters(box):
    for time in ("9999-12-31T23:59:59Z", "1500-01-01T00:00:00+01:00"):
        error = box.append("note", "text=a", "--ts", time, status=64)
        has(error["message"] + error["expected"], "out of range", "2262-04-11")
    has(box.append("note", "text=a", "--ts", "1999-02-29T00:00:00Z", status=64)["message"],
        "is no time")
    line = {"type": "note", "payload": {"text": "a"}, "ts": "9999-12-31T23:59:59Z"}
    error = box.lines(line, status=65).error
    has(error["message"] + error["pointer"], "out of range", "/ts")
    same(box.append("note", "text=a", "--id", RUN.lower(), status=64)["actual"], "small letters",
         "found")
