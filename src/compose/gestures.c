// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The picture's gestures in the notes: a fall runs down, a rise climbs and grows, a sweep is an arpeggio
// across, stillness a held chord. Only strong ones, a few a minute, never under words or against a theme.
#include "compose/beyond.h"
#include "compose/sketch.h"

#include <math.h>
#include <stdlib.h>

enum { TONES_LEAST = 5, TONES_MOST = 12, SWEEP_MOST = 9, DRAWN_MOST = 64 };

/// A gesture that might be drawn, on the cue's own time.
typedef struct Gesture {
  KtGestureKind kind;
  double start, end; ///< seconds from the cue's in
  float strength;
  bool camera;
} Gesture;

typedef KT_ARRAY(Gesture) Gestures;

static void consider(const KtSketch *sketch, Gestures *all, const Gesture *gesture) {
  const KtBeyondLore *lore = sketch->lore.beyond;
  double length = kt_seconds(sketch->cue->out - sketch->cue->in);
  bool still = gesture->kind == KT_GESTURE_STILLNESS;
  if (gesture->strength < lore->strength_min || gesture->start < 0.5 || gesture->end > length - 1.0 ||
      (still && gesture->end - gesture->start < (double)lore->still_s)) {
    return;
  }
  Gesture *kept = kt_array_push(sketch->arena, all);
  if (kept) {
    *kept = *gesture;
  }
}

/// Degrees as they are kept: 0 right, 90 up.
static KtGestureKind kind_of_camera(const KtCameraMove *move) {
  float angle = move->direction;
  if (move->kind == KT_CAMERA_TILT) {
    return angle > 0 ? KT_GESTURE_RISE : KT_GESTURE_FALL;
  }
  return angle > 90 || angle < -90 ? KT_GESTURE_SWEEP_LEFT : KT_GESTURE_SWEEP_RIGHT;
}

static int stronger(const void *a, const void *b) {
  const Gesture *x = a, *y = b;
  if (x->strength != y->strength) {
    return x->strength > y->strength ? -1 : 1;
  }
  return x->start < y->start ? -1 : x->start > y->start;
}

static Gestures strong_ones(const KtSketch *sketch) {
  const KtFilm *film = sketch->desk->film;
  Gestures all = {0};
  double in = kt_seconds(sketch->cue->in), still = 0, length = kt_seconds(sketch->cue->out) - in;
  for (size_t i = 0; i < film->gestures.count; ++i) {
    const KtGesture *g = &film->gestures.items[i];
    double start = kt_seconds(g->start) - in, end = kt_seconds(g->end) - in;
    still += g->kind == KT_GESTURE_STILLNESS ? fmax(0, fmin(end, length) - fmax(start, 0)) : 0;
  }
  bool quiet = still > (double)sketch->lore.beyond->still_share * length;
  for (size_t i = 0; i < film->gestures.count; ++i) {
    const KtGesture *g = &film->gestures.items[i];
    if (g->kind != KT_GESTURE_STILLNESS || !quiet) {
      consider(sketch, &all, &(Gesture){g->kind, kt_seconds(g->start) - in, kt_seconds(g->end) - in, g->strength, false});
    }
  }
  for (size_t i = 0; i < film->camera.count; ++i) {
    const KtCameraMove *m = &film->camera.items[i];
    if (m->kind == KT_CAMERA_PAN || m->kind == KT_CAMERA_TILT) {
      consider(sketch, &all, &(Gesture){kind_of_camera(m), kt_seconds(m->start) - in, kt_seconds(m->end) - in,
                                        m->strength * sketch->lore.beyond->camera, true});
    }
  }
  if (all.count) {
    qsort(all.items, all.count, sizeof(Gesture), stronger);
  }
  return all;
}

static KtTick tick_at(const KtSketch *sketch, double seconds) {
  return kt_tempo_tick(&sketch->score->tempo, kt_film_time(seconds));
}

