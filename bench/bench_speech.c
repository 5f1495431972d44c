// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How well speech is found: film dialogue at several levels over music and ambience.
// usage: bench_speech DATA [SCORE.wav]...   DATA holds dialogue/, ambience/, films/
//
// The takes of the talkie have marks by hand; the measures of words.c were fitted on them. The other
// takes were used for nothing: their marks are made here, by level and voicing of the clean take, and
// how such marks agree with those by hand is printed first.
#include "base/file.h"
#include "film/speech.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = KT_SAMPLE_RATE, MOST_S = 400, BETWEEN_S = 2, NAMES = 64 };
enum { NO = 0, WORDS = 1, UNSURE = 2 };

typedef struct Sound {
  float *samples; ///< mono, 48 kHz
  size_t count;
} Sound;

static Sound load(const char *path, double most_s) {
  KtArena *arena = kt_arena_new();
  KtFilm *film = KT_NEW(arena, KtFilm, 1);
  film->arena = arena;
  KtFilmSound *file = NULL;
  KtError err = {0};
  if (kt_film_sound_open(film, path, &file, &err)) {
    fprintf(stderr, "%s: %s\n", path, err.message);
    exit(1);
  }
  int channels = kt_film_sound_channels(file);
  size_t most = (size_t)(most_s * RATE), got = 1;
  Sound sound = {calloc(most + 4800, sizeof(float)), 0};
  float *part = calloc(4800U * (size_t)channels, sizeof(float));
  while (got && sound.count < most && !kt_film_sound_read(file, part, 4800, &got, NULL)) {
    for (size_t i = 0; i < got; ++i) {
      for (int c = 0; c < channels; ++c) {
        sound.samples[sound.count] += part[i * (size_t)channels + (size_t)c] / (float)channels;
      }
      ++sound.count;
    }
  }
  free(part);
  kt_film_sound_close(file);
  kt_film_free(film);
  return sound;
}

static KtHear *listen(const char *weights_path, const Sound *sound, KtFilm *film) {
  KtSileroWeights *weights = NULL;
  kt_silero_open(weights_path, &weights, NULL);
  KtHear *hear = calloc(1, sizeof(*hear));
  AVChannelLayout layout = {0};
  av_channel_layout_default(&layout, 1);
  film->duration = kt_sample_film_time((int64_t)sound->count);
  if (kt_hear_init(hear, &layout, weights, NULL) ||
      kt_hear_add(hear, sound->samples, sound->count, NULL) || kt_hear_finish(hear, film, NULL)) {
    exit(1);
  }
  return hear;
}

static KtFilm *bare(void) {
  KtArena *arena = kt_arena_new();
  KtFilm *film = KT_NEW(arena, KtFilm, 1);
  film->arena = arena;
  return film;
}

