// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// lines FOLDER [LIBRARY [INSTRUMENT...]]: each instrument plays a short line in each articulation it has, at
// mezzo-forte and performed as in a film; a WAV file each and one line: instrument, articulation, path, key, struck or held,
// the seconds at which its tones are written. `crescendo` is a tone of six seconds from pianissimo to fortissimo, or as
// many strokes, eight a second; `steady` the same at mezzo-forte.
#include "base/audio_file.h"
#include "base/file.h"
#include "orchestra/instruments.h"
#include "perform/perform.h"
#include "production/internal.h"
#include "render/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND = 2 * KT_PPQ, CRESCENDO = KT_ART_COUNT, STEADY, ACCENT, QUICK, LINES };

typedef struct Bench {
  KtContext ctx;
  KtOrchestra *all;
  const char *folder;
} Bench;

static void add_note(KtScore *score, double at_s, double length_s, int key, KtArticulation how, float accent) {
  KtNote *note = kt_array_push(score->arena, &score->parts.items[0].notes);
  *note = (KtNote){.start = (KtTick)(at_s * SECOND), .duration = (KtTick)(length_s * SECOND), .accent = accent,
                   .statement = -1, .midi = (int8_t)key, .articulation = (uint8_t)how};
}

static void add_level(KtScore *score, double at_s, float level) {
  *kt_array_push(score->arena, &score->parts.items[0].dynamics) = (KtDynamic){(KtTick)(at_s * SECOND), level};
}

static bool is_struck(const KtInstrument *one) {
  return one->stem == KT_STEM_PERCUSSION || one->stem == KT_STEM_KEYS;
}

static void write_line(KtScore *score, const KtInstrument *one, int line, int key) {
  bool held = !is_struck(one);
  if (line == CRESCENDO || line == STEADY) {
    add_level(score, 0.5, line == STEADY ? 0.6F : 0.2F);
    add_level(score, 6.5, line == STEADY ? 0.6F : 0.95F);
    for (int i = 0; i < (held ? 1 : 48); ++i) {
      add_note(score, 0.5 + i / 8.0, held ? 6 : 0.125, key, held ? KT_ART_LONG : KT_ART_SHORT, 0);
    }
    return;
  }
  add_level(score, 0, 0.6F);
  if (line == QUICK) {
    for (int i = 0; i < 16; ++i) {
      add_note(score, 0.5 + i / 8.0, 0.125, key, one->has[KT_ART_SPICCATO] ? KT_ART_SPICCATO : KT_ART_SHORT, 0);
    }
    return;
  }
  bool slow = line == KT_ART_TREMOLO || line == KT_ART_TRILL || line == KT_ART_SFORZATO;
  KtArticulation how = line == ACCENT ? KT_ART_LONG : (KtArticulation)line;
  for (int i = 0; i < (slow ? 1 : 4); ++i) {
    add_note(score, 0.5 + i, slow ? 3 : line == KT_ART_LEGATO ? 1 : 0.5, key + (i % 2 && line == KT_ART_LEGATO ? 2 : 0),
             i ? how : how == KT_ART_LEGATO ? KT_ART_LONG : how, line == ACCENT ? 1 : 0);
  }
}

static const char *name_of(int line) {
  static const char *const more[] = {"crescendo", "steady", "accent", "quick"};
  for (int f = 0; f < KT_ART_COUNT; ++f) {
    if (line < KT_ART_COUNT && kt_articulation_flags[f].val == 1 << line) {
      return kt_articulation_flags[f].str;
    }
  }
  return more[line - KT_ART_COUNT];
}

static void play(const Bench *bench, const KtInstrument *one, int line, KtScore *score) {
  KtArena *arena = score->arena;
  for (int i = 0; i < 2; ++i) {
    *kt_array_push(arena, &score->tempo.points) = (KtTempoPoint){.tick = (KtTick)i * 8 * SECOND, .time = kt_film_time(8 * i)};
  }
  *kt_array_push(arena, &score->metres) = (KtMetre){0, 4, 4};
  *kt_array_push(arena, &score->keys) = (KtKeyChange){0, {0, KT_MODE_IONIAN}};
  *kt_array_push(arena, &score->parts) = (KtPart){.id = one->id, .instrument = one->id, .name = one->name,
                                                  .role = KT_ROLE_HARMONY, .low = 0, .high = 127};
  int key = (one->comfort_low + one->comfort_high) / 2;
  write_line(score, one, line, key);
  KtPerformance *made = NULL;
  KtStems *stems = NULL;
  KtError err = {0};
  const char *scratch = kt_arena_format(arena, "%s/scratch", bench->folder);
  const char *path = kt_arena_format(arena, "%s/%s-%s.wav", bench->folder, one->id, name_of(line));
  if (kt_score_finish(score, &err) || kt_perform(&bench->ctx, bench->all, score, &made, &err) ||
      kt_render(&bench->ctx, bench->all, &made, 1, scratch, &stems, &err)) {
    fprintf(stderr, "%s: %s\n", one->id, err.message);
    exit(1);
  }
  if (stems->items.count && !rename(stems->items.items[0].path, path)) {
    printf("%s %s %s %d %s", one->id, name_of(line), path, key, is_struck(one) ? "struck" : "held");
    for (size_t i = 0; i < score->parts.items[0].notes.count; ++i) {
      printf(" %.3f", (double)score->parts.items[0].notes.items[i].start / SECOND);
    }
    putchar('\n');
  }
  kt_stems_free(stems, 1);
  kt_performance_free(made);
}

static bool is_asked(const char *id, int argc, char **argv) {
  for (int i = 3; i < argc; ++i) {
    if (!strcmp(argv[i], id)) {
      return true;
    }
  }
  return argc < 4;
}

int main(int argc, char **argv) {
  const char *data = getenv("KINOTHEK_DATA");
  Bench bench = {.ctx = {.data_dir = data ? data : "data", .threads = 1, .seed = 1}, .folder = argc > 1 ? argv[1] : "."};
  KtError err = {0};
  KtHash library = {""};
  if (kt_orchestra_load(&bench.ctx, argc > 2 ? argv[2] : NULL, &bench.all, &err) ||
      kt_hash_file(bench.all->library_path, &library, &err) ||
      kt_know_attacks(&bench.ctx, "/tmp", bench.all, &library, &err)) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  for (int i = 0; i < bench.all->count; ++i) {
    const KtInstrument *one = &bench.all->instruments[i];
    for (int line = 0; is_asked(one->id, argc, argv) && line < LINES; ++line) {
      bool there = line < KT_ART_COUNT ? one->has[line] : line != ACCENT || one->has[KT_ART_LONG];
      KtArena *arena = kt_arena_new();
      KtScore *score = arena ? KT_NEW(arena, KtScore, 1) : NULL;
      if (there && score) {
        *score = (KtScore){.arena = arena, .name = "line", .end = 8 * SECOND};
        play(&bench, one, line, score);
        kt_score_free(score);
      } else {
        kt_arena_free(arena);
      }
    }
  }
  kt_orchestra_free(bench.all);
  return 0;
}