static bool spoken(const KtSketch *sketch, KtTick start, KtTick end) {
  const KtFilm *film = sketch->desk->film;
  KtFilmTime from = sketch->cue->in + kt_tempo_time(&sketch->score->tempo, start);
  KtFilmTime to = sketch->cue->in + kt_tempo_time(&sketch->score->tempo, end);
  for (size_t i = 0; i < film->speech.count; ++i) {
    if (film->speech.items[i].start < to && film->speech.items[i].end > from) {
      return true;
    }
  }
  return film->sketch && kt_sketch_bar(sketch, start)->words + kt_sketch_bar(sketch, end)->words > 0;
}

static bool stated(const KtSketch *sketch, KtTick start, KtTick end) {
  for (size_t i = 0; i < sketch->placed.count; ++i) {
    const KtStatement *r = &sketch->placed.items[i].notes.record;
    if (sketch->placed.items[i].plan->recognisable && r->start < end && r->end > start) {
      return true;
    }
  }
  return false;
}

bool kt_sketch_drawn(const KtSketch *sketch, KtCuePart part, KtTick tick) {
  for (size_t i = 0; i < sketch->drawn.count; ++i) {
    const KtDrawn *d = &sketch->drawn.items[i];
    if (d->part == part && tick >= d->start && tick < d->end) {
      return true;
    }
  }
  return false;
}

/// Notes of a part that start in a span; -1 where it states a theme there.
static int busy(const KtSketch *sketch, KtCuePart part, KtTick start, KtTick end) {
  const KtPart *p = &sketch->parts[part];
  int count = 0;
  for (size_t i = 0; i < p->notes.count; ++i) {
    const KtNote *n = &p->notes.items[i];
    if (n->start < end && n->start + n->duration > start) {
      if (n->statement >= 0) {
        return -1;
      }
      ++count;
    }
  }
  return count;
}

/// Who draws it: whoever figures there, else the second line, else the colours; KT_CUE_PARTS: nobody is free.
static KtCuePart who_draws(const KtSketch *sketch, KtGestureKind kind, KtTick start, KtTick end) {
  bool across = kind == KT_GESTURE_SWEEP_LEFT || kind == KT_GESTURE_SWEEP_RIGHT;
  const KtCuePart order[] = {across ? KT_PART_COLOUR : KT_PART_FIGURE, KT_PART_COUNTER, across ? KT_PART_FIGURE : KT_PART_COLOUR};
  for (int i = 0; i < 3; ++i) {
    int notes = busy(sketch, order[i], start, end);
    if (notes > 0 || (notes == 0 && (i == 2 || (across && i == 0)))) {
      return order[i];
    }
  }
  return KT_CUE_PARTS;
}

static bool fits(const KtChord *chord, bool across, int pitch) {
  return across ? kt_in_chord(chord, pitch) : kt_in_key(chord->key, pitch);
}

/// Pitches of a run, last first known: it arrives on a tone of the chord.
static void contour(const KtSketch *sketch, const KtChord *chord, KtGestureKind kind, int middle, int count, int *pitches) {
  bool across = kind == KT_GESTURE_SWEEP_LEFT || kind == KT_GESTURE_SWEEP_RIGHT;
  bool up = kind == KT_GESTURE_RISE || kind == KT_GESTURE_SWEEP_RIGHT;
  int at = middle + (up ? 8 : across ? -14 : -12) + (sketch->lore.habits->octave ? 0 : 1);
  at = at < 50 ? 50 : at > 86 ? 86 : at;
  while (!kt_in_chord(chord, at)) {
    at += up ? 1 : -1;
  }
  for (int i = count - 1; i >= 0; --i) {
    pitches[i] = at;
    do {
      at += up ? -1 : 1;
    } while (!fits(chord, across, at));
  }
}

/// Where a run stands: its first tick, the length of its tones and how many there are before it arrives.
typedef struct Run {
  KtTick start, unit, arrival;
  int count;
} Run;

