// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 16 };

/// One letter a sixteenth at 60 to the minute, a quarter of a second: p plucked, s short, l long, b bound to the
/// note before, . rest.
static void read(const char *text, KtDeskNote *items, KtDeskNotes *notes) {
  static const char letters[] = "psbl";
  static const KtArticulation ways[] = {KT_ART_PIZZICATO, KT_ART_SHORT, KT_ART_LEGATO, KT_ART_LONG};
  *notes = (KtDeskNotes){.items = items};
  for (size_t i = 0; text[i]; ++i) {
    const char *way = strchr(letters, text[i]);
    if (way) {
      KtNote note = {.start = (KtTick)i * 240, .duration = 240, .statement = -1, .articulation = ways[way - letters]};
      items[notes->count++] = (KtDeskNote){.note = note};
    }
  }
}

static void write(const KtDeskNotes *notes, char *text) {
  static const char letters[KT_ART_COUNT] = {[KT_ART_PIZZICATO] = 'p', [KT_ART_SHORT] = 's', [KT_ART_LEGATO] = 'b',
                                             [KT_ART_LONG] = 'l'};
  memset(text, '.', MOST);
  for (size_t i = 0; i < notes->count; ++i) {
    text[notes->items[i].note.start / 240] = letters[notes->items[i].note.articulation];
  }
}

static void hands_have_time_to_change(void **state) {
  (void)state;
  static const struct {
    const char *before, *after;
  } cases[] = {
      {"pppp..ll", "pppp..ll"},     // half a second and a ringing tone: time enough
      {"p.l", "p.l"},               // half a second from the stroke of the finger
      {"l..p", "l..p"},             // half a second after the bow
      {"pllll", "sllll"},           // one plucked tone among bowed ones is bowed
      {"ll.pbl", "ll.sll"},         // nothing binds to it then
      {"pppsppp", "ppppppp"},       // short strokes among plucked ones are plucked
      {"ppplppp", "ssslsss"},       // a long one cannot be
      {"pssp..l", "ssss..l"},       // a change settled may bring the next with it
      {"pppp", "pppp"}, {"", ""},
  };
  KtScore sketch = {.arena = kt_arena_new()};
  *kt_array_push(sketch.arena, &sketch.tempo.points) = (KtTempoPoint){0, 0};
  *kt_array_push(sketch.arena, &sketch.tempo.points) = (KtTempoPoint){KT_PPQ, KT_FLICKS_PER_SECOND};
  KtHabitsOfPlayers habits = {.hand_change_s = 0.4F};
  KtScoring scoring = {.sketch = &sketch, .habits = &habits};
  KtInstrument strings = {0};
  strings.has[KT_ART_PIZZICATO] = strings.has[KT_ART_SHORT] = true;
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    KtDeskNote items[MOST];
    KtDeskNotes notes;
    char text[MOST + 1] = {0};
    read(cases[i].before, items, &notes);
    kt_make_hands(&scoring, &strings, &notes);
    write(&notes, text);
    text[strlen(cases[i].before)] = 0;
    assert_string_equal(text, cases[i].after);
  }
  kt_arena_free(sketch.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(hands_have_time_to_change)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
