#pragma once

#include <stdbool.h>
#include <sys/types.h>

// What a new process is made of.
struct uetlog_spawn {
  // A name that is looked for on the path, or a path.
  const char *program;
  // Both end with a null pointer.
  char *const *arguments;
  char *const *environment;
  // Where it works; null for where this process does.
  const char *directory;
  // Its standard descriptors. Of the others it gets those that are not close-on-exec.
  int input, output, errors;
  // Whether it leads a group of processes of its own, gets no other descriptor at all, and is killed
  // when the thread that has started it ends, or is killed.
  bool is_tool;
};

// A pipe whose ends, to read and to write, no program that is started gets.
//
// Returns 0, or -1 with errno.
int uetlog_pipe(int ends[2]);

// Starts a process with all signals as in a fresh one.
//
// Returns 0 and sets `process`, or an error number.
int uetlog_spawn(const struct uetlog_spawn *request, pid_t *process);
