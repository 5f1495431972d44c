// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const KtFilmTime half = KT_FLICKS_PER_SECOND / 2;

/// What a row of the state table is asked about.
typedef struct Situation {
  float presence, away;
  bool spoken_of, first;
  KtEmotion emotion;
} Situation;

static bool least(const float *bound, float value) {
  return !bound || value >= *bound;
}

static KtSubjectState state_of(const KtStoryRules *rules, const Situation *s) {
  for (unsigned i = 0; i < rules->states_count; ++i) {
    const KtStateRule *r = &rules->states[i];
    float romance = fmaxf(s->emotion.colours[KT_COLOUR_ROMANCE], 0);
    bool holds =
        least(r->presence_min, s->presence) && least(r->valence_min, s->emotion.valence) &&
        (!r->valence_max || s->emotion.valence <= *r->valence_max) &&
        least(r->arousal_min, s->emotion.arousal) && least(r->tension_min, s->emotion.tension) &&
        (!r->tension_max || s->emotion.tension <= *r->tension_max) &&
        least(r->romance_min, romance) && least(r->loss_min, s->emotion.colours[KT_COLOUR_LOSS]) &&
        least(r->mystery_min, s->emotion.colours[KT_COLOUR_MYSTERY]) &&
        least(r->away_min, s->away) && (!r->spoken_of || s->spoken_of) && (!r->first || s->first);
    if (holds) {
      return r->state;
    }
  }
  return KT_STATE_ABSENT;
}

static void push_span(KtStoryWork *work, KtSubject *subject, KtFilmTime start, KtFilmTime end,
                      KtSubjectState state, float presence) {
  if (state == KT_STATE_ABSENT || end <= start) {
    return;
  }
  KtSubjectSpan *last =
      subject->spans.count ? &subject->spans.items[subject->spans.count - 1] : NULL;
  if (last && last->state == state && last->end == start) {
    double a = kt_seconds(last->end - last->start);
    double b = kt_seconds(end - start);
    last->presence = (float)(((double)last->presence * a + (double)presence * b) / (a + b));
    last->end = end;
    return;
  }
  KtSubjectSpan *span = kt_array_push(work->arena, &subject->spans);
  if (span) {
    *span = (KtSubjectSpan){
        .start = start, .end = end, .state = state, .presence = kt_clamp(presence, 0, 1)};
  }
}

static int by_flicks(const void *left, const void *right) {
  KtFilmTime a = *(const KtFilmTime *)left;
  KtFilmTime b = *(const KtFilmTime *)right;
  return (a > b) - (a < b);
}

typedef struct Joints {
  KT_ARRAY(KtFilmTime) list;
} Joints;

/// A state may change where a scene begins or the story turns, not sooner than six seconds on.
static Joints joints_of(KtStoryWork *work) {
  Joints all = {0};
  Joints kept = {0};
  KtFilmTime *at = kt_array_push(work->scratch, &all.list);
  for (size_t i = 0; at && i < work->story->scenes.count; ++i) {
    *at = work->story->scenes.items[i].start;
    at = kt_array_push(work->scratch, &all.list);
  }
  for (size_t i = 0; at && i < work->story->turns.count; ++i) {
    *at = work->story->turns.items[i].at;
    at = kt_array_push(work->scratch, &all.list);
  }
  if (all.list.count) {
    qsort(all.list.items, all.list.count, sizeof(KtFilmTime), by_flicks);
  }
  for (size_t i = 0; i < all.list.count; ++i) {
    const KtFilmTime *last = kept.list.count ? &kept.list.items[kept.list.count - 1] : NULL;
    bool far = !last || all.list.items[i] - *last >= 12 * half;
    KtFilmTime *joint =
        far && all.list.items[i] < work->duration ? kt_array_push(work->scratch, &kept.list) : NULL;
    if (joint) {
      *joint = all.list.items[i];
    }
  }
  KtFilmTime *end = kt_array_push(work->scratch, &kept.list);
  if (end) {
    *end = work->duration;
  }
  return kept;
}

