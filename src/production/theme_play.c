// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Themes to be heard before they are scored with: each a cue of its own, at the piano and as the film's
// orchestra would play it.
#include "production/themes.h"

#include "base/file.h"
#include "compose/plan.h"
#include "deliver/deliver.h"
#include "film/sketch.h"
#include "orchestrate/orchestrate.h"
#include "perform/perform.h"
#include "render/render.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { AUDIO_MOST = 256 << 20 };
static const double LEAST_S = 20, MOST_S = 40, RING_S = 2.5, PAUSE_S = 6;

/// One theme in one dress.
typedef struct Take {
  const KtTheme *theme;
  bool piano;
  int times, bars;
  const char *name; ///< of its files
} Take;

typedef struct Audition {
  const KtThemeTable *table;
  KtHandbook *book;
  KtArena *arena;
  Take *takes;
  size_t count;
  KtFilm *film;
  KtStory *story;
  KtSpotting *spotting;
  KtPlan plan;
  KtScore **scores;
  KtPerformance **performances;
  KtStems *stems;
  KtMix *mix;
} Audition;

static double bar_s(const KtTheme *theme) {
  return 4.0 * theme->beats / theme->unit * 60 / theme->bpm;
}

/// A short tune is told until twenty seconds are full, of a long one its first phrases.
static void measure(Take *take) {
  KtTick bar = (KtTick)take->theme->beats * 4 * KT_PPQ / take->theme->unit;
  int bars = (int)(take->theme->ticks / bar), most = (int)((MOST_S - RING_S) / bar_s(take->theme));
  take->bars = bars <= most ? bars : most >= 4 ? most / 4 * 4 : most > 0 ? most : 1;
  take->times = (int)ceil(LEAST_S / (bar_s(take->theme) * take->bars));
  int room = (int)((MOST_S - RING_S) / (bar_s(take->theme) * take->bars));
  take->times = take->times > room ? room : take->times;
  take->times = take->times < 1 ? 1 : take->times;
}

/// "T1-barbra": what any file system takes.
static const char *file_name(KtArena *arena, const KtTheme *theme, bool piano) {
  char name[48];
  size_t n = 0;
  for (const char *c = theme->title; *c && n + 1 < sizeof(name); ++c) {
    bool plain = isalnum((unsigned char)*c);
    if (plain) {
      name[n++] = (char)tolower((unsigned char)*c);
    } else if (n && name[n - 1] != '-') {
      name[n++] = '-';
    }
  }
  n -= n && name[n - 1] == '-';
  name[n] = '\0';
  return kt_arena_format(arena, "%s%s%s-%s", theme->id, n ? "-" : "", name, piano ? "piano" : "orchestra");
}

static double length_s(const Take *take) {
  return bar_s(take->theme) * take->bars * take->times;
}

static bool list_takes(Audition *a) {
  const KtThemes *themes = a->table->themes;
  a->takes = KT_NEW(a->arena, Take, 2 * themes->items.count + 1);
  for (size_t i = 0; a->takes && i < 2 * themes->items.count; ++i) {
    Take *take = &a->takes[a->count++];
    take->theme = &themes->items.items[i / 2];
    take->piano = i % 2 == 0;
    take->name = file_name(a->arena, take->theme, take->piano);
    measure(take);
  }
  return a->takes;
}

static void add_cue(Audition *a, const Take *take, KtFilmTime at) {
  KtCue *cue = kt_array_push(a->spotting->arena, &a->spotting->cues);
  if (cue) {
    int subject = take->theme->subject;
    *cue = (KtCue){.name = take->name,
                   .title = take->theme->title,
                   .in = at,
                   .out = at + kt_film_time(length_s(take) + (take->piano ? 0 : 0.2)),
                   .function = KT_FUNCTION_UNDERSCORE,
                   .entry = KT_ENTRY_ON_CUT,
                   .exit = KT_EXIT_RING_OFF,
                   .reason = "the theme to be heard",
                   .emotion = a->table->desk->story->subjects.items[subject].emotion};
    int *slot = kt_array_push(a->spotting->arena, &cue->subjects);
    if (slot) {
      *slot = subject;
    }
  }
}

/// The subject's own feeling, no more tense than lets its tune be heard.
static void add_arc(Audition *a, const Take *take, KtFilmTime from, KtFilmTime to) {
  KtEmotion feeling = a->table->desk->story->subjects.items[take->theme->subject].emotion;
  feeling.tension = fminf(feeling.tension, 0.35F);
  feeling.arousal = fminf(fmaxf(feeling.arousal, 0), 0.5F);
  for (KtFilmTime at = from; at < to; at += KT_FLICKS_PER_SECOND / 2) {
    KtArcPoint *point = kt_array_push(a->story->arena, &a->story->arc);
    if (point) {
      *point = (KtArcPoint){at, feeling};
    }
  }
}

