#pragma once
// Linux headers that Swift's Glibc module leaves out, and stand-ins for what it cannot import.
// _GNU_SOURCE stays off: with it, types differ from those of the Glibc module.
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/stat.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <malloc.h>

extern int accept4(int, struct sockaddr *, socklen_t *, int);
extern int pipe2(int *, int);
extern long syscall(long, ...);

// mallopt(3) with names that are not imported with Glibc. A fixed limit for blocks of their own pages
// means that large ones go back to the system when they are freed; without it glibc raises the limit
// to the largest block that it has seen freed.
static inline void clinux_limit_heap(int arenas, int own_pages) {
  mallopt(M_ARENA_MAX, arenas);
  mallopt(M_MMAP_THRESHOLD, own_pages);
  mallopt(M_TRIM_THRESHOLD, 4 * own_pages);
}

/// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC.
static inline int clinux_accept(int listener, struct sockaddr *address, socklen_t *length) {
  return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/// pipe2(2) with O_CLOEXEC, so that no child that is started meanwhile gets an end.
//
// SOCK_CLOEXEC is the same bit as O_CLOEXEC, whose header would take types from the Glibc module.
static inline int clinux_pipe(int *ends) { return pipe2(ends, SOCK_CLOEXEC); }

/// pidfd_open(2): a descriptor of a process, which goes on being of that one when its number is
/// another's. glibc has a function for it only from 2.36 on.
static inline int clinux_pidfd_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

/// pidfd_send_signal(2).
static inline int clinux_pidfd_send_signal(int process, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, process, signal, 0, 0);
}

/// The time of birth of an entry of a folder, itself and not what it may point to (statx(2)); -1
/// where the file system keeps none.
static inline int clinux_birth(
    int folder, const char *name, long long *seconds, unsigned int *nanoseconds) {
  struct statx found;
  const int no_follow = 0x100;
  if (syscall(SYS_statx, folder, name, no_follow, STATX_BTIME, &found) != 0) return -1;
  if ((found.stx_mask & STATX_BTIME) == 0) return -1;
  *seconds = found.stx_btime.tv_sec;
  *nanoseconds = found.stx_btime.tv_nsec;
  return 0;
}

/// How many words the process was started with, its name among them, as the C library hands them to
/// constructors: no file of /proc is read for them.
int clinux_argument_count(void);

/// A word of those, from 0 on; it is valid as long as the process.
const char *clinux_argument(int position);

/// Takes away what Swift's runtime does where a program crashes, unless SWIFT_BACKTRACE says what it
/// should do: its report shows the memory that registers point to, secrets among it, and with little
/// memory it waits for ever. What was ignored stays ignored.
void clinux_crash_silently(void);
