// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const KtFilmTime half = KT_FLICKS_PER_SECOND / 2;

static float drive(const KtEmotion *e) {
  return 0.5F * e->arousal + 0.6F * e->tension;
}

/// The nearest cut, burst, stop or flash: a turn has its picture.
static KtFilmTime snap(const KtStoryWork *work, KtFilmTime time) {
  KtFilmTime best = time;
  double least = 2.0;
  for (size_t i = 1; work->film && i < work->film->shots.count; ++i) {
    double far = fabs(kt_seconds(work->film->shots.items[i].start - time));
    if (far < least) {
      least = far;
      best = work->film->shots.items[i].start;
    }
  }
  for (size_t i = 0; work->film && i < work->film->moments.count; ++i) {
    const KtMoment *moment = &work->film->moments.items[i];
    double far = fabs(kt_seconds(moment->at - time)) * (1.5 - (double)moment->strength);
    if (far < least) {
      least = far;
      best = moment->at;
    }
  }
  return best;
}

/// Whether what is said or done there is what the arc did.
static bool fits(const KtBeat *beat, KtTurnKind kind) {
  const KtEmotion *e = &beat->emotion;
  switch (kind) {
  case KT_TURN_THREAT:
    return e->tension > 0.35F;
  case KT_TURN_CLIMAX:
    return e->tension > 0.35F || e->arousal > 0.35F;
  case KT_TURN_CALM:
    return e->arousal < 0.1F && e->tension < 0.4F;
  case KT_TURN_REVERSAL:
    return fabsf(e->valence) > 0.2F;
  default:
    return true;
  }
}

static const KtBeat *beat_near(const KtStoryWork *work, KtFilmTime at, KtTurnKind kind) {
  const KtBeat *best = NULL;
  float most = 0;
  for (size_t i = 0; i < work->beats.count; ++i) {
    const KtBeat *beat = &work->beats.items[i];
    double far = at < beat->start ? kt_seconds(beat->start - at)
                 : at > beat->end ? kt_seconds(at - beat->end)
                                  : 0;
    float strength =
        kind == KT_TURN_CALM ? 1 - beat->emotion.arousal : 0.2F + kt_strength(&beat->emotion);
    float score = strength * (float)fmax(0, 1 - far / 6);
    score *= beat->line < 0 ? 1.3F : 1; // what is done tells more than what is said
    if (score > most && fits(beat, kind)) {
      most = score;
      best = beat;
    }
  }
  return best;
}

static const char *label_beat(KtStoryWork *work, const KtBeat *beat, KtTurnKind kind) {
  KtPhrase which = kind == KT_TURN_OPENING || kind == KT_TURN_MEETING ? KT_PHRASE_FIRST
                   : kind == KT_TURN_ENDING                           ? KT_PHRASE_LAST
                   : kind == KT_TURN_CALM                             ? KT_PHRASE_STILL
                                                                      : KT_PHRASE_STRONG;
  const char *phrase = kt_phrase(work, beat->text, which, 64);
  if (beat->line < 0) {
    return kt_phrase_named(work, beat->scene, phrase);
  }
  int who = work->story->lines.items[beat->line].character;
  return who >= 0 ? kt_arena_format(work->arena, "%s: \"%s\"",
                                    work->story->characters.items[who].name, phrase)
                  : kt_arena_format(work->arena, "\"%s\"", phrase);
}

/// The sentence of an action that brings somebody in.
static const char *label_person(KtStoryWork *work, const KtBeat *beat, int who) {
  for (const char *at = beat->text; *at;) {
    size_t size = kt_sentence_size(at);
    const char *sentence = kt_arena_text_n(work->scratch, at, size);
    if (kt_name_count(sentence, work->story->characters.items[who].name)) {
      return kt_phrase_named(work, beat->scene, kt_phrase(work, sentence, KT_PHRASE_FIRST, 64));
    }
    at += size;
    at += strspn(at, " \n\"");
  }
  return label_beat(work, beat, KT_TURN_MEETING);
}

static int scene_of(const KtStory *story, KtFilmTime at) {
  int found = -1;
  for (size_t i = 0; i < story->scenes.count && story->scenes.items[i].start <= at; ++i) {
    found = (int)i;
  }
  return found;
}

