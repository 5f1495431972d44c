// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Counts what real scores do: learn_scores FOLDER OUT reads every NAME.mxl in FOLDER with NAME_melody.mxl (its
// leading line) and NAME_annotations.csv (who leads from when), and writes OUT/windows.yaml (what stretches of
// music measure), OUT/lines.yaml (how leading lines move), OUT/voices.yaml (spacing, chord motion, doubling).
#include "base/file.h"
#include "ear/musicxml.h"
#include "ear/norms.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTHS = 6, MOVEMENTS_MOST = 400, VALUES_MOST = 60000, RHYTHMS = 14, GAPS = 25, NAMES_MOST = 400 };
static const double SECONDS[LENGTHS] = {15, 30, 45, 60, 90, 150};
static const double QUARTERS[RHYTHMS] = {0.125, 0.1667, 0.25, 0.3333, 0.5, 0.6667, 0.75, 1, 1.5, 2, 3, 4, 6, 8};

typedef struct Doubling {
  char pair[64];
  double octave0, octave1, other;
} Doubling;

typedef struct Learned {
  double *values[LENGTHS][KT_STAT_COUNT];
  int count[LENGTHS][KT_STAT_COUNT], windows[LENGTHS];
  double intervals[25], rhythms[RHYTHMS], pairs[RHYTHMS][RHYTHMS];
  double gaps[3][GAPS]; ///< between neighbouring pitches: below C3, C3 to C5, above
  double roots[12], moves[2][2][12];
  double phrase_s[VALUES_MOST], change_bars[VALUES_MOST];
  int phrases, changes, movements;
  Doubling doublings[NAMES_MOST];
  int doubling_count;
} Learned;

static void add_windows(Learned *learned, const KtScore *score, const KtNote *lead, size_t count) {
  double length = kt_seconds(kt_tempo_time(&score->tempo, score->end));
  for (int l = 0; l < LENGTHS; ++l) {
    for (double at = 0; at + SECONDS[l] <= length; at += SECONDS[l] / 2) {
      KtArena *scratch = kt_arena_new();
      double values[KT_STAT_COUNT];
      kt_statistics(scratch, score, lead, count, kt_tempo_tick(&score->tempo, kt_film_time(at)),
                    kt_tempo_tick(&score->tempo, kt_film_time(at + SECONDS[l])), values);
      ++learned->windows[l];
      for (int s = 0; s < KT_STAT_COUNT; ++s) {
        if (!isnan(values[s]) && learned->count[l][s] < VALUES_MOST) {
          learned->values[l][s][learned->count[l][s]++] = values[s];
        }
      }
      kt_arena_free(scratch);
    }
  }
}

static int rhythm_of(KtTick duration) {
  int best = 0;
  for (int i = 1; i < RHYTHMS; ++i) {
    double q = (double)duration / KT_PPQ;
    best = fabs(log(q / QUARTERS[i])) < fabs(log(q / QUARTERS[best])) ? i : best;
  }
  return best;
}

