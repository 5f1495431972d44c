// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Composes free cues without playing them: bench_compose OUT SECONDS SEEDS PALETTES MOOD...
// (palettes separated by commas, "all" for every one) writes OUT/MOOD.PALETTE.SEED/cues/1m01/1m01.mid,
// .musicxml, arc.csv (intended tension) and chords.csv and prints a line for each: mood, palette, seed, rank correlation of heard and intended
// tension ("-" where the arc is flat), spread of the heard one, how much of its variance loudness and density
// explain, how much of its harmony follows by itself, seconds it took. 1m01.lead.csv and 1m01.counter.csv beside them are the lines, for
// bench_melody.py: start and length in quarters and in seconds, pitch, place in the bar, metre, statement (-1 none),
// how the cue ends. In place of a mood stands a film as
// production keeps it (cache/film-*.ktf, with KINOTHEK_SCRIPT and KINOTHEK_SUBTITLES), a script, or captions.
#include "base/data.h"
#include "base/file.h"
#include "base/rng.h"
#include "compose/compose.h"
#include "deliver/deliver.h"
#include "ear/tension.h"
#include "orchestrate/propose.h"
#include "perform/perform.h"
#include "production/free_cue.h"
#include "production/internal.h"
#include "production/sketch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Job {
  KtContext ctx;
  const KtOrchestra *orchestra;
  KtCritic *critic;
  const char *mood, *palette;
  double seconds;
  char folder[600];
} Job;

/// Statistics outside the middle 95 % of real scores.
static void say_norms(const KtScore *score) {
  for (size_t i = 0; i < score->outliers.count; ++i) {
    const KtOutlier *o = &score->outliers.items[i];
    printf("%s %.2f (%.2f..%.2f) ", o->name, (double)o->value, (double)o->low, (double)o->high);
  }
  printf("outside %zu/%d\n", score->outliers.count, score->counted);
}

/// What is heard over a cue, step by step, smoothed as kt_heard_tension() does.
typedef struct Series {
  float *heard, *meant, *harmony, *level, *density;
  size_t count;
} Series;

static KtKey key_at(const KtScore *score, KtTick tick) {
  KtKey key = score->keys.items[0].key;
  for (size_t i = 0; i < score->keys.count && score->keys.items[i].tick <= tick; ++i) {
    key = score->keys.items[i].key;
  }
  return key;
}

static Series listen(KtArena *arena, const KtStory *story, const KtCue *cue, const KtScore *score) {
  const KtFilmTime step = KT_FLICKS_PER_SECOND / 2;
  size_t count = (size_t)((cue->out - cue->in) / step);
  Series s = {KT_NEW(arena, float, count), KT_NEW(arena, float, count), KT_NEW(arena, float, count),
              KT_NEW(arena, float, count), KT_NEW(arena, float, count), count};
  kt_heard_tension(score, step, s.heard, count);
  for (size_t i = 0; i < count; ++i) {
    KtFilmTime at = (KtFilmTime)i * step;
    KtTick from = kt_tempo_tick(&score->tempo, at - step), to = kt_tempo_tick(&score->tempo, at + step);
    from = from < 0 ? 0 : from;
    KtTones tones = {{0}};
    KtKey key = key_at(score, from);
    KtHeard h = kt_heard_between(score->parts.items, score->parts.count, from, to > from ? to : from + 1, 1, key, &tones);
    s.meant[i] = kt_story_at(story, cue->in + at).tension;
    s.harmony[i] = (float)kt_harmony_tension(&tones, key);
    s.level[i] = (float)h.level;
    s.density[i] = (float)h.density;
    if (getenv("KINOTHEK_SERIES") && i % 4 == 0) {
      printf("%6.1f meant %.2f heard %.2f  width %.2f strain %.2f level %.2f density %.2f\n", (double)i / 2,
             (double)s.meant[i], (double)s.heard[i], h.width, h.strain, h.level, h.density);
    }
  }
  kt_heard_smooth(s.harmony, count);
  kt_heard_smooth(s.level, count);
  kt_heard_smooth(s.density, count);
  return s;
}

static double product(const float *a, const float *b, size_t count) {
  double ma = 0, mb = 0, sum = 0;
  for (size_t i = 0; i < count; ++i) {
    ma += (double)a[i] / (double)count;
    mb += (double)b[i] / (double)count;
  }
  for (size_t i = 0; i < count; ++i) {
    sum += ((double)a[i] - ma) * ((double)b[i] - mb);
  }
  return sum;
}