static void tell_subjects(Audition *a, KtFilmTime end) {
  const KtStory *told = a->table->desk->story;
  for (size_t i = 0; i < told->subjects.count; ++i) {
    KtSubject *subject = kt_array_push(a->story->arena, &a->story->subjects);
    if (!subject) {
      return;
    }
    *subject = told->subjects.items[i];
    subject->character = -1;
    subject->spans.items = NULL;
    subject->spans.count = subject->spans.capacity = 0;
    KtSubjectSpan *span = kt_array_push(a->story->arena, &subject->spans);
    if (span) {
      *span = (KtSubjectSpan){0, end, KT_STATE_PRESENT, 1};
    }
  }
}

static KtStatus set_the_stage(Audition *a, KtError *err) {
  KtArena *story = kt_arena_new(), *spotting = kt_arena_new();
  a->story = story ? KT_NEW(story, KtStory, 1) : NULL;
  a->spotting = spotting ? KT_NEW(spotting, KtSpotting, 1) : NULL;
  if (!a->story || !a->spotting) {
    kt_arena_free(a->story ? NULL : story);
    kt_arena_free(a->spotting ? NULL : spotting);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *a->story = (KtStory){.arena = story, .title = a->table->desk->story->title, .language = "en", .alignment = -1};
  *a->spotting = (KtSpotting){.arena = spotting, .share = 1, .wanted_share = 1, .bound_by = ""};
  KtFilmTime at = 0;
  for (size_t i = 0; i < a->count; ++i) {
    KtFilmTime next = at + kt_film_time(length_s(&a->takes[i]) + PAUSE_S);
    add_cue(a, &a->takes[i], at);
    add_arc(a, &a->takes[i], at, next);
    at = next;
  }
  tell_subjects(a, at);
  KtFilmSketch sketch = {.path = "", .title = "themes", .start_timecode = "00:00:00:00", .duration = at};
  KtStatus status = kt_film_sketch(&sketch, &a->film, err);
  bool failed = kt_arena_failed(story) || kt_arena_failed(spotting);
  return !status && failed ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : status;
}

/// The tune plain, as often as it is told, with more players each time; nothing else is planned.
static void plan_take(Audition *a, size_t index) {
  const Take *take = &a->takes[index];
  const KtTheme *theme = take->theme;
  KtCuePlan *plan = &a->plan.cues[index];
  *plan = (KtCuePlan){.key = theme->key, .bpm = theme->bpm, .beats = theme->beats, .unit = theme->unit,
                      .energy = 0.62F};
  for (int i = 0; i < take->times; ++i) {
    KtPlannedStatement *statement = kt_array_push(a->arena, &plan->statements);
    if (statement) {
      int theme_index = (int)(theme - a->table->themes->items.items);
      KtFilmTime later = kt_film_time(bar_s(theme) * take->bars * i);
      *statement = (KtPlannedStatement){.theme = theme_index,
                                        .transform = KT_TRANSFORM_PLAIN,
                                        .at = a->spotting->cues.items[index].in + later,
                                        .recognisable = true,
                                        .role = KT_ROLE_LEAD,
                                        .state = KT_STATE_PRESENT,
                                        .mode = theme->key.mode,
                                        .tonic = theme->key.tonic,
                                        .energy = i ? 0.62F : 0.4F,
                                        .other = -1};
    }
  }
}

static KtStatus write_music(Audition *a, size_t index, KtError *err) {
  const KtThemeTable *table = a->table;
  const Take *take = &a->takes[index];
  KtStatus status = KT_OK;
  if (take->piano) {
    status = kt_theme_on_piano(take->theme, take->times, take->bars, &a->scores[index], err);
  } else {
    KtDesk desk = *table->desk;
    desk.film = a->film;
    desk.story = a->story;
    desk.spotting = a->spotting;
    KtScore *sketch = NULL;
    plan_take(a, index);
    status = kt_compose_cue(&desk, table->themes, &a->plan, (int)index, &sketch, err);
    status = status ? status
                    : kt_orchestrate(desk.ctx, a->book, table->orchestra, desk.palette, sketch, &a->scores[index], err);
    kt_score_free(sketch);
  }
  if (!status) {
    a->scores[index]->cue = (int)index;
    a->scores[index]->name = a->takes[index].name;
  }
  return status ? status
                : kt_perform(table->desk->ctx, table->orchestra, a->scores[index], &a->performances[index], err);
}

static KtStatus sound(Audition *a, const char *folder, const KtMixOptions *options, KtError *err) {
  const KtContext *ctx = a->table->desk->ctx;
  const char *dry = kt_path_join(a->arena, folder, "dry"), *wet = kt_path_join(a->arena, folder, "wet");
  KtStatus status = kt_make_dirs(dry, err);
  status = status ? status : kt_make_dirs(wet, err);
  status = status ? status : kt_render(ctx, a->table->orchestra, a->performances, a->count, dry, &a->stems, err);
  return status ? status
                : kt_mix(ctx, a->film, a->spotting, a->table->orchestra, a->stems, a->count, options, wet, &a->mix, err);
}

/// From the staging folder to where it is wanted, which may be on another disk.
static KtStatus hand_over(Audition *a, const char *folder, const char *out, const char **names, KtError *err) {
  static const char *const endings[] = {"wav", "mid"};
  KtStatus status = kt_make_dirs(out, err);
  for (size_t i = 0; i < 2 * a->count && !status; ++i) {
    KtArena *scratch = kt_arena_new();
    const char *cue = a->takes[i / 2].name, *bytes = NULL;
    const char *name = kt_arena_format(a->arena, "%s.%s", cue, endings[i % 2]);
    size_t size = 0;
    status = scratch ? kt_file_read(scratch, kt_arena_format(a->arena, "%s/cues/%s/%s", folder, cue, name), AUDIO_MOST,
                                    &bytes, &size, err)
                     : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
    status = status ? status : kt_file_write(kt_path_join(a->arena, out, name), bytes, size, err);
    *names = kt_arena_format(a->arena, "%s%s/%s\n", *names, out, name);
    kt_arena_free(scratch);
  }
  return status;
}

static KtStatus deliver(Audition *a, const char *folder, const KtMixOptions *options, KtError *err) {
  const KtDesk *desk = a->table->desk;
  KtDelivery delivery = {.ctx = desk->ctx,
                         .folder = folder,
                         .name = "themes",
                         .program = "kinothek",
                         .film = a->film,
                         .story = a->story,
                         .brief = desk->brief,
                         .palette = desk->palette,
                         .orchestra = a->table->orchestra,
                         .library_sha256 = a->table->library_hash->hex,
                         .spotting = a->spotting,
                         .themes = a->table->themes,
                         .scores = a->scores,
                         .performances = a->performances,
                         .mix = a->mix,
                         .mix_options = options};
  KtStatus status = KT_OK;
  for (size_t i = 0; i < a->count && !status; ++i) {
    status = kt_deliver_midi(&delivery, i, err);
  }
  return status ? status : kt_deliver_audio(&delivery, err);
}

static KtStatus make(Audition *a, KtProduction *production, const char *out, const char **names, KtError *err) {
  const char *folder = kt_path_join(a->arena, production->cache, "themes");
  KtMixOptions options = {.hall = a->table->desk->palette->hall};
  KtStatus status = kt_remove_tree(folder, err);
  status = status ? status : kt_make_dirs(folder, err);
  status = status ? status : kt_know_attacks(&production->ctx, production->cache, a->table->orchestra, a->table->library_hash, err);
  status = status ? status : set_the_stage(a, err);
  a->scores = KT_NEW(a->arena, KtScore *, a->count + 1);
  a->performances = KT_NEW(a->arena, KtPerformance *, a->count + 1);
  a->plan = (KtPlan){.cues = KT_NEW(a->arena, KtCuePlan, a->count + 1), .count = a->count};
  if (!status && (!a->scores || !a->performances || !a->plan.cues)) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  status = status ? status : kt_handbook_load(&production->ctx, &a->book, err);
  for (size_t i = 0; i < a->count && !status; ++i) {
    status = write_music(a, i, err);
  }
  status = status ? status : sound(a, folder, &options, err);
  status = status ? status : deliver(a, folder, &options, err);
  status = status ? status : hand_over(a, folder, out, names, err);
  kt_remove_tree(folder, NULL);
  return status;
}

KtStatus kt_play_themes(KtProduction *production, const KtThemeTable *table, const char *out, KtArena *arena,
                        const char **names, KtError *err) {
  *names = "";
  Audition a = {.table = table, .arena = arena};
  if (!list_takes(&a)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = make(&a, production, out, names, err);
  kt_mix_free(a.mix);
  kt_stems_free(a.stems, a.stems ? a.count : 0);
  for (size_t i = 0; i < a.count; ++i) {
    if (a.performances) {
      kt_performance_free(a.performances[i]);
    }
    if (a.scores) {
      kt_score_free(a.scores[i]);
    }
  }
  kt_handbook_free(a.book);
  kt_spotting_free(a.spotting);
  kt_story_free(a.story);
  kt_film_free(a.film);
  return status;
}
