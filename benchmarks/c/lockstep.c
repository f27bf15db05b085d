// lockstep WRITERS FILE COMMAND…: starts COMMAND so many times, feeds each its share of the lines
// of FILE one at a time, waits for a line from it after each, and prints for all of them
// `events/s<TAB>median µs<TAB>99th percentile µs`.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { warm = 20, writers_max = 64 };

struct writer {
  pthread_t thread;
  pid_t child;
  int input;
  FILE *receipts;
  long index, done;
  double *times;
};

static struct writer writers[writers_max];
static long writer_count;
static char **lines;
static long line_count;
static pthread_barrier_t all_warm;
static bool failed;

static double microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int ascending(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static void start(struct writer *writer, char **command) {
  int input[2], output[2];
  if (pipe2(input, 0) != 0 || pipe2(output, 0) != 0) exit(66);
  writer->child = fork();
  if (writer->child == 0) {
    dup2(input[0], 0);
    dup2(output[1], 1);
    // Else a writer keeps the others' pipes open, and none of them ends.
    for (int descriptor = 3; descriptor < 3 + 4 * writers_max; descriptor++) close(descriptor);
    execvp(command[0], command);
    _exit(127);
  }
  close(input[0]);
  close(output[1]);
  writer->input = input[1];
  writer->receipts = fdopen(output[0], "r");
}

static void *feed(void *argument) {
  struct writer *writer = argument;
  char *receipt = NULL;
  size_t size = 0;
  writer->times = malloc((size_t)(line_count / writer_count + 1) * sizeof(double));
  for (long number = writer->index; number < line_count; number += writer_count) {
    if (writer->done == warm) pthread_barrier_wait(&all_warm);
    size_t length = strlen(lines[number]);
    double before = microseconds();
    if (write(writer->input, lines[number], length) != (ssize_t)length ||
        getline(&receipt, &size, writer->receipts) <= 0) {
      // The others wait at the barrier for this one, perhaps for ever.
      if (writer->done < warm) _exit(1);
      failed = true;
      return NULL;
    }
    writer->times[writer->done++] = microseconds() - before;
  }
  return NULL;
}

static void read_lines(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) exit(66);
  char *line = NULL;
  size_t capacity = 0;
  while (getline(&line, &capacity, file) > 0) {
    if (line_count % 4096 == 0) {
      lines = realloc(lines, (size_t)(line_count + 4096) * sizeof *lines);
    }
    lines[line_count++] = strdup(line);
  }
}

int main(int count, char **arguments) {
  if (count < 4) return 64;
  writer_count = atol(arguments[1]);
  read_lines(arguments[2]);
  if (writer_count < 1 || writer_count > writers_max || line_count <= writer_count * (warm + 1)) {
    return 64;
  }
  signal(SIGPIPE, SIG_IGN);
  for (long index = 0; index < writer_count; index++) start(&writers[index], arguments + 3);
  pthread_barrier_init(&all_warm, NULL, (unsigned)writer_count + 1);
  for (long index = 0; index < writer_count; index++) {
    writers[index].index = index;
    pthread_create(&writers[index].thread, NULL, feed, &writers[index]);
  }
  pthread_barrier_wait(&all_warm);
  double begin = microseconds();
  for (long index = 0; index < writer_count; index++) pthread_join(writers[index].thread, NULL);
  double seconds = (microseconds() - begin) / 1e6;
  long done = 0;
  double *times = malloc((size_t)line_count * sizeof *times);
  for (long index = 0; index < writer_count; index++) {
    int status;
    close(writers[index].input);
    waitpid(writers[index].child, &status, 0);
    failed = failed || status != 0;
    long measured = writers[index].done - warm;
    memcpy(times + done, writers[index].times + warm, (size_t)measured * sizeof *times);
    done += measured;
  }
  qsort(times, (size_t)done, sizeof *times, ascending);
  printf("%.1f\t%.1f\t%.1f\n", (double)done / seconds, times[done / 2], times[done * 99 / 100]);
  return failed;
}