/// Share of the variance of what is heard that loudness and density explain (least squares).
static double explained(const Series *s) {
  double ll = product(s->level, s->level, s->count), dd = product(s->density, s->density, s->count);
  double ld = product(s->level, s->density, s->count), lh = product(s->level, s->heard, s->count);
  double dh = product(s->density, s->heard, s->count), hh = product(s->heard, s->heard, s->count);
  double det = ll * dd - ld * ld;
  return det > 1e-12 && hh > 1e-12 ? (lh * (lh * dd - dh * ld) + dh * (dh * ll - lh * ld)) / det / hh : 0;
}

/// The intended tension beside the MIDI, for those who measure from outside.
static void write_arc(const Job *job, const KtCue *cue, const Series *s) {
  char path[800];
  snprintf(path, sizeof(path), "%s/cues/%s/arc.csv", job->folder, cue->name);
  FILE *file = fopen(path, "w");
  for (size_t i = 0; file && i < s->count; ++i) {
    fprintf(file, i ? "%.1f,%.4f\n" : "seconds,tension\n%.1f,%.4f\n", (double)i / 2, (double)s->meant[i]);
  }
  if (file) {
    fclose(file);
  }
}

static double spread(const float *values, size_t count) {
  float low = 1, high = 0;
  for (size_t i = 0; i < count; ++i) {
    low = values[i] < low ? values[i] : low;
    high = values[i] > high ? values[i] : high;
  }
  return (double)(high - low);
}

static void say_tension(const Job *job, const KtStory *story, const KtCue *cue, const KtScore *score, double took) {
  KtArena *arena = kt_arena_new();
  Series s = listen(arena, story, cue, score);
  write_arc(job, cue, &s);
  const char *name = strrchr(job->mood, '/');
  const KtChord *last = score->chords.count ? &score->chords.items[score->chords.count - 1] : NULL;
  bool home = last && kt_spelling_class(last->root) == kt_spelling_class(last->key.tonic);
  if (cue->exit == KT_EXIT_RING_OFF && !home) {
    printf("ends away from home: ");
  }
  printf("%s\t%s\t%llu\t%.0f s\t", name ? name + 1 : job->mood, job->palette, (unsigned long long)job->ctx.seed,
         kt_seconds(cue->out - cue->in));
  double meant = spread(s.meant, s.count);
  printf(meant >= 0.2 ? "%.2f" : "-", kt_rank_correlation(arena, s.heard, s.meant, s.count));
  printf("\tmeant %.2f heard %.2f\texplained %.2f\tharmony %.2f\t%.2f\t%s\t", meant, spread(s.heard, s.count), explained(&s),
         kt_rank_correlation(arena, s.harmony, s.meant, s.count), took, cue->name);
  say_norms(score);
  kt_arena_free(arena);
}

/// The chords beside the MIDI: when, which, in which key.
static void write_chords(const Job *job, const KtCue *cue, const KtScore *score) {
  char path[800];
  snprintf(path, sizeof(path), "%s/cues/%s/chords.csv", job->folder, cue->name);
  FILE *file = fopen(path, "w");
  for (size_t i = 0; file && i < score->chords.count; ++i) {
    const KtChord *c = &score->chords.items[i];
    char name[16], tonic[16];
    kt_chord_name(c, name);
    kt_chord_name(&(KtChord){.root = c->key.tonic, .bass = c->key.tonic}, tonic);
    fprintf(file, i ? "%.3f,%.3f,%s,%s,%d,%.3f\n" : "start_s,end_s,chord,tonic,mode,tension\n%.3f,%.3f,%s,%s,%d,%.3f\n",
            kt_seconds(kt_tempo_time(&score->tempo, c->start)), kt_seconds(kt_tempo_time(&score->tempo, c->start + c->duration)),
            name, tonic, (int)c->key.mode, (double)c->tension);
  }
  if (file) {
    fclose(file);
  }
}

static void say_chords(const KtScore *sketch) {
  for (size_t i = 0; getenv("KINOTHEK_CHORDS") && i < sketch->chords.count; ++i) { // for reading along
    char name[16];
    kt_chord_name(&sketch->chords.items[i], name);
    printf("%s%s", name, i + 1 < sketch->chords.count ? " " : "\n");
  }
}

static void say_marks(const KtScore *score) {
  for (size_t i = 0; getenv("KINOTHEK_MARKS") && i < score->marks.count; ++i) {
    printf("%s %.2f ", score->marks.items[i].name, (double)score->marks.items[i].value);
  }
  for (size_t i = 0; getenv("KINOTHEK_MARKS") && i < score->rivals.count; ++i) {
    printf("%s%.3f%s", (int)i == score->chosen ? "*" : "", (double)score->rivals.items[i], i + 1 < score->rivals.count ? " " : "\n");
  }
}

