// The least that a durable log on LMDB can be: one table, number -> line, default flags.
#include <errno.h>
#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static inline void check(int status, const char *what) {
  if (status == 0) return;
  fprintf(stderr, "%s: %s\n", what, mdb_strerror(status));
  exit(1);
}

struct store {
  MDB_env *environment;
  MDB_dbi table;
};

static inline struct store store_open(const char *directory) {
  struct store store;
  if (mkdir(directory, 0700) != 0 && errno != EEXIST) check(errno, directory);
  check(mdb_env_create(&store.environment), "mdb_env_create");
  check(mdb_env_set_mapsize(store.environment, (size_t)16 << 30), "mdb_env_set_mapsize");
  check(mdb_env_set_maxdbs(store.environment, 4), "mdb_env_set_maxdbs");
  check(mdb_env_open(store.environment, directory, 0, 0600), "mdb_env_open");
  return store;
}

// Begins a transaction and says which number comes next.
static inline MDB_txn *store_begin(struct store *store, uint64_t *next) {
  MDB_txn *transaction;
  MDB_cursor *cursor;
  MDB_val key, value;
  check(mdb_txn_begin(store->environment, NULL, 0, &transaction), "mdb_txn_begin");
  check(mdb_dbi_open(transaction, "log", MDB_CREATE | MDB_INTEGERKEY, &store->table),
        "mdb_dbi_open");
  check(mdb_cursor_open(transaction, store->table, &cursor), "mdb_cursor_open");
  *next = 1;
  if (mdb_cursor_get(cursor, &key, &value, MDB_LAST) == 0) {
    memcpy(next, key.mv_data, sizeof *next);
    *next += 1;
  }
  mdb_cursor_close(cursor);
  return transaction;
}

static inline void store_put(struct store *store, MDB_txn *transaction, uint64_t number,
                             const char *line, size_t length) {
  MDB_val key = {sizeof number, &number}, value = {length, (void *)line};
  check(mdb_put(transaction, store->table, &key, &value, MDB_APPEND), "mdb_put");
}
