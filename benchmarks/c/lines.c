// lines DIRECTORY [BATCH]: puts the lines of stdin, BATCH (1) in each durable transaction, and says
// the number of the last one after each.
#include "store.h"

int main(int count, char **arguments) {
  if (count < 2) return 64;
  long batch = count > 2 ? atol(arguments[2]) : 1;
  struct store store = store_open(arguments[1]);
  MDB_txn *transaction = NULL;
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length;
  uint64_t number = 0, next;
  long pending = 0;
  while ((length = getline(&line, &capacity, stdin)) > 0) {
    if (line[length - 1] == '\n') length -= 1;
    if (transaction == NULL) transaction = store_begin(&store, &next);
    number = next++;
    store_put(&store, transaction, number, line, (size_t)length);
    if (++pending < batch) continue;
    check(mdb_txn_commit(transaction), "mdb_txn_commit");
    transaction = NULL;
    pending = 0;
    printf("%llu\n", (unsigned long long)number);
    fflush(stdout);
  }
  if (transaction != NULL) check(mdb_txn_commit(transaction), "mdb_txn_commit");
  mdb_env_close(store.environment);
  return 0;
}
