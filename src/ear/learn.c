// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/learn.h"

#include "base/file.h"
#include "ear/learn_parts.h"
#include "ear/musicxml.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// A rest so long, seconds, ends a player's run.
static const double REST_S = 0.25;

const double KT_LEARN_SECONDS[KT_LEARN_LENGTHS] = {15, 30, 45, 60, 90, 150};
const double KT_LEARN_QUARTERS[KT_LEARN_RHYTHMS] = {0.125, 0.1667, 0.25, 0.3333, 0.5, 0.6667, 0.75, 1, 1.5, 2, 3, 4, 6, 8};

static void add_windows(KtLearned *learned, const KtScore *score, const KtNote *lead, size_t count) {
  double length = kt_seconds(kt_tempo_time(&score->tempo, score->end));
  for (int l = 0; l < KT_LEARN_LENGTHS; ++l) {
    for (double at = 0; at + KT_LEARN_SECONDS[l] <= length; at += KT_LEARN_SECONDS[l] / 2) {
      KtArena *scratch = kt_arena_new();
      double values[KT_STAT_COUNT];
      kt_statistics(scratch, score, lead, count, kt_tempo_tick(&score->tempo, kt_film_time(at)),
                    kt_tempo_tick(&score->tempo, kt_film_time(at + KT_LEARN_SECONDS[l])), values);
      ++learned->windows[l];
      for (int s = 0; s < KT_STAT_COUNT; ++s) {
        if (!isnan(values[s]) && learned->count[l][s] < KT_LEARN_VALUES) {
          learned->values[l][s][learned->count[l][s]++] = values[s];
        }
      }
      kt_arena_free(scratch);
    }
  }
}

static int rhythm_of(KtTick duration) {
  int best = 0;
  for (int i = 1; i < KT_LEARN_RHYTHMS; ++i) {
    double q = (double)duration / KT_PPQ;
    best = fabs(log(q / KT_LEARN_QUARTERS[i])) < fabs(log(q / KT_LEARN_QUARTERS[best])) ? i : best;
  }
  return best;
}

static void add_line(KtLearned *learned, const KtScore *score, const KtNote *lead, size_t count) {
  KtTick phrase = count ? lead[0].start : 0;
  for (size_t i = 1; i < count; ++i) {
    KtTick gap = lead[i].start - lead[i - 1].start - lead[i - 1].duration;
    int by = lead[i].midi - lead[i - 1].midi;
    if (gap <= KT_PPQ / 2 && by >= -12 && by <= 12) {
      learned->intervals[by + 12] += 1;
      learned->pairs[rhythm_of(lead[i - 1].duration)][rhythm_of(lead[i].duration)] += 1;
    }
    learned->rhythms[rhythm_of(lead[i].duration)] += 1;
    if (gap >= KT_PPQ / 2 && learned->phrases < KT_LEARN_VALUES) { // a breath ends a phrase
      KtTick end = lead[i - 1].start + lead[i - 1].duration;
      learned->phrase_s[learned->phrases++] =
          kt_seconds(kt_tempo_time(&score->tempo, end) - kt_tempo_time(&score->tempo, phrase));
      phrase = lead[i].start;
    }
  }
}

/// The triad that fits what sounds best: root 0..11, +12 for minor, -1 for none.
static int triad(const double weights[12]) {
  int best = -1;
  double most = 0, all = 0;
  for (int c = 0; c < 12; ++c) {
    all += weights[c];
  }
  for (int r = 0; r < 24; ++r) {
    double in = 1.1 * weights[r % 12] + weights[(r + (r < 12 ? 4 : 3)) % 12] + weights[(r + 7) % 12];
    if (in > most) {
      most = in;
      best = r;
    }
  }
  return all > 0 && most > 0.8 * all ? best : -1;
}

