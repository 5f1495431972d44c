// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_TEST_ALIGN_TRUTH_H
#define KT_TEST_ALIGN_TRUTH_H

#include "film_by_hand.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/// A script whose times are known, and what is done to it before it is aligned.
enum { TRUTH_MOST = 400, ERRORS_MOST = 10000 };
typedef enum Spoil {
  SPOIL_NONE,
  SPOIL_DROP,
  SPOIL_ADD,
  SPOIL_REWORD,
  SPOIL_SWAP,
  SPOIL_MOVE, ///< whole scenes stand elsewhere
  SPOIL_COUNT
} Spoil;
static const char *const spoil_names[] = {"as it is", "dropped", "added",
                                          "reworded", "swapped", "moved"};

typedef struct Piece {
  enum { PIECE_HEADING, PIECE_ACTION, PIECE_SPEECH } kind;
  char who[40], text[500];
  double truth_s; ///< of headings and speeches; below 0: not in the film
} Piece;

typedef struct Truth {
  KtFilm *film;
  double shot_s; ///< mean length of a shot
  Piece pieces[TRUTH_MOST];
  int count;
} Truth;

typedef struct Measured {
  double line_s;      ///< median error of a line's start
  double line_p90_s;  ///< nine tenths lie below
  double scene_shots; ///< median error of a scene's start
  double scene_p90_shots;
  int lines, scenes;
} Measured;

typedef struct Errors {
  double line_s[ERRORS_MOST], scene_shots[ERRORS_MOST];
  int lines, scenes;
} Errors;

static inline unsigned next_random(unsigned *seed) {
  *seed = *seed * 1664525U + 1013904223U;
  return *seed >> 8U;
}

static inline Piece *add_piece(Truth *truth, int kind, const char *who, const char *text,
                               double truth_s) {
  Piece *piece = &truth->pieces[truth->count];
  truth->count += truth->count < TRUTH_MOST - 1;
  memset(piece, 0, sizeof(*piece));
  piece->kind = kind;
  piece->truth_s = truth_s;
  snprintf(piece->who, sizeof(piece->who), "%s", who);
  snprintf(piece->text, sizeof(piece->text), "%s", text);
  return piece;
}

/// Three to twelve words, small ones most, as people talk.
static inline void say_something(unsigned *seed, char *text, size_t size) {
  static const char *const words[] = {
      "the",      "you",     "I",      "to",      "a",     "and",    "it",     "that",    "not",
      "is",       "we",      "what",   "in",      "me",    "this",   "know",   "there",   "come",
      "back",     "door",    "house",  "night",   "never", "before", "water",  "mother",  "letter",
      "train",    "money",   "river",  "window",  "horse", "wait",   "listen", "morning", "doctor",
      "leave",    "stay",    "light",  "brother", "road",  "snow",   "want",   "think",   "believe",
      "remember", "captain", "bridge", "war",     "garden"};
  int count = 3 + (int)(next_random(seed) % 10);
  size_t used = 0;
  for (int i = 0; i < count && used + 12 < size; ++i) {
    unsigned top = next_random(seed) % 3 ? 50 : 15;
    used += (size_t)snprintf(text + used, size - used, "%s%s", i ? " " : "",
                             words[next_random(seed) % top]);
  }
  snprintf(text + used, size - used, ".");
}

static inline float truth_still(double s) {
  return s < 0 ? 0 : 0.02F;
}
static inline float truth_light(double s) {
  return s < 0 ? 0 : 0.5F;
}

/// Speech as a detector finds it: some speak faster, some pause inside a line, some is no speech.
static inline void hear_line(KtFilm *film, double at, double length, unsigned *seed) {
  double ends = at + length;
  if (next_random(seed) % 100 < 20 && length > 1.5) {
    double pause = at + length * 0.4;
    *kt_array_push(film->arena, &film->speech) = (KtSpan){kt_film_time(at), kt_film_time(pause)};
    at = pause + 0.3;
  }
  *kt_array_push(film->arena, &film->speech) = (KtSpan){kt_film_time(at), kt_film_time(ends)};
  if (next_random(seed) % 100 < 8) {
    *kt_array_push(film->arena, &film->speech) =
        (KtSpan){kt_film_time(ends + 0.2), kt_film_time(ends + 0.5)};
  }
}

