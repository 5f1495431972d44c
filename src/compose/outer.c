// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Once every part is written all is heard together, line against line, and mended where voices run, crowd, hang or
// cover the tune (mend.c).
#include "compose/mend.h"
#include "compose/sketch.h"

enum { ROOM = 3, NARROW = 2 };

/// How far each part may be led; a theme's own part by what it has.
static const KtCompass ABSOLUTE[KT_CUE_PARTS] = {
    [KT_PART_LEAD] = {36, 96},      [KT_PART_COUNTER] = {40, 91},   [KT_PART_HARMONY_1] = {46, 88},
    [KT_PART_HARMONY_2] = {46, 86}, [KT_PART_HARMONY_3] = {46, 84}, [KT_PART_HARMONY_4] = {46, 82},
    [KT_PART_BASS] = {28, 55},      [KT_PART_FIGURE] = {36, 100},   [KT_PART_PULSE] = {33, 100},
    [KT_PART_COLOUR] = {36, 105},   [KT_PART_TIMPANI] = {40, 57}};

static bool pitched(int part) {
  return part != KT_PART_CYMBAL && part != KT_PART_DRUM;
}

static KtCompass room_of(const KtPart *part, int which) {
  int low = 127, high = 0;
  for (size_t i = 0; i < part->notes.count; ++i) {
    int midi = part->notes.items[i].midi;
    low = midi < low ? midi : low;
    high = midi > high ? midi : high;
  }
  KtCompass room = ABSOLUTE[which];
  if (which == KT_PART_BASS || which == KT_PART_TIMPANI) {
    return room;
  }
  int more = which == KT_PART_LEAD || which == KT_PART_COUNTER ? NARROW : ROOM;
  room.low = low - more > room.low ? low - more : room.low;
  room.high = high + more < room.high ? high + more : room.high;
  return room;
}

/// What the picture draws, and what a theme says, stays.
static void fix_drawn(KtSketch *sketch, int part) {
  KtPart *p = &sketch->parts[part];
  for (size_t i = 0; i < p->notes.count; ++i) {
    p->notes.items[i].fixed = p->notes.items[i].statement >= 0 || kt_sketch_drawn(sketch, (KtCuePart)part, p->notes.items[i].start);
  }
}

/// A chord stands on what the bass has now.
static void follow_bass(KtSketch *sketch, const KtPartWriting *writing) {
  for (unsigned i = 0; i < writing->tone_count; ++i) {
    const KtTone *tone = &writing->tones[i];
    int index;
    const KtChord *chord = kt_sketch_chord(sketch, tone->note->start, &index);
    if (tone->role == KT_ROLE_BASS && tone->note->midi % 12 != tone->was % 12 && chord->start == tone->note->start &&
        (size_t)index < sketch->score->chords.count) {
      sketch->score->chords.items[index].bass = tone->note->spelling;
    }
  }
}

void kt_sketch_outer(KtSketch *sketch) {
  KtPart *parts[KT_CUE_PARTS];
  KtCompass compass[KT_CUE_PARTS];
  size_t count = 0;
  for (int p = 0; p < KT_CUE_PARTS; ++p) {
    if (pitched(p) && sketch->parts[p].notes.count) {
      sketch->parts[p].role = kt_cue_part_role((KtCuePart)p);
      fix_drawn(sketch, p);
      compass[count] = room_of(&sketch->parts[p], p);
      parts[count++] = &sketch->parts[p];
    }
  }
  KtPartWriting writing;
  const char *palette = sketch->desk->palette ? sketch->desk->palette->id : NULL;
  if (!count || !kt_writing_hear(sketch->arena, sketch->lore.writing, palette, sketch->score, parts, count, &writing)) {
    return;
  }
  kt_mend(&(KtMend){.writing = &writing, .compass = compass});
  follow_bass(sketch, &writing);
}
