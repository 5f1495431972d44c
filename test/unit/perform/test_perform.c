// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "../orchestrate/sketch.h"
#include "base/file.h"
#include "perform/perform.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

typedef struct Room {
  KtContext ctx;
  KtOrchestra *orchestra;
  KtArena *arena;
  KtScore *score;
  KtPerformance *performance;
} Room;

static int enter(void **state) {
  Room *room = calloc(1, sizeof(*room));
  *state = room;
  room->ctx = sketch_context();
  room->arena = kt_arena_new();
  KtStatus status = kt_orchestra_load(&room->ctx, NULL, &room->orchestra, NULL);
  if (status) {
    return status != KT_ERR_MISSING;
  }
  KtScore *sketch = sketch_new();
  KtPalette palette;
  KtError err = {0};
  status = kt_palette_load(&room->ctx, room->arena, "epic", &palette, &err);
  KtHandbook *book = NULL;
  status = status ? status : kt_handbook_load(&room->ctx, &book, &err);
  status = status ? status
                  : kt_orchestrate(&room->ctx, book, room->orchestra, &palette, sketch, &room->score, &err);
  status = status ? status
                  : kt_perform(&room->ctx, room->orchestra, room->score, &room->performance, &err);
  kt_handbook_free(book);
  kt_score_free(sketch);
  if (status) {
    fprintf(stderr, "%s\n", err.message);
  }
  return status;
}

static int leave(void **state) {
  Room *room = *state;
  kt_performance_free(room->performance);
  kt_score_free(room->score);
  kt_orchestra_free(room->orchestra);
  kt_arena_free(room->arena);
  free(room);
  return 0;
}

static Room *inside(void **state) {
  Room *room = *state;
  if (!room->orchestra) {
    skip();
  }
  return room;
}

static void every_key_goes_up_again(void **state) {
  Room *room = inside(state);
  for (size_t t = 0; t < room->performance->tracks.count; ++t) {
    const KtTrack *track = &room->performance->tracks.items[t];
    KtTick last = 0;
    bool down[128] = {false};
    for (size_t i = 0; i < track->events.count; ++i) {
      const KtEvent *event = &track->events.items[i];
      assert_true(event->tick >= last);
      assert_true(event->tick <= room->score->end);
      last = event->tick;
      if (event->kind == KT_EVENT_NOTE_ON) {
        assert_in_range(event->key, track->instrument->low, track->instrument->high);
        assert_in_range(event->value, 1, 127);
        assert_false(down[event->key]);
        down[event->key] = true;
      } else if (event->kind == KT_EVENT_NOTE_OFF) {
        assert_true(down[event->key]);
        down[event->key] = false;
      }
    }
    for (int k = 0; k < 128; ++k) {
      assert_false(down[k]);
    }
  }
}

static void hits_are_exact_and_the_rest_is_near(void **state) {
  Room *room = inside(state);
  int hits = 0, moved = 0, all = 0;
  for (size_t t = 0; t < room->performance->tracks.count; ++t) {
    const KtTrack *track = &room->performance->tracks.items[t];
    const KtPart *part = &room->score->parts.items[track->part];
    for (size_t i = 0; i < track->events.count; ++i) {
      const KtEvent *event = &track->events.items[i];
      if (event->kind != KT_EVENT_NOTE_ON) {
        continue;
      }
      if (event->hit) {
        ++hits;
        assert_true(sketch_strikes(event->tick));
      }
      KtTick nearest = 1 << 20;
      bool roll = false;
      for (size_t n = 0; n < part->notes.count; ++n) {
        const KtNote *note = &part->notes.items[n];
        KtTick off = llabs(note->start - event->tick);
        nearest = note->midi == event->key && off < nearest ? off : nearest;
        roll = roll || (note->articulation == KT_ART_TREMOLO && note->start <= event->tick + 100 &&
                        note->start + note->duration > event->tick);
      }
      if (!roll) {
        ++all;
        moved += nearest > 0;
        assert_true(nearest <= KT_PPQ / 4); // a rolled chord at the most
      }
    }
  }
  assert_true(hits >= 3);
  assert_true(moved > all / 2);
}

static void dynamics_move_without_jumps(void **state) {
  Room *room = inside(state);
  int controlled = 0;
  for (size_t t = 0; t < room->performance->tracks.count; ++t) {
    const KtTrack *track = &room->performance->tracks.items[t];
    int now[128], high = 0, low = 127, sounding = 0;
    memset(now, -1, sizeof(now));
    for (size_t i = 0; i < track->events.count; ++i) {
      const KtEvent *event = &track->events.items[i];
      sounding += event->kind == KT_EVENT_NOTE_ON ? 1 : event->kind == KT_EVENT_NOTE_OFF ? -1 : 0;
      if (event->kind != KT_EVENT_CONTROL) {
        continue;
      }
      assert_true(event->value != now[event->key]); // nothing said twice
      if (event->key == 2) {
        if (sounding > 0 && now[2] >= 0 && abs(event->value - now[2]) > 7) {
          fail_msg("%s jumps from %d to %d at %lld", track->name, now[2], event->value,
                   (long long)event->tick);
        }
        high = event->value > high ? event->value : high;
        low = event->value < low ? event->value : low;
      }
      now[event->key] = event->value;
    }
    if (high) {
      ++controlled;
    }
    if (!strcmp(track->instrument->id, "violin_2")) {
      assert_true(high - low > 30); // from pp to ff
    }
  }
  assert_true(controlled >= 5);
}

