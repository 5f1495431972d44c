// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How long signs are, and how a length is cut so that a reader sees the beats.
#include "deliver/notate.h"

bool kt_note_value(KtTick ticks, int *type, int *dots) {
  for (int t = 1; t <= 32; t *= 2) {
    KtTick plain = 4 * KT_PPQ / t;
    if (ticks == plain || ticks * 2 == plain * 3) {
      *type = t;
      *dots = ticks != plain;
      return true;
    }
  }
  return false;
}

static KtTick longest_value(KtTick limit) {
  int type, dots;
  for (KtTick ticks = limit - limit % 60; ticks >= 120; ticks -= 60) {
    if (kt_note_value(ticks, &type, &dots)) {
      return ticks;
    }
  }
  return limit;
}

static KtTick first_rest(KtMetre metre, KtTick from, KtTick to) {
  KtTick beat = kt_metre_beat_ticks(metre), in_beat = from % beat;
  KtTick limit = to - from < beat - in_beat ? to - from : beat - in_beat;
  if (kt_metre_compound(metre)) {
    if (!in_beat && to - from >= beat) {
      return beat;
    }
  } else if (metre.beats == 4 && from % (2 * beat) == 0 && to - from >= 2 * beat) {
    return 2 * beat;
  }
  for (KtTick size = 4 * KT_PPQ; size >= 120; size /= 2) {
    if (size <= limit && in_beat % size == 0) {
      return size;
    }
  }
  return limit;
}

KtTick kt_first_sign(KtMetre metre, KtTick from, KtTick to, bool rest) {
  KtTick beat = kt_metre_beat_ticks(metre), bar = kt_metre_bar_ticks(metre);
  KtTick in_beat = from % beat, length = to - from;
  int type, dots;
  if (from == 0 && to == bar && kt_note_value(bar, &type, &dots)) {
    return bar;
  }
  if (rest) {
    return first_rest(metre, from, to);
  }
  if (in_beat) {
    KtTick to_beat = beat - in_beat;
    bool crosses_half = metre.beats == 4 && from / (2 * beat) != (from + beat - 1) / (2 * beat);
    if (length > to_beat && length >= beat && !kt_metre_compound(metre) && in_beat * 2 == beat && !crosses_half) {
      return beat; // the plain syncopation: eighth, quarter, eighth
    }
    return longest_value(length < to_beat ? length : to_beat);
  }
  if (kt_metre_compound(metre)) {
    return length >= beat ? longest_value(length - length % beat) : longest_value(length);
  }
  if (metre.beats == 4 && from == beat && length != 2 * beat) {
    return longest_value(length < beat ? length : beat);
  }
  KtTick value = longest_value(length);
  // A dotted beat and its short rest stay together; otherwise a sign ends on a beat where it can.
  return length >= beat && value % beat && length != value ? longest_value(length - length % beat) : value;
}
