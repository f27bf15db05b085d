// PostgreSQL as it comes: one event is an INSERT, a batch is a COPY.
#include "peer.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static PGconn *server;
static struct {
  char *bytes;
  size_t length, capacity;
} rows;
static uint64_t pending, done;
static char *single[6];
static bool knows_insert;

static void check(PGresult *result, ExecStatusType wanted) {
  if (PQresultStatus(result) != wanted) fail("PostgreSQL: %s", PQerrorMessage(server));
  PQclear(result);
}

// TARGET is the directory of the server's socket.
void peer_open(const char *target) {
  const char *names[] = {"host", "user", "dbname", NULL};
  const char *values[] = {target, "postgres", "postgres", NULL};
  server = PQconnectdbParams(names, values, 0);
  if (PQstatus(server) != CONNECTION_OK) fail("%s", PQerrorMessage(server));
}

void peer_reset(void) {
  check(PQexec(server, "SET client_min_messages TO warning"), PGRES_COMMAND_OK);
  check(PQexec(server, "DROP TABLE IF EXISTS events"), PGRES_COMMAND_OK);
  check(PQexec(server, "CREATE TABLE events(position BIGSERIAL PRIMARY KEY, event_id TEXT NOT NULL"
                       " UNIQUE, run_id TEXT NOT NULL, type TEXT NOT NULL, ts TIMESTAMPTZ NOT NULL,"
                       " source TEXT, payload JSONB NOT NULL)"),
        PGRES_COMMAND_OK);
  check(PQexec(server, "CREATE INDEX by_run ON events(run_id)"), PGRES_COMMAND_OK);
}

void peer_begin(void) {
  rows.length = 0;
  pending = 0;
}

static void append(const char *bytes, size_t length) {
  if (rows.length + length > rows.capacity) {
    rows.capacity = (rows.length + length) * 2;
    rows.bytes = realloc(rows.bytes, rows.capacity);
  }
  memcpy(rows.bytes + rows.length, bytes, length);
  rows.length += length;
}

// A column of COPY's text: backslashes are doubled; there are no line breaks in a line.
static void append_column(struct text column, const char *end) {
  for (size_t start = 0; start < column.length;) {
    const char *found = memchr(column.bytes + start, '\\', column.length - start);
    size_t stop = found == NULL ? column.length : (size_t)(found - column.bytes) + 1;
    append(column.bytes + start, stop - start);
    if (found != NULL) append("\\", 1);
    start = stop;
  }
  append(end, 1);
}

void peer_put(struct text line) {
  struct event event = event_of(line);
  struct text columns[6] = {event.id, event.run, event.type, event.time, event.source,
                            event.payload};
  for (int index = 0; index < 6; index++) {
    append_column(columns[index], index == 5 ? "\n" : "\t");
    if (pending > 0) continue;
    free(single[index]);
    single[index] = strndup(columns[index].bytes, columns[index].length);
  }
  pending += 1;
}

static void insert(void) {
  if (!knows_insert) {
    check(PQprepare(server, "one",
                    "INSERT INTO events(event_id, run_id, type, ts, source, payload)"
                    " VALUES($1,$2,$3,$4,$5,$6)", 6, NULL), PGRES_COMMAND_OK);
    knows_insert = true;
  }
  check(PQexecPrepared(server, "one", 6, (const char *const *)single, NULL, NULL, 0),
        PGRES_COMMAND_OK);
}

static void copy(void) {
  check(PQexec(server, "COPY events(event_id, run_id, type, ts, source, payload) FROM STDIN"),
        PGRES_COPY_IN);
  if (PQputCopyData(server, rows.bytes, (int)rows.length) != 1 || PQputCopyEnd(server, NULL) != 1) {
    fail("COPY: %s", PQerrorMessage(server));
  }
  check(PQgetResult(server), PGRES_COMMAND_OK);
  while (PQgetResult(server) != NULL) continue;
}

uint64_t peer_commit(void) {
  if (pending == 1) insert();
  if (pending > 1) copy();
  done += pending;
  return done;
}

size_t peer_read(const char *id, uint64_t position) {
  (void)position;
  static bool knows_lookup;
  if (!knows_lookup) {
    check(PQprepare(server, "get", "SELECT type, payload FROM events WHERE event_id = $1", 1, NULL),
          PGRES_COMMAND_OK);
    knows_lookup = true;
  }
  PGresult *result = PQexecPrepared(server, "get", 1, &id, NULL, NULL, 0);
  size_t length = PQntuples(result) == 1 ? (size_t)PQgetlength(result, 0, 1) : 0;
  check(result, PGRES_TUPLES_OK);
  return length;
}

uint64_t peer_scan(void) {
  check(PQexec(server, "COPY (SELECT position, event_id, run_id, type, ts, source, payload"
                       " FROM events ORDER BY position) TO STDOUT (FORMAT binary)"),
        PGRES_COPY_OUT);
  uint64_t count = 0;
  static volatile unsigned sum;
  char *row;
  for (int length; (length = PQgetCopyData(server, &row, 0)) > 0; count++) {
    sum += (unsigned char)row[length - 1];
    PQfreemem(row);
  }
  while (PQgetResult(server) != NULL) continue;
  return count;
}

void peer_close(void) { PQfinish(server); }