/// The chosen proposal's lead before instruments: composed again with its seed (propose.c).
static KtStatus compose_again(const KtDesk *desk, const KtThemes *themes, const KtPlan *plan, int index, int chosen,
                              KtScore **sketch, KtError *err) {
  KtContext ctx = *desk->ctx;
  KtDesk table = *desk;
  KtRng rng = kt_rng(desk->ctx->seed, "proposal");
  for (int i = 0; i < chosen; ++i) {
    ctx.seed = kt_rng_next(&rng);
  }
  table.ctx = &ctx;
  return kt_compose_cue(&table, themes, plan, index, sketch, err);
}

static KtStatus write_line(const Job *job, const KtDesk *desk, const KtScore *score, const KtScore *sketch, KtRole role, const char *name,
                           KtError *err) {
  char path[700];
  snprintf(path, sizeof(path), "%s/cues/%s/%s.%s.csv", job->folder, score->name, score->name, name);
  FILE *file = fopen(path, "w");
  if (!file) {
    return kt_error_set(err, KT_ERR_IO, "%s cannot be written: is the folder there?", path);
  }
  fprintf(file, "start,length,start_s,length_s,midi,place,beats,unit,statement,exit\n");
  for (size_t p = 0; p < sketch->parts.count; ++p) {
    const KtPart *part = &sketch->parts.items[p];
    for (size_t i = 0; part->role == role && i < part->notes.count; ++i) {
      const KtNote *n = &part->notes.items[i];
      int bar;
      double beat;
      KtMetre metre = kt_metres_at(&sketch->metres, n->start);
      kt_metres_position(&sketch->metres, n->start, &bar, &beat);
      double start = kt_seconds(kt_tempo_time(&sketch->tempo, n->start));
      double end = kt_seconds(kt_tempo_time(&sketch->tempo, n->start + n->duration));
      KtTick line = kt_metres_bar_start(&sketch->metres, bar);
      fprintf(file, "%.4f,%.4f,%.3f,%.3f,%d,%.4f,%d,%d,%d,%s\n", (double)n->start / KT_PPQ, (double)n->duration / KT_PPQ, start,
              end - start, n->midi, (double)(n->start - line) / KT_PPQ, metre.beats, metre.unit, n->statement,
              kt_exit_name(desk->spotting->cues.items[score->cue].exit));
    }
  }
  fclose(file);
  return KT_OK;
}

static KtStatus cue(const Job *job, const KtDesk *desk, const KtThemes *themes, const KtPlan *plan, int index,
                    KtError *err) {
  KtScore *score = NULL;
  KtPerformance *performance = NULL;
  KtProposals proposals = {.count = 0};
  double before = kt_monotonic_s();
  KtStatus status = kt_propose_cue(desk, job->orchestra, job->critic, themes, plan, index, &proposals, err);
  if (!status) {
    score = kt_choose_next(&(KtChooser){.critic = job->critic}, &proposals, -1);
  }
  status = status ? status : kt_perform(&job->ctx, job->orchestra, score, &performance, err);
  double took = kt_monotonic_s() - before;
  if (!status) {
    KtScore **scores = calloc(desk->spotting->cues.count, sizeof(KtScore *));
    KtPerformance **performances = calloc(desk->spotting->cues.count, sizeof(KtPerformance *));
    scores[index] = score;
    performances[index] = performance;
    KtDelivery delivery = {.ctx = &job->ctx, .folder = job->folder, .name = "bench", .program = "bench",
                           .film = desk->film, .story = desk->story, .brief = desk->brief, .palette = desk->palette,
                           .orchestra = job->orchestra, .library_sha256 = "", .spotting = desk->spotting,
                           .themes = themes, .scores = scores, .performances = performances};
    status = kt_make_dirs(job->folder, err);
    status = status ? status : kt_deliver_midi(&delivery, (size_t)index, err);
    status = status ? status : kt_deliver_musicxml(&delivery, (size_t)index, err);
    KtScore *sketch = NULL;
    status = status ? status : compose_again(desk, themes, plan, index, score->chosen, &sketch, err);
    status = status ? status : write_line(job, desk, score, sketch, KT_ROLE_LEAD, "lead", err);
    status = status ? status : write_line(job, desk, score, sketch, KT_ROLE_COUNTER, "counter", err);
    kt_score_free(sketch);
    write_chords(job, &desk->spotting->cues.items[index], score);
    say_chords(score);
    say_marks(score);
    say_tension(job, desk->story, &desk->spotting->cues.items[index], score, took);
    free(scores);
    free(performances);
  }
  kt_performance_free(performance);
  kt_score_free(score);
  return status;
}

static bool ends(const char *text, const char *with) {
  size_t length = strlen(text), own = strlen(with);
  return length > own && !strcmp(text + length - own, with);
}

static bool is_captions(const char *name) {
  return ends(name, ".srt") || ends(name, ".vtt");
}

