// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One tune for one subject: hundreds proposed, the best kept.
#include "compose/plan.h"
#include "compose/themes_choose.h"

#include <math.h>
#include <string.h>

enum { KEPT = 8, HEAD_LEAST = 5, HEAD_MOST = 7 };
/// A tune that says its subject's name goes before any that does not.
static const double NAMED = 1;

/// So much calmer than its mode asks, and a feeling all but never has it.
static const double CALMER = 0.3;

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory while composing themes");
}

static bool named(const char *const *names, unsigned count, const char *name) {
  for (unsigned i = 0; name && i < count; ++i) {
    if (!strcmp(names[i], name)) {
      return true;
    }
  }
  return false;
}

static double colours_of(const KtEmotion *emotion, const KtColour *colours, unsigned count) {
  double sum = 0;
  for (unsigned i = 0; i < count; ++i) {
    sum += (double)emotion->colours[colours[i]];
  }
  return sum;
}

static double character_weight(const KtTuneCharacter *character, const KtEmotion *e,
                               const char *palette) {
  double v = (double)(e->valence - character->valence),
         a = (double)(e->arousal - character->arousal);
  double t = (double)(e->tension - character->tension);
  double weight = exp(-(v * v + a * a + 0.7 * t * t) / 0.5);
  weight *= 1 + colours_of(e, character->colours, character->colours_count);
  bool at_home = named(character->palettes, character->palettes_count, palette);
  return weight * (at_home ? 4 : 1);
}

/// The subject's feeling as its tune shall have it. Measured means lie close together near the
/// middle, so what sets a subject apart from the film's others is drawn out; then the palette leans
/// it.
KtEmotion kt_tune_feeling(const KtTuneBook *book, const KtDesk *desk,
                              const KtSubject *subject) {
  const KtStory *story = desk->story;
  KtEmotion feeling = subject->emotion;
  float valence = 0, arousal = 0, spread_v = 0, spread_a = 0, n = (float)story->subjects.count;
  for (size_t i = 0; i < story->subjects.count; ++i) {
    valence += story->subjects.items[i].emotion.valence / n;
    arousal += story->subjects.items[i].emotion.arousal / n;
  }
  for (size_t i = 0; i < story->subjects.count; ++i) {
    spread_v += fabsf(story->subjects.items[i].emotion.valence - valence) / n;
    spread_a += fabsf(story->subjects.items[i].emotion.arousal - arousal) / n;
  }
  float draw_v = fminf(fmaxf(0.3F / fmaxf(spread_v, 0.01F), 1), 3.5F);
  float draw_a = fminf(fmaxf(0.3F / fmaxf(spread_a, 0.01F), 1), 3.0F);
  feeling.valence = 1.3F * valence + draw_v * (feeling.valence - valence);
  feeling.arousal = arousal + draw_a * (feeling.arousal - arousal);
  for (unsigned i = 0; desk->palette && desk->palette->id && i < book->leanings_count; ++i) {
    if (!strcmp(book->leanings[i].palette, desk->palette->id)) {
      feeling.valence += book->leanings[i].valence;
      feeling.arousal += book->leanings[i].arousal;
      feeling.tension += book->leanings[i].tension;
    }
  }
  feeling.valence = fminf(fmaxf(feeling.valence, -1), 1);
  feeling.arousal = fminf(fmaxf(feeling.arousal, -1), 1);
  feeling.tension = fminf(fmaxf(feeling.tension, 0), 1);
  return feeling;
}

/// By feeling, a little away from the modes the film's other themes have.
static const KtTuneMode *choose_mode(const KtTuneBook *book, const KtThemes *themes,
                                     const KtEmotion *emotion) {
  const KtTuneMode *best = &book->modes[0];
  double most = -1;
  for (unsigned i = 0; i < book->modes_count; ++i) {
    const KtTuneMode *mode = &book->modes[i];
    double off = (double)(emotion->valence - mode->valence) / 0.35;
    double weight =
        (double)mode->weight * (exp(-off * off) + 0.35 * colours_of(emotion, mode->colours, mode->colours_count));
    weight *= fmax(1 - fmax((double)(mode->tension - emotion->tension), 0) / CALMER, 0.1);
    for (size_t k = 0; k < themes->items.count; ++k) {
      weight *= themes->items.items[k].key.mode == mode->mode ? 0.65 : 1;
    }
    if (weight > most) {
      most = weight;
      best = mode;
    }
  }
  return best;
}