static void add_line(Learned *learned, const KtScore *score, const KtNote *lead, size_t count) {
  KtTick phrase = count ? lead[0].start : 0;
  for (size_t i = 1; i < count; ++i) {
    KtTick gap = lead[i].start - lead[i - 1].start - lead[i - 1].duration;
    int by = lead[i].midi - lead[i - 1].midi;
    if (gap <= KT_PPQ / 2 && by >= -12 && by <= 12) {
      learned->intervals[by + 12] += 1;
      learned->pairs[rhythm_of(lead[i - 1].duration)][rhythm_of(lead[i].duration)] += 1;
    }
    learned->rhythms[rhythm_of(lead[i].duration)] += 1;
    if (gap >= KT_PPQ / 2 && learned->phrases < VALUES_MOST) { // a breath ends a phrase
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

static void add_voices(Learned *learned, const KtScore *score) {
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
      if (on[k] && last >= 0 && k - last < GAPS) {
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

static Doubling *doubling_of(Learned *learned, const char *a, const char *b) {
  char pair[64];
  bool swap = strcmp(a, b) > 0;
  snprintf(pair, sizeof(pair), "%.28s + %.28s", swap ? b : a, swap ? a : b);
  for (int i = 0; i < learned->doubling_count; ++i) {
    if (!strcmp(learned->doublings[i].pair, pair)) {
      return &learned->doublings[i];
    }
  }
  if (learned->doubling_count == NAMES_MOST) {
    return NULL;
  }
  Doubling *made = &learned->doublings[learned->doubling_count++];
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
static void add_doublings(Learned *learned, const KtScore *score) {
  for (size_t a = 0; a < score->parts.count; ++a) {
    for (size_t b = a + 1; b < score->parts.count; ++b) {
      const KtPart *x = &score->parts.items[a], *y = &score->parts.items[b];
      char first[29], second[29];
      plain_name(x->name, first, sizeof(first));
      plain_name(y->name, second, sizeof(second));
      Doubling *d = *first && *second && strcmp(first, second) != 0 ? doubling_of(learned, first, second) : NULL;
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

static void add_changes(Learned *learned, const char *path) {
  FILE *file = fopen(path, "r");
  char line[400], before[100] = "";
  double at = -1;
  while (file && fgets(line, sizeof(line), file)) {
    double start = 0, bar = 0;
    char label[100], part[100];
    if (sscanf(line, "%lf,%lf,%*[^,],%*[^,],%99[^,],%99[^,]", &start, &bar, label, part) == 4 && strcmp(part, before) != 0) {
      if (at >= 0 && learned->changes < VALUES_MOST) {
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

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double quantile(double *values, int count, double at) {
  qsort(values, (size_t)count, sizeof(*values), by_value);
  return count ? values[(int)lround((count - 1) * at)] : 0;
}

static void head(FILE *out, const Learned *learned, const char *what) {
  fprintf(out, "# SPDX-License-Identifier: GPL-3.0-or-later\n# %s\n# Counted in %d orchestral movements of the OpenScore "
               "Orchestra (CC0); made by tools/learn_scores, not by hand.\n", what, learned->movements);
}

static void write_windows(FILE *out, Learned *learned) {
  head(out, learned, "What stretches of music measure: the middle 95 % of each statistic.");
  for (int l = 0; l < LENGTHS; ++l) {
    fprintf(out, "- seconds: %g\n  windows: %d\n  ranges:\n", SECONDS[l], learned->windows[l]);
    for (int s = 0; s < KT_STAT_COUNT; ++s) {
      double *v = learned->values[l][s];
      int n = learned->count[l][s];
      fprintf(out, "    - {id: %s, low: %.4f, middle: %.4f, high: %.4f}\n", kt_statistic_name((KtStatistic)s),
              quantile(v, n, 0.025), quantile(v, n, 0.5), quantile(v, n, 0.975));
    }
  }
}

static void shares(FILE *out, const char *indent, const char *name, const double *values, int count) {
  double sum = 0;
  for (int i = 0; i < count; ++i) {
    sum += values[i];
  }
  fprintf(out, "%s%s: [", indent, name);
  for (int i = 0; i < count; ++i) {
    fprintf(out, "%s%.4f", i ? ", " : "", sum > 0 ? values[i] / sum : 0);
  }
  fprintf(out, "]\n");
}

static void write_lines(FILE *out, Learned *learned) {
  head(out, learned, "How leading lines move. Intervals: shares of -12 .. 12 semitones.");
  shares(out, "", "intervals", learned->intervals, 25);
  fprintf(out, "quarters: [");
  for (int i = 0; i < RHYTHMS; ++i) {
    fprintf(out, "%s%.4f", i ? ", " : "", QUARTERS[i]);
  }
  fprintf(out, "]\n");
  shares(out, "", "rhythms", learned->rhythms, RHYTHMS);
  fprintf(out, "# after a tone of each length (rows as in quarters), shares of the next one's\nfollows:\n");
  for (int i = 0; i < RHYTHMS; ++i) {
    shares(out, "  - ", "next", learned->pairs[i], RHYTHMS);
  }
  fprintf(out, "phrase_s: {low: %.2f, middle: %.2f, high: %.2f}\n", quantile(learned->phrase_s, learned->phrases, 0.1),
          quantile(learned->phrase_s, learned->phrases, 0.5), quantile(learned->phrase_s, learned->phrases, 0.9));
  fprintf(out, "lead_bars: {low: %.1f, middle: %.1f, high: %.1f}\n", quantile(learned->change_bars, learned->changes, 0.1),
          quantile(learned->change_bars, learned->changes, 0.5), quantile(learned->change_bars, learned->changes, 0.9));
}

static int by_octaves(const void *a, const void *b) {
  const Doubling *x = a, *y = b;
  double p = x->octave0 + x->octave1, q = y->octave0 + y->octave1;
  return (p < q) - (p > q);
}

static void write_voices(FILE *out, Learned *learned) {
  head(out, learned, "Spacing: shares of 0 .. 24 semitones between neighbouring pitches, by the lower one's register.");
  shares(out, "", "gaps_below_c3", learned->gaps[0], GAPS);
  shares(out, "", "gaps_middle", learned->gaps[1], GAPS);
  shares(out, "", "gaps_above_c5", learned->gaps[2], GAPS);
  fprintf(out, "# roots of triads: shares of motion upwards by 0 .. 11 semitones; then by quality\n");
  shares(out, "", "roots", learned->roots, 12);
  static const char *const names[2][2] = {{"major_to_major", "major_to_minor"}, {"minor_to_major", "minor_to_minor"}};
  for (int a = 0; a < 2; ++a) {
    for (int b = 0; b < 2; ++b) {
      shares(out, "", names[a][b], learned->moves[a][b], 12);
    }
  }
  qsort(learned->doublings, (size_t)learned->doubling_count, sizeof(Doubling), by_octaves);
  fprintf(out, "# notes that two players have together: shares in unison, in octaves, in other intervals\ndoublings:\n");
  for (int i = 0; i < learned->doubling_count && i < 40; ++i) {
    const Doubling *d = &learned->doublings[i];
    double sum = d->octave0 + d->octave1 + d->other;
    if (sum > 500) {
      fprintf(out, "  - {pair: %s, unison: %.3f, octave: %.3f, notes: %.0f}\n", d->pair, d->octave0 / sum, d->octave1 / sum, sum);
    }
  }
}

static bool learn(Learned *learned, const char *folder, const char *name, KtError *err) {
  KtArena *arena = kt_arena_new();
  int stem = (int)(strlen(name) - 4);
  KtReadScore *score = NULL, *melody = NULL;
  const char *path = kt_path_join(arena, folder, name);
  const char *line = kt_path_join(arena, folder, kt_arena_format(arena, "%.*s_melody.mxl", stem, name));
  bool ok = !kt_musicxml_read(path, &score, err) && !kt_musicxml_read(line, &melody, err);
  if (ok) {
    melody->score.tempo = score->score.tempo;
    KT_ARRAY(KtNote) lead = {0};
    for (size_t p = 0; p < melody->score.parts.count; ++p) {
      melody->score.parts.items[p].role = KT_ROLE_LEAD;
    }
    size_t count = 0;
    const KtNote *notes = kt_leading_line(arena, &melody->score, &count);
    (void)lead;
    ++learned->movements;
    add_windows(learned, &score->score, notes, count);
    add_line(learned, &score->score, notes, count);
    add_voices(learned, &score->score);
    add_doublings(learned, &score->score);
    add_changes(learned, kt_path_join(arena, folder, kt_arena_format(arena, "%.*s_annotations.csv", stem, name)));
    fprintf(stderr, "%s: %zu parts, %zu notes of the lead, %.0f s\n", name, score->score.parts.count, count,
            kt_seconds(kt_tempo_time(&score->score.tempo, score->score.end)));
  }
  kt_read_score_free(melody);
  kt_read_score_free(score);
  kt_arena_free(arena);
  return ok;
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool save(Learned *learned, const char *folder, const char *name, void (*write)(FILE *, Learned *)) {
  char path[1200];
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  KtAtomicFile file;
  if (kt_atomic_open(&file, path, NULL)) {
    return false;
  }
  write(file.stream, learned);
  return !kt_atomic_commit(&file, NULL);
}

int main(int argc, char **argv) {
  DIR *dir = argc == 3 ? opendir(argv[1]) : NULL;
  if (!dir) {
    fprintf(stderr, "learn_scores FOLDER OUT\n");
    return 2;
  }
  static Learned learned;
  for (int l = 0; l < LENGTHS; ++l) {
    for (int s = 0; s < KT_STAT_COUNT; ++s) {
      learned.values[l][s] = calloc(VALUES_MOST, sizeof(double));
    }
  }
  char *names[MOVEMENTS_MOST];
  int count = 0;
  for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
    size_t length = strlen(e->d_name);
    if (count < MOVEMENTS_MOST && length > 4 && !strcmp(e->d_name + length - 4, ".mxl") && !strstr(e->d_name, "_melody.")) {
      names[count++] = strdup(e->d_name);
    }
  }
  closedir(dir);
  qsort(names, (size_t)count, sizeof(*names), by_name);
  for (int i = 0; i < count; ++i) {
    KtError err = {0};
    if (!learn(&learned, argv[1], names[i], &err)) {
      fprintf(stderr, "%s:%d %s\n", err.file, err.line, err.message);
      return 1;
    }
  }
  bool ok = save(&learned, argv[2], "windows.yaml", write_windows) && save(&learned, argv[2], "lines.yaml", write_lines) &&
            save(&learned, argv[2], "voices.yaml", write_voices);
  return ok ? 0 : 1;
}
