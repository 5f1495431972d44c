// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sketch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const palettes[] = {"epic",   "chamber", "piano",  "minimal", "pulse",
                                       "hybrid", "horror",  "comedy", "fairy",   "silent"};

typedef struct Room {
  KtContext ctx;
  KtOrchestra *orchestra;
  KtArena *arena;
  KtScore *sketch;
} Room;

static int enter(void **state) {
  Room *room = calloc(1, sizeof(*room));
  room->ctx = sketch_context();
  room->arena = kt_arena_new();
  room->sketch = sketch_new();
  KtStatus status = kt_orchestra_load(&room->ctx, NULL, &room->orchestra, NULL);
  *state = room;
  return status && status != KT_ERR_MISSING;
}

static int leave(void **state) {
  Room *room = *state;
  kt_orchestra_free(room->orchestra);
  kt_score_free(room->sketch);
  kt_arena_free(room->arena);
  free(room);
  return 0;
}

static KtScore *score_in(Room *room, const char *id, uint64_t seed) {
  if (!room->orchestra) {
    skip();
  }
  KtPalette palette;
  KtError err = {0};
  KtScore *score = NULL;
  room->ctx.seed = seed;
  KtHandbook *book = NULL;
  if (kt_palette_load(&room->ctx, room->arena, id, &palette, &err) || kt_handbook_load(&room->ctx, &book, &err) ||
      kt_orchestrate(&room->ctx, book, room->orchestra, &palette, room->sketch, &score, &err)) {
    fail_msg("%s: %s", id, err.message);
  }
  kt_handbook_free(book);
  return score;
}

static KtTick end_of(const KtNote *note) {
  return note->start + note->duration;
}

static void check_voices(const KtPart *part, const KtInstrument *one) {
  for (size_t i = 0; i < part->notes.count; ++i) {
    int together = 0;
    const KtNote *note = &part->notes.items[i];
    for (size_t k = 0; k < part->notes.count; ++k) {
      const KtNote *other = &part->notes.items[k];
      together += other->start <= note->start && end_of(other) > note->start;
    }
    if (together > one->voices) {
      fail_msg("%s plays %d notes at tick %lld", one->id, together, (long long)note->start);
    }
  }
}

static void everything_can_be_played(void **state) {
  Room *room = *state;
  for (size_t p = 0; p < sizeof(palettes) / sizeof(*palettes); ++p) {
    KtScore *score = score_in(room, palettes[p], 1);
    assert_true(score->parts.count >= 2);
    const KtInstrument *before = NULL;
    for (size_t i = 0; i < score->parts.count; ++i) {
      const KtPart *part = &score->parts.items[i];
      const KtInstrument *one = kt_orchestra_find(room->orchestra, part->instrument);
      assert_non_null(one);
      assert_non_null(part->name);
      assert_true(part->notes.count > 0);
      assert_true(!before || one > before); // score order, each player once
      before = one;
      for (size_t n = 0; n < part->notes.count; ++n) {
        assert_in_range(part->notes.items[n].midi, one->low, one->high);
        assert_true(one->has[part->notes.items[n].articulation]);
        assert_true(end_of(&part->notes.items[n]) <= score->end);
      }
      check_voices(part, one);
    }
    kt_score_free(score);
  }
}

/// Longest run of a part without a rest of a tenth of a second.
static double longest_run(const KtScore *score, const KtPart *part) {
  double from = -1, until = -1, longest = 0;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    double start = kt_seconds(kt_tempo_time(&score->tempo, note->start));
    double end = kt_seconds(kt_tempo_time(&score->tempo, end_of(note)));
    if (from < 0 || start - until > 0.1) {
      from = start;
      until = end;
    }
    until = end > until ? end : until;
    longest = until - from > longest ? until - from : longest;
  }
  return longest;
}

static void winds_breathe(void **state) {
  Room *room = *state;
  int winds = 0;
  for (size_t p = 0; p < sizeof(palettes) / sizeof(*palettes); ++p) {
    KtScore *score = score_in(room, palettes[p], 1);
    for (size_t i = 0; i < score->parts.count; ++i) {
      const KtPart *part = &score->parts.items[i];
      const KtInstrument *one = kt_orchestra_find(room->orchestra, part->instrument);
      double limit = (double)one->breath_s * (one->players > 1 ? 2.0 : 1.0) * 1.4;
      if (one->breath_s <= 0) {
        continue;
      }
      ++winds;
      if (longest_run(score, part) > limit) {
        fail_msg("%s in %s blows for %.1f s", one->id, palettes[p], longest_run(score, part));
      }
    }
    kt_score_free(score);
  }
  assert_true(winds > 10);
}