/// Adds a turn unless a weightier one of its kind is near; a lighter one gives way.
static void add(KtStoryWork *work, KtTurnKind kind, KtFilmTime at, float weight, const KtBeat *beat,
                int character, int other_one) {
  KtStory *story = work->story;
  KtTurn *turn = NULL;
  for (size_t i = 0; i < story->turns.count; ++i) {
    KtTurn *other = &story->turns.items[i];
    double apart = fabs(kt_seconds(other->at - at));
    bool same = other->kind == kind && kind != KT_TURN_MEETING &&
                apart < (double)work->rules->turns.apart_s;
    bool pinned = other->kind == KT_TURN_OPENING || other->kind == KT_TURN_ENDING ||
                  other->kind == KT_TURN_CLIMAX ||
                  (other->kind == KT_TURN_LOSS && kind == KT_TURN_CALM); // stillness is part of it
    bool close = apart < 5 && !pinned;
    bool person = kind == KT_TURN_RETURN || kind == KT_TURN_MEETING;
    if (other->kind == KT_TURN_CLIMAX && person && apart < 1) { // one moment, told once
      other->character = other->character < 0 ? character : other->character;
      other->other = other->other < 0 ? other_one : other->other;
      return;
    }
    if ((same || close) && other->weight >= weight) {
      return;
    }
    if (same || close) {
      turn = other;
    }
  }
  turn = turn ? turn : kt_array_push(work->arena, &story->turns);
  if (!turn) {
    return;
  }
  beat = beat ? beat : beat_near(work, at, kind);
  int who = character;
  if (who < 0 && beat && beat->line >= 0) {
    who = story->lines.items[beat->line].character;
  }
  *turn = (KtTurn){.at = at,
                   .kind = kind,
                   .weight = kt_clamp(weight, 0, 1),
                   .character = who,
                   .other = other_one,
                   .text = beat ? beat->text : "",
                   .scene = beat ? beat->scene : scene_of(story, at)};
  bool coming = (kind == KT_TURN_MEETING || kind == KT_TURN_RETURN) && character >= 0;
  const char *label = beat && coming && beat->line < 0 ? label_person(work, beat, character)
                      : beat                           ? label_beat(work, beat, kind)
                                                       : NULL;
  for (size_t i = 0; label && i < story->turns.count; ++i) {
    const KtTurn *other = &story->turns.items[i];
    bool again = other != turn && other->label && !strcmp(other->label, label);
    label = again && kind != KT_TURN_ENDING ? NULL : label; // one phrase names one turn
  }
  turn->text = label ? turn->text : "";
  if (!label && character >= 0) {
    label = kt_arena_format(work->arena, "%s comes in", story->characters.items[character].name);
  }
  turn->label = label ? label : kt_turn_describe(work, at, kind);
}

static KtEmotion mean_s(const KtStory *story, double from, double to) {
  return kt_story_mean(story, kt_film_time(fmax(0, from)), kt_film_time(fmax(0, to)));
}

/// Where the arc changes: before and after every point are compared.
static void add_changes(KtStoryWork *work) {
  const KtTurnRules *rules = &work->rules->turns;
  const KtStory *story = work->story;
  double window = fmin((double)rules->window_s, kt_seconds(work->duration) / 8);
  double last = kt_seconds(work->end);
  for (double at = window; at + window < last; at += 0.5) {
    KtEmotion before = mean_s(story, at - window, at);
    KtEmotion after = mean_s(story, at, at + window);
    float tension = after.tension - before.tension + 0.3F * (after.arousal - before.arousal);
    float rest = drive(&before) - drive(&after);
    float turn = fabsf(after.valence - before.valence);
    KtFilmTime time = snap(work, kt_film_time(at));
    // what only moves and sounds must be tenser to threaten than what is said and told
    float least = work->story->has_text ? 0.4F : 0.5F;
    bool dark = after.tension > 0.6F || (after.tension > least && after.valence < 0.3F);
    if (tension > rules->threat && dark) {
      add(work, KT_TURN_THREAT, time, 0.3F + tension, NULL, -1, -1);
    }
    float surge = after.arousal - before.arousal;
    if (surge > 1.7F * rules->calm && !dark) { // life breaks in, and no danger with it
      add(work, KT_TURN_REVERSAL, time, 0.1F + 0.6F * surge, NULL, -1, -1);
    }
    if (rest > rules->calm && after.arousal < 0.2F) {
      add(work, KT_TURN_CALM, time, 0.2F + rest, NULL, -1, -1);
    }
    if (turn > rules->reversal && before.valence * after.valence < 0) {
      add(work, KT_TURN_REVERSAL, time, 0.15F + turn * 0.7F, NULL, -1, -1);
    }
  }
}

