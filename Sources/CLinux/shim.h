#pragma once
// Linux headers that Swift's Glibc module leaves out, and stand-ins for what it cannot import.
// _GNU_SOURCE stays off: with it, types differ from those of the Glibc module.
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <malloc.h>

extern int accept4(int, struct sockaddr *, socklen_t *, int);
extern int pipe2(int *, int);

// M_ARENA_MAX is not imported with Glibc.
static inline void clinux_limit_arenas(int count) { mallopt(M_ARENA_MAX, count); }

/// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC.
static inline int clinux_accept(int listener, struct sockaddr *address, socklen_t *length) {
  return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/// pipe2(2) with O_CLOEXEC, so that no child that is started meanwhile gets an end.
//
// SOCK_CLOEXEC is the same bit as O_CLOEXEC, whose header would take types from the Glibc module.
static inline int clinux_pipe(int *ends) { return pipe2(ends, SOCK_CLOEXEC); }
