// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include "base/file.h"

#include <math.h>
#include <string.h>

const char *kt_colour_name(KtColour colour) {
  static const char *const names[] = {"wonder", "menace",  "grandeur", "intimacy",
                                      "loss",   "romance", "comedy",   "mystery"};
  return colour < KT_COLOUR_COUNT ? names[colour] : "";
}

const char *kt_turn_name(KtTurnKind kind) {
  static const char *const names[] = {"opening", "meeting", "loss", "return", "reversal",
                                      "threat",  "climax",  "calm", "ending"};
  return kind <= KT_TURN_ENDING ? names[kind] : "";
}

const char *kt_pass_name(KtPass pass) {
  static const char *const names[] = {"words", "picture", "sound"};
  return pass < KT_PASS_COUNT ? names[pass] : "";
}

const char *kt_state_name(KtSubjectState state) {
  static const char *const names[] = {"absent",  "unknown", "present", "strong",     "afraid",
                                      "in love", "divided", "lost",    "remembered", "returned"};
  return state <= KT_STATE_RETURNED ? names[state] : "";
}

void kt_story_warn(KtStoryWork *work, const char *text) {
  const char **warning = kt_array_push(work->arena, &work->story->warnings);
  if (warning) {
    *warning = text;
  }
}

void kt_emotion_add(KtEmotion *sum, const KtEmotion *part, float weight) {
  sum->valence += weight * part->valence;
  sum->arousal += weight * part->arousal;
  sum->tension += weight * part->tension;
  for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
    sum->colours[c] += weight * part->colours[c];
  }
}

KtEmotion kt_story_at(const KtStory *story, KtFilmTime time) {
  KtEmotion here = {0};
  size_t count = story->arc.count;
  if (!count) {
    return here;
  }
  const KtFilmTime step = KT_FLICKS_PER_SECOND / 2;
  if (time <= 0 || count == 1) {
    return story->arc.items[0].emotion;
  }
  size_t at = (size_t)(time / step);
  if (at + 1 >= count) {
    return story->arc.items[count - 1].emotion;
  }
  float share = (float)(time % step) / (float)step;
  kt_emotion_add(&here, &story->arc.items[at].emotion, 1 - share);
  kt_emotion_add(&here, &story->arc.items[at + 1].emotion, share);
  return here;
}

KtEmotion kt_story_mean(const KtStory *story, KtFilmTime start, KtFilmTime end) {
  const KtFilmTime step = KT_FLICKS_PER_SECOND / 2;
  KtEmotion sum = {0};
  size_t count = 0;
  KtFilmTime first = start > 0 ? (start + step - 1) / step : 0;
  for (size_t i = (size_t)first; i < story->arc.count && story->arc.items[i].at < end; ++i) {
    kt_emotion_add(&sum, &story->arc.items[i].emotion, 1);
    ++count;
  }
  if (!count) {
    return kt_story_at(story, start + (end - start) / 2);
  }
  KtEmotion mean = {0};
  kt_emotion_add(&mean, &sum, 1 / (float)count);
  return mean;
}

KtSubjectSpan kt_subject_at(const KtSubject *subject, KtFilmTime time) {
  for (size_t i = 0; i < subject->spans.count; ++i) {
    const KtSubjectSpan *span = &subject->spans.items[i];
    if (time >= span->start && time < span->end) {
      return *span;
    }
  }
  return (KtSubjectSpan){.start = time, .end = time, .state = KT_STATE_ABSENT};
}

void kt_story_free(KtStory *story) {
  if (story) {
    kt_arena_free(story->arena);
  }
}

static bool lettered(const KtFilm *film, KtFilmTime start, KtFilmTime end) {
  for (size_t i = 0; i < film->titles.count; ++i) {
    if (film->titles.items[i].start < end && film->titles.items[i].end > start) {
      return true;
    }
  }
  return false;
}

/// A roll of credits is one shot, far longer than the film's others, lettered or dark, near the
/// end; it takes the flashes and fades before it along.
static KtFilmTime roll_start(const KtFilm *film, float brightness) {
  const KtShot *shots = film->shots.items;
  size_t count = film->shots.count;
  KtFilmTime typical = count ? film->duration / (KtFilmTime)count : 0;
  for (size_t i = count; i-- > 1;) {
    const KtShot *shot = &shots[i];
    KtFilmTime length = shot->end - shot->start;
    bool plain = shot->brightness < 0.7F * brightness || lettered(film, shot->start, shot->end);
    if (shot->start < film->duration * 2 / 3) {
      break;
    }
    if (length > 8 * typical && length > 20 * KT_FLICKS_PER_SECOND && plain) {
      size_t first = i;
      while (first > 1 &&
             shots[first - 1].end - shots[first - 1].start < 2 * KT_FLICKS_PER_SECOND &&
             shots[first - 1].brightness < 0.7F * brightness) {
        --first;
      }
      return shots[first].start;
    }
  }
  return film->duration;
}

/// Where credits begin: a roll of them, or the last lettering that runs to the end of the film.
static KtFilmTime story_end(const KtFilm *film) {
  KtFilmTime end = film->duration;
  for (size_t i = film->titles.count; i-- > 0;) {
    const KtSpan *span = &film->titles.items[i];
    bool late = span->start > film->duration * 3 / 4;
    if (late && end - span->end < 10 * KT_FLICKS_PER_SECOND) {
      end = span->start;
    }
  }
  double brightness = 0;
  for (size_t i = 0; i < film->frames.count; ++i) {
    brightness += (double)film->frames.items[i].brightness / (double)film->frames.count;
  }
  KtFilmTime roll = roll_start(film, (float)brightness);
  return roll < end ? roll : end;
}