static void add_climax(KtStoryWork *work) {
  const KtStory *story = work->story;
  double end = kt_seconds(work->end);
  double best = -1;
  float most = -10;
  float highest = 0;
  float sum = 0;
  size_t count = 0;
  for (double at = 0; at < end; at += 0.5) {
    KtEmotion here = mean_s(story, at - 2, at + 2);
    KtEmotion before = mean_s(story, at - 8, at - 2);
    float value = drive(&here);
    sum += value;
    ++count;
    // of two equals the one that changes fate, is grand, or comes where a third act has its height
    double late = (at / end - 0.72) / 0.25;
    value +=
        0.6F * here.colours[KT_COLOUR_GRANDEUR] + 0.5F * fmaxf(0, here.valence - before.valence);
    float height = value;
    value += 0.5F * (float)exp(-0.5 * late * late);
    if (at > 0.3 * end && at < 0.98 * end && value > most) {
      most = value;
      highest = height;
      best = at;
    }
  }
  float mean = count ? sum / (float)count : 0;
  if (best >= 0 && highest - mean > 0.3F) {
    // the arc is at its height a little after what brings it there
    KtFilmTime at = kt_film_time(best);
    const KtBeat *beat = beat_near(work, at, KT_TURN_CLIMAX);
    bool cause = beat && beat->line < 0 && fabs(kt_seconds(beat->start - at)) < 6;
    at = cause ? beat->start : snap(work, at);
    add(work, KT_TURN_CLIMAX, at, 0.7F + 0.3F * (highest - mean), cause ? beat : NULL, -1, -1);
  }
}

static bool in_scene(const KtScene *scene, int who) {
  for (size_t i = 0; i < scene->characters.count; ++i) {
    if (scene->characters.items[i] == who) {
      return true;
    }
  }
  return false;
}

/// First words or deeds of a person in a scene.
static const KtBeat *first_beat(const KtStoryWork *work, int scene, int who) {
  for (size_t i = 0; i < work->beats.count; ++i) {
    const KtBeat *beat = &work->beats.items[i];
    bool said = beat->line >= 0 && work->story->lines.items[beat->line].character == who;
    bool named =
        beat->line < 0 && kt_name_count(beat->text, work->story->characters.items[who].name);
    if (beat->scene == scene && (said || named)) {
      return beat;
    }
  }
  return NULL;
}

/// When the later of two comes into a scene they share.
static const KtBeat *together(const KtStoryWork *work, int scene, int a, int b) {
  const KtBeat *one = first_beat(work, scene, a);
  const KtBeat *two = first_beat(work, scene, b);
  return !one ? two : !two ? one : one->start > two->start ? one : two;
}

/// Two people meet once; together again after long, one of them has come back.
static void add_meetings(KtStoryWork *work, int a, int b) {
  KtStory *story = work->story;
  KtFilmTime parted = -1;
  double least = (double)work->rules->turns.return_share * kt_seconds(work->duration);
  float least_weight = fminf(story->characters.items[a].weight, story->characters.items[b].weight);
  float both = story->characters.items[a].weight + story->characters.items[b].weight;
  for (size_t s = 0; work->play && s < story->scenes.count; ++s) {
    const KtScene *scene = &story->scenes.items[s];
    if (!in_scene(scene, a) || !in_scene(scene, b)) {
      continue;
    }
    const KtBeat *late = together(work, (int)s, a, b);
    KtFilmTime at = late ? late->start : scene->start;
    if (parted < 0) {
      // whom the first picture shows together has met before
      bool before = work->film && s == 0 && kt_seconds(at) < 12;
      add(work, KT_TURN_MEETING, at, before ? 0.6F : fminf(0.35F + 0.9F * least_weight, 0.9F), late,
          b, a);
    } else if (kt_seconds(scene->start - parted) > fmax(5, least)) {
      add(work, KT_TURN_RETURN, at, 0.4F + 0.4F * both, late, b, a);
    }
    parted = scene->end;
  }
}

static void add_returns(KtStoryWork *work, int who) {
  KtStory *story = work->story;
  KtFilmTime left = -1;
  for (size_t s = 0; work->play && s < story->scenes.count; ++s) {
    const KtScene *scene = &story->scenes.items[s];
    if (!in_scene(scene, who)) {
      continue;
    }
    double away = left >= 0 ? kt_seconds(scene->start - left) : 0;
    if (away > (double)work->rules->turns.return_share * kt_seconds(work->duration) && away > 5) {
      add(work, KT_TURN_RETURN, scene->start, 0.35F + story->characters.items[who].weight * 0.4F,
          first_beat(work, (int)s, who), who, -1);
    }
    left = scene->end;
  }
}

