// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// kinothek deliver: what is made on request, for the recording stage.
#include "cli/cli.h"

#include "base/error.h"
#include "base/file.h"

#include <stdio.h>

int verb_deliver(const Arguments *arguments) {
  const char *folder = arguments->positional[0];
  KtError err = {0};
  char database[1100];
  snprintf(database, sizeof(database), "%s/production.db", folder);
  if (!arguments->clicks && !arguments->streamers) {
    kt_error_set(&err, KT_ERR_ARGUMENT, "deliver: say what to make: --clicks, --streamers or both");
    return say_error(&err);
  }
  if (!kt_file_exists(database)) {
    kt_error_at(&err, KT_ERR_MISSING, folder, 0, 0,
                "is not a Kinothek production; kinothek score FILM makes one");
    return say_error(&err);
  }
  Teller teller;
  KtListener listener = teller_listener(&teller, arguments->quiet);
  KtProduction *production = NULL;
  KtStatus status = kt_production_open(folder, &listener, &production, &err);
  if (!status) {
    stop_on_signals(production);
    status = kt_production_deliver(production, arguments->clicks, arguments->streamers,
                                   arguments->score.cues, &err);
  }
  teller_end(&teller);
  stop_on_signals(NULL);
  kt_production_close(production);
  if (!status && !arguments->quiet) {
    printf("%s%s in %s/delivery/cues\n", arguments->clicks ? "clicks" : "",
           arguments->streamers ? (arguments->clicks ? " and streamers" : "streamers") : "", folder);
  }
  return status ? say_error(&err) : EXIT_DONE;
}
