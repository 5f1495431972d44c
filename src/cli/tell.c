// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"

#include "base/error.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int say_error(const KtError *err) {
  char line[1400];
  kt_error_print(err, line, sizeof(line));
  fprintf(stderr, "kinothek: %s\n", line);
  return err->status == KT_ERR_ARGUMENT ? EXIT_USAGE : EXIT_FAILED;
}

static void clear_bar(Teller *teller) {
  if (teller->bar_shown) {
    fputs("\r\033[K", stderr);
    teller->bar_shown = false;
  }
}

static void tell_warning(void *user, const char *line) {
  Teller *teller = user;
  if (!teller->quiet) {
    clear_bar(teller);
    fprintf(stderr, "kinothek: note: %s\n", line);
  }
}

static void draw_bar(Teller *teller, const char *stage, double fraction, double left) {
  enum { WIDTH = 28 };
  char bar[WIDTH * 3 + 1] = "";
  int full = (int)lround(fraction * WIDTH);
  for (int i = 0; i < WIDTH; ++i) {
    strcat(bar, i < full ? "\u2588" : "\u2591");
  }
  char time[32] = "";
  if (left >= 0 && left < 360000) {
    snprintf(time, sizeof(time), "%d:%02d left", (int)left / 60, (int)left % 60);
  }
  fprintf(stderr, "\r\033[K%-8s %s %3d %%  %s", stage, bar, (int)lround(fraction * 100), time);
  fflush(stderr);
  teller->bar_shown = true;
}

static void tell_progress(void *user, const char *stage, double fraction, double left) {
  Teller *teller = user;
  if (teller->quiet) {
    return;
  }
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  double seconds = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
  bool is_new = strcmp(stage, teller->stage) != 0;
  snprintf(teller->stage, sizeof(teller->stage), "%s", stage);
  if (!teller->terminal) {
    if (is_new) {
      fprintf(stderr, "%s\n", stage);
    }
  } else if (is_new || fraction >= 1 || seconds - teller->shown_at > 0.1) {
    draw_bar(teller, stage, fraction, left);
    teller->shown_at = seconds;
  }
}

KtListener teller_listener(Teller *teller, bool quiet) {
  memset(teller, 0, sizeof(*teller));
  teller->quiet = quiet;
  teller->terminal = isatty(STDERR_FILENO) == 1;
  return (KtListener){tell_warning, tell_progress, teller};
}

void teller_end(Teller *teller) {
  clear_bar(teller);
}

// A signal handler can be told only through a global.
static KtProduction *volatile to_stop;
static volatile sig_atomic_t stops;

static void on_signal(int signal_number) {
  if (stops++ || !to_stop) {
    _exit(128 + signal_number);
  }
  kt_production_cancel(to_stop);
}

void stop_on_signals(KtProduction *production) {
  to_stop = production;
  stops = 0;
  struct sigaction action = {.sa_handler = production ? on_signal : SIG_DFL};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}
