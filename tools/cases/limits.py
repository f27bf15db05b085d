"""What is one below a limit, at it and one above: the first two are taken, the third is refused."""
import json
import os

from box import RUN, VALIDATION, has, same, ulid

KIB = 1024


def note(text="x", **more):
    return {"type": "note", "payload": {"text": text}, **more}


def filled(frame, size):
    """A text with so many letters for `@` that it has `size` bytes."""
    return frame.replace("@", "y" * (size - len(frame.encode()) + 1))


def each(box, what, limit, run, status=65, says=None):
    """Runs with what is below, at and above a limit; what is refused names the limit."""
    for size in (limit - 1, limit):
        done = run(size)
        same(done.status, 0, f"{what} of {size}: {done.errors[-300:]}")
    before = len(box.events())
    done = run(limit + 1)
    same(done.status, status, f"{what} of {limit + 1}: {done.output[-300:]} {done.errors[-300:]}")
    if says is not False:
        has(done.errors, str(says or limit))
    same(len(box.events()), before, f"events after {what} of {limit + 1}")


def appended(box, **fields):
    return box.run("append", "--json", stdin=json.dumps(note(**fields)) + "\n", status=None)


def case_bytes_of_a_payload(box):
    def run(size):
        text = filled('{"text":"x","data":{"a":"@"}}', size)
        return box.run("append", "note", "--data", "@" + box.path("payload", text), status=None)

    def line(size):
        text = filled('{"text":"x","data":{"a":"@"}}', size)
        return box.run("append", stdin='{"type":"note","payload":' + text + "}\n", status=None)

    each(box, "a payload", 256 * KIB, run)
    each(box, "a payload in a line", 256 * KIB, line)


def case_bytes_of_a_patch(box):
    number = 0

    def run(size):
        nonlocal number
        number += 1
        artifact = {
            "patch_id": ulid(number), "format": "unified_diff", "target_repo": "r",
            "origin": {"execution_request_id": ulid(1), "tool_id": "t",
                       "created_at": "2025-11-22T09:15:08Z"}, "diff_text": "+@"}
        payload = {"project_id": "p", "artifact": artifact}
        # What is stored is counted: no blanks between the tokens.
        text = filled(json.dumps(payload, separators=(",", ":")), size)
        return box.run("append", "patch_created", "--run", RUN, "--data",
                       "@" + box.path("payload", text), status=None)

    each(box, "a patch", 16 * KIB * KIB, run)


def case_a_batch_that_is_one_unit(box):
    def run(count):
        lines = "".join(json.dumps(note(f"{count} {index}")) + "\n" for index in range(count))
        return box.run("append", "--atomic", stdin=lines, status=None)

    each(box, "an atomic batch", 1000, run)


def case_bytes_of_a_batch_that_is_one_unit(box):
    limit = 32 * KIB * KIB

    def run(size):
        lines, left = [], size
        while left:
            # A remainder must be long enough for a line.
            take = min(250_000, left) if left > 260_000 or left <= 250_000 else left // 2
            lines.append(filled('{"type":"note","payload":{"text":"x","data":{"a":"@"}}}', take))
            left -= take
        return box.run("append", "--atomic", stdin="\n".join(lines) + "\n", status=None)

    each(box, "the bytes of an atomic batch", limit, run)


def case_depth_of_json(box):
    def run(depth):
        inner = "[" * (depth - 2) + "]" * (depth - 2)
        return box.run("append", "note", "--data", '{"text":"x","data":{"a":' + inner + "}}",
                       status=None)

    # Two objects stand around the lists.
    each(box, "a payload's depth", 128, run)


def case_keys_of_an_object(box):
    def run(count):
        members = ",".join(f'"k{index}":0' for index in range(count))
        return box.run("append", "note", "--data",
                       "@" + box.path("payload", '{"text":"x","data":{"a":{' + members + "}}}"),
                       status=None)

    each(box, "the keys of an object", 10_000, run)


def case_digits_of_a_number(box):
    each(box, "a number", 64, lambda count: box.run(
        "append", "note", "--data", '{"text":"x","data":{"a":' + "1" * count + "}}", status=None))


def case_bytes_of_names(box):
    for field in ("key", "source", "correlation_id"):
        each(box, field, 128, lambda size, field=field: appended(box, **{field: "k" * size}))
        # Bytes count, not letters.
        each(box, field, 64, lambda size, field=field: appended(box, **{field: "é" * size}),
             says=128)
    each(box, "a task's id", 128, lambda size: box.run(
        "append", "task_created", "task_id=" + "t" * size, "name=n", "kind=implementation",
        status=None))
    each(box, "a correlation on the command line", 128, lambda size: box.run(
        "append", "note", "text=x", "--correlation", "c" * size, status=None))


