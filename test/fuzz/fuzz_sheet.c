// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "spot/sheet_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char WAS[] = "cue 1m01 0 - 10 One\n function chase\n about T1\n hit 2 hard 0.9: blow\n"
                          "silence 10 - 20\ncue 1m02 20 - 30 Two\n locked yes\n hit 25 soft: cut\n";

static KtSheet *sheet_of(const KtSheetFilm *film, const char *bytes, size_t size) {
  KtSheet *sheet = NULL;
  if (!kt_sheet_new("fuzz", &sheet, NULL) && kt_sheet_read(film, bytes, size, sheet, NULL)) {
    kt_sheet_free(sheet);
    return NULL;
  }
  return sheet;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  KtSheetTheme theme = {"T1", "Ida"};
  const char *name = "Jon";
  KtSheetFilm film = {{{24, 1}, false, 0}, kt_film_time(60), {&theme, 1, 1}, {&name, 1, 1}};
  KtSheet *was = sheet_of(&film, WAS, strlen(WAS));
  KtSheet *read = sheet_of(&film, (const char *)data, size);
  KtSheet *merged = NULL;
  const char *told = NULL;
  if (was && read && !kt_sheet_settle(&film, was, NULL) && !kt_sheet_new("fuzz", &merged, NULL) &&
      !kt_sheet_merge(&film, was, NULL, read, merged, &told, NULL)) {
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    kt_sheet_write_set(stream, merged);
    kt_sheet_write_form(stream, &film, merged, "cues");
    fclose(stream);
    free(text);
    // What is kept must be read again.
    stream = open_memstream(&text, &length);
    kt_sheet_write_set(stream, merged);
    fclose(stream);
    KtSheet *again = sheet_of(&film, text, length);
    bool some = merged->cues.count + merged->silences.count + merged->hits.count + merged->open.count;
    if (!again && some) {
      abort();
    }
    kt_sheet_free(again);
    free(text);
  }
  kt_sheet_free(was);
  kt_sheet_free(read);
  kt_sheet_free(merged);
  return 0;
}
