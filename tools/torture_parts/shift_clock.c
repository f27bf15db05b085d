// shift_clock SECONDS PROGRAM ARGUMENT…: runs a program that sees the wall clock shifted.
//
// A static program takes no preloaded library, and reads the clock without a system call, through
// the kernel's page that the auxiliary vector names. Here the vector's entry is made void, so that
// the program calls the kernel, and each answer is changed on its way back.
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef __x86_64__
int main(void) { return 75; }
#else
static long peek(pid_t pid, unsigned long address) {
  errno = 0;
  return ptrace(PTRACE_PEEKDATA, pid, address, 0);
}

// Makes the entry that names the kernel's page void: the vector follows the arguments and the
// environment, which each end in a zero.
static void hide_page(pid_t pid) {
  struct user_regs_struct registers;
  ptrace(PTRACE_GETREGS, pid, 0, &registers);
  unsigned long place = registers.rsp + 8;
  for (int zeros = 0; zeros < 2; place += 8)
    if (peek(pid, place) == 0) zeros++;
  for (; peek(pid, place) != AT_NULL; place += 16)
    if (peek(pid, place) == AT_SYSINFO_EHDR) ptrace(PTRACE_POKEDATA, pid, place, AT_IGNORE);
}

static void shift(pid_t pid, long seconds) {
  struct user_regs_struct registers;
  ptrace(PTRACE_GETREGS, pid, 0, &registers);
  if (registers.rax != 0) return;
  unsigned long place;
  if (registers.orig_rax == SYS_clock_gettime &&
      (registers.rdi == CLOCK_REALTIME || registers.rdi == CLOCK_REALTIME_COARSE))
    place = registers.rsi;
  else if (registers.orig_rax == SYS_gettimeofday)
    place = registers.rdi;
  else
    return;
  ptrace(PTRACE_POKEDATA, pid, place, peek(pid, place) + seconds);
}

int main(int count, char **arguments) {
  if (count < 3) return 64;
  long seconds = atol(arguments[1]);
  pid_t first = fork();
  if (first == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    execv(arguments[2], arguments + 2);
    _exit(127);
  }
  int status, result = 1;
  // The stop after execve.
  if (waitpid(first, &status, 0) < 0 || !WIFSTOPPED(status)) return 70;
  hide_page(first);
  ptrace(PTRACE_SETOPTIONS, first, 0,
         PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL);
  ptrace(PTRACE_SYSCALL, first, 0, 0);
  pid_t pid;
  while ((pid = waitpid(-1, &status, __WALL)) > 0) {
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (pid == first) result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      continue;
    }
    int stop = WSTOPSIG(status), passed_on = 0;
    if (stop == (SIGTRAP | 0x80)) {
      struct __ptrace_syscall_info call;
      ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof call, &call);
      if (call.op == PTRACE_SYSCALL_INFO_EXIT) shift(pid, seconds);
    } else if (stop != SIGTRAP && stop != SIGSTOP) {
      passed_on = stop;
    }
    ptrace(PTRACE_SYSCALL, pid, 0, passed_on);
  }
  return result;
}
#endif
