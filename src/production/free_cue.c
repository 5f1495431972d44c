// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/free_cue.h"

#include "production/moods.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MOODS_MAX = 16 };
/// Of two words the second says less, the third less again.
static const float LATER_WORD = 0.4F;
/// One mood gives way to the next over so long, at most half of each.
static const double GIVES_WAY_S = 6.0;

/// Who knows what a word feels like.
typedef struct Words {
  KtMoods *moods;
  KtLexicon *lexicon;
} Words;

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

KtStatus kt_free_film(const KtFreeCue *cue, KtFilm **film, KtError *err) {
  *film = NULL;
  KtArena *arena = kt_arena_new();
  KtFilm *made = arena ? KT_NEW(arena, KtFilm, 1) : NULL;
  if (!made) {
    kt_arena_free(arena);
    return no_memory(err);
  }
  KtRate rate = {24, 1};
  *made = (KtFilm){.arena = arena,
                   .path = "",
                   .title = kt_arena_text(arena, cue->title),
                   .rate = rate,
                   .timecode = {.rate = rate},
                   .duration = kt_film_time(cue->seconds),
                   .video_stream = -1,
                   .audio_stream = -1,
                   .integrated_lufs = -HUGE_VAL,
                   .dialogue_lufs = -HUGE_VAL,
                   .true_peak_dbtp = -HUGE_VAL,
                   .speech_method = "none"};
  *film = made;
  return KT_OK;
}

static const char *trimmed(KtArena *arena, const char *text, size_t length) {
  while (length && isspace((unsigned char)*text)) {
    ++text;
    --length;
  }
  while (length && isspace((unsigned char)text[length - 1])) {
    --length;
  }
  return kt_arena_text_n(arena, text, length);
}

static KtStatus not_known(const Words *words, const char *phrase, KtError *err) {
  const char *word = phrase, *near = NULL;
  size_t length = kt_moods_unknown(words->moods, words->lexicon, phrase, &word);
  size_t letters = length ? kt_moods_nearest(words->moods, word, length, &near) : 0;
  if (letters) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "--mood: \"%.60s\" is not known; is it \"%.*s\"?", phrase, (int)letters, near);
  }
  return kt_error_set(err, KT_ERR_ARGUMENT, "--mood: \"%.60s\" is not known; say it as sad, tender, angry, tense, heroic ...",
                      phrase);
}

/// What is passed over is said.
static void tell_unknown(const KtContext *ctx, const Words *words, const char *phrase) {
  const char *word = NULL;
  size_t length = kt_moods_unknown(words->moods, words->lexicon, phrase, &word);
  if (length) {
    kt_warn(ctx, "--mood: \"%.*s\" says nothing to us; the rest of \"%.60s\" does", (int)(length < 60 ? length : 60), word, phrase);
  }
}

/// Words between commas, the first weighing most; a colour is as strong as its strongest word.
static KtStatus feel(const KtContext *ctx, KtArena *arena, const Words *words, const char *mood, KtEmotion *out, KtError *err) {
  *out = (KtEmotion){0};
  float weight = 1, sum = 0;
  for (const char *at = mood; *at;) {
    size_t length = strcspn(at, ",;");
    const char *word = trimmed(arena, at, length);
    KtEmotion e;
    if (*word && !kt_moods_feel(words->moods, words->lexicon, word, &e)) {
      return not_known(words, word, err);
    }
    if (*word) {
      tell_unknown(ctx, words, word);
      out->valence += weight * e.valence;
      out->arousal += weight * e.arousal;
      out->tension += weight * e.tension;
      for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
        out->colours[c] = fmaxf(out->colours[c], e.colours[c]);
      }
      sum += weight;
      weight *= LATER_WORD;
    }
    at += length + (at[length] ? 1 : 0);
  }
  if (sum <= 0) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "--mood: no word in \"%.60s\"; say it as sad, tender, angry, tense ...", mood);
  }
  out->valence /= sum;
  out->arousal /= sum;
  out->tension /= sum;
  return KT_OK;
}

static KtEmotion between(const KtEmotion *a, const KtEmotion *b, float where) {
  KtEmotion e = {.valence = a->valence + where * (b->valence - a->valence),
                 .arousal = a->arousal + where * (b->arousal - a->arousal),
                 .tension = a->tension + where * (b->tension - a->tension)};
  for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
    e.colours[c] = a->colours[c] + where * (b->colours[c] - a->colours[c]);
  }
  return e;
}

static KtStatus read_moods(const KtContext *ctx, KtArena *arena, const Words *words, const char *text, KtEmotion *moods,
                           int *count, KtError *err) {
  *count = 0;
  for (const char *at = text;;) {
    size_t length = strcspn(at, ">");
    if (*count == MOODS_MAX) {
      return kt_error_set(err, KT_ERR_ARGUMENT, "--mood: more than %d moods one after another", MOODS_MAX);
    }
    KtStatus status = feel(ctx, arena, words, trimmed(arena, at, length), &moods[*count], err);
    if (status) {
      return status;
    }
    ++*count;
    if (!at[length]) {
      return KT_OK;
    }
    at += length + 1;
  }
}

