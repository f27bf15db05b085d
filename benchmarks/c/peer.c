// PEER lines TARGET [BATCH]          puts the lines of stdin, BATCH (1) in each transaction, and
//                                    says the number of the last one after each
// PEER one TARGET LINE               puts a line durably, says its number, ends
// PEER threads TARGET THREADS FILE   each thread waits for each receipt; says events/s and the
//                                    median and 99th percentile of the waits in µs
// PEER scan TARGET ROUNDS            reads everything; says median, least and 99th percentile of
//                                    nanoseconds for an event
// PEER read TARGET FILE              reads the events of FILE (`ID POSITION` a line); says the same
// PEER reset TARGET                  removes what is there
#define _GNU_SOURCE
#include "peer.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  exit(1);
}

static double nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int ascending(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

// The member of a line from behind `name` up to `end`; the rest begins behind it.
static struct text member(const char **rest, const char *name, const char *end) {
  const char *start = strstr(*rest, name);
  if (start == NULL) fail("a line without %s", name);
  start += strlen(name);
  const char *stop = strstr(start, end);
  if (stop == NULL) fail("a line that does not end after %s", name);
  *rest = stop;
  return (struct text){start, (size_t)(stop - start)};
}

struct event event_of(struct text line) {
  struct event event;
  const char *rest = line.bytes;
  event.type = member(&rest, "\"type\":\"", "\"");
  event.id = member(&rest, "\"event_id\":\"", "\"");
  event.run = member(&rest, "\"run_id\":\"", "\"");
  event.time = member(&rest, "\"ts\":\"", "\"");
  event.source = member(&rest, "\"source\":\"", "\"");
  const char *payload = strstr(rest, "\"payload\":");
  if (payload == NULL) fail("a line without a payload");
  payload += strlen("\"payload\":");
  event.payload = (struct text){payload, (size_t)(line.bytes + line.length - 1 - payload)};
  return event;
}

static void put(char *line, ssize_t length) {
  if (line[length - 1] == '\n') line[--length] = 0;
  peer_put((struct text){line, (size_t)length});
}

static void put_lines(long batch) {
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length;
  long pending = 0;
  while ((length = getline(&line, &capacity, stdin)) > 0) {
    if (pending == 0) peer_begin();
    put(line, length);
    if (++pending < batch) continue;
    pending = 0;
    printf("%llu\n", (unsigned long long)peer_commit());
    fflush(stdout);
  }
  if (pending > 0) printf("%llu\n", (unsigned long long)peer_commit());
}

struct writer {
  pthread_t thread;
  const char *path;
  long index, count, done;
  double *times;
};

static void *write_own_lines(void *argument) {
  struct writer *writer = argument;
  FILE *file = fopen(writer->path, "r");
  if (file == NULL) fail("can't read %s", writer->path);
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length;
  for (long number = 0; (length = getline(&line, &capacity, file)) > 0; number++) {
    if (number % writer->count != writer->index) continue;
    double start = nanoseconds();
    peer_begin();
    put(line, length);
    peer_commit();
    if (writer->done % 4096 == 0) {
      writer->times = realloc(writer->times, (size_t)(writer->done + 4096) * sizeof(double));
    }
    writer->times[writer->done++] = nanoseconds() - start;
  }
  fclose(file);
  return NULL;
}

static void write_by_threads(long count, const char *path) {
  struct writer *writers = calloc((size_t)count, sizeof *writers);
  double start = nanoseconds();
  for (long index = 0; index < count; index++) {
    writers[index] = (struct writer){.path = path, .index = index, .count = count};
    pthread_create(&writers[index].thread, NULL, write_own_lines, &writers[index]);
  }
  long done = 0;
  for (long index = 0; index < count; index++) {
    pthread_join(writers[index].thread, NULL);
    done += writers[index].done;
  }
  double seconds = (nanoseconds() - start) / 1e9;
  double *times = malloc((size_t)(done + 1) * sizeof *times);
  long place = 0;
  for (long index = 0; index < count; index++) {
    memcpy(times + place, writers[index].times, (size_t)writers[index].done * sizeof *times);
    place += writers[index].done;
  }
  qsort(times, (size_t)done, sizeof *times, ascending);
  printf("%.1f\t%.1f\t%.1f\n", (double)done / seconds, times[done / 2] / 1e3,
         times[done * 99 / 100] / 1e3);
}

static void report(double *times, long count) {
  if (count == 0) fail("nothing was measured");
  qsort(times, (size_t)count, sizeof *times, ascending);
  printf("%.1f\t%.1f\t%.1f\n", times[count / 2], times[0], times[count * 99 / 100]);
}

static void scan(long rounds) {
  double *times = calloc((size_t)rounds, sizeof *times);
  for (long round = 0; round < rounds; round++) {
    double start = nanoseconds();
    uint64_t count = peer_scan();
    if (count == 0) fail("there is nothing to scan");
    times[round] = (nanoseconds() - start) / (double)count;
  }
  report(times, rounds);
}

static void read_listed(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) fail("can't read %s", path);
  char id[64];
  unsigned long long position;
  double *times = NULL;
  long count = 0;
  while (fscanf(file, "%63s %llu", id, &position) == 2) {
    if (count % 4096 == 0) times = realloc(times, (size_t)(count + 4096) * sizeof *times);
    double start = nanoseconds();
    if (peer_read(id, position) == 0) fail("there is no event %s", id);
    times[count++] = nanoseconds() - start;
  }
  fclose(file);
  report(times, count);
}

int main(int count, char **arguments) {
  if (count < 3) return 64;
  const char *mode = arguments[1];
  peer_open(arguments[2]);
  if (strcmp(mode, "lines") == 0) {
    put_lines(count > 3 ? atol(arguments[3]) : 1);
  } else if (strcmp(mode, "one") == 0 && count == 4) {
    peer_begin();
    put(arguments[3], (ssize_t)strlen(arguments[3]));
    printf("%llu\n", (unsigned long long)peer_commit());
  } else if (strcmp(mode, "threads") == 0 && count == 5) {
    write_by_threads(atol(arguments[3]), arguments[4]);
  } else if (strcmp(mode, "scan") == 0 && count == 4) {
    scan(atol(arguments[3]));
  } else if (strcmp(mode, "read") == 0 && count == 4) {
    read_listed(arguments[3]);
  } else if (strcmp(mode, "reset") == 0) {
    peer_reset();
  } else {
    return 64;
  }
  peer_close();
  return 0;
}