/// Words about or by a person between two times: how present, how felt, whether named by others.
static Situation person_between(const KtStoryWork *work, int who, KtFilmTime start,
                                KtFilmTime end) {
  Situation s = {0};
  float own = 0;
  float all = 0;
  const char *name = work->story->characters.items[who].name;
  KtEmotion felt = {0};
  for (size_t i = 0; i < work->beats.count; ++i) {
    const KtBeat *beat = &work->beats.items[i];
    if (beat->start >= end || beat->end <= start) {
      continue;
    }
    bool said = beat->line >= 0 && work->story->lines.items[beat->line].character == who;
    bool named = kt_name_count(beat->text, name) > 0;
    all += beat->weight;
    if (said || (named && beat->line < 0)) {
      own += beat->weight;
      felt.valence += beat->weight * beat->emotion.valence;
      for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
        felt.colours[c] += beat->weight * beat->emotion.colours[c];
      }
    }
    s.spoken_of = s.spoken_of || (named && beat->line >= 0 && !said);
  }
  s.presence = all > 0 ? own / all : 0;
  s.emotion = kt_story_mean(work->story, start, end);
  if (own > 0) { // half the moment, half the person's own words and deeds
    s.emotion.valence = 0.5F * (s.emotion.valence + felt.valence / own);
    for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
      s.emotion.colours[c] = fmaxf(0.5F * s.emotion.colours[c], felt.colours[c] / own);
    }
  }
  return s;
}

static KtSubject *add_subject(KtStoryWork *work, KtSubjectKind kind, const char *name,
                              float weight) {
  if ((int)work->story->subjects.count >= work->rules->subjects.most) {
    return NULL;
  }
  KtSubject *subject = kt_array_push(work->arena, &work->story->subjects);
  if (subject) {
    *subject =
        (KtSubject){.kind = kind, .name = name, .character = -1, .weight = weight, .rhythm = ""};
  }
  return subject;
}

static void mean_of_spans(const KtStoryWork *work, KtSubject *subject) {
  double all = 0;
  double sum[3 + KT_COLOUR_COUNT] = {0};
  for (size_t i = 0; i < subject->spans.count; ++i) {
    const KtSubjectSpan *span = &subject->spans.items[i];
    KtEmotion e = kt_story_mean(work->story, span->start, span->end);
    double seconds = kt_seconds(span->end - span->start) * (0.2 + (double)span->presence);
    sum[0] += seconds * (double)e.valence;
    sum[1] += seconds * (double)e.arousal;
    sum[2] += seconds * (double)e.tension;
    for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
      sum[3 + c] += seconds * (double)e.colours[c];
    }
    all += seconds;
  }
  if (all > 0) {
    subject->emotion.valence = (float)(sum[0] / all);
    subject->emotion.arousal = (float)(sum[1] / all);
    subject->emotion.tension = (float)(sum[2] / all);
    for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
      subject->emotion.colours[c] = (float)(sum[3 + c] / all);
    }
  }
}

static void add_person(KtStoryWork *work, int who, const Joints *joints) {
  const KtCharacter *person = &work->story->characters.items[who];
  KtSubject *subject = add_subject(work, KT_SUBJECT_CHARACTER, person->name, person->weight);
  if (!subject) {
    return;
  }
  subject->character = who;
  subject->rhythm = person->rhythm;
  KtFilmTime left = -1;
  for (size_t i = 0; i + 1 < joints->list.count; ++i) {
    KtFilmTime start = joints->list.items[i];
    KtFilmTime end = joints->list.items[i + 1];
    Situation s = person_between(work, who, start, end);
    s.first = left < 0;
    s.away = left >= 0 ? (float)((double)(start - left) / (double)work->duration) : 0;
    push_span(work, subject, start, end, state_of(work->rules, &s), s.presence);
    left = s.presence > 0.05F ? end : left;
  }
  mean_of_spans(work, subject);
}