static Run place(const KtSketch *sketch, const Gesture *gesture) {
  const KtBeyondLore *lore = sketch->lore.beyond;
  bool across = gesture->kind == KT_GESTURE_SWEEP_LEFT || gesture->kind == KT_GESTURE_SWEEP_RIGHT;
  double from = gesture->end - gesture->start > (double)lore->run_s ? gesture->end - (double)lore->run_s : gesture->start;
  KtTick start = tick_at(sketch, from), end = tick_at(sketch, gesture->end);
  double quarter = 60.0 / kt_tempo_bpm(&sketch->score->tempo, start);
  Run run = {.unit = across ? KT_PPQ / 8 : KT_PPQ / 4};
  int most = across ? SWEEP_MOST : TONES_MOST;
  while (run.unit < KT_PPQ && ((double)run.unit / KT_PPQ * quarter < (double)lore->tone_s || (end - start) / run.unit > most)) {
    run.unit *= 2;
  }
  run.count = (int)((end - start + run.unit / 2) / run.unit);
  run.count = run.count < TONES_LEAST ? TONES_LEAST : run.count > most ? most : run.count;
  const KtCueBar *bar = kt_sketch_bar(sketch, start);
  run.start = bar->start + (start - bar->start + run.unit / 2) / run.unit * run.unit;
  run.arrival = run.start + run.count * run.unit;
  for (size_t i = 0; i < sketch->score->hits.count; ++i) { // a hit near its end is where it goes
    KtTick hit = sketch->score->hits.items[i].tick;
    if (sketch->score->hits.items[i].met && labs((long)(hit - run.arrival)) < KT_PPQ / 2) {
      run.start += hit - run.arrival;
      run.arrival = hit;
    }
  }
  return run;
}

static const char *said(const Gesture *gesture) {
  static const char *const PICTURE[] = {"stillness: a held chord", "a rise: a line climbs and grows", "a fall: a run down",
                                        "a sweep to the left: an arpeggio down", "a sweep to the right: an arpeggio up"};
  static const char *const CAMERA[] = {"", "the camera tilts up: a line climbs and grows", "the camera tilts down: a run down",
                                       "the camera pans left: an arpeggio down", "the camera pans right: an arpeggio up"};
  return gesture->camera ? CAMERA[gesture->kind] : PICTURE[gesture->kind];
}

static void keep(KtSketch *sketch, KtCuePart part, KtTick start, KtTick end, bool grows) {
  KtDrawn *drawn = kt_array_push(sketch->arena, &sketch->drawn);
  if (drawn) {
    *drawn = (KtDrawn){part, start, end, grows};
  }
}

static bool draw_run(KtSketch *sketch, const Gesture *gesture) {
  Run run = place(sketch, gesture);
  if (run.start < 0 || run.arrival + KT_PPQ > sketch->sound_end) {
    return false;
  }
  const KtCuePhrase *phrase = kt_sketch_phrase(sketch, run.start);
  KtTick end = run.arrival + kt_sketch_beat(sketch, run.arrival);
  bool inside = run.start >= phrase->start && run.arrival <= phrase->end;
  KtCuePart part = who_draws(sketch, gesture->kind, run.start, end);
  if (!inside || part == KT_CUE_PARTS || spoken(sketch, run.start, end) || stated(sketch, run.start, end)) {
    return false;
  }
  bool across = gesture->kind == KT_GESTURE_SWEEP_LEFT || gesture->kind == KT_GESTURE_SWEEP_RIGHT;
  const KtCueBar *bar = kt_sketch_bar(sketch, run.arrival);
  int pitches[TONES_MOST + 1];
  contour(sketch, kt_sketch_chord(sketch, run.arrival, NULL), gesture->kind, sketch->sections.items[bar->section].lead_middle,
          run.count + 1, pitches);
  kt_sketch_clear(sketch, part, run.start, end);
  for (int i = 0; i <= run.count; ++i) {
    KtTick at = run.start + i * run.unit;
    KtNote *note = kt_sketch_note(sketch, part, at, i < run.count ? run.unit : end - at, pitches[i],
                                  across && i < run.count ? KT_ART_LONG : KT_ART_LEGATO);
    if (note) {
      note->accent = i == run.count ? 0.15F : 0;
    }
  }
  keep(sketch, part, run.start, end, gesture->kind == KT_GESTURE_RISE);
  kt_sketch_tell(sketch, run.start, "gesture", said(gesture));
  return true;
}