static bool is_film(const char *name) {
  return ends(name, ".ktf") || ends(name, ".fountain") || ends(name, ".fdx") || is_captions(name);
}

/// The film as it is kept, or a script or captions as a film to come.
static KtStatus read_film(const Job *job, const KtBrief *brief, const KtPalette *palette, KtFilm **film, KtStory **story,
                          KtSpotting **spotting, KtError *err) {
  KtStyle style = {palette->share_min, palette->share_max, palette->cue_min_s, palette->cue_max_s, palette->cue_typical_s,
                   palette->hits_per_minute, palette->restraint};
  KtStatus status = KT_OK;
  if (ends(job->mood, ".ktf")) {
    const char *captions = getenv("KINOTHEK_SUBTITLES");
    status = kt_film_load(job->mood, film, err);
    status = status || !captions ? status : kt_captions_read(*film, captions, err);
  } else {
    bool captions = is_captions(job->mood);
    KtKept kept = {.subtitles = captions ? job->mood : NULL, .script = captions ? NULL : job->mood, .sketch = true};
    status = kt_sketch_look(&job->ctx, &kept, "en", film, story, err);
  }
  if (!status && !*story) {
    status = kt_story_read(&job->ctx, *film, getenv("KINOTHEK_SCRIPT"), "en", story, err);
  }
  return status ? status : kt_spot(&job->ctx, *film, *story, brief, &style, true, spotting, err);
}

/// A mood in words, or a film.
static KtStatus compose(const Job *job, KtError *err) {
  KtFreeCue free_cue = {job->mood, job->seconds, "bench"};
  KtArena *arena = kt_arena_new();
  KtFilm *film = NULL;
  KtStory *story = NULL;
  KtSpotting *spotting = NULL;
  KtBrief *brief = NULL;
  KtThemes *themes = NULL;
  KtPlan *plan = NULL;
  KtPalette palette = {0};
  KtStatus status = kt_brief_load(NULL, &brief, err);
  status = status ? status : kt_palette_load(&job->ctx, arena, job->palette, &palette, err);
  if (is_film(job->mood) && !status) {
    status = read_film(job, brief, &palette, &film, &story, &spotting, err);
  } else if (!status) {
    status = kt_free_film(&free_cue, &film, err);
    status = status ? status : kt_free_story(&job->ctx, &free_cue, "en", &story, err);
    status = status ? status : kt_free_spotting(&free_cue, story, &spotting, err);
  }
  KtDesk desk = {&job->ctx, film, story, spotting, brief, &palette, NULL, NULL};
  status = status ? status : kt_compose_themes(&desk, &themes, err);
  status = status ? status : kt_compose_plan(&desk, themes, &plan, err);
  for (size_t i = 0; !status && i < spotting->cues.count; ++i) {
    status = cue(job, &desk, themes, plan, (int)i, err);
  }
  kt_plan_free(plan);
  kt_themes_free(themes);
  kt_brief_free(brief);
  kt_spotting_free(spotting);
  kt_story_free(story);
  kt_film_free(film);
  kt_arena_free(arena);
  return status;
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "bench_compose OUT SECONDS SEEDS PALETTES MOOD...\n");
    return 2;
  }
  KtError err = {0};
  Job job = {.ctx = kt_context_for(NULL), .seconds = atof(argv[2])};
  job.ctx.threads = 1;
  KtOrchestra *orchestra = NULL;
  KtStatus status = kt_orchestra_load(&job.ctx, NULL, &orchestra, &err);
  job.orchestra = orchestra;
  status = status ? status : kt_critic_load(&job.ctx, &job.critic, &err);
  static char all[] = "epic,chamber,piano,minimal,pulse,hybrid,horror,comedy,fairy,silent";
  char *list = strcmp(argv[4], "all") ? argv[4] : all;
  for (char *rest = NULL, *id = strtok_r(list, ",", &rest); id && !status; id = strtok_r(NULL, ",", &rest)) {
    for (int mood = 5; mood < argc; ++mood) {
      for (int seed = 1; seed <= atoi(argv[3]) && !status; ++seed) {
        job.palette = id;
        job.mood = argv[mood];
        job.ctx.seed = (uint64_t)seed;
        const char *named = is_film(job.mood) ? kt_path_name(job.mood) : job.mood;
        snprintf(job.folder, sizeof(job.folder), "%.300s/%.200s.%.40s.%d", argv[1], named, id, seed);
        status = compose(&job, &err);
      }
    }
  }
  kt_critic_free(job.critic);
  kt_orchestra_free(orchestra);
  if (status) {
    fprintf(stderr, "%s %s\n", err.file, err.message);
  }
  return status ? 1 : 0;
}
