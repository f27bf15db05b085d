// group COUNT FILE COMMAND…: starts a command COUNT times, feeds each the lines of FILE that are its
// share, one at a time, waits for a line from it after each, and prints `events/s<TAB>median
// µs<TAB>99th percentile µs` of all together.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { writers_max = 64 };

struct writer {
  pid_t process;
  int input, output;
  double sent;
};

static struct writer writers[writers_max];
static double *times;
static long done;

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
  if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0) exit(66);
  writer->process = fork();
  if (writer->process == 0) {
    dup2(input[0], 0);
    dup2(output[1], 1);
    execvp(command[0], command);
    _exit(127);
  }
  close(input[0]);
  close(output[1]);
  writer->input = input[1];
  writer->output = output[0];
}

// Sends the next line; 0 when there is none.
static int send_line(struct writer *writer, FILE *lines) {
  static char *line;
  static size_t capacity;
  ssize_t length = getline(&line, &capacity, lines);
  if (length <= 0) return 0;
  writer->sent = microseconds();
  if (write(writer->input, line, (size_t)length) != length) exit(1);
  return 1;
}

// Takes a receipt; exits when the writer is gone or refuses.
static void take_receipt(struct writer *writer) {
  static char answer[1 << 16];
  ssize_t length = 0;
  do {
    ssize_t more = read(writer->output, answer + length, sizeof answer - (size_t)length);
    if (more <= 0) exit(1);
    length += more;
  } while (answer[length - 1] != '\n');
  if (memmem(answer, (size_t)length, "\"error\"", 7) != NULL) exit(65);
  if (done % 4096 == 0) times = realloc(times, (size_t)(done + 4096) * sizeof *times);
  times[done++] = microseconds() - writer->sent;
}

int main(int count, char **arguments) {
  if (count < 4) return 64;
  int writer_count = atoi(arguments[1]), open_count = 0, status, failed = 0;
  FILE *lines = fopen(arguments[2], "r");
  if (lines == NULL || writer_count < 1 || writer_count > writers_max) return 66;
  signal(SIGPIPE, SIG_IGN);
  int queue = epoll_create1(EPOLL_CLOEXEC);
  for (int index = 0; index < writer_count; index++) {
    start(&writers[index], arguments + 3);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)index};
    epoll_ctl(queue, EPOLL_CTL_ADD, writers[index].output, &event);
  }
  // All are there before the clock starts.
  for (int round = 0; round < 5; round++) {
    for (int index = 0; index < writer_count; index++)
      if (!send_line(&writers[index], lines)) return 66;
    for (int index = 0; index < writer_count; index++) take_receipt(&writers[index]);
  }
  done = 0;
  double begun = microseconds();
  for (int index = 0; index < writer_count; index++) open_count += send_line(&writers[index], lines);
  while (open_count > 0) {
    struct epoll_event events[writers_max];
    int ready = epoll_wait(queue, events, writers_max, 10000);
    if (ready <= 0) return 1;
    for (int index = 0; index < ready; index++) {
      struct writer *writer = &writers[events[index].data.u32];
      take_receipt(writer);
      if (!send_line(writer, lines)) open_count--;
    }
  }
  double seconds = (microseconds() - begun) / 1e6;
  for (int index = 0; index < writer_count; index++) close(writers[index].input);
  while (wait(&status) > 0) failed |= status != 0;
  qsort(times, (size_t)done, sizeof *times, ascending);
  printf("%.1f\t%.1f\t%.1f\n", (double)done / seconds, times[done / 2], times[done * 99 / 100]);
  return failed;
}
