// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/internal.h"

#include "base/file.h"
#include "deliver/deliver.h"
#include "orchestra/instruments.h"
#include "story/story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static KtStatus look(const KtScoreOptions *options, const KtContext *ctx, KtFilm **film, KtError *err) {
  const char *sound = options->film_sound;
  bool is_file = sound && strcmp(sound, "keep") != 0 && strcmp(sound, "drop") != 0;
  KtFilmOptions film_options = {.path = options->film,
                                .subtitles = options->subtitles,
                                .preview = options->preview,
                                .audio_file = is_file ? sound : NULL,
                                .video_stream = options->video_stream,
                                .start_timecode = options->start_timecode};
  KtStatus status = kt_edit_check(options->edl, err);
  status = status ? status : kt_edit_check(options->markers, err);
  status = status ? status : kt_film_look(ctx, &film_options, film, err);
  return status || !(options->edl || options->markers)
             ? status
             : kt_film_take_edit(*film, options->edl, options->markers, err);
}

typedef struct Told {
  const KtListener *listener;
  double started;
} Told;

static void tell_warning(void *user, const char *line) {
  const Told *told = user;
  if (told->listener && told->listener->warning) {
    told->listener->warning(told->listener->user, line);
  }
}

static void tell_progress(void *user, const char *stage, double fraction) {
  const Told *told = user;
  if (told->listener && told->listener->progress) {
    double spent = kt_monotonic_s() - told->started;
    double left = fraction > 0.02 ? spent * (1 - fraction) / fraction : -1;
    told->listener->progress(told->listener->user, stage, fraction, left);
  }
}

static KtContext context(const KtScoreOptions *options, Told *told) {
  KtContext ctx = kt_context_for(NULL);
  ctx.log = tell_warning;
  ctx.progress = tell_progress;
  ctx.user = told;
  if (options->threads > 0) {
    ctx.threads = options->threads;
  }
  return ctx;
}

static KtStatus write_page(const KtContext *ctx, const KtFilm *film, const char *folder, KtError *err) {
  KtArena *arena = kt_arena_new();
  KtStatus status = arena ? kt_make_dirs(folder, err) : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    status = kt_deliver_film_page(ctx, film, "kinothek " KT_VERSION, kt_path_join(arena, folder, KT_FILM_PAGE), err);
  }
  kt_arena_free(arena);
  return status;
}

KtStatus kt_look(const KtScoreOptions *options, const KtListener *listener, char **text, KtError *err) {
  return kt_look_page(options, NULL, listener, text, err);
}

KtStatus kt_look_page(const KtScoreOptions *options, const char *folder, const KtListener *listener,
                      char **text, KtError *err) {
  Told told = {listener, kt_monotonic_s()};
  KtContext ctx = context(options, &told);
  KtFilm *film = NULL;
  KtStatus status = look(options, &ctx, &film, err);
  if (!status) {
    for (size_t i = 0; i < film->warnings.count; ++i) {
      kt_warn(&ctx, "%s", film->warnings.items[i]);
    }
    status = folder ? write_page(&ctx, film, folder, err) : KT_OK;
  }
  if (!status) {
    status = kt_report_film_json(film, text, err);
  }
  kt_film_free(film);
  return status;
}

/// story.html in `folder`; NULL: none.
static KtStatus write_story_page(const char *folder, const KtStory *story, const KtTimecode *timecode,
                           KtError *err) {
  char path[1200];
  KtStatus status = folder ? kt_make_dirs(folder, err) : KT_OK;
  if (!folder || status) {
    return status;
  }
  int size = snprintf(path, sizeof(path), "%s/story.html", folder);
  return size < (int)sizeof(path) ? kt_deliver_story_page(story, timecode, path, err)
                                  : kt_error_set(err, KT_ERR_IO, "the folder's name is too long");
}

KtStatus kt_read_story(const KtScoreOptions *options, const KtListener *listener, char **text,
                       KtError *err) {
  Told told = {listener, kt_monotonic_s()};
  KtContext ctx = context(options, &told);
  KtFilm *film = NULL;
  KtStory *story = NULL;
  KtTimecode timecode = {{24, 1}, false, 24L * 3600};
  KtStatus status = KT_OK;
  if (options->film) {
    status = look(options, &ctx, &film, err);
    if (!status) {
      timecode = film->timecode;
      status = kt_story_read(&ctx, film, options->script, "en", &story, err);
    }
  } else {
    status = kt_story_read_script(&ctx, options->script, "en", &story, err);
  }
  if (!status) {
    for (size_t i = 0; i < story->warnings.count; ++i) {
      kt_warn(&ctx, "%s", story->warnings.items[i]);
    }
    status = write_story_page(options->out, story, &timecode, err);
  }
  if (!status) {
    status = kt_report_story_json(story, &timecode, text, err);
  }
  kt_story_free(story);
  kt_film_free(film);
  return status;
}

struct KtWords {
  KtLexicon *lexicon;
};

KtStatus kt_words_open(const char *language, KtWords **words, KtError *err) {
  KtContext ctx = kt_context_for(NULL);
  KtWords *made = calloc(1, sizeof(*made));
  if (!made) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = kt_lexicon_load(&ctx, language ? language : "en", &made->lexicon, err);
  if (status) {
    free(made);
    return status;
  }
  *words = made;
  return KT_OK;
}

void kt_words_line(const KtWords *words, const char *text, char *line, size_t size) {
  float known = 0;
  KtEmotion emotion = kt_lexicon_feel(words->lexicon, text, &known);
  int used = snprintf(line, size, "%s\t%.3f\t%.3f\t%.3f\t", text, (double)emotion.valence,
                      (double)emotion.arousal, (double)emotion.tension);
  bool first = true;
  for (int c = 0; c < KT_COLOUR_COUNT && used > 0 && (size_t)used < size; ++c) {
    if (emotion.colours[c] >= 0.005F) {
      used += snprintf(line + used, size - (size_t)used, "%s%s:%.2f", first ? "" : ";",
                       kt_colour_name((KtColour)c), (double)emotion.colours[c]);
      first = false;
    }
  }
  if (used > 0 && (size_t)used < size) {
    snprintf(line + used, size - (size_t)used, "\t%.2f", (double)known);
  }
}

void kt_words_close(KtWords *words) {
  if (words) {
    kt_lexicon_free(words->lexicon);
    free(words);
  }
}