static void take_title(KtStoryWork *work, const char *script) {
  const char *title = work->play ? work->play->title : "";
  if (!*title && work->film && work->film->title) {
    title = work->film->title;
  }
  work->story->title = kt_arena_text(work->arena, title);
  if (!*title && script) {
    const char *name = kt_path_name(script);
    work->story->title = kt_arena_text_n(work->arena, name, kt_path_title(name));
  }
}

static void warn_of_script(KtStoryWork *work, const KtScreenplay *play, const char *script) {
  for (size_t i = 0; i < play->warnings.count; ++i) {
    kt_story_warn(work, kt_arena_text(work->arena, play->warnings.items[i]));
  }
  bool headed = false;
  for (size_t i = 0; i < play->elements.count; ++i) {
    headed = headed || play->elements.items[i].kind == KT_ELEMENT_HEADING;
  }
  if (!headed) {
    kt_story_warn(work, kt_arena_format(work->arena,
                                        "%s: no scene headings (INT., EXT.) found; the "
                                        "whole script is one scene",
                                        script));
  }
}

/// Lexicon of the language; none is a warning, a broken one an error.
static KtStatus take_lexicon(KtStoryWork *work, const char *language, KtLexicon **lexicon,
                             KtError *err) {
  KtError why = {0};
  KtStatus status = kt_lexicon_load(work->ctx, language, lexicon, &why);
  if (status == KT_ERR_MISSING) {
    kt_story_warn(work, kt_arena_format(work->arena,
                                        "no lexicon for language \"%s\"; the arc comes from "
                                        "picture and sound",
                                        language));
    return KT_OK;
  }
  if (status && err) {
    *err = why;
  }
  work->lexicon = *lexicon;
  return status;
}

static void tell(KtStoryWork *work) {
  KtStory *story = work->story;
  kt_story_cast(work);
  if (work->play) {
    kt_story_script(work);
    kt_story_place(work);
  } else {
    kt_story_captions(work);
  }
  story->has_text = work->beats.count > 0;
  kt_story_presence(work);
  kt_story_blows(work);
  kt_story_arc(work);
  kt_story_people(work);
  kt_story_threads(work);
  kt_story_turns(work);
  kt_story_subjects(work);
}

/// A page a minute at 24 fps.
static KtFilmTime paper_time(const KtScreenplay *play) {
  return kt_film_time(fmax(1, (double)play->length * 60 / (double)KT_PAGE_LINES));
}

static KtStatus read_into(KtStoryWork *work, const char *script, const char *language,
                          KtScreenplay *play, KtLexicon **lexicon, KtError *err) {
  KtStory *story = work->story;
  story->arena = work->arena;
  story->language = kt_arena_text(work->arena, language && *language ? language : "en");
  story->has_script = script != NULL;
  story->alignment = -1;
  KtStatus status = script ? kt_screenplay_read(work->scratch, script, play, err) : KT_OK;
  status = status ? status : take_lexicon(work, story->language, lexicon, err);
  if (status) {
    return status;
  }
  if (script) {
    work->play = play;
    work->script = script;
    warn_of_script(work, play, script);
    if (!work->film) {
      kt_story_pace(&work->rules->pace, play);
    }
  }
  work->duration = work->film ? work->film->duration : paper_time(play);
  work->end = work->film ? story_end(work->film) : work->duration;
  take_title(work, script);
  tell(work);
  if (kt_arena_failed(work->arena) || kt_arena_failed(work->scratch)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  return kt_cancelled(work->ctx) ? kt_error_cancelled(err) : KT_OK;
}

KtStatus kt_story_read(const KtContext *ctx, const KtFilm *film, const char *script,
                       const char *language, KtStory **story, KtError *err) {
  *story = NULL;
  KtStoryWork work = {.ctx = ctx, .film = film, .arena = kt_arena_new(), .scratch = kt_arena_new()};
  KtStoryRules *rules = NULL;
  KtLexicon *lexicon = NULL;
  KtScreenplay play = {0};
  KtStatus status = KT_ERR_MEMORY;
  if (work.arena && work.scratch) {
    work.story = KT_NEW(work.arena, KtStory, 1);
    status = work.story ? kt_story_rules_load(ctx, &rules, err) : KT_ERR_MEMORY;
    work.rules = rules;
  }
  if (status == KT_ERR_MEMORY) {
    kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  status = status ? status : read_into(&work, script, language, &play, &lexicon, err);
  if (status) {
    kt_arena_free(work.arena);
  } else {
    *story = work.story;
  }
  kt_lexicon_free(lexicon);
  kt_story_rules_free(rules);
  kt_arena_free(work.scratch);
  return status;
}

KtStatus kt_story_read_script(const KtContext *ctx, const char *script, const char *language,
                              KtStory **story, KtError *err) {
  if (!script) {
    *story = NULL;
    return kt_error_set(err, KT_ERR_ARGUMENT, "no script given; name a Fountain file");
  }
  return kt_story_read(ctx, NULL, script, language, story, err);
}