static int by_value(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

/// Marks of a clean take, one for 10 ms: words stand high above its floor and have voiced parts.
static void mark_by_level(const KtHear *hear, char *marks, size_t count) {
  float *levels = calloc(count + 1, sizeof(float)), *sorted = calloc(count + 1, sizeof(float));
  for (size_t i = 0; i < count; ++i) {
    size_t at = i + 2 < hear->voice_count ? i + 2 : hear->voice_count - 1;
    levels[i] = sorted[i] = hear->voices[at].level_db;
  }
  qsort(sorted, count, sizeof(float), by_value);
  float top = sorted[count * 95 / 100], floor_db = sorted[count / 10];
  float line = fmaxf(top - 20.0F, floor_db + 9.0F);
  for (size_t i = 0; i < count;) {
    if (levels[i] < line) {
      ++i;
      continue;
    }
    size_t from = i, last = i;
    int voiced = 0;
    for (; i < count && i - last <= 15; ++i) {
      last = levels[i] >= line ? i : last;
      size_t at = i + 2 < hear->voice_count ? i + 2 : hear->voice_count - 1;
      voiced += hear->voices[at].voicing > 0.6F && levels[i] >= line;
    }
    char mark = last - from >= 15 && voiced * 4 > (int)(last - from) ? WORDS : UNSURE;
    for (size_t k = from > 8 ? from - 8 : 0; k < last + 9 && k < count; ++k) {
      marks[k] = k >= from && k <= last ? mark : UNSURE;
    }
  }
  free(levels);
  free(sorted);
}

/// Marks by hand of the talkie, for the take that starts at `start_s` in it.
static void mark_by_hand(const char *data, const char *take, double start_s, char *marks,
                         size_t count) {
  char path[1024], line[256], label[16], name[128];
  snprintf(path, sizeof(path), "%s/films/talkie_farmhouse_24fps.speech10ms.csv", data);
  FILE *file = fopen(path, "r");
  double a, b;
  while (file && fgets(line, sizeof(line), file)) {
    if (sscanf(line, "%lf,%lf,%15[a-z],%127[^\n]", &a, &b, label, name) == 4 &&
        !strcmp(name, take)) {
      for (long i = lround((a - start_s) * 100); i < lround((b - start_s) * 100); ++i) {
        if (i >= 0 && (size_t)i < count) {
          marks[i] = strcmp(label, "speech") ? UNSURE : WORDS;
        }
      }
    }
  }
  if (file) {
    fclose(file);
  }
}

/// Where a take starts in the talkie; -1 where it is not in it.
static double start_in_talkie(const char *data, const char *take) {
  char path[1024], line[256], name[128];
  snprintf(path, sizeof(path), "%s/films/talkie_farmhouse_24fps.speech.csv", data);
  FILE *file = fopen(path, "r");
  double a, b, start_s = -1;
  while (file && fgets(line, sizeof(line), file)) {
    if (sscanf(line, "%lf,%lf,%127[^\n]", &a, &b, name) == 3 && !strcmp(name, take)) {
      start_s = a;
    }
  }
  if (file) {
    fclose(file);
  }
  return start_s;
}

typedef struct Score {
  double words, hits, said;
} Score;

static void count(Score *score, const char *marks, const char *found, size_t steps) {
  for (size_t i = 0; i < steps; ++i) {
    score->words += marks[i] == WORDS;
    score->hits += marks[i] == WORDS && found[i];
    score->said += marks[i] != UNSURE && found[i];
  }
}

static void print(const char *name, const Score *score) {
  printf("%s %.3f/%.3f", name, score->words > 0 ? score->hits / score->words : 1.0,
         score->said > 0 ? score->hits / score->said : 1.0);
}

static void spans_to_steps(const KtFilm *film, char *found, size_t steps) {
  memset(found, 0, steps);
  for (size_t s = 0; s < film->speech.count; ++s) {
    long to = lround(kt_seconds(film->speech.items[s].end) * 100);
    for (long i = lround(kt_seconds(film->speech.items[s].start) * 100); i < to; ++i) {
      if ((size_t)i < steps) {
        found[i] = 1;
      }
    }
  }
}

/// Takes one after the other with air between, and the marks.
typedef struct Group {
  Sound sound;
  char marks[MOST_S * 100];
  double power; ///< mean square of the words
} Group;

static void add_take(Group *group, const Sound *take, const char *marks, size_t steps) {
  size_t at = (group->sound.count + (size_t)BETWEEN_S * RATE) / KT_STEP * KT_STEP;
  if (at + take->count > (size_t)MOST_S * RATE) {
    return;
  }
  memcpy(group->sound.samples + at, take->samples, take->count * sizeof(float));
  memcpy(group->marks + at / KT_STEP, marks, steps);
  group->sound.count = at + take->count;
}

static void finish_group(Group *group) {
  double sum = 0, n = 1;
  for (size_t i = 0; i < group->sound.count; ++i) {
    if (group->marks[i / KT_STEP] == WORDS) {
      sum += (double)group->sound.samples[i] * (double)group->sound.samples[i];
      ++n;
    }
  }
  group->power = sum / n;
}

static Score over(const char *weights, const Group *group, const Sound *back, double snr_db) {
  Sound mixed = {calloc(group->sound.count, sizeof(float)), group->sound.count};
  double power = 0;
  for (size_t i = 0; i < back->count; ++i) {
    power += (double)back->samples[i] * (double)back->samples[i] / (double)back->count;
  }
  float gain = power > 0 ? (float)sqrt(group->power / power / pow(10, snr_db / 10)) : 0;
  for (size_t i = 0; i < mixed.count; ++i) {
    mixed.samples[i] = group->sound.samples[i] + gain * back->samples[i % back->count];
  }
  KtFilm *film = bare();
  KtHear *hear = listen(weights, &mixed, film);
  static char found[MOST_S * 100];
  size_t steps = mixed.count / KT_STEP;
  spans_to_steps(film, found, steps);
  Score score = {0, 0, 0};
  count(&score, group->marks, found, steps);
  kt_hear_clear(hear);
  free(hear);
  kt_film_free(film);
  free(mixed.samples);
  return score;
}

static size_t list(const char *folder, const char *ending, char names[NAMES][256]) {
  size_t n = 0;
  DIR *dir = opendir(folder);
  for (struct dirent *entry; dir && n < NAMES && (entry = readdir(dir));) {
    const char *dot = strrchr(entry->d_name, '.');
    if (dot && !strcmp(dot, ending)) {
      snprintf(names[n++], 256, "%s", entry->d_name);
    }
  }
  if (dir) {
    closedir(dir);
  }
  qsort(names, n, 256, (int (*)(const void *, const void *))strcmp);
  return n;
}

static void background(const char *weights, const char *name, const Sound *back,
                       const Group groups[2]) {
  static const double snrs_db[] = {20, 10, 5, 0, -5};
  KtFilm *film = bare();
  KtHear *hear = listen(weights, back, film);
  double said = 0, music = 0;
  for (size_t i = 0; i < film->speech.count; ++i) {
    said += kt_seconds(film->speech.items[i].end - film->speech.items[i].start);
  }
  for (size_t i = 0; i < film->music.count; ++i) {
    music += kt_seconds(film->music.items[i].end - film->music.items[i].start);
  }
  double length_s = (double)back->count / RATE;
  printf("%-22.22s alone: words %.3f music %.2f\n", name, said / length_s, music / length_s);
  for (int g = 0; g < 2; ++g) {
    printf("  %-10s", g ? "held out" : "talkie's");
    for (size_t k = 0; k < sizeof(snrs_db) / sizeof(*snrs_db); ++k) {
      char label[16];
      snprintf(label, sizeof(label), "  %+.0f dB", snrs_db[k]);
      Score score = over(weights, &groups[g], back, snrs_db[k]);
      print(label, &score);
    }
    printf("\n");
  }
  fflush(stdout);
  kt_hear_clear(hear);
  free(hear);
  kt_film_free(film);
}

static void load_takes(const char *data, const char *weights, Group groups[2]) {
  static char names[NAMES][256];
  char path[1024];
  snprintf(path, sizeof(path), "%s/dialogue", data);
  size_t n = list(path, ".wav", names);
  Score agreement = {0, 0, 0};
  for (size_t i = 0; i < n; ++i) {
    snprintf(path, sizeof(path), "%s/dialogue/%s", data, names[i]);
    Sound take = load(path, 120);
    size_t steps = take.count / KT_STEP;
    char *level = calloc(steps + 1, 1), *hand = calloc(steps + 1, 1);
    KtFilm *film = bare();
    KtHear *hear = listen(weights, &take, film);
    mark_by_level(hear, level, steps);
    names[i][strlen(names[i]) - 4] = '\0';
    double start_s = start_in_talkie(data, names[i]);
    if (start_s >= 0) {
      mark_by_hand(data, names[i], start_s, hand, steps);
      for (size_t k = 0; k < steps; ++k) {
        hand[k] = level[k] == UNSURE ? UNSURE : hand[k];
        level[k] = level[k] == WORDS;
      }
      count(&agreement, hand, level, steps);
      mark_by_hand(data, names[i], start_s, hand, steps);
    }
    add_take(&groups[start_s < 0], &take, start_s < 0 ? level : hand, steps);
    char *found = calloc(steps + 1, 1);
    spans_to_steps(film, found, steps);
    Score score = {0, 0, 0};
    count(&score, start_s < 0 ? level : hand, found, steps);
    printf("%-44s %-9s", names[i], start_s < 0 ? "held out" : "talkie's");
    print("clean", &score);
    printf("\n");
    free(found);
    free(level);
    free(hand);
    free(take.samples);
    kt_hear_clear(hear);
    free(hear);
    kt_film_free(film);
  }
  print("marks by level against those by hand", &agreement);
  printf("  (recall/precision throughout)\n");
}

int main(int argc, char **argv) {
  const char *data = argc > 1 ? argv[1] : getenv("KINOTHEK_FILMS");
  if (!data) {
    printf("name a folder with dialogue/, ambience/ and films/, or set KINOTHEK_FILMS\n");
    return 77;
  }
  char weights[1024], path[1024];
  const char *folder = getenv("KINOTHEK_DATA");
  snprintf(weights, sizeof(weights), "%s/weights/silero_vad.onnx", folder ? folder : "data");
  printf("weights: %s\n", kt_file_exists(weights) ? weights : "none, measures alone");
  static Group groups[2];
  for (int g = 0; g < 2; ++g) {
    groups[g].sound.samples = calloc((size_t)MOST_S * RATE, sizeof(float));
  }
  load_takes(data, weights, groups);
  finish_group(&groups[0]);
  finish_group(&groups[1]);
  static char names[NAMES][256];
  snprintf(path, sizeof(path), "%s/ambience", data);
  size_t n = list(path, ".ogg", names);
  for (size_t i = 0; i < n; ++i) {
    snprintf(path, sizeof(path), "%s/ambience/%s", data, names[i]);
    Sound back = load(path, 60);
    background(weights, names[i], &back, groups);
    free(back.samples);
  }
  snprintf(path, sizeof(path), "%s/films/big_buck_bunny_320x184_30fps.mp4", data);
  for (int i = 1; i < argc || i == 1; ++i) {
    const char *music = i == 1 ? path : argv[i];
    Sound back = load(music, i == 1 ? 635 : 180);
    background(weights, kt_path_name(music), &back, groups);
    free(back.samples);
  }
  return 0;
}
