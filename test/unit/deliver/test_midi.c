// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct Event {
  int track;
  KtTick tick;
  unsigned status, type;    ///< type of a meta event
  unsigned data[4];
  char text[128];
} Event;
typedef struct Midi {
  int format, tracks, division;
  Event *events;
  size_t count;
} Midi;

static unsigned long variable(const unsigned char **at) {
  unsigned long value = 0;
  do {
    value = value << 7 | (**at & 0x7f);
  } while (*(*at)++ & 0x80);
  return value;
}

static unsigned big(const unsigned char *at, int bytes) {
  unsigned value = 0;
  while (bytes-- > 0) {
    value = value << 8 | *at++;
  }
  return value;
}

/// A reader of its own, so that the writer is not judged by itself.
static Midi read_midi(Fixture *fixture, const char *name) {
  const char *bytes = NULL;
  size_t size = 0;
  const char *path = kt_path_join(fixture->arena, fixture->delivery.folder, name);
  assert_int_equal(kt_file_read(fixture->arena, path, 1 << 20, &bytes, &size, NULL), KT_OK);
  const unsigned char *at = (const unsigned char *)bytes, *end = at + size;
  assert_memory_equal(at, "MThd\0\0\0\6", 8);
  Midi midi = {(int)big(at + 8, 2), (int)big(at + 10, 2), (int)big(at + 12, 2), calloc(size, sizeof(Event)), 0};
  at += 14;
  for (int t = 0; t < midi.tracks; ++t) {
    assert_memory_equal(at, "MTrk", 4);
    const unsigned char *track_end = at + 8 + big(at + 4, 4);
    assert_true(track_end <= end);
    at += 8;
    KtTick tick = 0;
    bool ended = false;
    while (at < track_end) {
      Event *event = &midi.events[midi.count++];
      tick += (KtTick)variable(&at);
      event->track = t;
      event->tick = tick;
      event->status = *at++;
      assert_true(event->status >= 0x80); // no running status is written
      assert_false(ended);
      if (event->status == 0xff) {
        event->type = *at++;
        unsigned long length = variable(&at);
        for (unsigned long i = 0; i < length; ++i) {
          event->data[i & 3] = i < 4 ? at[i] : event->data[i & 3];
          event->text[i < 127 ? i : 127] = i < 127 ? (char)at[i] : '\0';
        }
        at += length;
        ended = event->type == 0x2f;
      } else {
        event->data[0] = *at++;
        if ((event->status & 0xf0) != 0xc0) {
          event->data[1] = *at++;
        }
      }
    }
    assert_true(ended);
  }
  assert_ptr_equal(at, end);
  return midi;
}

/// The file's own clock at each tick against the tempo map; the largest difference in ms.
static double clock_error_ms(const Midi *midi, const KtTempoMap *map, KtTick until) {
  double worst = 0, now_us = 0, us = 500000;
  KtTick at = 0;
  for (size_t i = 0; i <= midi->count; ++i) {
    const Event *event = i < midi->count ? &midi->events[i] : NULL;
    if (event && (event->track != 0 || event->status != 0xff || event->type != 0x51)) {
      continue;
    }
    KtTick to = event ? event->tick : until;
    for (; at < to; at += 10) { // and everywhere between
      KtTick step = to - at < 10 ? to - at : 10;
      now_us += us * (double)step / KT_PPQ;
      double off = fabs(now_us / 1000 - kt_seconds(kt_tempo_time(map, at + step)) * 1000);
      worst = off > worst ? off : worst;
    }
    at = to;
    us = event ? event->data[0] * 65536.0 + event->data[1] * 256.0 + event->data[2] : us;
  }
  return worst;
}

static void test_file(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  KtError err = {0};
  assert_int_equal(kt_deliver_midi(&fixture->delivery, 0, &err), KT_OK);
  Midi midi = read_midi(fixture, "cues/1m01/1m01.mid");
  assert_int_equal(midi.format, 1);
  assert_int_equal(midi.division, 960);
  assert_int_equal(midi.tracks, 6);
  assert_true(clock_error_ms(&midi, &fixture->scores[0].tempo, 9120) < .05);
  int start = 0, hit = 0, rehearsal = 0, metres = 0, keys = 0, notes = 0, drums = 0, pizzicato = 0;
  for (size_t i = 0; i < midi.count; ++i) {
    const Event *e = &midi.events[i];
    start += e->type == 6 && e->tick == 0 && !strcmp(e->text, "Start 01:00:00:12");
    hit += e->type == 6 && e->tick == 3840 && !strcmp(e->text, "Hit cut to the door (hard) 01:00:02:12");
    rehearsal += e->type == 6 && e->tick == 3840 && !strcmp(e->text, "Rehearsal B");
    metres += e->type == 0x58 && e->tick == 7680 && e->data[0] == 3 && e->data[1] == 3;
    keys += e->type == 0x59 && e->tick == 3840 && e->data[0] == 0xfb && e->data[1] == 0;
    notes += (e->status & 0xf0) == 0x90;
    drums += e->status == 0x99 && e->data[0] == 36;
    pizzicato += (e->status & 0xf0) == 0xc0 && e->track == 1 && e->tick == 5760 && e->data[0] == 45;
  }
  assert_int_equal(start, 1);
  assert_int_equal(hit, 1);
  assert_int_equal(rehearsal, 1);
  assert_int_equal(metres, 1);
  assert_int_equal(keys, 1);
  assert_int_equal(notes, 11 + 3 + 5 + 1 + 1);
  assert_int_equal(drums, 1);
  assert_int_equal(pizzicato, 1);
  free(midi.events);
  fixture_free(fixture);
}

