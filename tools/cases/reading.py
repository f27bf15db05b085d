"""What replay, show and trace print."""
import json
import os
import random
import signal
import threading
import time

from box import RUN, has, same, ulid

OTHER_RUN = "01KAPB3XNT4N8J207R1DBFRF6E"


def story(box):
    box.append("run_created", f"run_id={RUN}", "project_id=billing", "--run", RUN)
    box.append("worker_spawned", "worker_id=w1", "adapter_type=aider", "--run", RUN)
    box.append("worker_idle", "worker_id=w1", "--run", RUN, "--label", "host=a")
    box.append("note", "text=elsewhere", "--run", OTHER_RUN, "--source", "codex")
    box.append("worker_heartbeat", "worker_id=w1", "progress=1", "--run", RUN)


def positions(box, *words):
    return [event["position"] for event in box.events(*words)]


def case_selections(box):
    story(box)
    same(positions(box), [1, 2, 3, 4, 5], "all")
    same(positions(box, "--run", RUN), [1, 2, 3, 5], "run")
    same(positions(box, "--stream", "worker-w1"), [2, 3, 5], "stream")
    same(positions(box, "--category", "worker"), [2, 3, 5], "category")
    same(positions(box, "--type", "note"), [4], "type")
    same(positions(box, "--source", "codex"), [4], "source")
    same(positions(box, "--from", "2", "--to", "4"), [2, 3, 4], "range")
    same(positions(box, "--last", "2"), [4, 5], "last")
    same(positions(box, "--backwards"), [5, 4, 3, 2, 1], "backwards")
    same(positions(box, "--label", "host=a"), [3], "label")


def case_by_time(box):
    story(box)
    recorded = [event["recorded_at"] for event in box.events()]
    same(positions(box, "--since", recorded[2]), [3, 4, 5], "since")
    same(positions(box, "--until", "2001-01-01T00:00:00Z"), [], "until long ago")
    same(positions(box, "--since", "2200-01-01T00:00:00Z"), [], "since the far future")


def case_a_timeline_for_people(box):
    story(box)
    has(box.run("replay").output, "worker_idle", "worker-w1", "SPAWNING", "IDLE")


def case_an_export_comes_back_byte_for_byte(box):
    story(box)
    box.append("note", "--data", '{"text":"\\u00e9 é","data":{"n":1.500,"e":1E2}}')
    export = box.run("replay", "--format", "jsonl").bytes
    has(export.decode(), "1.500", "1E2", "\\u00e9")
    box.log = box.path("copy")
    box.run("append", stdin=export)
    same(box.run("replay", "--format", "jsonl").bytes, export, "second export")


def case_replay_counts(box):
    story(box)
    lines = box.run("replay", "--format", "jsonl").lines
    same(box.run("replay", "--count").output.strip(), str(len(lines)), "all")
    notes = sum(line["type"] == lines[0]["type"] for line in lines)
    same(box.run("replay", "--count", "--type", lines[0]["type"], "--json").json["count"], notes,
         "of one type")
    same(box.run("replay", "--count", "--last", "2").output.strip(), "2", "the newest")
    same(box.run("replay", "--count", "--from", "9999").output.strip(), "0", "none")
    for words in (["--follow"], ["--format", "jsonl"]):
        has(box.run("replay", "--count", *words, status=64).errors, "--count")


def case_cloud_events(box):
    story(box)
    for event in box.run("replay", "--format", "cloudevents").lines:
        same(event["specversion"], "1.0", "specversion")
        has(" ".join(event), "id", "source", "type")


#
def case_following_sees_what_comes(box):
    box.append("note", "text=first")
    process = box.start("replay", "--follow", "--format", "jsonl")
    same(json.loads(process.stdout.readline())["payload"]["text"], "first", "first")
    for number in range(3):
        box.append("note", f"text={number}")
        same(json.loads(process.stdout.readline())["payload"]["text"], str(number), "next")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)