static void add_voices(KtLearned *learned, const KtScore *score) {
  int before = -1;
  for (KtTick at = KT_PPQ / 8; at < score->end; at += KT_PPQ) {
    double weights[12] = {0};
    bool on[128] = {false};
    for (size_t p = 0; p < score->parts.count; ++p) {
      const KtPart *part = &score->parts.items[p];
      size_t low = 0, high = part->notes.count;
      while (low < high) {
        size_t middle = (low + high) / 2;
        if (part->notes.items[middle].start <= at) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      for (size_t i = low; i-- > 0 && part->notes.items[i].start + 16 * KT_PPQ > at;) {
        const KtNote *n = &part->notes.items[i];
        if (n->start + n->duration > at && part->role != KT_ROLE_PERCUSSION) {
          on[(int)n->midi] = true;
          weights[n->midi % 12] += 1;
        }
      }
    }
    int last = -1;
    for (int k = 0; k < 128; ++k) {
      if (on[k] && last >= 0 && k - last < KT_LEARN_GAPS) {
        learned->gaps[last < 48 ? 0 : last < 72 ? 1 : 2][k - last] += 1;
      }
      last = on[k] ? k : last;
    }
    int now = triad(weights);
    if (now >= 0 && before >= 0 && now != before) {
      int up = ((now - before) % 12 + 12) % 12;
      learned->roots[up] += 1;
      learned->moves[before / 12][now / 12][up] += 1;
    }
    before = now >= 0 ? now : before;
  }
}

static KtLearnPair *doubling_of(KtLearned *learned, const char *a, const char *b) {
  char pair[64];
  bool swap = strcmp(a, b) > 0;
  snprintf(pair, sizeof(pair), "%.28s + %.28s", swap ? b : a, swap ? a : b);
  for (int i = 0; i < learned->doubling_count; ++i) {
    if (!strcmp(learned->doublings[i].pair, pair)) {
      return &learned->doublings[i];
    }
  }
  if (learned->doubling_count == KT_LEARN_NAMES) {
    return NULL;
  }
  KtLearnPair *made = &learned->doublings[learned->doubling_count++];
  memcpy(made->pair, pair, sizeof(pair));
  return made;
}

/// "Violins 1" and "Violin I" are violins, flutes 1 and 2 are flutes: letters only, no plural.
static void plain_name(const char *name, char *out, size_t size) {
  size_t n = 0;
  for (; *name && *name != '(' && *name != ',' && n + 1 < size; ++name) {
    char c = (char)(*name | 32);
    if ((c >= 'a' && c <= 'z') || (*name == ' ' && n)) {
      out[n++] = *name == ' ' ? ' ' : c;
    } else {
      break;
    }
  }
  while (n && (out[n - 1] == ' ' || (out[n - 1] == 's' && n > 4 && out[n - 2] != 's'))) {
    --n;
  }
  out[n] = '\0';
}

/// Bars in which two neighbours or families play the same rhythm: in unison, in octaves, otherwise.
static void add_doublings(KtLearned *learned, const KtScore *score) {
  for (size_t a = 0; a < score->parts.count; ++a) {
    for (size_t b = a + 1; b < score->parts.count; ++b) {
      const KtPart *x = &score->parts.items[a], *y = &score->parts.items[b];
      char first[29], second[29];
      plain_name(x->name, first, sizeof(first));
      plain_name(y->name, second, sizeof(second));
      KtLearnPair *d = *first && *second && strcmp(first, second) != 0 ? doubling_of(learned, first, second) : NULL;
      for (size_t i = 0, k = 0; d && i < x->notes.count; ++i) {
        const KtNote *n = &x->notes.items[i];
        while (k < y->notes.count && y->notes.items[k].start < n->start) {
          ++k;
        }
        if (k < y->notes.count && y->notes.items[k].start == n->start && y->notes.items[k].duration == n->duration) {
          int off = abs(n->midi - y->notes.items[k].midi);
          *(off == 0 ? &d->octave0 : off % 12 == 0 ? &d->octave1 : &d->other) += 1;
        }
      }
    }
  }
}

static void add_changes(KtLearned *learned, const char *path) {
  FILE *file = fopen(path, "r");
  char line[400], before[100] = "";
  double at = -1;
  while (file && fgets(line, sizeof(line), file)) {
    double start = 0, bar = 0;
    char label[100], part[100];
    if (sscanf(line, "%lf,%lf,%*[^,],%*[^,],%99[^,],%99[^,]", &start, &bar, label, part) == 4 && strcmp(part, before) != 0) {
      if (at >= 0 && learned->changes < KT_LEARN_VALUES) {
        learned->change_bars[learned->changes++] = bar - at;
      }
      at = bar;
      snprintf(before, sizeof(before), "%s", part);
    }
  }
  if (file) {
    fclose(file);
  }
}

static KtLearnRuns *runs_of(KtLearned *learned, const char *name) {
  for (int i = 0; i < learned->run_count; ++i) {
    if (!strcmp(learned->runs[i].name, name)) {
      return &learned->runs[i];
    }
  }
  if (learned->run_count == KT_LEARN_NAMES) {
    return NULL;
  }
  KtLearnRuns *made = &learned->runs[learned->run_count++];
  snprintf(made->name, sizeof(made->name), "%.31s", name);
  return made;
}

static void add_run(KtLearnRuns *runs, double seconds) {
  if (runs->count == runs->room) {
    int room = runs->room ? 2 * runs->room : 256;
    double *more = realloc(runs->seconds, (size_t)room * sizeof(double));
    if (!more) {
      return;
    }
    runs->seconds = more;
    runs->room = room;
  }
  runs->seconds[runs->count++] = seconds;
}

/// How long each part plays until it rests.
static void add_runs(KtLearned *learned, const KtScore *score) {
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    char name[29];
    plain_name(part->name, name, sizeof(name));
    KtLearnRuns *runs = *name && part->role != KT_ROLE_PERCUSSION ? runs_of(learned, name) : NULL;
    double began = -1, ends = -1;
    for (size_t i = 0; runs && i < part->notes.count; ++i) {
      const KtNote *n = &part->notes.items[i];
      double start = kt_seconds(kt_tempo_time(&score->tempo, n->start));
      double end = kt_seconds(kt_tempo_time(&score->tempo, n->start + n->duration));
      if (began >= 0 && start > ends + REST_S) {
        add_run(runs, ends - began);
        began = start;
      }
      began = began < 0 ? start : began;
      ends = fmax(ends, end);
    }
    if (runs && began >= 0) {
      add_run(runs, ends - began);
    }
  }
}