/// Twelve scenes of five to nine lines, shots of four seconds, captions and speech at known times.
static inline void make_truth(Truth *truth, unsigned seed) {
  double at = 0;
  truth->count = 0;
  truth->shot_s = 4;
  truth->film = film_by_hand(640, 4, truth_still, truth_light);
  for (int scene = 0; scene < 12; ++scene) {
    char text[120];
    at = 4 * ceil(at / 4);
    snprintf(text, sizeof(text), "INT. PLACE %c - %s", 'A' + scene, scene % 3 ? "DAY" : "NIGHT");
    add_piece(truth, PIECE_HEADING, "", text, at);
    say_something(&seed, text, sizeof(text));
    add_piece(truth, PIECE_ACTION, "", text, -1);
    at += 3 + next_random(&seed) % 6;
    int lines = 5 + (int)(next_random(&seed) % 5);
    for (int i = 0; i < lines; ++i) {
      say_something(&seed, text, sizeof(text));
      double pace = 0.75 + (double)(next_random(&seed) % 60) / 100;
      double length = 0.4 + pace * (double)strlen(text) / 14;
      add_piece(truth, PIECE_SPEECH, i % 2 ? "ANNA" : "PAUL", text, at);
      add_caption(truth->film, at, at + length, kt_arena_text(truth->film->arena, text));
      hear_line(truth->film, at, length, &seed);
      at += length + 0.6 + (double)(next_random(&seed) % 40) / 10;
    }
  }
}

/// Every third word is another, every fifth is gone.
static inline void reword(char *text) {
  char made[500] = "";
  size_t used = 0;
  int n = 0;
  for (char *word = strtok(text, " "); word; word = strtok(NULL, " "), ++n) {
    if (n % 5 != 4 && used + strlen(word) + 12 < sizeof(made)) {
      used += (size_t)snprintf(made + used, sizeof(made) - used, "%s%s", used ? " " : "",
                               n % 3 == 2 ? "somehow" : word);
    }
  }
  snprintf(text, sizeof(made), "%s", made);
}

static inline int next_speech(const Truth *truth, int from) {
  for (int i = from; i < truth->count; ++i) {
    if (truth->pieces[i].kind == PIECE_SPEECH) {
      return i;
    }
  }
  return -1;
}

static inline int next_heading(const Truth *truth, int from) {
  while (from < truth->count && truth->pieces[from].kind != PIECE_HEADING) {
    ++from;
  }
  return from;
}

/// A share of the scenes, one at least, somewhere else in the script.
static inline void move_scenes(Truth *truth, int percent, unsigned *seed) {
  static Piece aside[TRUTH_MOST];
  int scenes = 0;
  for (int i = next_heading(truth, 0); i < truth->count; i = next_heading(truth, i + 1)) {
    ++scenes;
  }
  int times = (scenes * percent + 50) / 100;
  for (int n = 0; n < (times ? times : 1); ++n) {
    int which = (int)(next_random(seed) % (unsigned)scenes);
    int from = next_heading(truth, 0);
    for (; which > 0; --which) {
      from = next_heading(truth, from + 1);
    }
    int size = next_heading(truth, from + 1) - from;
    memcpy(aside, &truth->pieces[from], (size_t)size * sizeof(Piece));
    memmove(&truth->pieces[from], &truth->pieces[from + size],
            (size_t)(truth->count - from - size) * sizeof(Piece));
    int to = next_heading(truth, 0);
    for (which = (int)(next_random(seed) % (unsigned)scenes); which > 0 && to < truth->count - size;
         --which) {
      truth->count -= size;
      to = next_heading(truth, to + 1);
      truth->count += size;
    }
    memmove(&truth->pieces[to + size], &truth->pieces[to],
            (size_t)(truth->count - size - to) * sizeof(Piece));
    memcpy(&truth->pieces[to], aside, (size_t)size * sizeof(Piece));
  }
}