/// Tempo inside the character's range by arousal, a little by valence (composition table).
static double choose_bpm(const KtTuneCharacter *character, const KtDesk *desk, const KtEmotion *e,
                         bool grouped) {
  double low = (double)character->bpm[0], high = (double)character->bpm[1];
  double bpm = low + (high - low) * (0.5 + 0.5 * (double)e->arousal);
  bpm *= 1 + 0.08 * (double)e->valence;
  bpm *= grouped ? 1.2 : 1; // in 6/8 the beat felt is longer than a quarter
  double least = desk->palette ? (double)desk->palette->tempo_min_bpm : 0;
  double most = desk->palette ? (double)desk->palette->tempo_max_bpm : 0;
  least =
      desk->brief && desk->brief->tempo_min_bpm > 0 ? (double)desk->brief->tempo_min_bpm : least;
  most = desk->brief && desk->brief->tempo_max_bpm > 0 ? (double)desk->brief->tempo_max_bpm : most;
  bpm = least > 0 ? fmax(bpm, least) : bpm;
  bpm = most > 0 ? fmin(bpm, most) : bpm;
  return nearbyint(bpm);
}

/// Names a random stream after film and subject: two films that both have a chase do not share its
/// tune, while other sizes and cuts of one film (numbers in the name) do.
static const char *stream_name(KtArena *arena, const KtDesk *desk, const char *what,
                               const KtSubject *subject) {
  const char *title = desk->story->title && desk->story->title[0] ? desk->story->title
                      : desk->film && desk->film->title           ? desk->film->title
                                                                  : "";
  int length = (int)strcspn(title, "0123456789");
  return kt_arena_format(arena, "%s/%.*s/%s", what, length, title, subject->name);
}

/// What the tune is worth beside the film's others: those made, and those that are to stay.
static double worth(const KtThemes *themes, const KtThemes *others, const KtTuneDraft *draft) {
  double nearest = 1;
  for (size_t i = 0; i < themes->items.count; ++i) {
    nearest = fmin(nearest, kt_tune_distance(&themes->items.items[i], draft));
  }
  for (size_t i = 0; i < others->items.count; ++i) {
    nearest = fmin(nearest, kt_tune_distance(&others->items.items[i], draft));
  }
  return draft->score * (0.35 + 0.65 * fmin(1, nearest / 0.55)) + (draft->named ? NAMED : 0);
}

static void keep(KtTuneDraft *kept, double *worths, int *count, const KtTuneDraft *draft,
                 double value) {
  int at = *count;
  while (at > 0 && value > worths[at - 1]) {
    --at;
  }
  if (at >= KEPT) {
    return;
  }
  int last = *count < KEPT ? *count : KEPT - 1;
  for (int i = last; i > at; --i) {
    kept[i] = kept[i - 1];
    worths[i] = worths[i - 1];
  }
  kept[at] = *draft;
  worths[at] = value;
  *count = *count < KEPT ? *count + 1 : KEPT;
}

/// Compose many, polish the best few, keep one.
static KtStatus compose_one(const KtTuneBook *book, const KtDesk *desk, const KtSubject *subject,
                            int again, const KtThemes *themes, const KtThemes *others,
                            KtArena *scratch, KtTuneDraft *best, const KtTuneCharacter **character,
                            KtError *err) {
  const char *palette = desk->palette ? desk->palette->id : NULL;
  const char *stream = again ? kt_arena_format(scratch, "theme %d", again + 1) : "theme";
  KtRng rng = kt_rng(desk->ctx->seed, stream_name(scratch, desk, stream, subject));
  KtEmotion feeling = kt_tune_feeling(book, desk, subject);
  float weights[64] = {0};
  unsigned characters = book->characters_count < 64 ? book->characters_count : 64;
  for (unsigned i = 0; i < characters; ++i) {
    weights[i] = (float)(pow(character_weight(&book->characters[i], &feeling, palette), 2) + 1e-9);
  }
  KtTuneDraft *kept = KT_NEW(scratch, KtTuneDraft, KEPT + 1);
  double worths[KEPT + 1] = {0};
  if (!kept) {
    return no_memory(err);
  }
  // One kind of tune for a subject: what it is, not what happens to score best.
  const KtTuneCharacter *kind = &book->characters[kt_rng_pick(&rng, weights, characters)];
  KtTuneWish wish = {.book = book,
                     .character = kind,
                     .mode = choose_mode(book, themes, &feeling)->mode,
                     .stress = !kt_desk_off(desk, "name_rhythm") && subject->rhythm && subject->kind != KT_SUBJECT_IDEA ? subject->rhythm
                                                                                   : ""};
  int count = 0;
  for (int i = 0; i < book->proposals; ++i) {
    KtTuneDraft *draft = &kept[KEPT];
    if (kt_tune_propose(&wish, &rng, draft)) {
      keep(kept, worths, &count, draft, worth(themes, others, draft));
    }
  }
  if (!count) {
    return kt_error_set(
        err, KT_ERR_FORMAT,
        "themes.yaml: no rhythm or harmony for a %s tune; add cells or progressions", kind->id);
  }
  int first = 0;
  double most = -1;
  for (int i = 0; i < count; ++i) {
    kt_tune_polish(&wish, &rng, &kept[i]);
    double value = worth(themes, others, &kept[i]);
    if (value > most) {
      most = value;
      first = i;
    }
  }
  *best = kept[first];
  *character = kind;
  return KT_OK;
}

