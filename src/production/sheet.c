// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The spotting sheet between a person and the store: as it was delivered, and what they set.
#include "production/sheet.h"

#include "base/csv.h"
#include "base/file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHEET_BYTES = 4 << 20, TABLES = 3 };
static const char *const TABLE_FILES[TABLES] = {"spotting.csv", "silences.csv", "hits.csv"};
static const char *const TABLE_KEYS[TABLES] = {"sheet.spotting", "sheet.silences", "sheet.hits"};

/// One name a line: a line end in it would be another line.
static void put_name(FILE *stream, const char *text) {
  for (; *text; ++text) {
    fputc(*text == '\n' || *text == '\r' || *text == '\t' ? ' ' : *text, stream);
  }
}

static KtStatus film_text(const KtFilm *film, const KtStory *story, const KtThemes *themes,
                          char **text, KtError *err) {
  size_t size = 0;
  FILE *stream = open_memstream(text, &size);
  if (!stream) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  const KtTimecode *tc = &film->timecode;
  fprintf(stream, "film\t%d\t%d\t%d\t%" PRId64 "\t%" PRId64 "\n", tc->rate.num, tc->rate.den, tc->drop,
          tc->start_frames, film->duration);
  for (size_t i = 0; themes && i < themes->items.count; ++i) {
    const KtTheme *theme = &themes->items.items[i];
    if (theme->subject >= 0 && (size_t)theme->subject < story->subjects.count) {
      fprintf(stream, "theme\t%s\t", theme->id);
      put_name(stream, story->subjects.items[theme->subject].name);
      fputc('\n', stream);
    }
  }
  for (size_t i = 0; i < story->subjects.count; ++i) {
    fputs("subject\t", stream);
    put_name(stream, story->subjects.items[i].name);
    fputc('\n', stream);
  }
  return fclose(stream) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}

KtStatus kt_sheet_keep(KtProduction *production, const KtFilm *film, const KtStory *story,
                       const KtThemes *themes, const char *inputs, KtError *err) {
  KtArena *scratch = kt_arena_new();
  char *text = NULL;
  KtStatus status = scratch ? film_text(film, story, themes, &text, err)
                            : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  status = status ? status : kt_store_set(production->store, "sheet.film", text, err);
  free(text);
  for (int i = 0; i < TABLES && !status; ++i) {
    const char *bytes = NULL;
    size_t size = 0;
    status = kt_file_read(scratch, kt_path_join(scratch, production->delivery, TABLE_FILES[i]), 64U << 20,
                          &bytes, &size, err);
    status = status ? status : kt_store_set(production->store, TABLE_KEYS[i], bytes, err);
  }
  status = status ? status : kt_store_set(production->store, "sheet.inputs", inputs, err);
  status = status ? status : kt_store_set(production->store, "sheet.waits", NULL, err);
  kt_arena_free(scratch);
  return status;
}

static char *next_part(char **rest) {
  char *part = *rest;
  size_t length = strcspn(part, "\t");
  *rest = part + length + (part[length] == '\t');
  part[length] = '\0';
  return part;
}

static KtStatus load_film(KtProduction *production, KtArena *arena, KtSheetFilm *film, KtError *err) {
  const char *text = kt_store_get(production->store, arena, "sheet.film");
  *film = (KtSheetFilm){0};
  if (!text) {
    return kt_error_at(err, KT_ERR_MISSING, production->folder, 0, 0,
                       "holds no spotting sheet yet; run kinothek update %s", production->folder);
  }
  char *lines = (char *)(uintptr_t)kt_arena_text(arena, text);
  char *kept = NULL;
  for (char *line = strtok_r(lines, "\n", &kept); line; line = strtok_r(NULL, "\n", &kept)) {
    char *rest = line;
    const char *word = next_part(&rest);
    if (!strcmp(word, "film")) {
      int drop = 0;
      KtTimecode *tc = &film->timecode;
      if (sscanf(rest, "%d %d %d %" SCNd64 " %" SCNd64, &tc->rate.num, &tc->rate.den, &drop, &tc->start_frames,
                 &film->duration) != 5) {
        break;
      }
      tc->drop = drop;
    } else if (!strcmp(word, "theme")) {
      KtSheetTheme *theme = kt_array_push(arena, &film->themes);
      if (theme) {
        theme->id = next_part(&rest);
        theme->subject = rest;
      }
    } else {
      const char **name = kt_array_push(arena, &film->subjects);
      if (name) {
        *name = rest;
      }
    }
  }
  return film->timecode.rate.num > 0 && film->timecode.rate.den > 0
             ? KT_OK
             : kt_error_at(err, KT_ERR_FORMAT, production->folder, 0, 0,
                           "the kept spotting sheet is damaged; run kinothek update %s", production->folder);
}