static void velocities_differ(void **state) {
  Room *room = inside(state);
  for (size_t t = 0; t < room->performance->tracks.count; ++t) {
    const KtTrack *track = &room->performance->tracks.items[t];
    bool seen[128] = {false};
    int notes = 0, kinds = 0;
    for (size_t i = 0; i < track->events.count; ++i) {
      const KtEvent *event = &track->events.items[i];
      if (event->kind == KT_EVENT_NOTE_ON) {
        ++notes;
        kinds += !seen[event->value];
        seen[event->value] = true;
      }
    }
    if (notes > 20) {
      assert_true(kinds > 5);
    }
  }
}

/// data/performance.yaml with one amount set to `value`, in a data folder of its own.
static void write_amount(const KtContext *ctx, const char *dial, const char *value, const char *folder) {
  KtArena *arena = kt_arena_new();
  const char *text = NULL, *key = kt_arena_format(arena, "%s: 1", dial);
  size_t size = 0;
  KtStatus status = kt_file_read(arena, kt_path_join(arena, ctx->data_dir, "performance.yaml"), 1 << 20,
                                 &text, &size, NULL);
  assert_int_equal(status, KT_OK);
  const char *at = strstr(strstr(text, "\namount:"), key);
  assert_non_null(at);
  const char *made = kt_arena_format(arena, "%.*s%s: %s%s", (int)(at - text), text, dial, value,
                                     at + strlen(key));
  assert_int_equal(kt_file_write(kt_path_join(arena, folder, "performance.yaml"), made, strlen(made), NULL),
                   KT_OK);
  kt_arena_free(arena);
}

static void no_dial_moves_a_hit(void **state) {
  static const char *const dials[] = {"arch",   "high_loud", "metre",  "accent",   "swell", "repeat",
                                      "spread", "timing",    "chords", "give_way", "legato"};
  static const char *const values[] = {"0", "3", "10"};
  Room *room = inside(state);
  char folder[] = "/tmp/kt-dials-XXXXXX";
  assert_non_null(mkdtemp(folder));
  KtContext ctx = room->ctx;
  for (size_t d = 0; d < sizeof(dials) / sizeof(*dials); ++d) {
    for (size_t v = 0; v < 3; ++v) {
      write_amount(&room->ctx, dials[d], values[v], folder);
      ctx.data_dir = folder;
      KtPerformance *made = NULL;
      assert_int_equal(kt_perform(&ctx, room->orchestra, room->score, &made, NULL), KT_OK);
      int hits = 0, differ = 0;
      for (size_t t = 0; t < made->tracks.count; ++t) {
        const KtTrack *track = &made->tracks.items[t], *plain = &room->performance->tracks.items[t];
        differ += track->events.count != plain->events.count ||
                  memcmp(track->events.items, plain->events.items, track->events.count * sizeof(KtEvent)) != 0;
        for (size_t i = 0; i < track->events.count; ++i) {
          if (track->events.items[i].hit && !sketch_strikes(track->events.items[i].tick)) {
            fail_msg("%s %s moves a hit to %lld", dials[d], values[v], (long long)track->events.items[i].tick);
          }
          hits += track->events.items[i].hit;
        }
      }
      assert_true(hits >= 3);
      if (!differ && strcmp(dials[d], "give_way") != 0 && strcmp(dials[d], "accent") != 0) {
        fail_msg("%s %s changes nothing", dials[d], values[v]);
      }
      kt_performance_free(made);
    }
  }
  write_amount(&room->ctx, "arch", "-1", folder);
  KtPerformance *made = NULL;
  KtError err = {0};
  assert_int_equal(kt_perform(&ctx, room->orchestra, room->score, &made, &err), KT_ERR_FORMAT);
  assert_non_null(strstr(err.message, "amounts"));
  kt_remove_tree(folder, NULL);
}

static void what_is_bound_is_slurred_and_overlaps(void **state) {
  Room *room = inside(state);
  int slurs = 0, plain = 0;
  for (size_t t = 0; t < room->performance->tracks.count; ++t) {
    const KtTrack *track = &room->performance->tracks.items[t];
    bool struck = track->instrument->stem == KT_STEM_PERCUSSION || track->instrument->stem == KT_STEM_KEYS;
    int down = 0;
    for (size_t i = 0; i < track->events.count; ++i) {
      const KtEvent *event = &track->events.items[i];
      if (event->kind == KT_EVENT_NOTE_ON) {
        if (event->slurred) {
          assert_false(struck);
          assert_false(event->hit);
          assert_true(event->articulation == KT_ART_LEGATO || event->articulation == KT_ART_TRILL);
          assert_true(down > 0); // the tone before is still there
        }
        slurs += event->slurred;
        plain += !event->slurred;
        ++down;
      } else if (event->kind == KT_EVENT_NOTE_OFF) {
        assert_false(event->slurred);
        --down;
      }
    }
  }
  assert_true(slurs > 20);
  assert_true(plain > slurs / 4);
}

