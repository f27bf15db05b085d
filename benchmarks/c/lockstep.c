// lockstep FILE COMMAND…: feeds the lines of FILE to a command one at a time, waits for a line from
// it after each, and prints `events/s<TAB>median µs<TAB>99th percentile µs`.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int ascending(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

int main(int count, char **arguments) {
  if (count < 3) return 64;
  FILE *lines = fopen(arguments[1], "r");
  int input[2], output[2];
  if (lines == NULL || pipe(input) != 0 || pipe(output) != 0) return 66;
  signal(SIGPIPE, SIG_IGN);
  pid_t child = fork();
  if (child == 0) {
    dup2(input[0], 0);
    dup2(output[1], 1);
    close(input[1]);
    close(output[0]);
    execvp(arguments[2], arguments + 2);
    _exit(127);
  }
  close(input[0]);
  close(output[1]);
  FILE *receipts = fdopen(output[0], "r");
  char *line = NULL, *receipt = NULL;
  size_t capacity = 0, size = 0;
  ssize_t length;
  double *times = NULL, start = 0;
  long done = 0, warm = 20;
  while ((length = getline(&line, &capacity, lines)) > 0) {
    if (done == warm) start = microseconds();
    double before = microseconds();
    if (write(input[1], line, (size_t)length) != length) return 1;
    if (getline(&receipt, &size, receipts) <= 0) return 1;
    if (done % 4096 == 0) times = realloc(times, (size_t)(done + 4096) * sizeof *times);
    times[done++] = microseconds() - before;
  }
  double seconds = (microseconds() - start) / 1e6;
  close(input[1]);
  int status;
  waitpid(child, &status, 0);
  qsort(times + warm, (size_t)(done - warm), sizeof *times, ascending);
  printf("%.1f\t%.1f\t%.1f\n", (double)(done - warm) / seconds, times[warm + (done - warm) / 2],
         times[warm + (done - warm) * 99 / 100]);
  return status != 0;
}