static void add_people(KtStoryWork *work, const Joints *joints) {
  const KtStory *story = work->story;
  bool *taken = KT_NEW(work->scratch, bool, story->characters.count + 1);
  for (int k = 0; taken && k < 3; ++k) {
    int best = -1;
    for (size_t i = 0; i < story->characters.count; ++i) {
      if (!taken[i] &&
          (best < 0 || story->characters.items[i].weight > story->characters.items[best].weight)) {
        best = (int)i;
      }
    }
    if (best < 0 ||
        (k > 0 && story->characters.items[best].weight < work->rules->subjects.character_weight)) {
      return;
    }
    taken[best] = true;
    add_person(work, best, joints);
  }
}

/// "FARMHOUSE HALL" as a person says it: "the farmhouse hall".
static const char *say_place(KtArena *arena, const char *place) {
  bool owned = strstr(place, "'S ") || strstr(place, "'s ") || strstr(place, "\xE2\x80\x99");
  char *name = (char *)kt_arena_format(arena, "%s%s", owned ? "" : "the ", place);
  for (char *c = name; *c; ++c) {
    bool begins = owned && (c == name);
    *c = begins ? *c : (char)tolower((unsigned char)*c);
  }
  return name;
}

/// A place that comes back and holds much of the story may own a theme.
static void add_place(KtStoryWork *work) {
  const KtStory *story = work->story;
  const KtScene *best = NULL;
  double most = 0;
  for (size_t i = 0; i < story->scenes.count; ++i) {
    const KtScene *scene = &story->scenes.items[i];
    double held = 0;
    int times = 0;
    for (size_t k = 0; *scene->place && k < story->scenes.count; ++k) {
      if (!strcasecmp(story->scenes.items[k].place, scene->place)) {
        held += kt_seconds(story->scenes.items[k].end - story->scenes.items[k].start);
        times += k == 0 || strcasecmp(story->scenes.items[k - 1].place, scene->place) != 0;
      }
    }
    if (times >= 2 && held > most) {
      most = held;
      best = scene;
    }
  }
  double share = most / fmax(1e-9, kt_seconds(work->duration));
  if (!best || share < (double)work->rules->subjects.place_share) {
    return;
  }
  KtSubject *subject = add_subject(work, KT_SUBJECT_PLACE, say_place(work->arena, best->place),
                                   (float)(0.25 * share));
  for (size_t i = 0; subject && i < story->scenes.count; ++i) {
    const KtScene *scene = &story->scenes.items[i];
    if (!strcasecmp(scene->place, best->place)) {
      push_span(work, subject, scene->start, scene->end, KT_STATE_PRESENT, 0.7F);
    }
  }
  if (subject) {
    subject->rhythm = kt_name_rhythm(work->arena, work->rules, subject->name);
    mean_of_spans(work, subject);
  }
}

typedef float (*Measure)(const KtEmotion *e);
static float stir(const KtEmotion *e) {
  return e->arousal + 0.4F * e->tension;
}
static float still(const KtEmotion *e) {
  return -stir(e);
}
static float dread(const KtEmotion *e) {
  return e->tension - e->valence - 0.6F * fmaxf(0, e->arousal);
}

/// Stretches of at least four seconds over a bound, gaps under three seconds closed.
static void span_where(KtStoryWork *work, KtSubject *subject, Measure measure, float bound) {
  const KtStory *story = work->story;
  KtFilmTime start = -1;
  KtFilmTime last = -1;
  for (size_t i = 0; i <= story->arc.count; ++i) {
    KtFilmTime at = i < story->arc.count ? story->arc.items[i].at : work->duration;
    bool in = i < story->arc.count && measure(&story->arc.items[i].emotion) >= bound;
    if (in) {
      start = start < 0 ? at : start;
      last = at + half;
    } else if (start >= 0 && (at - last >= 6 * half || i == story->arc.count)) {
      if (last - start >= 8 * half) {
        KtFilmTime end = last > work->duration ? work->duration : last;
        Situation s = {.presence = 0.8F, .emotion = kt_story_mean(story, start, end)};
        KtSubjectState state = state_of(work->rules, &s);
        push_span(work, subject, start, end, state ? state : KT_STATE_PRESENT, 0.8F);
      }
      start = -1;
    }
  }
  mean_of_spans(work, subject);
}