/// The sheet as it was last delivered.
static KtStatus load_was(KtProduction *production, const KtSheetFilm *film, KtSheet **was, KtError *err) {
  KtStatus status = kt_sheet_new("the sheet as delivered", was, err);
  for (int i = 0; i < TABLES && !status; ++i) {
    const char *text = kt_store_get(production->store, (*was)->arena, TABLE_KEYS[i]);
    status = text ? kt_sheet_read(film, text, strlen(text), *was, err) : KT_OK;
  }
  return status ? status : kt_sheet_settle(film, *was, err);
}

KtStatus kt_sheet_load_set(KtProduction *production, KtSheet **set, KtError *err) {
  *set = NULL;
  KtArena *scratch = kt_arena_new();
  KtSheetFilm film;
  const char *text = scratch ? kt_store_get(production->store, scratch, "sheet.set") : NULL;
  KtStatus status = KT_OK;
  if (text) {
    status = load_film(production, scratch, &film, err);
    status = status ? status : kt_sheet_new("the sheet as set by hand", set, err);
    film.duration = INT64_MAX / 4; // another cut may be shorter; what lies beyond is told later
    status = status ? status : kt_sheet_read(&film, text, strlen(text), *set, err);
    status = status ? status : kt_sheet_settle(&film, *set, err);
  }
  if (status) {
    kt_sheet_free(*set);
    *set = NULL;
  }
  kt_arena_free(scratch);
  return status;
}

bool kt_sheet_is_held(KtProduction *production, const char *inputs) {
  KtArena *scratch = kt_arena_new();
  const char *then = scratch ? kt_store_get(production->store, scratch, "sheet.set_inputs") : NULL;
  bool held = then && !strcmp(then, inputs);
  kt_arena_free(scratch);
  return held;
}

void kt_sheet_tell_obeyed(KtProduction *production, const KtSheet *set, bool held,
                          const KtSpotting *spotting) {
  KtArena *scratch = kt_arena_new();
  if (!scratch || !set) {
    kt_arena_free(scratch);
    return;
  }
  size_t cues = 0, hits = 0, wanted = 0, struck = 0, lost = 0;
  const char *names = "";
  for (size_t i = 0; i < spotting->cues.count; ++i) {
    if (spotting->cues.items[i].locked) {
      names = kt_arena_format(scratch, "%s%s%s", names, cues++ ? ", " : "", spotting->cues.items[i].name);
    }
  }
  for (size_t i = 0; i < set->cues.count; ++i) {
    lost += set->cues.items[i].locked && kt_spotting_cue(spotting, set->cues.items[i].name) < 0;
  }
  for (size_t i = 0; i < spotting->hits.count; ++i) {
    hits += spotting->hits.items[i].locked;
  }
  for (size_t i = 0; i < set->hits.count; ++i) {
    struck += set->hits.items[i].struck;
    wanted += !set->hits.items[i].struck;
  }
  kt_warn(&production->ctx,
          "the sheet set by hand is obeyed: %zu cues locked%s%s%s, %zu stretches without music, %zu hits set, "
          "%zu struck out%s",
          cues, cues ? " (" : "", names, cues ? ")" : "", set->silences.count, hits, struck,
          held ? "" : "; the rest is spotted anew, for film, script or brief have changed");
  if (lost || wanted > hits) {
    kt_warn(&production->ctx,
            "of the sheet set by hand, %zu cues and %zu hits have no place in the film any more; see kinothek "
            "spotting export %s",
            lost, wanted > hits ? wanted - hits : 0, production->folder);
  }
  kt_arena_free(scratch);
}

