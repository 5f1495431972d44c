// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/speech.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The network decides on blocks of 32 ms that each hear what came before: its edges lie where it
// became sure. Near them the level of the speech band tells where words stand out of the room.
// Numbers set on the marks of one film (1968, over a night); levels of KtVoice stand 10 ms later.
#define UNDER_PEAK_DB 18.0F ///< words fade by so much before nobody hears them as words
#define ABOVE_ROOM_DB 12.0F
#define LEAST_DB      (-75.0F)
enum { // steps of 10 ms
  LATE = 1,
  EARLIER = 5, ///< how far a start may move
  LATER = 15,
  END_EARLIER = 20,
  END_LATER = 5,
  NEAR = 60, ///< of a span, whose peak counts
  ROOM = 40, ///< beyond a span, where the room is heard
  INTO = 5,
  HOLD = 3, ///< so long it must stand out
  SHORTEST = 8,
  APART = 5,
};

typedef struct Levels {
  const KtVoice *voices;
  long count;
} Levels;

static float level(const Levels *levels, long step) {
  long at = step + LATE;
  at = at < 0 ? 0 : at < levels->count ? at : levels->count - 1;
  return fmaxf(levels->voices[at].level_db, LEAST_DB);
}

static int by_value(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

/// What words between the one and above the room of the other rise over, in dB.
static float line(const Levels *levels, long from, long to, long room_from) {
  float peak = LEAST_DB, room[ROOM + INTO];
  for (long i = from; i < to; ++i) {
    peak = fmaxf(peak, level(levels, i));
  }
  for (long i = 0; i < ROOM + INTO; ++i) {
    room[i] = level(levels, room_from + i);
  }
  qsort(room, ROOM + INTO, sizeof(float), by_value);
  return fmaxf(peak - UNDER_PEAK_DB, room[(ROOM + INTO) / 5] + ABOVE_ROOM_DB);
}

static bool stands_out(const Levels *levels, long from, float least) {
  for (long i = from; i < from + HOLD; ++i) {
    if (level(levels, i) < least) {
      return false;
    }
  }
  return true;
}

static long start_of(const Levels *levels, long start, long end, long before) {
  long near = start + NEAR < end ? start + NEAR : end;
  float least = line(levels, start, near, start - ROOM);
  long from = start - EARLIER > before + APART ? start - EARLIER : before + APART;
  for (long i = from; i < start + LATER && i < end - SHORTEST; ++i) {
    if (stands_out(levels, i, least)) {
      return i;
    }
  }
  return start;
}

static long end_of(const Levels *levels, long start, long end, long after) {
  long near = end - NEAR > start ? end - NEAR : start;
  float least = line(levels, near, end, end - INTO);
  long from = end + END_LATER < after - APART ? end + END_LATER : after - APART;
  for (long i = from; i > end - END_EARLIER && i > start + SHORTEST; --i) {
    if (stands_out(levels, i - HOLD, least)) {
      return i;
    }
  }
  return end;
}

void kt_speech_refine(const KtHear *hear, KtFilm *film) {
  const Levels levels = {hear->voices, (long)hear->voice_count};
  const KtFilmTime step = kt_speech_step_time(1);
  long before = -APART;
  for (size_t s = 0; s < film->speech.count && levels.count; ++s) {
    KtSpan *span = &film->speech.items[s];
    bool last = s + 1 == film->speech.count;
    long start = (long)(span->start / step), end = (long)(span->end / step);
    long after = last ? levels.count + APART : (long)(span[1].start / step);
    if (end - start > 2 * SHORTEST) {
      start = start_of(&levels, start, end, before);
      end = end_of(&levels, start, end, after);
      span->start = kt_speech_step_time((size_t)start);
      KtFilmTime ends = kt_speech_step_time((size_t)end);
      span->end = ends < film->duration ? ends : film->duration;
    }
    before = end;
  }
  kt_mapped_rest(&hear->voice_room);
}