def case_bytes_of_a_streams_name(box):
    box.run("schema", "add", box.path("type.json", json.dumps({
        "$schema": "http://json-schema.org/draft-07/schema#", "$id": "t", "title": "build_ended",
        "description": "A build ended.", "type": "object", "additionalProperties": False,
        "required": ["id"], "properties": {"id": {"type": "string"}},
        "x-uetlog": {"stream": "build-{id}", "reversal": "none", "severity": "info"}})))
    each(box, "a stream's name", 255, lambda size: box.run(
        "append", "build_ended", "id=" + "b" * (size - len("build-")), status=None))


def case_labels(box):
    each(box, "the number of labels", 16, lambda count: appended(
        box, labels={f"k{index}": "v" for index in range(count)}))
    each(box, "a label's key", 64, lambda size: appended(box, labels={"k" * size: "v"}))
    each(box, "a label's value", 64, lambda size: appended(box, labels={"k": "v" * size}))


def case_amounts(box):
    number = 0

    def charge(**fields):
        nonlocal number
        number += 1
        payload = {"charge_id": f"c{number}", "model": "m", "input_tokens": 1, "output_tokens": 1,
                   "amount_micro_usd": 1, **fields}
        return box.run("append", "cost_charged", "--data", json.dumps(payload), status=None)

    for field in ("amount_micro_usd", "input_tokens", "output_tokens"):
        each(box, field, 2 ** 53, lambda size, field=field: charge(**{field: size}))
    each(box, "a reservation", 2 ** 53, lambda size: box.run(
        "append", "cost_reserved", f"reservation_id=r{size}", "model=m",
        f"estimate_micro_usd={size}", status=None))


def case_reviewers(box):
    number = 100

    def run(count):
        nonlocal number
        number += 1
        artifact = {
            "patch_id": ulid(number), "format": "unified_diff", "target_repo": "r",
            "origin": {"execution_request_id": ulid(1), "tool_id": "t",
                       "created_at": "2025-11-22T09:15:08Z"},
            "diff_text": f"--- /dev/null\n+++ b/{number}\n@@ -0,0 +1 @@\n+x\n"}
        box.append("patch_created", "--data", json.dumps({"project_id": "p", "artifact": artifact}))
        policy = box.policy("p") | {"min_reviewers": count}
        done = box.run("append", "patch_validated", "--data", json.dumps(
            {"patch_id": ulid(number), "validation": VALIDATION, "policy": policy}), status=None)
        return done

    for count in (16, 17):
        same(run(count).status, 0, f"{count} reviewers")
    same(run(18).status, 65, "18 reviewers")


def case_bytes_of_files(box):
    """Settings, schemas, cursors' names and keys' names."""
    box.append("note", "text=x")
    os.mkdir(box.path("config"))

    def settings(size):
        box.path("config/uetlog.json", "{" + " " * (size - 2) + "}")
        done = box.run("config", "show", status=None)
        os.remove(box.path("config/uetlog.json"))
        return done

    each(box, "a settings file", 1 << 20, settings, status=78)
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#", "$id": "t", "title": "build_ended",
        "description": "A build ended.", "type": "object", "additionalProperties": False,
        "required": ["id"], "properties": {"id": {"type": "string"}}, "$comment": "@",
        "x-uetlog": {"stream": "build-{id}", "reversal": "none", "severity": "info"}}
    each(box, "a schema", 200 * KIB, lambda size: box.run(
        "schema", "add", "--dry-run", box.path("type.json", filled(json.dumps(schema), size)),
        status=None))
    each(box, "a key's name", 128, lambda size: box.run(
        "key", "new", "k" * size, status=None), status=64, says=False)
    for size, status in ((63, 0), (64, 0), (65, 64)):
        process = box.start("replay", "--follow", "--cursor", "c" * size, "--format", "jsonl")
        if status == 0:
            same(json.loads(process.stdout.readline())["type"], "note", "type")
            process.kill()
        _, errors = process.communicate(timeout=10)
        same(process.returncode in (status, -9), True, f"a cursor's name of {size}: {errors}")


def case_patterns_of_a_schema(box):
    def schema(pattern):
        path = box.path("schema.json", json.dumps({"type": "string", "pattern": pattern}))
        return box.run("schema", "check", "--schema", path, box.path("value", '"aaaa"'),
                       status=None)

    for what, limit, pattern in (
            ("a repetition", 1000, lambda n: f"^a{{0,{n}}}$"),
            ("the depth of groups", 100, lambda n: "(?:" * n + "a" + ")" * n)):
        for size in (limit - 1, limit):
            done = schema(pattern(size))
            same(done.status, 0, f"{what} of {size}: {done.errors}")
        same(schema(pattern(limit + 1)).status, 65, f"{what} of {limit + 1}")
    same(schema("^(?:a{100}){100}$").status, 65, "10,000 instructions and more")
    same(schema("^(?:a{0,90}){0,50}$").status, 0, "fewer")


def case_nobody_waits_for_what_has_no_end(box):
    """A line that does not end is refused, not collected."""
    head = '{"type":"note","payload":{"text":"x","data":{"a":"'
    done = box.run("append", stdin=head + "y" * (40 * KIB * KIB), status=None)
    same(done.status, 65, "a line of 40 MiB")
    same(os.path.exists(box.log), False, "a log")
