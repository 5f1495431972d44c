// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Want of memory inside libraries that do not expect it. Our own code, FFmpeg, SQLite and others take a
// NULL and give up in order; FluidSynth, GLib and Csound run on into a fault. The program's allocator
// therefore remembers that a library was refused, and a fault after that ends in the one line that
// every other failure has, with the status of work that could not be done. Any other fault stays what
// it is. Nothing delivered is half-written then: files are made aside and renamed.
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE // dladdr()
#endif
#include "cli/cli.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

static volatile sig_atomic_t refused; // set by any thread, read in the handler

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size); // of <malloc.h>, which some systems lack

static void give_up(void) {
  static const char line[] = "kinothek: out of memory inside a library; close other programs, raise the limit "
                             "(ulimit -v) or give --threads 1\n";
  ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);
  (void)written;
  _exit(EXIT_FAILED);
}

static void *noted(void *got, size_t size, const void *caller) {
  extern const char __executable_start, etext; // of the program, by the linker
  const char *from = caller;
  if (got || !size || (from >= &__executable_start && from < &etext)) {
    return got;
  }
  refused = 1;
  Dl_info library = {0};
  if (dladdr(caller, &library) && library.dli_fname && strstr(library.dli_fname, "libglib")) {
    give_up(); // it would print lines of its own and then trap
  }
  return NULL;
}

void *malloc(size_t size) {
  return noted(__libc_malloc(size), size, __builtin_return_address(0));
}

void *calloc(size_t count, size_t size) {
  return noted(__libc_calloc(count, size), count && size ? 1 : 0, __builtin_return_address(0));
}

void *realloc(void *old, size_t size) {
  return noted(__libc_realloc(old, size), size, __builtin_return_address(0));
}

void *memalign(size_t alignment, size_t size) {
  return noted(__libc_memalign(alignment, size), size, __builtin_return_address(0));
}

void *aligned_alloc(size_t alignment, size_t size) {
  return noted(__libc_memalign(alignment, size), size, __builtin_return_address(0));
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  void *got = noted(__libc_memalign(alignment, size), size, __builtin_return_address(0));
  if (!got && size) {
    return ENOMEM;
  }
  *memory = got;
  return 0;
}

static void fault(int number) {
  if (refused) {
    give_up();
  }
  signal(number, SIG_DFL);
  raise(number);
}

void memory_guard(void) {
  static const int faults[] = {SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGFPE, SIGILL};
  static char stack[32768]; // the handler's own, should the program's be what cannot grow
  stack_t own = {.ss_sp = stack, .ss_size = sizeof(stack)};
  struct sigaction action = {.sa_handler = fault, .sa_flags = SA_ONSTACK | (int)SA_RESETHAND};
  sigaltstack(&own, NULL);
  for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); ++i) {
    sigaction(faults[i], &action, NULL);
  }
}

#else

void memory_guard(void) {}

#endif