/// Tempi that are never whole microseconds, for ten minutes; and long stretches at one tempo.
static void test_rounding_never_adds_up(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  KtScore *score = &fixture->scores[1];
  KtError err = {0};
  score->tempo.points.count = 0;
  KtTick tick = 0;
  double seconds = 0;
  for (int i = 0; i < 400; ++i) {
    *kt_array_push(fixture->arena, &score->tempo.points) = (KtTempoPoint){tick, kt_film_time(seconds)};
    KtTick span = i == 200 ? 2000 * KT_PPQ : 960 + 480 * (i % 3);
    tick += span;
    seconds += (double)span / KT_PPQ * (.4777771 + .0333337 * (i % 7));
  }
  score->end = tick;
  assert_int_equal(kt_deliver_midi(&fixture->delivery, 1, &err), KT_OK);
  Midi midi = read_midi(fixture, "cues/1m02/1m02.mid");
  assert_true(clock_error_ms(&midi, &score->tempo, tick) < .5);
  free(midi.events);
  fixture_free(fixture);
}

static void test_more_than_sixteen_tracks(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  KtError err = {0};
  KtPerformance *performance = &fixture->performances[1];
  for (int i = 0; i < 19; ++i) {
    KtTrack track = performance->tracks.items[0];
    *kt_array_push(fixture->arena, &performance->tracks) = track;
  }
  assert_int_equal(kt_deliver_midi(&fixture->delivery, 1, &err), KT_OK);
  Midi midi = read_midi(fixture, "cues/1m02/1m02.mid");
  bool used[4][16] = {0};
  unsigned port = 0;
  int tracks = 0, named = 0;
  for (size_t i = 0; i < midi.count; ++i) {
    const Event *e = &midi.events[i];
    port = e->type == 0x21 ? e->data[0] : port;
    named += e->type == 3 && !strcmp(e->text, "Horns in F 20");
    if ((e->status & 0xf0) == 0xc0 && e->tick == 0) {
      assert_true(port < 4 && (e->status & 15) != 9);
      assert_false(used[port][e->status & 15]);
      used[port][e->status & 15] = true;
      ++tracks;
    }
  }
  assert_int_equal(tracks, 20);
  assert_int_equal(named, 1);
  free(midi.events);
  fixture_free(fixture);
}

static void test_another_program_reads_it(void **state) {
  (void)state;
  if (!fixture_has("midi2abc")) {
    skip();
  }
  Fixture *fixture = fixture_new(NULL);
  KtError err = {0};
  assert_int_equal(kt_deliver_midi(&fixture->delivery, 0, &err), KT_OK);
  assert_int_equal(fixture_run("cd '%s' && midi2abc cues/1m01/1m01.mid > m.abc && grep -q 'K:Db' m.abc && grep -q '(3=efg' m.abc",
                               fixture->delivery.folder), 0);
  fixture_free(fixture);
}

static void test_themes_are_abc(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  KtError err = {0};
  assert_int_equal(kt_deliver_themes(&fixture->delivery, &err), KT_OK);
  const char *text = fixture_text(fixture, "themes.abc");
  assert_non_null(strstr(text, "\nX:1\nT:T1 Ada\n"));
  assert_non_null(strstr(text, "\nK:Dmin\n\"^head\"\"Dm\"D4 A2B2 \"^end of head\"A8-"));
  if (!fixture_has("abc2midi")) {
    fixture_free(fixture);
    skip();
  }
  assert_int_equal(fixture_run("cd '%s' && abc2midi themes.abc 1 -o t.mid > log 2>&1 && ! grep -i -e error -e warning log",
                               fixture->delivery.folder), 0);
  Midi midi = read_midi(fixture, "t.mid");
  const KtTheme *theme = &fixture->themes.items.items[0];
  size_t note = 0;
  for (size_t i = 0; i < midi.count; ++i) { // the tune's own channel
    if (midi.events[i].status == 0x90 && midi.events[i].data[1] > 0) {
      assert_true(note < theme->notes.count);
      assert_int_equal(midi.events[i].data[0], kt_theme_pitch(theme, &theme->notes.items[note]));
      KtTick off = midi.events[i].tick * KT_PPQ / midi.division - theme->notes.items[note].start;
      assert_true(off >= 0 && off <= 4); // it sets chords and tune a tick apart
      ++note;
    }
  }
  assert_int_equal(note, theme->notes.count);
  free(midi.events);
  fixture_free(fixture);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_file),
      cmocka_unit_test(test_rounding_never_adds_up),
      cmocka_unit_test(test_more_than_sixteen_tracks),
      cmocka_unit_test(test_another_program_reads_it),
      cmocka_unit_test(test_themes_are_abc),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