def case_a_cursor_goes_on_where_it_was(box):
    box.append("note", "text=first")
    box.append("note", "text=second")
    words = ["replay", "--follow", "--cursor", "mirror", "--format", "jsonl"]
    process = box.start(*words)
    for _ in range(2):
        process.stdout.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    box.append("note", "text=third")
    process = box.start(*words)
    texts = [json.loads(process.stdout.readline())["payload"]["text"]]
    while texts[-1] != "third":
        texts.append(json.loads(process.stdout.readline())["payload"]["text"])
    process.kill()
    process.communicate(timeout=20)
    same(texts[-1] == "third" and len(texts) <= 3, True, f"at least once: {texts}")


def case_show_by_position_and_by_id(box):
    receipt = box.append("note", "text=hello", "--id", ulid(5))
    for name in ("1", ulid(5)):
        has(box.run("show", name).output, "hello", "note-log", receipt["leaf"][:8])
    box.run("show", "2", status=66)
    box.run("show", ulid(6), status=66)


def case_trace_is_a_tree_of_causes(box):
    box.worker()
    box.task("T1")
    box.append("task_failed", "task_id=T1", "failure_kind=test", "error_message=assert 1 == 2",
               "--run", RUN)
    output = box.run("trace", RUN).output
    has(output, "task_failed", "task_created", "FIX-T1")


def case_statistics(box):
    story(box)
    has(box.run("stats").output, "5")
    numbers = box.run("stats", "--json").json
    has(json.dumps(numbers), "5")


def case_reading_leaves_no_trace(box):
    story(box)
    before = {name: os.stat(os.path.join(box.log, name)).st_mtime_ns
              for name in os.listdir(box.log) if name != "lock.mdb"}
    box.run("replay")
    box.run("stats")
    box.run("project", "workers")
    after = {name: os.stat(os.path.join(box.log, name)).st_mtime_ns
             for name in os.listdir(box.log) if name != "lock.mdb"}
    same(after, before, "files")


def case_bounds_are_inclusive_and_add_up(box):
    story(box)
    recorded = [event["recorded_at"] for event in box.events()]
    same(positions(box, "--since", recorded[1], "--until", recorded[3]), [2, 3, 4], "both")
    same(positions(box, "--since", recorded[1], "--to", "3"), [2, 3], "time and position")
    same(positions(box, "--from", recorded[4]), [5], "a time where a position may be")
    same(positions(box, "--since", "3"), [3, 4, 5], "a position where a time may be")
    same(positions(box, "--since", "-1h"), [1, 2, 3, 4, 5], "an hour ago")
    same(positions(box, "--until", "-1h"), [], "until an hour ago")
    same(positions(box, "--from", "2", "--to", "4", "--last", "2"), [3, 4], "last of a range")
    same(positions(box, "--from", "2", "--to", "4", "--backwards"), [4, 3, 2], "backwards")
    same(positions(box, "--from", "2", "--backwards", "--last", "2"), [5, 4], "last, backwards")
    same(positions(box, "--stream", "worker-w1", "--last", "2"), [3, 5], "last of a stream")
    same(positions(box, "--stream", "worker-w1", "--to", "3"), [2, 3], "start of a stream")
    same(positions(box, "--run", RUN, "--backwards", "--last", "3"), [5, 3, 2], "last of a run")
    same(positions(box, "--from", "4", "--to", "2"), [], "nothing between")
    same(positions(box, "--from", "6"), [], "behind the end")
    same(positions(box, "--type", "note", "--type", "worker_idle"), [3, 4], "two types")
    for words in (["--last", "0"], ["--from", "soon"], ["--by", "moon"],
                  ["--label", "host"], ["--backwards", "--follow"], ["--cursor", "c"]):
        box.run("replay", *words, status=64)


def case_by_the_time_that_sources_tell(box):
    for day in (3, 1, 2):
        box.append("note", f"text={day}", "--ts", f"2025-01-0{day}T00:00:00Z")
    words = ["--since", "2025-01-02", "--until", "2025-01-02T12:00:00Z"]
    same(positions(box, *words, "--by", "ts"), [3], "by ts")
    same(positions(box, *words), [], "by the log's clock")
    same(positions(box, "--by", "ts", "--since", "2025-01-02", "--backwards"), [3, 1], "backwards")


