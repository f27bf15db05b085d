// SQLite with WAL and synchronous=FULL: a table as one would make it, with three indexes.
#include "peer.h"

#include <sqlite3.h>

static sqlite3 *database;
static sqlite3_stmt *insert, *lookup;

static void run(const char *statement) {
  char *message = NULL;
  if (sqlite3_exec(database, statement, NULL, NULL, &message) != SQLITE_OK) {
    fail("%s: %s", statement, message);
  }
}

static sqlite3_stmt *prepared(const char *text) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2(database, text, -1, &statement, NULL) != SQLITE_OK) {
    fail("%s: %s", text, sqlite3_errmsg(database));
  }
  return statement;
}

void peer_open(const char *target) {
  if (sqlite3_open(target, &database) != SQLITE_OK) fail("can't open %s", target);
  sqlite3_busy_timeout(database, 60000);
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=FULL");
  run("CREATE TABLE IF NOT EXISTS events(event_id TEXT PRIMARY KEY, run_id TEXT NOT NULL,"
      " type TEXT NOT NULL, ts TEXT NOT NULL, source TEXT, payload TEXT NOT NULL)");
  run("CREATE INDEX IF NOT EXISTS by_run ON events(run_id)");
  run("CREATE INDEX IF NOT EXISTS by_type ON events(type)");
  run("CREATE INDEX IF NOT EXISTS by_ts ON events(ts)");
  insert = prepared("INSERT INTO events(event_id, run_id, type, ts, source, payload)"
                    " VALUES(?,?,?,?,?,?)");
  lookup = prepared("SELECT type, payload FROM events WHERE event_id = ?");
}

void peer_reset(void) {}

void peer_begin(void) { run("BEGIN IMMEDIATE"); }

static void bind(int column, struct text text) {
  sqlite3_bind_text(insert, column, text.bytes, (int)text.length, SQLITE_STATIC);
}

void peer_put(struct text line) {
  struct event event = event_of(line);
  bind(1, event.id);
  bind(2, event.run);
  bind(3, event.type);
  bind(4, event.time);
  bind(5, event.source);
  bind(6, event.payload);
  if (sqlite3_step(insert) != SQLITE_DONE) fail("insert: %s", sqlite3_errmsg(database));
  sqlite3_reset(insert);
}

uint64_t peer_commit(void) {
  run("COMMIT");
  return (uint64_t)sqlite3_last_insert_rowid(database);
}

size_t peer_read(const char *id, uint64_t position) {
  (void)position;
  sqlite3_bind_text(lookup, 1, id, -1, SQLITE_STATIC);
  size_t length = 0;
  if (sqlite3_step(lookup) == SQLITE_ROW) length = (size_t)sqlite3_column_bytes(lookup, 1);
  sqlite3_reset(lookup);
  return length;
}

uint64_t peer_scan(void) {
  sqlite3_stmt *all = prepared("SELECT rowid, event_id, run_id, type, ts, source, payload"
                               " FROM events ORDER BY rowid");
  uint64_t count = 0;
  static volatile unsigned sum;
  for (; sqlite3_step(all) == SQLITE_ROW; count++) {
    for (int column = 1; column < 7; column++) sum += *sqlite3_column_text(all, column);
  }
  sqlite3_finalize(all);
  return count;
}

void peer_close(void) {
  sqlite3_finalize(insert);
  sqlite3_finalize(lookup);
  sqlite3_close(database);
}