static void add_people(KtStoryWork *work) {
  const KtStory *story = work->story;
  int order[3] = {-1, -1, -1};
  for (int k = 0; k < 3; ++k) {
    for (size_t i = 0; i < story->characters.count; ++i) {
      bool taken = (int)i == order[0] || (int)i == order[1];
      if (!taken && (order[k] < 0 || story->characters.items[i].weight >
                                         story->characters.items[order[k]].weight)) {
        order[k] = (int)i;
      }
    }
  }
  for (int a = 0; a < 3; ++a) {
    for (int b = a + 1; b < 3; ++b) {
      if (order[a] >= 0 && order[b] >= 0) {
        add_meetings(work, order[a], order[b]);
      }
    }
    if (order[a] >= 0) {
      add_returns(work, order[a]);
    }
  }
}

/// What is asked, wished, feared or said for fun has not happened.
static bool told_as_fact(const char *text) {
  static const char *const unsure[] = {"?",      "ould ",  "ould'", "might ", "want", "will ", "'ll ", "gonna",
                                       "going to", " if ", "If ",    "orry",   "to be ", NULL};
  for (const char *const *word = unsure; *word; ++word) {
    if (strstr(text, *word)) {
      return false;
    }
  }
  return true;
}

static void add_losses(KtStoryWork *work) {
  for (size_t i = 0; i < work->beats.count; ++i) {
    const KtBeat *beat = &work->beats.items[i];
    float loss = beat->emotion.colours[KT_COLOUR_LOSS] * fmaxf(0, 0.3F - beat->emotion.valence);
    bool real = told_as_fact(beat->text);
    if (real && loss > work->rules->turns.loss * 0.5F) {
      KtFilmTime at = beat->line < 0 ? beat->start : beat->end;
      add(work, KT_TURN_LOSS, at, fminf(0.85F, 0.45F + 0.6F * loss), beat, -1, -1);
    }
  }
}

/// Losses that nobody puts into words.
static void add_blows(KtStoryWork *work) {
  for (size_t i = 0; i < work->blows.count; ++i) {
    const KtBlow *blow = &work->blows.items[i];
    add(work, KT_TURN_LOSS, blow->at, 0.6F + 0.35F * blow->weight, NULL, -1, -1);
  }
}

static int by_time(const void *left, const void *right) {
  const KtTurn *a = left;
  const KtTurn *b = right;
  return a->at != b->at ? (a->at < b->at ? -1 : 1) : (int)a->kind - (int)b->kind;
}

/// The weightiest stay.
static void thin(KtStoryWork *work) {
  KtStory *story = work->story;
  size_t most =
      5 + (size_t)((double)work->rules->turns.per_minute * kt_seconds(work->duration) / 60);
  while (story->turns.count > most) {
    size_t least = 0;
    for (size_t i = 1; i < story->turns.count; ++i) {
      least = story->turns.items[i].weight < story->turns.items[least].weight ? i : least;
    }
    story->turns.items[least] = story->turns.items[--story->turns.count];
  }
}

static KtFilmTime ending(const KtStoryWork *work) {
  if (work->end < work->duration) {
    return work->end;
  }
  KtFilmTime at = work->duration - work->duration / 12;
  KtFilmTime near = snap(work, at);
  return near < work->duration ? near : at;
}

void kt_story_turns(KtStoryWork *work) {
  const KtBeat *first = work->play && work->beats.count ? work->beats.items : NULL;
  add(work, KT_TURN_OPENING, 0, 0.8F, first, -1, -1);
  if (work->duration >= 20 * half) {
    KtFilmTime end = ending(work);
    const KtBeat *last =
        work->play && work->beats.count ? &work->beats.items[work->beats.count - 1] : NULL;
    add(work, KT_TURN_ENDING, end, 0.75F, work->end < work->duration ? NULL : last, -1, -1);
    add_climax(work);
    add_people(work);
    add_losses(work);
    add_blows(work);
    add_changes(work);
  }
  thin(work);
  if (work->story->turns.count) {
    qsort(work->story->turns.items, work->story->turns.count, sizeof(KtTurn), by_time);
  }
}