KtStatus kt_learned_new(KtLearned **learned, KtError *err) {
  KtLearned *made = calloc(1, sizeof(*made));
  for (int l = 0; made && l < KT_LEARN_LENGTHS; ++l) {
    for (int s = 0; s < KT_STAT_COUNT; ++s) {
      made->values[l][s] = calloc(KT_LEARN_VALUES, sizeof(double));
      if (!made->values[l][s]) {
        kt_learned_free(made);
        made = NULL;
        break;
      }
    }
  }
  *learned = made;
  return made ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

void kt_learned_free(KtLearned *learned) {
  if (!learned) {
    return;
  }
  for (int l = 0; l < KT_LEARN_LENGTHS; ++l) {
    for (int s = 0; s < KT_STAT_COUNT; ++s) {
      free(learned->values[l][s]);
    }
  }
  for (int i = 0; i < learned->run_count; ++i) {
    free(learned->runs[i].seconds);
  }
  free(learned);
}

/// The highest tone that begins at each moment, where nobody has said what leads.
static const KtNote *skyline(KtArena *arena, const KtScore *score, size_t *count) {
  KtArena *scratch = kt_arena_new();
  KtScore all = {.arena = scratch, .tempo = score->tempo};
  KtPart *line = scratch ? kt_array_push(scratch, &all.parts) : NULL;
  for (size_t p = 0; line && p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    for (size_t i = 0; part->role != KT_ROLE_PERCUSSION && i < part->notes.count; ++i) {
      KtNote *kept = kt_array_push(scratch, &line->notes);
      if (kept) {
        *kept = part->notes.items[i];
      }
    }
  }
  const KtNote *notes = NULL;
  *count = 0;
  if (line) {
    line->role = KT_ROLE_LEAD;
    notes = kt_leading_line(arena, &all, count);
  }
  // what ends is cut where the next begins: one line
  KtNote *own = *count ? kt_arena_alloc(arena, *count * sizeof(KtNote)) : NULL;
  for (size_t i = 0; own && i < *count; ++i) {
    own[i] = notes[i];
    KtTick room = i + 1 < *count ? notes[i + 1].start - notes[i].start : own[i].duration;
    own[i].duration = own[i].duration < room ? own[i].duration : room;
  }
  kt_arena_free(scratch);
  *count = own ? *count : 0;
  return own;
}

static const KtNote *leading(KtArena *arena, const char *path, const KtScore *score, size_t *count, KtError *err) {
  const char *dot = strrchr(path, '.');
  const char *line = kt_arena_format(arena, "%.*s_melody%s", (int)(dot - path), path, dot);
  KtReadScore *melody = NULL;
  *count = 0;
  if (!kt_file_exists(line)) {
    return skyline(arena, score, count);
  }
  if (kt_musicxml_read(line, &melody, err)) {
    return NULL;
  }
  melody->score.tempo = score->tempo;
  for (size_t p = 0; p < melody->score.parts.count; ++p) {
    melody->score.parts.items[p].role = KT_ROLE_LEAD;
  }
  const KtNote *notes = kt_leading_line(arena, &melody->score, count);
  kt_read_score_free(melody);
  return notes;
}

KtStatus kt_learned_add(KtLearned *learned, const char *path, KtError *err) {
  KtArena *arena = kt_arena_new();
  KtReadScore *score = NULL;
  KtError none = {0};
  KtStatus status = arena ? kt_musicxml_read(path, &score, err) : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    size_t count = 0;
    const KtNote *notes = leading(arena, path, &score->score, &count, &none);
    if (none.status) {
      *err = none;
      status = none.status;
    } else {
      const char *dot = strrchr(path, '.');
      ++learned->scores;
      learned->seconds += kt_seconds(kt_tempo_time(&score->score.tempo, score->score.end));
      add_windows(learned, &score->score, notes, count);
      add_line(learned, &score->score, notes, count);
      add_voices(learned, &score->score);
      add_doublings(learned, &score->score);
      add_runs(learned, &score->score);
      add_changes(learned, kt_arena_format(arena, "%.*s_annotations.csv", (int)(dot - path), path));
    }
  }
  kt_read_score_free(score);
  kt_arena_free(arena);
  return status;
}