/// Nobody sings, slides or rings through what is too quick for them.
static void nobody_is_hurried(void **state) {
  Room *room = *state;
  int slow = 0;
  for (size_t p = 0; p < sizeof(palettes) / sizeof(*palettes); ++p) {
    KtScore *score = score_in(room, palettes[p], 2);
    for (size_t i = 0; i < score->parts.count; ++i) {
      const KtPart *part = &score->parts.items[i];
      const KtInstrument *one = kt_orchestra_find(room->orchestra, part->instrument);
      size_t hurried = 0;
      for (size_t n = 1; n < part->notes.count; ++n) {
        const KtNote *before = &part->notes.items[n - 1], *note = &part->notes.items[n];
        double gap = kt_seconds(kt_tempo_time(&score->tempo, note->start) - kt_tempo_time(&score->tempo, before->start));
        hurried += gap > 0 && gap < (double)one->quickest_s - 0.02;
      }
      slow += one->quickest_s > 0.12F && part->notes.count > 8;
      if (hurried * 4 > part->notes.count) {
        fail_msg("%s: %s has %zu of %zu notes too quick for it", palettes[p], one->id, hurried, part->notes.count);
      }
    }
    kt_score_free(score);
  }
  assert_true(slow > 0);
}

static void hits_stay_and_themes_are_followed(void **state) {
  Room *room = *state;
  for (size_t p = 0; p < sizeof(palettes) / sizeof(*palettes); ++p) {
    KtScore *score = score_in(room, palettes[p], 1);
    int hits = 0;
    for (size_t i = 0; i < score->parts.count; ++i) {
      for (size_t n = 0; n < score->parts.items[i].notes.count; ++n) {
        const KtNote *note = &score->parts.items[i].notes.items[n];
        if (note->hit) {
          ++hits;
          assert_true(sketch_strikes(note->start));
        }
      }
    }
    assert_true(hits >= 3);
    assert_int_equal(score->hits.count, 3);
    assert_int_equal(score->statements.count, 1);
    const KtStatement *one = &score->statements.items[0];
    const KtPart *part = &score->parts.items[one->part];
    int notes = 0, last = 0;
    for (size_t n = 0; n < part->notes.count; ++n) {
      const KtNote *note = &part->notes.items[n];
      if (note->statement == 0) {
        // as in the sketch, moved by whole octaves as the statement says
        const KtNote *sketched = &room->sketch->parts.items[0].notes.items[31 - 1 + last];
        while (sketched->start < note->start) {
          ++sketched;
          ++last;
        }
        assert_int_equal(note->start, sketched->start);
        assert_int_equal(note->midi - sketched->midi, one->transpose);
        ++notes;
      }
    }
    assert_int_equal(notes, one->notes);
    assert_int_equal(notes, 15);
    kt_score_free(score);
  }
}

static void tutti_has_more_players_than_solo(void **state) {
  Room *room = *state;
  KtScore *score = score_in(room, "epic", 1);
  int first = 0, last = 0;
  for (size_t i = 0; i < score->parts.count; ++i) {
    const KtPart *part = &score->parts.items[i];
    bool early = false, late = false;
    for (size_t n = 0; n < part->notes.count; ++n) {
      early = early || part->notes.items[n].start < 8 * BAR;
      late = late || part->notes.items[n].start >= 40 * BAR;
    }
    first += early;
    last += late;
  }
  assert_true(first <= 13);
  assert_true(last >= first + 4);
  kt_score_free(score);
}

static int notes_of(const KtScore *score, const char *id, KtTick from, KtTick to) {
  int notes = 0;
  for (size_t i = 0; i < score->parts.count; ++i) {
    const KtPart *part = &score->parts.items[i];
    for (size_t n = 0; !strcmp(part->id, id) && n < part->notes.count; ++n) {
      notes += part->notes.items[n].start >= from && part->notes.items[n].start < to;
    }
  }
  return notes;
}

/// No heavy bass under what is tender, no soloist in the crowd.
static void players_are_spent_where_they_tell(void **state) {
  Room *room = *state;
  static const char *const heavy[] = {"contrabassoon", "tuba", "bass_trombone", "synth_bass", "trumpet"};
  static const char *const lost[] = {"solo_violin", "harp", "celesta", "cor_anglais"};
  for (int p = 0; p < 10; ++p) {
    KtScore *score = score_in(room, palettes[p], 3);
    for (int i = 0; i < 5; ++i) {
      if (strcmp(palettes[p], "pulse") != 0 && notes_of(score, heavy[i], 0, 16 * BAR)) {
        fail_msg("%s: %s below energy 0.3", palettes[p], heavy[i]);
      }
    }
    for (int i = 0; i < 4; ++i) {
      if (!strcmp(palettes[p], "epic") && notes_of(score, lost[i], 40 * BAR, 48 * BAR)) {
        fail_msg("epic: %s in the tutti", lost[i]);
      }
    }
    kt_score_free(score);
  }
}

static uint64_t digest(const KtScore *score) {
  uint64_t sum = 14695981039346656037U;
  for (size_t i = 0; i < score->parts.count; ++i) {
    for (size_t n = 0; n < score->parts.items[i].notes.count; ++n) {
      const KtNote *note = &score->parts.items[i].notes.items[n];
      uint64_t parts[] = {i, (uint64_t)note->start, (uint64_t)note->duration,
                          (uint64_t)note->midi, note->articulation};
      for (size_t k = 0; k < 5; ++k) {
        sum = (sum ^ parts[k]) * 1099511628211U;
      }
    }
  }
  return sum;
}