static float seconds_of(const KtSubject *subject) {
  double all = 0;
  for (size_t i = 0; i < subject->spans.count; ++i) {
    all += kt_seconds(subject->spans.items[i].end - subject->spans.items[i].start);
  }
  return (float)all;
}

static int by_value(const void *left, const void *right) {
  float a = *(const float *)left;
  float b = *(const float *)right;
  return (a > b) - (a < b);
}

static float bound_of(KtStoryWork *work, Measure measure, float share) {
  size_t count = work->story->arc.count;
  float *values = KT_NEW(work->scratch, float, count + 1);
  if (!values || !count) {
    return 0;
  }
  for (size_t i = 0; i < count; ++i) {
    values[i] = measure(&work->story->arc.items[i].emotion);
  }
  qsort(values, count, sizeof(*values), by_value);
  return values[(size_t)((float)(count - 1) * share)];
}

/// Mean movement of the picture over the spans, against that of the film.
static float movement(const KtStoryWork *work, const KtSubject *subject) {
  double in = 0;
  double all = 0;
  size_t in_count = 0;
  size_t count = work->film ? work->film->frames.count : 0;
  for (size_t i = 0; i < count; ++i) {
    const KtFrame *f = &work->film->frames.items[i];
    all += (double)f->motion;
    if (kt_subject_at(subject, f->time).presence > 0) {
      in += (double)f->motion;
      ++in_count;
    }
  }
  return in_count && all > 0 ? (float)(in / (double)in_count / (all / (double)count)) : 1;
}

static float name_and_weigh(KtStoryWork *work, KtSubject *subject, const char *name) {
  subject->name = name;
  subject->weight = seconds_of(subject) / (float)fmax(1e-9, kt_seconds(work->duration));
  subject->rhythm = kt_name_rhythm(work->arena, work->rules, name);
  return subject->weight;
}

static const char *name_of_calm(const KtEmotion *e) {
  return e->valence > -0.25F ? "the calm" : e->tension > 0.4F ? "the waiting" : "the sorrow";
}

/// Pictures that look like the opening one, later in the film.
static bool same_look(const KtShot *a, const KtShot *b) {
  int far = 0;
  for (int k = 0; k < 3; ++k) {
    far += abs((int)a->palette[0][k] - (int)b->palette[0][k]);
  }
  return far < 60 && fabsf(a->brightness - b->brightness) < 0.08F &&
         fabsf(a->warmth - b->warmth) < 0.2F;
}

static void add_opening_image(KtStoryWork *work) {
  const KtFilm *film = work->film;
  if (!film || film->shots.count < 6 || work->duration < 360 * half) {
    return;
  }
  size_t first = 0; // the first shot that shows something
  while (first + 1 < film->shots.count && film->shots.items[first].brightness < 0.08F) {
    ++first;
  }
  KtSubject *subject = add_subject(work, KT_SUBJECT_IDEA, "the opening image", 0);
  bool returns = false;
  for (size_t i = first; subject && i < film->shots.count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    if (same_look(&film->shots.items[first], shot) && shot->end - shot->start >= 3 * half) {
      push_span(work, subject, shot->start, shot->end,
                i == first ? KT_STATE_PRESENT : KT_STATE_RETURNED, 0.7F);
      returns = returns || shot->start > work->duration / 3;
    }
  }
  bool everywhere = subject && 2 * (double)seconds_of(subject) > kt_seconds(work->duration);
  if (subject && (!returns || everywhere)) { // what all pictures share is no image
    --work->story->subjects.count;
  } else if (subject) {
    mean_of_spans(work, subject);
    subject->weight = fminf(0.15F, name_and_weigh(work, subject, "the opening image"));
  }
}