/// The head: the whole idea of two bars where it is short enough to be said as one, else its first bar.
static void mark_head(KtTheme *theme, const KtTuneDraft *draft) {
  int idea = kt_tune_idea(draft), bar = draft->first[1], up = draft->up_count;
  int head = up + (up + idea > HEAD_MOST && up + bar >= HEAD_LEAST ? bar : idea);
  head = head > HEAD_MOST ? HEAD_MOST : head;
  const KtThemeNote *last = &theme->notes.items[head - 1];
  KtTick beat = 4 * KT_PPQ / draft->unit, end = last->start + last->duration;
  theme->head = head;
  theme->head_ticks = (end + beat - 1) / beat * beat;
}

/// Degree 0 so placed that the tune's middle lies where the subject's feeling wants it.
static int place_tonic(const KtTuneDraft *draft, KtKey key, const KtEmotion *emotion) {
  int low = 1000, high = -1000;
  for (int i = 0; i < draft->count; ++i) {
    int pitch = kt_tune_pitch(draft->mode, draft->notes[i].degree, draft->notes[i].alter);
    low = pitch < low ? pitch : low;
    high = pitch > high ? pitch : high;
  }
  double centre = 69 + 4 * (double)emotion->valence - (low + high) / 2.0;
  int class = kt_spelling_class(key.tonic), best = class;
  for (int midi = class; midi < 120; midi += 12) {
    best = fabs(midi - centre) < fabs(best - centre) ? midi : best;
  }
  return best;
}

static KtKey choose_key(const KtTuneBook *book, const KtThemes *themes, KtMode mode, KtRng *rng) {
  // Key signatures of the list are for major; a mode's tonic follows from it.
  static const int tonic_above[] = {
      [KT_MODE_LOCRIAN] = 5,    [KT_MODE_PHRYGIAN] = 4, [KT_MODE_AEOLIAN] = 3, [KT_MODE_DORIAN] = 2,
      [KT_MODE_MIXOLYDIAN] = 1, [KT_MODE_IONIAN] = 0,   [KT_MODE_LYDIAN] = -1};
  int fifths = book->keys[kt_rng_int(rng, 0, (int)book->keys_count - 1)];
  if (themes->items.count) {
    float weights[32] = {0};
    unsigned count = book->related_count < 32 ? book->related_count : 32;
    for (unsigned i = 0; i < count; ++i) {
      weights[i] = book->related[i].weight;
    }
    fifths = kt_key_fifths(themes->items.items[0].key) +
             book->related[kt_rng_pick(rng, weights, count)].fifths;
  }
  fifths = fifths > 4 ? fifths - 12 : fifths < -5 ? fifths + 12 : fifths;
  fifths = fifths > 4 ? 4 : fifths < -5 ? -5 : fifths;
  return (KtKey){(KtSpelling)(fifths + tonic_above[mode]), mode};
}

/// A quick tune of eight bars is over before it is known: it is told twice, first to an open end.
static bool told_twice(const KtTuneDraft *draft, double bpm) {
  double seconds = (double)(draft->bar * KT_TUNE_BARS) / KT_PPQ * 60 / bpm;
  return seconds < 13.5 && draft->first[1] * KT_TUNE_BARS < 100;
}

/// The upbeat before `at`; what sounds there makes room.
static bool add_upbeat(KtArena *arena, KtTheme *theme, const KtTuneDraft *draft, KtTick at) {
  KtTick from = at - draft->up_ticks;
  KtThemeNote *before = theme->notes.count ? &theme->notes.items[theme->notes.count - 1] : NULL;
  if (before && before->start >= from) {
    return true; // a last note as short as that leads on by itself
  }
  if (before && before->start + before->duration > from) {
    before->duration = from - before->start;
  }
  for (int i = 0; i < draft->up_count; ++i) {
    KtThemeNote *note = kt_array_push(arena, &theme->notes);
    if (!note) {
      return false;
    }
    *note = draft->up[i];
    note->start += from;
    note->degree = (int8_t)(note->degree + draft->notes[0].degree);
  }
  return true;
}

