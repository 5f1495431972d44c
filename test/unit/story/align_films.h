// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TEST_ALIGN_FILMS_H
#define TEST_ALIGN_FILMS_H

/// Real films whose lines have known times, as align_truth.h makes them up.
#include "align_truth.h"

/// Where a line is first heard: the first mark of speech inside the caption that opens with its
/// words.
static inline double heard_s(const KtFilm *film, const char *text, const double *marks, int count,
                             size_t *caption) {
  const KtCaption *from = NULL;
  for (; *caption < film->captions.count && !from; ++*caption) {
    const KtCaption *c = &film->captions.items[*caption];
    from = strncasecmp(c->text, text, 9) ? NULL : c;
  }
  for (int k = 0; from && k < count; ++k) {
    if (marks[k] >= kt_seconds(from->start) - 0.05 && marks[k] < kt_seconds(from->end)) {
      return marks[k];
    }
  }
  return from ? kt_seconds(from->start) : -1;
}

/// The first column of a table's rows that say "speech".
static inline int speech_marks(const char *path, double origin, double *marks, int most) {
  int count = 0;
  char row[300];
  FILE *in = fopen(path, "r");
  for (; in && count < most && fgets(row, sizeof(row), in);) {
    if (strstr(row, ",speech,")) {
      marks[count++] = strtod(row, NULL) - origin;
    }
  }
  if (in) {
    fclose(in);
  }
  return count;
}

static inline double scene_s(const KtStory *story, int scene) {
  return scene < (int)story->scenes.count ? kt_seconds(story->scenes.items[scene].start) : -1;
}

/// One paragraph of a script as it stands on paper. Speeches get the time they are heard at,
/// headings where the whole script puts them.
static inline void add_paragraph(Truth *truth, char *text, const KtStory *story,
                                 const double *marks, int count, size_t *caption, int *scene) {
  if (!strncmp(text, "INT.", 4) || !strncmp(text, "EXT.", 4)) {
    add_piece(truth, PIECE_HEADING, "", text, scene_s(story, (*scene)++));
    return;
  }
  char *said = strchr(text, '\n');
  if (!said || !isupper((unsigned char)text[1])) {
    if (*scene > 0) { // not the title page
      add_piece(truth, PIECE_ACTION, "", text, -1);
    }
    return;
  }
  *said++ = '\0';
  char *aside = strstr(text, " (");
  if (aside) {
    *aside = '\0';
  }
  if (*said == '(') {
    said = strchr(said, '\n') + 1;
  }
  add_piece(truth, PIECE_SPEECH, text, said, heard_s(truth->film, said, marks, count, caption));
}

/// The talkie with its script. NULL film: no folder of films, or it cannot be read.
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
  truth->shot_s = kt_seconds(truth->film->duration) / (double)truth->film->shots.count;
  double marks[600];
  snprintf(path, sizeof(path), "%s/films/talkie_farmhouse_24fps.speech10ms.csv", films);
  int count = speech_marks(path, kt_seconds(truth->film->picture_start), marks, 600);
  KtStory *story = NULL;
  snprintf(path, sizeof(path), "%s/screenplays/farmhouse.fountain", films);
  char script[8000] = "";
  FILE *in = fopen(path, "r");
  size_t size = in ? fread(script, 1, sizeof(script) - 1, in) : 0;
  script[size] = '\0';
  if (in) {
    fclose(in);
  }
  if (kt_story_read(&ctx, truth->film, path, "en", &story, NULL)) {
    return;
  }
  size_t caption = 0;
  int scene = 0;
  for (char *at = script; at && *at;) {
    char *end = strstr(at, "\n\n");
    if (end) {
      *end = '\0';
    }
    add_paragraph(truth, at, story, marks, count, &caption, &scene);
    at = end ? end + 2 : NULL;
  }
  kt_story_free(story);
}

/// The same with nothing but its sound: captions have helped neither to hear nor to place.
static inline void take_talkie_unread(Truth *truth) {
  take_talkie(truth);
  if (!truth->film) {
    return;
  }
  KtContext ctx = test_context();
  char path[600];
  snprintf(path, sizeof(path), "%s/films/talkie_farmhouse_24fps.mkv", getenv("KINOTHEK_FILMS"));
  KtFilmOptions options = {.path = path, .video_stream = -1};
  kt_film_free(truth->film);
  if (kt_film_look(&ctx, &options, &truth->film, NULL)) {
    truth->film = NULL;
  }
}

/// Speech lasts as its letters do, give or take a quarter.
static inline double spoken_s(const char *text, unsigned *seed) {
  double letters = 0;
  for (const char *c = text; *c; ++c) {
    letters += isalnum((unsigned char)*c) ? 1 : 0;
  }
  double bell = 0;
  for (int i = 0; i < 6; ++i) {
    bell += (double)(next_random(seed) % 1000) / 1000 - 0.5;
  }
  return (0.2 + letters * 0.065) * exp(0.25 * bell / 0.7);
}

static inline void tell_pause(Truth *truth, double pause_s, unsigned *seed) {
  char text[500] = "";
  int times = (int)(pause_s / 4 * (0.5 + (double)(next_random(seed) % 150) / 100));
  for (int i = 0; i < times && i < 10; ++i) {
    strcat(text, "They look round and go on along the road. ");
  }
  if (*text) {
    text[strlen(text) - 1] = '\0';
    add_piece(truth, PIECE_ACTION, "", text, -1);
  }
}

/// The words and pauses of a film whose captions are given: a script of them, a scene wherever
/// nobody speaks for eight seconds or after twenty lines, and speech broken as a detector finds it.
static inline void take_captions(Truth *truth, const char *name) {
  const char *films = getenv("KINOTHEK_FILMS");
  char path[600];
  *truth = (Truth){.count = 0, .shot_s = 4};
  if (!films) {
    return;
  }
  snprintf(path, sizeof(path), "%s/subtitles/%s", films, name);
  truth->film = film_by_hand(900, 4, truth_still, truth_light);
  if (kt_captions_read(truth->film, path, NULL)) {
    kt_film_free(truth->film);
    truth->film = NULL;
    return;
  }
  unsigned seed = 9;
  double last = 0;
  double over = 0;
  int in_scene = 99;
  for (size_t i = 0; i < truth->film->captions.count && truth->count + 4 < TRUTH_MOST; ++i) {
    const KtCaption *caption = &truth->film->captions.items[i];
    if (caption->sound) {
      continue;
    }
    double pause = kt_seconds(caption->start) - last;
    double at = over + (pause > 0.1 ? pause : 0.1);
    if (pause > 8 || in_scene >= 20) {
      char text[60];
      double cut = 4 * ceil(over / 4);
      snprintf(text, sizeof(text), "INT. PLACE %zu - DAY", i);
      add_piece(truth, PIECE_HEADING, "", text, cut < at ? cut : at);
      in_scene = 0;
    }
    tell_pause(truth, pause, &seed);
    ++in_scene;
    char who[40];
    snprintf(who, sizeof(who), "%s",
             *caption->speaker ? caption->speaker
             : i % 2           ? "ANNA"
                               : "PAUL");
    for (char *c = who; *c; ++c) {
      *c = (char)toupper((unsigned char)*c);
    }
    add_piece(truth, PIECE_SPEECH, who, caption->text, at);
    double length = spoken_s(caption->text, &seed);
    hear_line(truth->film, at, length, &seed);
    over = at + length;
    last = kt_seconds(caption->end);
  }
  truth->film->captions.count = 0;
}

#endif