static KtStatus keep_set(KtProduction *production, const KtSheet *merged, KtError *err) {
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  if (!stream) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_sheet_write_set(stream, merged);
  KtArena *scratch = kt_arena_new();
  KtStatus status = fclose(stream) || !scratch ? kt_error_set(err, KT_ERR_MEMORY, "out of memory")
                                               : kt_store_begin(production->store, err);
  if (!status) {
    const char *inputs = kt_store_get(production->store, scratch, "sheet.inputs");
    status = kt_store_set(production->store, "sheet.set", text, err);
    status = status ? status : kt_store_set(production->store, "sheet.set_inputs", inputs, err);
    status = status ? status : kt_store_set(production->store, "sheet.waits", "yes", err);
    status = status ? status : kt_store_commit(production->store, err);
    if (status) {
      kt_store_rollback(production->store);
    }
  }
  kt_arena_free(scratch);
  free(text);
  return status;
}

/// A delivered table that was taken up is ours again: the next delivery may replace it.
static void take_file(KtProduction *production, KtArena *arena, const char *path) {
  char *own = realpath(path, NULL);
  for (int i = 0; i < TABLES && own; ++i) {
    char *delivered = realpath(kt_path_join(arena, production->delivery, TABLE_FILES[i]), NULL);
    KtStoredFile file = {.path = TABLE_FILES[i]};
    if (delivered && !strcmp(own, delivered) && !kt_file_stamp(own, &file.stamp, NULL) &&
        !kt_hash_file(own, &file.hash, NULL)) {
      (void)kt_store_put_file(production->store, "next", &file, NULL);
    }
    free(delivered);
  }
  free(own);
}

KtStatus kt_production_import_sheet(KtProduction *production, const char *path, char **told,
                                    KtError *err) {
  *told = NULL;
  KtArena *scratch = kt_arena_new();
  KtSheetFilm film;
  KtSheet *was = NULL, *set = NULL, *read = NULL, *merged = NULL;
  const char *bytes = NULL;
  const char *lines = "";
  size_t size = 0;
  KtStatus status = scratch ? load_film(production, scratch, &film, err)
                            : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  status = status ? status : kt_file_read(scratch, path, SHEET_BYTES, &bytes, &size, err);
  status = status ? status : load_was(production, &film, &was, err);
  status = status ? status : kt_sheet_load_set(production, &set, err);
  status = status ? status : kt_sheet_new(path, &read, err);
  status = status ? status : kt_sheet_new(path, &merged, err);
  status = status ? status : kt_sheet_read(&film, bytes, size, read, err);
  status = status ? status : kt_sheet_merge(&film, was, set, read, merged, &lines, err);
  bool waits = !status && kt_store_get(production->store, scratch, "sheet.waits");
  if (!status && (lines[0] || waits)) {
    status = keep_set(production, merged, err);
  }
  if (!status) {
    take_file(production, scratch, path);
    *told = strdup(lines[0] ? lines : "nothing differs from the sheet as it was delivered\n");
    status = *told ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_sheet_free(was);
  kt_sheet_free(set);
  kt_sheet_free(read);
  kt_sheet_free(merged);
  kt_arena_free(scratch);
  return status;
}

KtStatus kt_production_reset_sheet(KtProduction *production, KtError *err) {
  KtStatus status = kt_store_begin(production->store, err);
  if (status) {
    return status;
  }
  static const char *const keys[] = {"sheet.set", "sheet.set_inputs", "sheet.waits"};
  for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && !status; ++i) {
    status = kt_store_set(production->store, keys[i], NULL, err);
  }
  status = status ? status : kt_store_commit(production->store, err);
  if (status) {
    kt_store_rollback(production->store);
  }
  return status;
}

KtStatus kt_production_export_sheet(KtProduction *production, const char *form, char **text,
                                    KtError *err) {
  *text = NULL;
  KtArena *scratch = kt_arena_new();
  KtSheetFilm film;
  KtSheet *was = NULL, *set = NULL;
  KtStatus status = scratch ? load_film(production, scratch, &film, err)
                            : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  status = status ? status : load_was(production, &film, &was, err);
  status = status ? status : kt_sheet_load_set(production, &set, err);
  size_t size = 0;
  FILE *stream = status ? NULL : open_memstream(text, &size);
  if (!status && !stream) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (!status) {
    kt_sheet_overlay(&film, was, set, kt_store_get(production->store, scratch, "sheet.waits") != NULL);
    kt_sheet_write_form(stream, &film, was, form);
  }
  if (stream && fclose(stream) && !status) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (status) {
    free(*text);
    *text = NULL;
  }
  kt_sheet_free(was);
  kt_sheet_free(set);
  kt_arena_free(scratch);
  return status;
}