/// Where nobody is named the film's own contrasts own the themes.
static void add_ideas(KtStoryWork *work) {
  float low = bound_of(work, stir, 0.15F);
  float high = bound_of(work, stir, 0.85F);
  bool contrast = high - low >= work->rules->subjects.contrast;
  bool lengthy = kt_seconds(work->duration) >= (double)work->rules->subjects.long_film_s;
  KtSubject *calm = add_subject(work, KT_SUBJECT_IDEA, "", 1);
  if (!calm) {
    return;
  }
  if (!contrast || !lengthy) {
    push_span(work, calm, 0, work->duration, KT_STATE_PRESENT, 0.8F);
    mean_of_spans(work, calm);
    const KtEmotion *e = &calm->emotion;
    bool plain = fabsf(e->arousal) <= 0.25F && fabsf(e->valence) <= 0.25F;
    const char *middle = work->story->lines.count ? "the conversation" : "the opening image";
    const char *stirred = e->tension > 0.5F ? "the struggle" : "the bustle";
    name_and_weigh(work, calm, plain ? middle : e->arousal > 0.25F ? stirred : name_of_calm(e));
    return;
  }
  span_where(work, calm, still, bound_of(work, still, 0.62F));
  name_and_weigh(work, calm, name_of_calm(&calm->emotion));
  KtSubject *chase = add_subject(work, KT_SUBJECT_IDEA, "", 1);
  if (chase) {
    span_where(work, chase, stir, bound_of(work, stir, 0.7F));
    bool moves = movement(work, chase) > 1.15F;
    bool glad = chase->emotion.valence > 0.25F && chase->emotion.tension < 0.45F;
    name_and_weigh(work, chase,
                   moves  ? (glad ? "the dance" : "the chase")
                   : glad ? "the bustle"
                          : "the uproar");
  }
  KtSubject *threat =
      kt_seconds(work->duration) > 180 ? add_subject(work, KT_SUBJECT_IDEA, "", 1) : NULL;
  if (threat) {
    float bound = fmaxf(bound_of(work, dread, 0.85F), 0.35F);
    span_where(work, threat, dread, bound);
    name_and_weigh(work, threat, "the threat");
    threat->weight *= 0.8F;
    if (!threat->spans.count) {
      --work->story->subjects.count;
    }
  }
  add_opening_image(work);
}

/// A second voice for a story of one: what stands against them.
static void add_danger(KtStoryWork *work) {
  KtSubject *danger = add_subject(work, KT_SUBJECT_IDEA, "", 0.2F);
  if (danger) {
    span_where(work, danger, dread, fmaxf(bound_of(work, dread, 0.8F), 0.4F));
    if ((double)seconds_of(danger) < 0.08 * kt_seconds(work->duration)) {
      --work->story->subjects.count;
      return;
    }
    float share =
        name_and_weigh(work, danger, danger->emotion.tension > 0.5F ? "the danger" : "the unease");
    danger->weight = 0.4F * share;
  }
}

static int by_weight(const void *left, const void *right) {
  const KtSubject *a = left;
  const KtSubject *b = right;
  return a->weight != b->weight ? (a->weight < b->weight ? 1 : -1) : strcmp(a->name, b->name);
}

void kt_story_subjects(KtStoryWork *work) {
  KtStory *story = work->story;
  Joints joints = joints_of(work);
  if (work->duration > 0 && joints.list.count) {
    add_people(work, &joints);
    if (story->subjects.count) {
      add_place(work);
      add_danger(work);
    } else {
      add_ideas(work);
    }
  }
  if (!story->subjects.count) {
    KtSubject *subject = add_subject(work, KT_SUBJECT_IDEA, "the opening image", 1);
    if (subject) {
      push_span(work, subject, 0, work->duration, KT_STATE_PRESENT, 0.8F);
    }
  }
  qsort(story->subjects.items, story->subjects.count, sizeof(KtSubject), by_weight);
}