static bool is_score(const char *name) {
  const char *dot = strrchr(name, '.');
  return dot && dot != name && !strstr(name, "_melody.") && (!strcmp(dot, ".mxl") || !strcmp(dot, ".musicxml") || !strcmp(dot, ".xml"));
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

KtStatus kt_learned_add_folder(KtLearned *learned, const char *folder, const KtContext *tell, KtError *err) {
  DIR *dir = opendir(folder);
  if (!dir) {
    return kt_error_at(err, KT_ERR_IO, folder, 0, 0, "cannot be opened as a folder of scores");
  }
  KtArena *arena = kt_arena_new();
  KT_ARRAY(const char *) names = {0};
  for (const struct dirent *e = readdir(dir); arena && e; e = readdir(dir)) {
    const char **name = is_score(e->d_name) ? kt_array_push(arena, &names) : NULL;
    if (name) {
      *name = kt_arena_text(arena, e->d_name);
    }
  }
  closedir(dir);
  if (names.count) {
    qsort(names.items, names.count, sizeof(*names.items), by_name);
  }
  KtStatus status = !arena || kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
  if (!status && !names.count) {
    status = kt_error_at(err, KT_ERR_ARGUMENT, folder, 0, 0, "holds no score; .musicxml, .mxl and .xml are read");
  }
  for (size_t i = 0; i < names.count && !status; ++i) {
    if (tell && kt_cancelled(tell)) {
      status = kt_error_cancelled(err);
    } else {
      status = kt_learned_add(learned, kt_path_join(arena, folder, names.items[i]), err);
    }
    if (tell) {
      kt_progress(tell, "learn", (double)(i + 1) / (double)names.count);
    }
  }
  kt_arena_free(arena);
  return status;
}

KtLearnedCount kt_learned_count(const KtLearned *learned) {
  return (KtLearnedCount){learned->scores, learned->windows[1], learned->seconds};
}