/// A copy of the script with a share of its lines dropped, added, reworded or swapped.
static inline void spoil_script(const Truth *from, Truth *to, Spoil spoil, int percent,
                                unsigned seed) {
  *to = (Truth){.film = from->film, .shot_s = from->shot_s};
  for (int i = 0; i < from->count; ++i) {
    const Piece *piece = &from->pieces[i];
    bool hit = piece->kind == PIECE_SPEECH && (int)(next_random(&seed) % 100) < percent;
    Piece *made = NULL;
    if (!hit || spoil != SPOIL_DROP) {
      made = add_piece(to, (int)piece->kind, piece->who, piece->text, piece->truth_s);
    }
    if (hit && spoil == SPOIL_REWORD) {
      reword(made->text);
    } else if (hit && spoil == SPOIL_ADD) {
      char text[120];
      say_something(&seed, text, sizeof(text));
      add_piece(to, PIECE_SPEECH, "ANNA", text, -1);
    }
  }
  if (spoil == SPOIL_MOVE) {
    move_scenes(to, percent, &seed);
  }
  for (int i = next_speech(to, 0), k; spoil == SPOIL_SWAP && i >= 0; i = next_speech(to, k)) {
    k = next_speech(to, i + 1);
    if (k < 0) {
      break;
    }
    if ((int)(next_random(&seed) % 200) < percent) { // two lines at once
      Piece swap = to->pieces[i];
      to->pieces[i] = to->pieces[k];
      to->pieces[k] = swap;
    }
  }
}

static inline int by_error(const void *left, const void *right) {
  double a = *(const double *)left;
  double b = *(const double *)right;
  return (a > b) - (a < b);
}

static inline double at_share(double *errors, int count, double share) {
  qsort(errors, (size_t)count, sizeof(*errors), by_error);
  return count ? errors[(int)((count - 1) * share + 0.5)] : 0;
}

static inline KtStory *read_truth(const Truth *truth) {
  char path[] = "/tmp/kinothek-align-XXXXXX";
  int file = mkstemp(path);
  FILE *out = file >= 0 ? fdopen(file, "w") : NULL;
  for (int i = 0; out && i < truth->count; ++i) {
    const Piece *piece = &truth->pieces[i];
    fprintf(out, "%s%s%s\n\n", piece->who, *piece->who ? "\n" : "", piece->text);
  }
  if (!out || fclose(out)) {
    return NULL;
  }
  KtContext ctx = test_context();
  KtStory *story = NULL;
  KtStatus status = kt_story_read(&ctx, truth->film, path, "en", &story, NULL);
  unlink(path);
  return status ? NULL : story;
}

static inline void add_error(double *errors, int *count, double error) {
  errors[*count] = error;
  *count += *count < ERRORS_MOST - 1;
}

/// Aligns and compares; scenes are known by their headings.
static inline void add_errors(const Truth *truth, Errors *errors) {
  KtStory *story = read_truth(truth);
  bool *used = story ? calloc(story->lines.count + 1, sizeof(*used)) : NULL;
  bool *seen = story ? calloc(story->scenes.count + 1, sizeof(*seen)) : NULL;
  for (int i = 0; used && seen && i < truth->count; ++i) {
    const Piece *piece = &truth->pieces[i];
    for (size_t k = 0; piece->kind == PIECE_HEADING && k < story->scenes.count; ++k) {
      if (!seen[k] && !strcmp(story->scenes.items[k].heading, piece->text)) {
        double far = fabs(kt_seconds(story->scenes.items[k].start) - piece->truth_s);
        if (piece->truth_s >= 0) {
          add_error(errors->scene_shots, &errors->scenes, far / truth->shot_s);
        }
        seen[k] = true;
        break;
      }
    }
    for (size_t k = 0; piece->kind == PIECE_SPEECH && k < story->lines.count; ++k) {
      if (!used[k] && !strcmp(story->lines.items[k].text, piece->text)) {
        used[k] = true;
        if (piece->truth_s >= 0) {
          add_error(errors->line_s, &errors->lines,
                    fabs(kt_seconds(story->lines.items[k].start) - piece->truth_s));
        }
        break;
      }
    }
  }
  free(used);
  free(seen);
  kt_story_free(story);
}

static inline Measured measure_errors(Errors *errors) {
  Measured m = {.line_s = 1e9, .line_p90_s = 1e9, .scene_shots = 1e9};
  m.lines = errors->lines;
  m.scenes = errors->scenes;
  if (m.lines) {
    m.line_s = at_share(errors->line_s, m.lines, 0.5);
    m.line_p90_s = at_share(errors->line_s, m.lines, 0.9);
  }
  if (m.scenes) {
    m.scene_shots = at_share(errors->scene_shots, m.scenes, 0.5);
    m.scene_p90_shots = at_share(errors->scene_shots, m.scenes, 0.9);
  }
  return m;
}

static inline Measured measure_truth(const Truth *truth) {
  static Errors errors;
  errors.lines = errors.scenes = 0;
  add_errors(truth, &errors);
  return measure_errors(&errors);
}

#endif
