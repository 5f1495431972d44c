// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Spots a film without composing it: bench_spotting FILM|- SCRIPT|- SUBTITLES|- KEPT [keep|drop] [SHARE...]
// FILM - is a sketch from script or captions. What was seen is kept in the file KEPT. Prints, for each share
// (of a brief; "own" the palette's) lines of tab-separated fields: share (wanted, reached, what bound it),
// speech, cue, silence and hit, times in seconds, for bench/check_spotting.py.
#include "film/film.h"
#include "orchestra/orchestra.h"
#include "production/internal.h"
#include "production/sketch.h"
#include "spot/spot.h"
#include "spot/suggest.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *named(const char *argument) {
  return strcmp(argument, "-") != 0 ? argument : NULL;
}

static KtStatus see(const KtContext *ctx, char **argv, KtFilm **film, KtStory **story, KtError *err) {
  KtKept kept = {.script = named(argv[2]), .subtitles = named(argv[3]), .sketch = true};
  KtStatus status;
  if (!named(argv[1])) {
    status = kt_sketch_look(ctx, &kept, "en", film, story, err);
  } else if (kt_file_exists(argv[4])) {
    status = kt_film_load(argv[4], film, err);
    status = status || !kept.subtitles ? status : kt_captions_read(*film, kept.subtitles, err);
  } else {
    KtFilmOptions options = {.path = argv[1], .subtitles = kept.subtitles, .video_stream = -1};
    status = kt_film_look(ctx, &options, film, err);
    status = status ? status : kt_film_save(*film, argv[4], err);
  }
  return status || *story ? status : kt_story_read(ctx, *film, kept.script, "en", story, err);
}

static void print_sheet(const KtSpotting *s, const KtFilm *film) {
  printf("share\t%.4f\t%.4f\t%s\n", (double)s->wanted_share, (double)s->share, s->bound_by);
  for (size_t i = 0; i < film->speech.count; ++i) {
    printf("speech\t%.3f\t%.3f\n", kt_seconds(film->speech.items[i].start), kt_seconds(film->speech.items[i].end));
  }
  for (size_t i = 0; i < s->cues.count; ++i) {
    const KtCue *c = &s->cues.items[i];
    printf("cue\t%.3f\t%.3f\t%s\t%s\t%s\t%s\t%s\t%s\n", kt_seconds(c->in), kt_seconds(c->out), c->name, c->title,
           kt_function_name(c->function), kt_entry_name(c->entry), kt_exit_name(c->exit), c->reason);
  }
  for (size_t i = 0; i < s->silences.count; ++i) {
    const KtSilence *q = &s->silences.items[i];
    printf("silence\t%.3f\t%.3f\t%s\n", kt_seconds(q->in), kt_seconds(q->out), q->reason);
  }
  for (size_t i = 0; i < s->hits.count; ++i) {
    const KtHit *h = &s->hits.items[i];
    printf("hit\t%.3f\t%d\t%s\t%.2f\t%s\t%s\n", kt_seconds(h->at), h->cue, kt_hit_name(h->kind), (double)h->weight,
           h->source, h->label);
  }
}

static KtStatus spot(const KtContext *ctx, const KtFilm *film, const KtStory *story, float share, bool temp,
                     KtError *err) {
  KtArena *arena = kt_arena_new();
  const char *id = NULL;
  KtPalette palette = {0};
  KtBrief *brief = NULL;
  KtSpotting *spotting = NULL;
  KtStatus status = kt_brief_load(NULL, &brief, err);
  status = status ? status : kt_palette_suggest(ctx, arena, film, story, &id, err);
  status = status ? status : kt_palette_load(ctx, arena, id, &palette, err);
  KtStyle style = {palette.share_min, palette.share_max, palette.cue_min_s, palette.cue_max_s,
                   palette.cue_typical_s, palette.hits_per_minute, palette.restraint};
  if (!status) {
    brief->share = share;
    status = kt_spot(ctx, film, story, brief, &style, temp, &spotting, err);
  }
  if (!status) {
    printf("film\t%.3f\t%s\t%d\n", kt_seconds(film->duration), id, film->audio_stream >= 0);
    print_sheet(spotting, film);
  }
  kt_spotting_free(spotting);
  kt_brief_free(brief);
  kt_arena_free(arena);
  return status;
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: bench_spotting FILM|- SCRIPT|- SUBTITLES|- KEPT keep|drop [SHARE...]\n");
    return 2;
  }
  const char *data = getenv("KINOTHEK_DATA");
  KtContext ctx = {.data_dir = data ? data : "data", .threads = 1, .seed = 1};
  KtFilm *film = NULL;
  KtStory *story = NULL;
  KtError err = {0};
  KtStatus status = see(&ctx, argv, &film, &story, &err);
  for (int i = 6; !status && i < (argc > 6 ? argc : 7); ++i) {
    float share = argc > 6 && strcmp(argv[i], "own") != 0 ? strtof(argv[i], NULL) : -1;
    bool temp = !strcmp(argv[5], "drop") || film->music_share > 0.4F;
    status = spot(&ctx, film, story, share, temp, &err);
  }
  if (status) {
    fprintf(stderr, "%s\n", err.message);
  }
  kt_story_free(story);
  kt_film_free(film);
  return status ? 1 : 0;
}