def case_an_export_keeps_reactions_and_reversals(box):
    box.worker()
    box.task("T1")
    box.append("task_failed", "task_id=T1", "failure_kind=test", "error_message=assert 1 == 2",
               "--run", RUN, "--label", 'who="é\\', "--correlation", "c 1")
    box.append("budget_set", "scope=total", "limit_micro_usd=1000", "mode=warn")
    box.append("cost_charged", "charge_id=c1", "model=m", "input_tokens=7", "output_tokens=2",
               "amount_micro_usd=1100", "--key", "k/1")
    box.patch("patch_apply_succeeded")
    box.append("worker_draining", "worker_id=w1")
    position = box.events("--type", "worker_draining")[0]["position"]
    box.run("compensate", "--event", str(position), "--reason", "by mistake")
    flags = {flag for event in box.events() for flag in event["flags"]}
    same("reaction" in flags, True, "a reaction in the log")
    same(len(box.events("--type", "event_reversed")), 1, "reversals")
    export = box.run("replay", "--format", "jsonl").bytes
    views = {view: box.run("project", view, "--format", "json", "--now",
                           "2026-01-01T00:00:00Z").json
             for view in ("patches", "tasks", "workers", "budget")}
    box.log = box.path("copy")
    box.run("append", stdin=export)
    same(box.run("replay", "--format", "jsonl").bytes, export, "second export")
    for view, rows in views.items():
        found = box.run("project", view, "--format", "json", "--now", "2026-01-01T00:00:00Z").json
        same(without_times(found), without_times(rows), view)
    box.run("append", stdin=export)
    same(box.run("replay", "--format", "jsonl").bytes, export, "after a second import")
    box.run("verify")


def without_times(value):
    """Rows without what the log's own clock said."""
    if isinstance(value, list):
        return [without_times(each) for each in value]
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items()
                if not key.endswith("_at") and "heartbeat" not in key and "age" not in key}
    return value


def case_cloud_events_have_the_whole_envelope(box):
    box.append("worker_spawned", "worker_id=w1", "adapter_type=aider", "--run", RUN, "--source",
               "tester", "--correlation", "c1", "--id", ulid(1), "--ts", "2025-01-02T03:04:05Z")
    box.append("note", "text=é", "--causation", ulid(1))
    log_event = box.events()[0]
    first, second = box.run("replay", "--format", "cloudevents").lines
    same(first.pop("source").startswith("urn:uetlog:01"), True, "source")
    same(first, {
        "specversion": "1.0", "id": ulid(1), "type": "uetlog.worker_spawned",
        "subject": "worker-w1", "time": log_event["ts"], "datacontenttype": "application/json",
        "sequence": "00000000000000000001", "streamrevision": 1,
        "recordedat": log_event["recorded_at"], "runid": RUN, "producer": "tester",
        "correlationid": "c1", "data": {"worker_id": "w1", "adapter_type": "aider"}}, "event")
    same(second["data"], {"text": "é"}, "data")
    same(second["causationid"], ulid(1), "causationid")
    for event in (first, second):
        for name in event:
            same(name.isalnum() and name == name.lower(), True, f"attribute {name}")


def case_following_ends_when_the_reader_goes(box):
    box.append("note", "text=first")
    for words in (["--format", "jsonl"], ["--format", "cloudevents"], []):
        process = box.start("replay", "--follow", *words)
        has(process.stdout.readline().decode(), "")
        process.stdout.close()
        same(process.wait(timeout=20), 0, f"exit of {words}")
        same(process.stderr.read(), b"", "errors")


def case_following_ends_at_its_upper_bound(box):
    box.append("note", "text=0")
    process = box.start("replay", "--follow", "--to", "2", "--format", "jsonl")
    process.stdout.readline()
    for number in (1, 2):
        box.append("note", f"text={number}")
    texts = [json.loads(line)["payload"]["text"] for line in process.stdout]
    process.communicate(timeout=20)
    same(texts, ["1"], "rest")
    same(process.returncode, 0, "exit")


def case_following_the_newest_goes_on_with_all(box):
    for number in range(3):
        box.append("note", f"text={number}")
    process = box.start("replay", "--follow", "--last", "1", "--format", "jsonl")
    found = [json.loads(process.stdout.readline())["payload"]["text"]]
    for number in range(3, 6):
        box.append("note", f"text={number}")
    found += [json.loads(process.stdout.readline())["payload"]["text"] for _ in range(3)]
    process.kill()
    process.communicate(timeout=20)
    same(found, ["2", "3", "4", "5"], "texts")


