// RocksDB with synced writes: the event by its number, and its number by id and by run.
#include "peer.h"

#include <pthread.h>
#include <rocksdb/c.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { id_length = 26, number_length = 8 };

static rocksdb_t *database;
static rocksdb_writeoptions_t *synced;
static rocksdb_readoptions_t *reading;
static atomic_ullong last;
static __thread rocksdb_writebatch_t *batch;
static __thread uint64_t number;

static void check(char *error) {
  if (error != NULL) fail("%s", error);
}

static uint64_t in_key_order(uint64_t value) { return __builtin_bswap64(value); }

// Numbers begin with `e`, which is before the ids' `i`: the last one is right before that.
static uint64_t last_stored(void) {
  uint64_t found = 0;
  rocksdb_iterator_t *iterator = rocksdb_create_iterator(database, reading);
  rocksdb_iter_seek_for_prev(iterator, "f", 1);
  size_t length;
  if (rocksdb_iter_valid(iterator)) {
    const char *key = rocksdb_iter_key(iterator, &length);
    if (length == 1 + number_length && key[0] == 'e') memcpy(&found, key + 1, sizeof found);
  }
  rocksdb_iter_destroy(iterator);
  return in_key_order(found);
}

void peer_open(const char *target) {
  char *error = NULL;
  rocksdb_options_t *options = rocksdb_options_create();
  rocksdb_options_set_create_if_missing(options, 1);
  rocksdb_options_increase_parallelism(options, 2);
  database = rocksdb_open(options, target, &error);
  check(error);
  synced = rocksdb_writeoptions_create();
  rocksdb_writeoptions_set_sync(synced, 1);
  reading = rocksdb_readoptions_create();
  rocksdb_readoptions_set_readahead_size(reading, 2 << 20);
  last = last_stored();
}

void peer_reset(void) {}

void peer_begin(void) {
  if (batch == NULL) batch = rocksdb_writebatch_create();
  rocksdb_writebatch_clear(batch);
}

void peer_put(struct text line) {
  struct event event = event_of(line);
  number = atomic_fetch_add(&last, 1) + 1;
  uint64_t place = in_key_order(number);
  char key[1 + id_length + number_length];
  key[0] = 'e';
  memcpy(key + 1, &place, sizeof place);
  rocksdb_writebatch_put(batch, key, 1 + sizeof place, line.bytes, line.length);
  key[0] = 'i';
  memcpy(key + 1, event.id.bytes, id_length);
  rocksdb_writebatch_put(batch, key, 1 + id_length, (char *)&place, sizeof place);
  key[0] = 'r';
  memcpy(key + 1, event.run.bytes, id_length);
  memcpy(key + 1 + id_length, &place, sizeof place);
  rocksdb_writebatch_put(batch, key, sizeof key, "", 0);
}

uint64_t peer_commit(void) {
  char *error = NULL;
  rocksdb_write(database, synced, batch, &error);
  check(error);
  return number;
}

size_t peer_read(const char *id, uint64_t position) {
  (void)position;
  char *error = NULL;
  char key[1 + id_length] = "i";
  memcpy(key + 1, id, id_length);
  size_t length = 0;
  char *place = rocksdb_get(database, reading, key, sizeof key, &length, &error);
  check(error);
  if (place == NULL) return 0;
  char event[1 + number_length] = "e";
  memcpy(event + 1, place, number_length);
  free(place);
  char *line = rocksdb_get(database, reading, event, sizeof event, &length, &error);
  check(error);
  free(line);
  return line == NULL ? 0 : length;
}

uint64_t peer_scan(void) {
  rocksdb_iterator_t *iterator = rocksdb_create_iterator(database, reading);
  uint64_t count = 0;
  static volatile unsigned sum;
  for (rocksdb_iter_seek(iterator, "e", 1); rocksdb_iter_valid(iterator);
       rocksdb_iter_next(iterator)) {
    size_t length;
    if (rocksdb_iter_key(iterator, &length)[0] != 'e') break;
    sum += (unsigned char)rocksdb_iter_value(iterator, &length)[0];
    count += 1;
  }
  rocksdb_iter_destroy(iterator);
  return count;
}

void peer_close(void) { rocksdb_close(database); }
