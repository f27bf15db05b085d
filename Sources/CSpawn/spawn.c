#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// posix_spawn can't tie a child's life to its parent's, and its call that changes the directory is
// not seen from Swift. As posix_spawn does, the child borrows this process's memory until it is
// another program: nothing is copied, however large the process is.

// What the child does: only calls that are safe in a signal handler. Returns an error number.
static int become(const struct uetlog_spawn *request, pid_t parent) {
  struct sigaction plain = {.sa_handler = SIG_DFL};
  // Those that can't be set refuse, and need not be.
  for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &plain, NULL);
  if (request->is_tool) {
    if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
    // The parent may be gone already.
    if (getppid() != parent) return ESRCH;
  }
  if (request->directory && chdir(request->directory) != 0) return errno;
  int from[3] = {request->input, request->output, request->errors};
  for (int to = 0; to < 3; to++) {
    // All are above 2, for the caller has standard descriptors: none is lost before its turn.
    if (dup2(from[to], to) < 0) return errno;
  }
  // Marked, not closed: one of them tells the parent how this goes. Before Linux 5.11 those that
  // are close-on-exec already must do.
  if (request->is_tool) syscall(SYS_close_range, 3, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */);
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return errno;
  execvpe(request->program, request->arguments, request->environment);
  return errno;
}

// Swift does not see the call.
int uetlog_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int uetlog_spawn(const struct uetlog_spawn *request, pid_t *process) {
  // The memory may be a copy (sanitizers see to that): a pipe tells what became of the child. It
  // closes when the child is another program.
  int report[2];
  if (uetlog_pipe(report) != 0) return errno;
  pid_t parent = getpid();
  // A handler must not run in the child while the memory is shared.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pid_t child = vfork();
  if (child == 0) {
    int failure = become(request, parent);
    while (write(report[1], &failure, sizeof failure) < 0 && errno == EINTR) {}
    _exit(127);
  }
  int code = child < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  if (child > 0) {
    ssize_t count;
    while ((count = read(report[0], &code, sizeof code)) < 0 && errno == EINTR) {}
    if (count == 0) code = 0;
  }
  close(report[0]);
  if (child > 0 && code != 0) {
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  }
  *process = child;
  return code;
}