/// Of what ends on the hit, nobody's long tone is let go in the last moment before it.
static int ends_late(const Room *room, KtTick hit) {
  double at = kt_seconds(kt_tempo_time(&room->score->tempo, hit));
  int late = 0;
  for (size_t t = 0; t < room->performance->tracks.count; ++t) {
    const KtTrack *track = &room->performance->tracks.items[t];
    double began[128] = {0};
    for (size_t i = 0; i < track->events.count; ++i) {
      const KtEvent *event = &track->events.items[i];
      double now = kt_seconds(kt_tempo_time(&room->score->tempo, event->tick));
      if (event->kind == KT_EVENT_NOTE_ON) {
        began[event->key] = now;
      } else if (event->kind == KT_EVENT_NOTE_OFF) {
        late += now > at - 0.08 && now < at + 0.02 && now - began[event->key] > 0.25 && began[event->key] < at;
      }
    }
  }
  return late;
}

static void a_stroke_stands_free_and_over_the_rest(void **state) {
  Room *room = inside(state);
  int struck = 0;
  for (size_t h = 0; h < room->score->hits.count; ++h) {
    const KtScoreHit *hit = &room->score->hits.items[h];
    if (hit->struck <= 0) {
      continue;
    }
    ++struck;
    assert_int_equal(ends_late(room, hit->tick), 0);
    int most = 0;
    for (size_t t = 0; t < room->performance->tracks.count; ++t) {
      const KtTrack *track = &room->performance->tracks.items[t];
      bool speaks = track->instrument->stem == KT_STEM_PERCUSSION || track->instrument->stem == KT_STEM_KEYS;
      for (size_t i = 0; i < track->events.count; ++i) {
        const KtEvent *event = &track->events.items[i];
        most = speaks && event->hit && event->tick == hit->tick && event->value > most ? event->value : most;
      }
    }
    assert_true(most >= 85);
  }
  assert_int_equal(struck, 2);
}

static void winds_breathe(void **state) {
  Room *room = inside(state);
  int blown = 0;
  for (size_t t = 0; t < room->performance->tracks.count; ++t) {
    const KtTrack *track = &room->performance->tracks.items[t];
    if (track->instrument->breath_s <= 0) {
      continue;
    }
    ++blown;
    double since = -1, silent = 0, longest = 0; // seconds: of the breath; since when nothing sounds
    int down = 0;
    for (size_t i = 0; i < track->events.count; ++i) {
      const KtEvent *event = &track->events.items[i];
      double at = kt_seconds(kt_tempo_time(&room->score->tempo, event->tick));
      if (event->kind == KT_EVENT_NOTE_ON) {
        since = since < 0 || (!down && at - silent > 0.1) ? at : since;
        ++down;
      } else if (event->kind == KT_EVENT_NOTE_OFF) {
        --down;
        silent = at;
        longest = fmax(longest, at - since);
      }
    }
    double most = (double)track->instrument->breath_s * (track->instrument->players > 1 ? 2 : 1) * 1.6;
    if (longest > most) {
      fail_msg("%s blows for %.1f s; %.1f is its longest at pianissimo", track->name, longest, most);
    }
  }
  assert_true(blown >= 3);
}

static void same_seed_same_playing(void **state) {
  Room *room = inside(state);
  KtPerformance *again = NULL;
  assert_int_equal(kt_perform(&room->ctx, room->orchestra, room->score, &again, NULL), KT_OK);
  for (size_t t = 0; t < again->tracks.count; ++t) {
    const KtTrack *a = &again->tracks.items[t], *b = &room->performance->tracks.items[t];
    assert_int_equal(a->events.count, b->events.count);
    for (size_t i = 0; i < a->events.count; ++i) {
      const KtEvent *x = &a->events.items[i], *y = &b->events.items[i];
      assert_true(x->tick == y->tick && x->kind == y->kind && x->key == y->key &&
                  x->value == y->value);
    }
  }
  kt_performance_free(again);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_key_goes_up_again),
      cmocka_unit_test(hits_are_exact_and_the_rest_is_near),
      cmocka_unit_test(dynamics_move_without_jumps),
      cmocka_unit_test(velocities_differ),
      cmocka_unit_test(no_dial_moves_a_hit),
      cmocka_unit_test(what_is_bound_is_slurred_and_overlaps),
      cmocka_unit_test(a_stroke_stands_free_and_over_the_rest),
      cmocka_unit_test(winds_breathe),
      cmocka_unit_test(same_seed_same_playing),
  };
  return cmocka_run_group_tests(tests, enter, leave);
}