static bool add_tune(KtArena *arena, KtTheme *theme, const KtTuneDraft *draft, KtTick at,
                     bool open) {
  if (draft->up_count && !add_upbeat(arena, theme, draft, at)) {
    return false;
  }
  for (int i = 0; i < draft->count; ++i) {
    KtThemeNote *note = kt_array_push(arena, &theme->notes);
    if (!note) {
      return false;
    }
    *note = draft->notes[i];
    bool top = i == draft->leap_at + 1;
    note->accent = top ? 0.3F : note->start % draft->bar == 0 ? 0.15F : 0;
    note->start += at;
    if (open && i + 1 == draft->count) { // the second or the fifth, whichever is nearer
      int before = draft->notes[i - 1].degree;
      note->degree = (int8_t)(note->degree + (before > note->degree ? 1 : -3));
      note->alter = 0;
    }
  }
  for (int i = 0; i < draft->chord_count; ++i) {
    KtThemeChord *chord = kt_array_push(arena, &theme->chords);
    if (!chord) {
      return false;
    }
    *chord = draft->chords[i];
    chord->start += at;
    if (open && i + 1 == draft->chord_count) {
      bool dominant = draft->mode == KT_MODE_IONIAN || draft->mode == KT_MODE_LYDIAN ||
                      draft->mode == KT_MODE_AEOLIAN;
      chord->degree = 4;
      chord->alter = 0;
      chord->quality = dominant ? KT_CHORD_MAJOR : KT_CHORD_MINOR;
      chord->quality = draft->mode == KT_MODE_LOCRIAN ? KT_CHORD_MAJOR : chord->quality;
    }
  }
  return true;
}

static KtStatus store(KtThemes *themes, const KtTuneBook *book, const KtDesk *desk, int subject,
                      const KtTuneDraft *draft, const KtTuneCharacter *character, KtError *err) {
  KtArena *arena = themes->arena;
  const KtSubject *who = &desk->story->subjects.items[subject];
  KtEmotion feeling = kt_tune_feeling(book, desk, who);
  KtRng rng = kt_rng(desk->ctx->seed, stream_name(arena, desk, "theme key", who));
  KtKey key = choose_key(book, themes, draft->mode, &rng);
  int number = (int)themes->items.count + 1;
  KtTheme *theme = kt_array_push(arena, &themes->items);
  if (!theme) {
    return no_memory(err);
  }
  *theme = (KtTheme){.id = kt_arena_format(arena, "T%d", number),
                     .title = kt_arena_text(arena, who->name),
                     .subject = subject,
                     .key = key,
                     .tonic_midi = place_tonic(draft, key, &feeling),
                     .beats = draft->beats,
                     .unit = draft->unit,
                     .bpm = choose_bpm(character, desk, &feeling, draft->unit == 8),
                     .ticks = draft->bar * KT_TUNE_BARS,
                     .score = (float)draft->score,
                     .rhythm_from =
                         draft->named ? kt_arena_format(arena, "the name %s", who->name) : ""};
  bool twice = told_twice(draft, theme->bpm) && draft->mode != KT_MODE_PHRYGIAN &&
               draft->mode != KT_MODE_LOCRIAN;
  KtTick up = draft->up_count ? draft->bar : 0; // an upbeat has a bar before the first
  if ((twice && !add_tune(arena, theme, draft, up, true)) ||
      !add_tune(arena, theme, draft, up + (twice ? theme->ticks : 0), false)) {
    return no_memory(err);
  }
  theme->ticks = up + theme->ticks * (twice ? 2 : 1);
  theme->chords.items[0].duration += up;
  theme->chords.items[0].start = 0;
  mark_head(theme, draft);
  return KT_OK;
}

KtStatus kt_tune_compose(const KtTuneSession *session, int subject, int again, const KtThemes *others,
                         KtThemes *themes, KtError *err) {
  const KtSubject *who = &session->desk->story->subjects.items[subject];
  KtTuneDraft *draft = KT_NEW(session->scratch, KtTuneDraft, 1);
  const KtTuneCharacter *character = NULL;
  KtStatus status = draft ? compose_one(session->book, session->desk, who, again, themes, others,
                                        session->scratch, draft, &character, err)
                          : no_memory(err);
  return status ? status : store(themes, session->book, session->desk, subject, draft, character, err);
}