/// What moves falls silent, a chord stands.
static bool draw_stillness(KtSketch *sketch, const Gesture *gesture) {
  static const KtCuePart MOVING[] = {KT_PART_FIGURE, KT_PART_PULSE, KT_PART_COLOUR, KT_PART_TIMPANI, KT_PART_CYMBAL, KT_PART_DRUM, KT_PART_COUNTER};
  enum { PARTS = sizeof(MOVING) / sizeof(MOVING[0]) };
  KtTick start = tick_at(sketch, gesture->start + 0.2), end = tick_at(sketch, fmin(gesture->end, gesture->start + 6.0));
  KtTick beat = kt_sketch_beat(sketch, start);
  const KtCueBar *bar = kt_sketch_bar(sketch, start);
  start = bar->start + (start - bar->start + beat - 1) / beat * beat;
  end -= (end - start) % beat;
  int moving = 0;
  for (int i = 0; i < PARTS; ++i) {
    int notes = busy(sketch, MOVING[i], start, end);
    moving += notes > 0 ? notes : 0;
  }
  if (end - start < 2 * beat || end > sketch->sound_end || moving < 4 || spoken(sketch, start, end) || stated(sketch, start, end)) {
    return false;
  }
  bool held = busy(sketch, KT_PART_HARMONY_1, start, end) > 0;
  for (int i = 0; i < PARTS; ++i) {
    if (busy(sketch, MOVING[i], start, end) > 0) {
      kt_sketch_clear(sketch, MOVING[i], start, end);
    }
  }
  int index;
  for (kt_sketch_chord(sketch, start, &index); !held && index < (int)sketch->chords.count; ++index) {
    const KtChord *chord = &sketch->chords.items[index];
    KtTick from = chord->start > start ? chord->start : start;
    KtTick to = chord->start + chord->duration < end ? chord->start + chord->duration : end;
    for (int v = 0; v < 3 && from < to; ++v) {
      if (sketch->voices[index][v] > 0) {
        kt_sketch_note(sketch, KT_PART_FIGURE, from, to - from, sketch->voices[index][v], KT_ART_LONG);
      }
    }
  }
  keep(sketch, KT_PART_FIGURE, start, end, false);
  kt_sketch_tell(sketch, start, "gesture", said(gesture));
  return true;
}

void kt_sketch_gestures(KtSketch *sketch) {
  const KtBeyondLore *lore = sketch->lore.beyond;
  const KtPalette *palette = sketch->desk->palette;
  if (!sketch->desk->film || kt_sketch_off(sketch, "gesture")) {
    return;
  }
  double minutes = kt_seconds(sketch->cue->out - sketch->cue->in) / 60.0, taken[DRAWN_MOST];
  float rate = kt_leaning(lore->per_minute, lore->per_minute_count, palette && palette->id ? palette->id : "chamber", 1.0F);
  int most = (int)lround(fmin(DRAWN_MOST, (double)rate * minutes)), count = 0;
  Gestures all = strong_ones(sketch);
  for (size_t i = 0; i < all.count && count < most; ++i) {
    const Gesture *g = &all.items[i];
    bool near = false;
    for (int k = 0; k < count; ++k) {
      near = near || fabs(taken[k] - g->start) < (double)lore->gap_s;
    }
    if (!near && (g->kind == KT_GESTURE_STILLNESS ? draw_stillness(sketch, g) : draw_run(sketch, g))) {
      taken[count++] = g->start;
    }
  }
}