/// The low line strikes with the hit, or no more.
static void strike_basses(KtScore *sketch, float accent) {
  for (size_t p = 0; p < sketch->parts.count; ++p) {
    for (size_t i = 0; sketch->parts.items[p].role == KT_ROLE_BASS && i < sketch->parts.items[p].notes.count; ++i) {
      KtNote *note = &sketch->parts.items[p].notes.items[i];
      if (note->start == sketch->hits.items[0].tick) {
        note->hit = accent > 0;
        note->accent = accent;
      }
    }
  }
}

static void a_cymbal_swells_into_the_hit(void **state) {
  Room *room = *state;
  KtPart *rolled = NULL; // the sketch's own rolls stay where they are: here it has none
  for (size_t p = 0; p < room->sketch->parts.count; ++p) {
    KtPart *part = &room->sketch->parts.items[p];
    rolled = strstr(part->id, "cymbal") ? part : rolled;
  }
  assert_non_null(rolled);
  size_t strokes = rolled->notes.count;
  rolled->notes.count = 0;
  strike_basses(room->sketch, 0.8F);
  KtScore *score = score_in(room, "epic", 1);
  const KtTick hit = score->hits.items[0].tick;
  int rolls = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    for (size_t i = 0; !strcmp(part->instrument, "suspended_cymbal") && i < part->notes.count; ++i) {
      const KtNote *note = &part->notes.items[i];
      if (end_of(note) == hit && note->articulation == KT_ART_TREMOLO) {
        ++rolls;
        assert_false(note->hit);
        assert_true(kt_part_level(part, note->start) < 0.2F); // out of nothing
        assert_true(kt_part_level(part, hit - 1) > 0.5F);
        double seconds = kt_seconds(kt_tempo_time(&score->tempo, hit)) -
                         kt_seconds(kt_tempo_time(&score->tempo, note->start));
        assert_true(seconds >= 1.4 && seconds <= 2.6001);
      }
    }
  }
  assert_int_equal(rolls, 1);
  kt_score_free(score);
  score = score_in(room, "chamber", 1); // whose rooms have none
  for (size_t p = 0; p < score->parts.count; ++p) {
    assert_string_not_equal(score->parts.items[p].instrument, "suspended_cymbal");
  }
  rolled->notes.count = strokes;
  strike_basses(room->sketch, 0);
  kt_score_free(score);
}

static void same_seed_same_score(void **state) {
  Room *room = *state;
  KtScore *a = score_in(room, "fairy", 5), *b = score_in(room, "fairy", 5);
  KtScore *c = score_in(room, "fairy", 6);
  assert_true(digest(a) == digest(b));
  assert_true(digest(a) != digest(c));
  assert_int_equal(room->sketch->parts.count, 11); // the sketch is left as it was
  kt_score_free(a);
  kt_score_free(b);
  kt_score_free(c);
}

/// Players that strike or pluck at a tick.
static int strikers(const Room *room, const KtScore *score, KtTick at) {
  int count = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    const KtInstrument *one = kt_orchestra_find(room->orchestra, part->instrument);
    bool bellows = !strcmp(one->id, "accordion") || !strcmp(one->id, "harmonium") || !strcmp(one->id, "organ");
    for (size_t i = 0; i < part->notes.count && !bellows; ++i) {
      if (part->notes.items[i].start == at && part->notes.items[i].hit &&
          (one->stem == KT_STEM_PERCUSSION || one->stem == KT_STEM_KEYS)) {
        ++count;
        break;
      }
    }
  }
  return count;
}

static void hard_hits_are_struck(void **state) {
  Room *room = *state;
  for (size_t i = 0; i < sizeof(palettes) / sizeof(*palettes); ++i) {
    KtScore *score = score_in(room, palettes[i], 3);
    if (!strikers(room, score, 24 * BAR) || !strikers(room, score, 13 * BAR + KT_PPQ) ||
        strikers(room, score, 17 * BAR + KT_PPQ)) {
      fail_msg("%s: %d, %d and %d strike", palettes[i], strikers(room, score, 24 * BAR),
               strikers(room, score, 13 * BAR + KT_PPQ), strikers(room, score, 17 * BAR + KT_PPQ));
    }
    for (size_t p = 0; p < score->parts.count; ++p) {
      check_voices(&score->parts.items[p], kt_orchestra_find(room->orchestra, score->parts.items[p].instrument));
    }
    kt_score_free(score);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(everything_can_be_played), cmocka_unit_test(winds_breathe), cmocka_unit_test(nobody_is_hurried),
      cmocka_unit_test(hits_stay_and_themes_are_followed),
      cmocka_unit_test(tutti_has_more_players_than_solo), cmocka_unit_test(a_cymbal_swells_into_the_hit),
      cmocka_unit_test(same_seed_same_score),
      cmocka_unit_test(players_are_spent_where_they_tell),
      cmocka_unit_test(hard_hits_are_struck),
  };
  return cmocka_run_group_tests(tests, enter, leave);
}
