// rounds COUNT FILE: runs the commands of FILE by turns, COUNT rounds, and prints for each run
// `command<TAB>wall µs<TAB>cpu µs<TAB>peak KiB<TAB>status`. A line of FILE is a command: stdin,
// stdout and the arguments, parted by tabs. `{n}` in an argument is the round, with 12 digits.
// A small parent of its own, because a child's peak memory counts that of the parent it came from.
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { MAX_COMMANDS = 16, MAX_ARGUMENTS = 64, MAX_LENGTH = 16384 };

extern char **environ;

static double microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void number_rounds(char *text, long round) {
  char digits[24];
  snprintf(digits, sizeof digits, "%012ld", round);
  for (char *place = strstr(text, "{n}"); place != NULL; place = strstr(place + 12, "{n}")) {
    memmove(place + 12, place + 3, strlen(place + 3) + 1);
    memcpy(place, digits, 12);
  }
}

static void run(int command, const char *line, long round) {
  static char text[MAX_LENGTH * 2];
  char *fields[MAX_ARGUMENTS + 3];
  int count = 0;
  strcpy(text, line);
  number_rounds(text, round);
  for (char *rest = text; rest != NULL && count < MAX_ARGUMENTS + 2;) {
    fields[count++] = strsep(&rest, "\t");
  }
  fields[count] = NULL;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, fields[0], O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, fields[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child;
  int status;
  struct rusage usage;
  double start = microseconds();
  if (posix_spawnp(&child, fields[2], &files, NULL, fields + 2, environ) != 0) {
    perror(fields[2]);
    exit(1);
  }
  wait4(child, &status, 0, &usage);
  double wall = microseconds() - start;
  double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  printf("%d\t%.1f\t%.1f\t%ld\t%d\n", command, wall, cpu, usage.ru_maxrss, code);
  posix_spawn_file_actions_destroy(&files);
}

int main(int count, char **arguments) {
  static char lines[MAX_COMMANDS][MAX_LENGTH];
  if (count != 3) return 64;
  FILE *file = fopen(arguments[2], "r");
  if (file == NULL) return 66;
  int commands = 0;
  while (commands < MAX_COMMANDS && fgets(lines[commands], MAX_LENGTH, file) != NULL) {
    lines[commands][strcspn(lines[commands], "\n")] = 0;
    commands += 1;
  }
  long rounds = atol(arguments[1]);
  for (long round = 1; round <= rounds; round++) {
    for (int command = 0; command < commands; command++) run(command, lines[command], round);
  }
  return 0;
}