def case_following_leaves_nothing_out(box):
    """Readers of all kinds, while somebody writes as fast as it goes."""
    box.append("note", "text=n0", "--run", RUN)
    count = 400
    readers = [box.start("replay", "--follow", "--to", str(count + 1), *words)
               for words in (["--format", "jsonl"], ["--stream", f"note-{RUN}", "--format", "jsonl"],
                             [], ["--run", RUN, "--format", "jsonl"],
                             ["--last", "1000", "--format", "jsonl"])]
    found = [[] for _ in readers]
    threads = [threading.Thread(target=lambda into, reader: into.extend(reader.stdout),
                                args=(into, reader)) for into, reader in zip(found, readers)]
    for thread in threads:
        thread.start()
    writer = box.start("append", "--follow-stdin", "--json")
    for number in range(1, count + 1):
        writer.stdin.write(json.dumps({"type": "note", "run_id": RUN,
                                       "payload": {"text": f"n{number}"}}).encode() + b"\n")
        writer.stdin.flush()
        writer.stdout.readline()
    writer.communicate(timeout=60)
    expected = len(box.events())
    same(expected, count + 1, "events")
    for thread, reader in zip(threads, readers):
        thread.join(timeout=30)
        reader.kill()
        reader.communicate(timeout=20)
    for lines, reader in zip(found, readers):
        texts = [line for line in lines if b"note" in line]
        same(len(texts), expected, f"events seen by {reader.args[3:]}")


def case_a_slow_reader_misses_nothing(box):
    """What is stored while a follower waits for its reader comes in the next round."""
    filler = "x" * 400
    box.lines(*({"type": "note", "payload": {"text": f"{number} {filler}"}}
                for number in range(900)))
    for words in (["--stream", "note-log"], ["--last", "900"], []):
        count = len(box.events())
        process = box.start("replay", "--follow", "--to", str(count + 3), "--format", "jsonl",
                            *words)
        process.stdout.readline()
        time.sleep(0.3)
        for _ in range(3):
            box.append("note", "text=meanwhile")
        lines = process.stdout.read().splitlines()
        process.communicate(timeout=20)
        texts = [json.loads(line)["payload"]["text"] for line in lines]
        same(texts[-3:], ["meanwhile"] * 3, f"the last texts with {words}")


