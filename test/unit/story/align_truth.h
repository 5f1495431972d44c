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
enum { TRUTH_MOST = 400 };
typedef enum Spoil {
  SPOIL_NONE,
  SPOIL_DROP,
  SPOIL_ADD,
  SPOIL_REWORD,
  SPOIL_SWAP,
  SPOIL_COUNT
} Spoil;
static const char *const spoil_names[] = {"as it is", "dropped", "added", "reworded", "swapped"};

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
  int lines, scenes;
} Measured;

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

/// Aligns and compares; scenes are known by their headings.
static inline Measured measure_truth(const Truth *truth) {
  double lines[TRUTH_MOST];
  double scenes[TRUTH_MOST];
  Measured m = {.line_s = 1e9, .line_p90_s = 1e9, .scene_shots = 1e9};
  KtStory *story = read_truth(truth);
  bool *used = story ? calloc(story->lines.count + 1, sizeof(*used)) : NULL;
  bool *seen = story ? calloc(story->scenes.count + 1, sizeof(*seen)) : NULL;
  for (int i = 0; used && seen && i < truth->count; ++i) {
    const Piece *piece = &truth->pieces[i];
    for (size_t k = 0; piece->kind == PIECE_HEADING && k < story->scenes.count; ++k) {
      if (!seen[k] && !strcmp(story->scenes.items[k].heading, piece->text)) {
        double far = fabs(kt_seconds(story->scenes.items[k].start) - piece->truth_s);
        scenes[m.scenes] = far / truth->shot_s;
        m.scenes += piece->truth_s >= 0;
        seen[k] = true;
        break;
      }
    }
    for (size_t k = 0; piece->kind == PIECE_SPEECH && k < story->lines.count; ++k) {
      if (!used[k] && !strcmp(story->lines.items[k].text, piece->text)) {
        used[k] = true;
        if (piece->truth_s >= 0) {
          lines[m.lines++] = fabs(kt_seconds(story->lines.items[k].start) - piece->truth_s);
        }
        break;
      }
    }
  }
  if (used) {
    m.line_s = at_share(lines, m.lines, 0.5);
    m.line_p90_s = at_share(lines, m.lines, 0.9);
    m.scene_shots = at_share(scenes, m.scenes, 0.5);
  }
  free(used);
  free(seen);
  kt_story_free(story);
  return m;
}

/// The talkie: its script's lines start at the first mark of speech inside their caption. NULL
/// film: no folder of films, or it cannot be read.
static inline void take_talkie(Truth *truth) {
  const char *films = getenv("KINOTHEK_FILMS");
  char path[600];
  *truth = (Truth){.count = 0};
  if (!films) {
    return;
  }
  KtContext ctx = test_context();
  char subtitles[600];
  snprintf(path, sizeof(path), "%s/films/talkie_farmhouse_24fps.mkv", films);
  snprintf(subtitles, sizeof(subtitles), "%s/subtitles/talkie_farmhouse_24fps.srt", films);
  KtFilmOptions options = {.path = path, .subtitles = subtitles, .video_stream = -1};
  if (kt_film_look(&ctx, &options, &truth->film, NULL)) {
    truth->film = NULL;
    return;
  }
  double origin = kt_seconds(truth->film->picture_start);
  truth->shot_s = kt_seconds(truth->film->duration) / (double)truth->film->shots.count;
  double marks[600];
  int count = 0;
  char row[300];
  snprintf(path, sizeof(path), "%s/films/talkie_farmhouse_24fps.speech10ms.csv", films);
  FILE *in = fopen(path, "r");
  for (; in && count < 600 && fgets(row, sizeof(row), in);) {
    if (strstr(row, ",speech,")) {
      marks[count++] = strtod(row, NULL) - origin;
    }
  }
  if (in) {
    fclose(in);
  }
  KtStory *story = NULL;
  snprintf(path, sizeof(path), "%s/screenplays/farmhouse.fountain", films);
  if (kt_story_read(&ctx, truth->film, path, "en", &story, NULL)) {
    return;
  }
  size_t caption = 0;
  for (size_t s = 0; s < story->scenes.count; ++s) {
    const KtScene *scene = &story->scenes.items[s];
    add_piece(truth, PIECE_HEADING, "", scene->heading, kt_seconds(scene->start));
    add_piece(truth, PIECE_ACTION, "", scene->action, -1);
    for (size_t i = 0; i < story->lines.count; ++i) {
      const KtLine *line = &story->lines.items[i];
      if (line->scene != (int)s) {
        continue;
      }
      const KtCaption *from = NULL; // the caption that opens the line has its first words
      for (; caption < truth->film->captions.count && !from; ++caption) {
        const KtCaption *c = &truth->film->captions.items[caption];
        from = strncasecmp(c->text, line->text, 9) ? NULL : c;
      }
      double at = from ? kt_seconds(from->start) : -1;
      double end = from ? kt_seconds(from->end) : -1;
      for (int k = 0; k < count; ++k) {
        if (marks[k] >= at - 0.05 && marks[k] < end) {
          at = marks[k];
          break;
        }
      }
      char who[40];
      snprintf(who, sizeof(who), "%s", story->characters.items[line->character].name);
      for (char *c = who; *c; ++c) {
        *c = (char)toupper((unsigned char)*c);
      }
      add_piece(truth, PIECE_SPEECH, who, line->text, at);
    }
  }
  kt_story_free(story);
}

#endif
