// edit_rows DIRECTORY get TABLE | apply: for those who know the format and want to forge a log.
// `get` prints the rows of a table (`main` is the unnamed one) as KEY VALUE in hexadecimal, - for
// an empty value. `apply` reads lines `put TABLE KEY VALUE` and `del TABLE KEY`, and does them in
// one transaction.
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int status, const char *what) {
  if (status == 0) return;
  fprintf(stderr, "%s: %s\n", what, mdb_strerror(status));
  exit(1);
}

static MDB_dbi table(MDB_txn *transaction, const char *name) {
  MDB_dbi handle;
  check(mdb_dbi_open(transaction, strcmp(name, "main") == 0 ? NULL : name, 0, &handle), name);
  return handle;
}

static void print(MDB_val value) {
  if (value.mv_size == 0) printf("-");
  for (size_t index = 0; index < value.mv_size; index++)
    printf("%02x", ((unsigned char *)value.mv_data)[index]);
}

static MDB_val parsed(char *text) {
  MDB_val value = {strcmp(text, "-") == 0 ? 0 : strlen(text) / 2, malloc(strlen(text) + 1)};
  for (size_t index = 0; index < value.mv_size; index++) {
    unsigned byte;
    sscanf(text + 2 * index, "%2x", &byte);
    ((unsigned char *)value.mv_data)[index] = (unsigned char)byte;
  }
  return value;
}

static void apply(MDB_txn *transaction) {
  char *line = NULL;
  size_t capacity = 0;
  while (getline(&line, &capacity, stdin) > 0) {
    char *what = strtok(line, " \n"), *name = strtok(NULL, " \n"), *key = strtok(NULL, " \n");
    char *value = strtok(NULL, " \n");
    MDB_val bytes = parsed(key), content = {0, NULL};
    if (strcmp(what, "put") == 0) {
      content = parsed(value);
      check(mdb_put(transaction, table(transaction, name), &bytes, &content, 0), "put");
    } else {
      check(mdb_del(transaction, table(transaction, name), &bytes, NULL), "del");
    }
  }
}

int main(int count, char **arguments) {
  if (count < 3) return 64;
  MDB_env *environment;
  MDB_txn *transaction;
  check(mdb_env_create(&environment), "create");
  check(mdb_env_set_mapsize(environment, (size_t)1 << 30), "mapsize");
  check(mdb_env_set_maxdbs(environment, 16), "maxdbs");
  check(mdb_env_open(environment, arguments[1], 0, 0600), arguments[1]);
  int reads = strcmp(arguments[2], "get") == 0;
  check(mdb_txn_begin(environment, NULL, reads ? MDB_RDONLY : 0, &transaction), "begin");
  if (reads) {
    MDB_cursor *cursor;
    MDB_val key, value;
    check(mdb_cursor_open(transaction, table(transaction, arguments[3]), &cursor), "cursor");
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
      print(key);
      printf(" ");
      print(value);
      printf("\n");
    }
    mdb_txn_abort(transaction);
  } else {
    apply(transaction);
    check(mdb_txn_commit(transaction), "commit");
  }
  mdb_env_close(environment);
  return 0;
}