static void draw_arc(KtStory *story, double seconds, const KtEmotion *moods, int count) {
  double part = seconds / count;
  double ramp = GIVES_WAY_S < part ? GIVES_WAY_S : part;
  for (double at = 0; at <= seconds + 0.5; at += 0.5) {
    int now = (int)(at / part);
    now = now < count ? now : count - 1;
    double to_next = part * (now + 1) - at, since = at - part * now;
    KtEmotion e = moods[now];
    if (now + 1 < count && to_next < ramp / 2) {
      e = between(&moods[now], &moods[now + 1], (float)(0.5 - to_next / ramp));
    } else if (now > 0 && since < ramp / 2) {
      e = between(&moods[now - 1], &moods[now], (float)(0.5 + since / ramp));
    }
    KtArcPoint *point = kt_array_push(story->arena, &story->arc);
    if (point) {
      *point = (KtArcPoint){kt_film_time(at), e};
    }
  }
}

static void add_turns(KtStory *story, double seconds, const KtEmotion *moods, int count) {
  for (int i = 1; i < count; ++i) {
    const KtEmotion *a = &moods[i - 1], *b = &moods[i];
    float far = fabsf(a->valence - b->valence) + fabsf(a->arousal - b->arousal) + fabsf(a->tension - b->tension);
    KtTurn *turn = kt_array_push(story->arena, &story->turns);
    if (turn) {
      *turn = (KtTurn){.at = kt_film_time(seconds * i / count),
                       .kind = b->tension > a->tension ? KT_TURN_THREAT : KT_TURN_CALM,
                       .weight = fminf(1, 0.3F + 0.3F * far),
                       .scene = -1,
                       .character = -1,
                       .label = "the mood turns"};
    }
  }
}

/// One subject: the mood itself.
static void add_subject(KtStory *story, const KtFreeCue *cue) {
  KtSubject *subject = kt_array_push(story->arena, &story->subjects);
  if (!subject) {
    return;
  }
  size_t first = strcspn(cue->mood, ",;>");
  *subject = (KtSubject){.kind = KT_SUBJECT_IDEA,
                         .name = trimmed(story->arena, cue->mood, first),
                         .character = -1,
                         .weight = 1,
                         .emotion = kt_story_mean(story, 0, kt_film_time(cue->seconds)),
                         .rhythm = ""};
  KtSubjectSpan *span = kt_array_push(story->arena, &subject->spans);
  if (span) {
    *span = (KtSubjectSpan){0, kt_film_time(cue->seconds), KT_STATE_PRESENT, 1};
  }
}

KtStatus kt_free_story(const KtContext *ctx, const KtFreeCue *cue, const char *language, KtStory **story,
                       KtError *err) {
  *story = NULL;
  Words words = {0};
  KtStatus status = kt_lexicon_load(ctx, language, &words.lexicon, err);
  status = status ? status : kt_moods_load(ctx, &words.moods, err);
  KtArena *arena = status ? NULL : kt_arena_new();
  KtStory *made = arena ? KT_NEW(arena, KtStory, 1) : NULL;
  KtEmotion moods[MOODS_MAX];
  int count = 0;
  if (!status) {
    status = made ? read_moods(ctx, arena, &words, cue->mood, moods, &count, err) : no_memory(err);
  }
  kt_moods_free(words.moods);
  kt_lexicon_free(words.lexicon);
  if (!status) {
    *made = (KtStory){.arena = arena,
                      .title = kt_arena_text(arena, cue->mood),
                      .language = kt_arena_text(arena, language),
                      .alignment = -1};
    draw_arc(made, cue->seconds, moods, count);
    add_turns(made, cue->seconds, moods, count);
    add_subject(made, cue);
    status = kt_arena_failed(arena) ? no_memory(err) : KT_OK;
  }
  if (status) {
    kt_arena_free(arena);
    return status;
  }
  *story = made;
  return KT_OK;
}

KtStatus kt_free_spotting(const KtFreeCue *cue, const KtStory *story, KtSpotting **spotting, KtError *err) {
  *spotting = NULL;
  KtArena *arena = kt_arena_new();
  KtSpotting *made = arena ? KT_NEW(arena, KtSpotting, 1) : NULL;
  if (made) {
    *made = (KtSpotting){.arena = arena, .share = 1, .wanted_share = 1, .bound_by = ""};
  }
  KtCue *out = made ? kt_array_push(arena, &made->cues) : NULL;
  if (out) {
    *out = (KtCue){.name = "1m01",
                   .title = kt_arena_text(arena, cue->mood),
                   .out = kt_film_time(cue->seconds),
                   .function = KT_FUNCTION_UNDERSCORE,
                   .entry = KT_ENTRY_ON_CUT,
                   .exit = KT_EXIT_RING_OFF,
                   .reason = "asked for by its mood",
                   .emotion = kt_story_mean(story, 0, kt_film_time(cue->seconds))};
    int *subject = kt_array_push(arena, &out->subjects);
    if (subject) {
      *subject = 0;
    }
    for (size_t i = 0; i < story->turns.count; ++i) {
      KtHit *hit = kt_array_push(arena, &made->hits);
      if (hit) {
        *hit = (KtHit){0, story->turns.items[i].at, "the mood turns", KT_HIT_SOFT, 0.5F, 12, "turn", false};
      }
    }
  }
  if (!out || kt_arena_failed(arena)) {
    kt_arena_free(arena);
    return no_memory(err);
  }
  *spotting = made;
  return KT_OK;
}