def case_a_cursor_outlives_kills(box):
    """At least once: a reader that is killed again and again sees every event, in order."""
    rounds, lot = 12, random.Random(7)
    seen, number = set(), 0
    words = ["replay", "--follow", "--cursor", "mirror", "--format", "jsonl"]
    for _ in range(rounds):
        process = box.start(*words)
        drafts = [{"type": "note", "payload": {"text": str(number + step)}} for step in range(20)]
        number += 20
        box.lines(*drafts)
        time.sleep(lot.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        output, _ = process.communicate(timeout=20)
        lines = output.split(b"\n")[:-1]
        texts = [int(json.loads(line)["payload"]["text"]) for line in lines]
        if texts:
            same(texts, list(range(texts[0], texts[-1] + 1)), "one after the other")
            same(texts[0] <= (max(seen) + 1 if seen else 0), True, f"nothing left out: {texts[0]}")
        seen.update(texts)
    process = box.start(*words)
    while number - 1 not in seen:
        seen.add(int(json.loads(process.stdout.readline())["payload"]["text"]))
    process.kill()
    process.communicate(timeout=20)
    same(seen, set(range(number)), "texts")
    left = set(os.listdir(os.path.join(box.log, "cursors")))
    same(left <= {"mirror", "mirror.lock", "mirror.tmp"}, True, f"files left by kills: {left}")


def case_a_cursor_keeps_its_conditions(box):
    box.worker()
    words = ["replay", "--follow", "--cursor", "mirror", "--format", "jsonl"]
    first = ["--type", "worker_idle", "--label", "a= b", "--from", "1"]
    box.run(*words, *first, "--to", "1")
    for others, found in (([], "no conditions"), (["--type", "worker_idle"], "--type worker_idle"),
                          ([*first[:4], "--from", "2"], "--from 2"),
                          ([*first, "--until", "2026-01-01"], "--until 2026-01-01")):
        error = box.run(*words, *others, "--to", "1", "--json", status=64).error
        has(error["expected"], '--from 1 --type worker_idle --label "a= b"')
        has(error["actual"], found)
        has(error["message"] + error["hint"], '"mirror"', "another name")
    # The same in another order, and another end.
    box.append("worker_draining", "worker_id=w1", "--label", "a= b")
    box.run(*words, *first[2:], *first[:2], "--to", "3")
    # One that an earlier version wrote takes the conditions that come.
    path = os.path.join(box.log, "cursors", "old")
    with open(path, "w", encoding="ascii") as file:
        file.write("2\n")
    old = ["replay", "--follow", "--cursor", "old", "--format", "jsonl", "--stream", "worker-w1"]
    same(len(box.run(*old, "--to", "3").lines), 2, "events")
    box.run(*old, "--type", "note", "--to", "3", status=64)


def case_a_cursor_goes_on_behind_what_it_began_with(box):
    """The newest N, and a time, are where a reader begins; from then on none is left out."""
    for words in (["--last", "1"], ["--since", "-1s"]):
        name = ["replay", "--follow", "--cursor", "c" + words[0][2:], "--format", "jsonl", *words]
        box.append("note", "text=a")
        box.run(*name, "--to", str(len(box.events())))
        for text in "bcd":
            box.append("note", f"text={text}")
        time.sleep(1.1)
        texts = [event["payload"]["text"]
                 for event in box.run(*name, "--to", str(len(box.events()))).lines]
        same(texts, ["b", "c", "d"], f"texts with {words}")


def case_two_readers_with_one_cursor(box):
    box.append("note", "text=first")
    words = ["replay", "--follow", "--cursor", "mirror", "--format", "jsonl"]
    process = box.start(*words)
    try:
        process.stdout.readline()
        error = box.run(*words, "--json", status=75).error
        same(error["code"], "busy", "code")
        has(error["message"], '"mirror"')
    finally:
        process.kill()
        process.communicate(timeout=20)
    # The lock dies with its process.
    process = box.start(*words)
    box.append("note", "text=second")
    texts = []
    while "second" not in texts:
        texts.append(json.loads(process.stdout.readline())["payload"]["text"])
    process.kill()
    process.communicate(timeout=20)


def case_a_damaged_cursor_is_an_error(box):
    box.append("note", "text=first")
    os.makedirs(os.path.join(box.log, "cursors"), exist_ok=True)
    path = os.path.join(box.log, "cursors", "mirror")
    for content in ("", "0\n", "-1\n", "x\n", "1x\n", "99999999999999999999999\n", "\0\0\0", "1000\n"):
        with open(path, "w", encoding="ascii") as file:
            file.write(content)
        error = box.run("replay", "--follow", "--cursor", "mirror", "--json", status=74).error
        has(json.dumps(error), "cursor", path, "Remove")
    for name in ("", "a/b", "..", "a b", "x" * 65):
        box.run("replay", "--follow", f"--cursor={name}", status=64)


def case_trace_by_run_by_correlation_and_by_event(box):
    box.append("note", "text=cause", "--id", ulid(1), "--correlation", "c1")
    box.append("note", "text=effect", "--id", ulid(2), "--causation", ulid(1), "--correlation",
               "c1")
    box.append("note", "text=alone", "--id", ulid(3))
    box.append("note", "text=later", "--id", ulid(4), "--causation", ulid(3))
    box.append("note", "text=last", "--id", ulid(5), "--causation", ulid(4))
    for what in ("c1", ulid(1), ulid(2), "1", "2"):
        output = box.run("trace", what).output
        has(output, "at 1 ", "└ note  note-log  at 2 ")
        same("at 3 " in output, False, f"others in the trace of {what}")
    output = box.run("trace", "3").output
    has(output, "at 3 ", "└ note  note-log  at 4 ", "  └ note  note-log  at 5 ")
    same("at 1 " in output, False, "others")
    has(json.dumps(box.run("trace", "c1", "--json").json), ulid(1), ulid(2))
    box.run("trace", "nothing", status=66)
    box.run("trace", "99", status=66)
