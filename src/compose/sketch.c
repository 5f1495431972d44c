// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/sketch.h"

#include <string.h>

KtRng kt_sketch_rng(const KtSketch *sketch, const char *step) {
  const char *place = kt_arena_format(sketch->arena, "%s/%s", sketch->cue->name, step);
  return kt_rng(sketch->desk->ctx->seed, place);
}

KtNote *kt_sketch_note(KtSketch *sketch, KtCuePart part, KtTick start, KtTick duration, int midi,
                       KtArticulation articulation) {
  if (start < 0) {
    duration += start;
    start = 0;
  }
  if (start + duration > sketch->sound_end) {
    duration = sketch->sound_end - start;
  }
  if (duration < KT_PPQ / 16 || midi < 12 || midi > 108) {
    return NULL;
  }
  KtNote *note = kt_array_push(sketch->score->arena, &sketch->parts[part].notes);
  if (note) {
    *note = (KtNote){.start = start,
                     .duration = duration,
                     .midi = (int8_t)midi,
                     .articulation = (uint8_t)articulation,
                     .statement = -1};
  }
  return note;
}

const KtChord *kt_sketch_chord(const KtSketch *sketch, KtTick tick, int *index) {
  size_t low = 0, high = sketch->chords.count;
  while (high - low > 1) {
    size_t middle = (low + high) / 2;
    if (sketch->chords.items[middle].start <= tick) {
      low = middle;
    } else {
      high = middle;
    }
  }
  if (index) {
    *index = (int)low;
  }
  return &sketch->chords.items[low];
}

const KtCueBar *kt_sketch_bar(const KtSketch *sketch, KtTick tick) {
  size_t low = 0, high = sketch->bars.count;
  while (high - low > 1) {
    size_t middle = (low + high) / 2;
    if (sketch->bars.items[middle].start <= tick) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return &sketch->bars.items[low];
}

const KtCuePhrase *kt_sketch_phrase(const KtSketch *sketch, KtTick tick) {
  return &sketch->phrases.items[kt_sketch_bar(sketch, tick)->phrase];
}

KtTick kt_sketch_seconds(const KtSketch *sketch, KtTick at, double seconds) {
  double bpm = kt_tempo_bpm(&sketch->score->tempo, at);
  return (KtTick)(seconds * bpm / 60.0 * KT_PPQ + 0.5);
}

KtTick kt_sketch_beat(const KtSketch *sketch, KtTick tick) {
  KtMetre metre = kt_metres_at(&sketch->score->metres, tick);
  return 4 * KT_PPQ / metre.unit;
}

bool kt_desk_off(const KtDesk *desk, const char *what) {
  const KtBrief *brief = desk->brief;
  for (size_t i = 0; brief && i < brief->off.count; ++i) {
    if (!strcmp(brief->off.items[i], what)) {
      return true;
    }
  }
  return false;
}

bool kt_sketch_off(const KtSketch *sketch, const char *what) {
  return kt_desk_off(sketch->desk, what);
}

bool kt_sketch_layer(const KtCuePhrase *phrase, KtRole role) {
  return (phrase->layers >> role) & 1U;
}

bool kt_in_chord(const KtChord *chord, int midi) {
  int classes[6];
  int count = kt_chord_classes(chord->quality, classes);
  int root = kt_spelling_class(chord->root);
  for (int i = 0; i < count; ++i) {
    if ((root + classes[i]) % 12 == midi % 12) {
      return true;
    }
  }
  return false;
}

bool kt_in_key(KtKey key, int midi) {
  int tonic = kt_spelling_class(key.tonic);
  for (int degree = 0; degree < 7; ++degree) {
    if ((tonic + kt_mode_degree(key.mode, degree)) % 12 == midi % 12) {
      return true;
    }
  }
  return false;
}

float kt_clamp(float x, float low, float high) {
  return x < low ? low : x > high ? high : x;
}

void kt_sketch_clear(KtSketch *sketch, KtCuePart part, KtTick start, KtTick end) {
  KtPart *p = &sketch->parts[part];
  size_t kept = 0;
  for (size_t i = 0; i < p->notes.count; ++i) {
    KtNote note = p->notes.items[i];
    if (note.start >= start && note.start < end) {
      continue;
    }
    if (note.start < start && note.start + note.duration > start) {
      note.duration = start - note.start;
    }
    p->notes.items[kept++] = note;
  }
  p->notes.count = kept;
}

float kt_sketch_heat(const KtCueBar *bar) {
  float stir = 0.5F * bar->energy + 0.25F + 0.25F * bar->emotion.arousal;
  return bar->emotion.tension > stir ? bar->emotion.tension : stir;
}

bool kt_sketch_closes(const KtSketch *sketch, const KtCueSection *section) {
  return section->first > 0 && section->first + section->bars == (int)sketch->bars.count &&
         sketch->cue->exit == KT_EXIT_RING_OFF;
}
