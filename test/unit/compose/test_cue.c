// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/plan.h"
#include "compose/sketch.h"
#include "ear/tension.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/// A desk made by hand: one theme, cues of several tempers over a made-up arc.
typedef struct Made {
  KtArena *arena;
  KtContext ctx;
  KtFilm film;
  KtStory story;
  KtSpotting spotting;
  KtPalette palette;
  KtBrief brief;
  KtThemes themes;
  KtPlan plan;
  KtDesk desk;
} Made;

enum { CALM, TENSE, SHORT, LONG, SPOKEN, STOPPED, CUES };
static const struct {
  double in, out;
  KtEmotion emotion;
  double bpm;
  float energy;
  KtEntry entry;
  KtExit exit;
} CUE[CUES] = {
    [CALM] = {0, 40, {.valence = 0.4F, .arousal = -0.7F, .tension = 0.1F}, 66, 0.35F, KT_ENTRY_SNEAK_IN, KT_EXIT_RING_OFF},
    [TENSE] = {50, 90, {.valence = -0.6F, .arousal = 0.8F, .tension = 0.8F}, 138, 0.95F, KT_ENTRY_ON_CUT, KT_EXIT_ON_CUT},
    [SHORT] = {95, 97, {.valence = -0.3F, .arousal = 0.5F, .tension = 0.7F}, 100, 0.6F, KT_ENTRY_ON_CUT, KT_EXIT_RING_OFF},
    [LONG] = {100, 220, {.valence = 0.2F, .arousal = 0.1F, .tension = 0.3F}, 92, 0.7F, KT_ENTRY_PICKUP, KT_EXIT_FADE_UNDER},
    [SPOKEN] = {230, 270, {.valence = 0.0F, .arousal = 0.1F, .tension = 0.4F}, 84, 0.6F, KT_ENTRY_SNEAK_IN, KT_EXIT_SEGUE},
    [STOPPED] = {280, 310, {.valence = -0.2F, .arousal = 0.6F, .tension = 0.6F}, 120, 0.8F, KT_ENTRY_ON_CUT, KT_EXIT_ON_CUT},
};

static void add_hit(Made *made, int cue, double at, KtHitKind kind, float weight) {
  KtHit *hit = kt_array_push(made->arena, &made->spotting.hits);
  *hit = (KtHit){.cue = cue, .at = kt_film_time(at), .label = "made", .kind = kind,
                 .weight = weight, .tolerance_frames = 2, .source = "marker"};
}

static void make_theme(Made *made) {
  static const int degrees[] = {0, 4, 3, 2, 4, 5, 4, 2, 1, 0};
  static const int quarters[] = {2, 1, 1, 3, 1, 2, 1, 1, 2, 2};
  KtTheme *theme = kt_array_push(made->arena, &made->themes.items);
  *theme = (KtTheme){.id = "T1", .title = "made", .key = {0, KT_MODE_IONIAN}, .tonic_midi = 67, .beats = 4, .unit = 4, .bpm = 88, .head = 4, .head_ticks = 8 * KT_PPQ, .ticks = 16 * KT_PPQ, .rhythm_from = ""};
  KtTick at = 0;
  for (int i = 0; i < 10; ++i) {
    KtThemeNote *note = kt_array_push(made->arena, &theme->notes);
    *note = (KtThemeNote){.start = at, .duration = quarters[i] * KT_PPQ, .degree = (int8_t)degrees[i]};
    at += note->duration;
  }
  static const int roots[] = {0, 0, 3, 4};
  for (int i = 0; i < 4; ++i) {
    KtThemeChord *chord = kt_array_push(made->arena, &theme->chords);
    *chord = (KtThemeChord){i * 4 * KT_PPQ, 4 * KT_PPQ, (int8_t)roots[i], 0, KT_CHORD_MAJOR};
  }
}

static void make_cue(Made *made, int i) {
  KtCue *cue = kt_array_push(made->arena, &made->spotting.cues);
  *cue = (KtCue){.name = kt_arena_format(made->arena, "1m%02d", i + 1), .title = "made", .in = kt_film_time(CUE[i].in), .out = kt_film_time(CUE[i].out), .entry = CUE[i].entry, .exit = CUE[i].exit, .emotion = CUE[i].emotion};
  KtCuePlan *plan = &made->plan.cues[i];
  *plan = (KtCuePlan){.key = {2, CUE[i].emotion.valence > 0 ? KT_MODE_IONIAN : KT_MODE_AEOLIAN}, .bpm = CUE[i].bpm, .beats = 4, .unit = 4, .energy = CUE[i].energy};
  if (CUE[i].out - CUE[i].in > 20) {
    KtPlannedStatement *s = kt_array_push(made->arena, &plan->statements);
    *s = (KtPlannedStatement){.theme = 0, .transform = KT_TRANSFORM_PLAIN, .at = kt_film_time(CUE[i].in + 8), .recognisable = true, .role = KT_ROLE_LEAD, .mode = plan->key.mode, .energy = 0.5F};
  }
}

static void make_arc(Made *made) {
  for (int i = 0; i < 640; ++i) {
    KtArcPoint *point = kt_array_push(made->arena, &made->story.arc);
    *point = (KtArcPoint){.at = i * KT_FLICKS_PER_SECOND / 2};
    for (int c = 0; c < CUES; ++c) {
      if (i / 2.0 >= CUE[c].in - 3 && i / 2.0 <= CUE[c].out + 3) {
        point->emotion = CUE[c].emotion;
      }
    }
    if (i / 2.0 > 150 && i / 2.0 < 222) { // the long cue has a middle and an end
      point->emotion.arousal = i / 2.0 < 190 ? 0.7F : -0.3F;
      point->emotion.tension = i / 2.0 < 190 ? 0.6F : 0.15F;
    }
  }
}

static Made *make(const char *palette, uint64_t seed) {
  KtArena *arena = kt_arena_new();
  Made *made = KT_NEW(arena, Made, 1);
  made->arena = arena;
  made->ctx = (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = seed};
  made->film.rate = (KtRate){24, 1};
  made->film.duration = kt_film_time(320);
  KtSpan *speech = kt_array_push(arena, &made->film.speech);
  *speech = (KtSpan){kt_film_time(231), kt_film_time(268)};
  made->plan = (KtPlan){arena, KT_NEW(arena, KtCuePlan, CUES), CUES};
  made->palette = (KtPalette){.id = palette, .tempo_min_bpm = 48, .tempo_max_bpm = 168, .layers_max = 7};
  make_arc(made);
  make_theme(made);
  for (int i = 0; i < CUES; ++i) {
    make_cue(made, i);
  }
  add_hit(made, TENSE, 58.25, KT_HIT_HARD, 0.9F);
  add_hit(made, TENSE, 71.5, KT_HIT_HARD, 0.6F);
  add_hit(made, LONG, 150.0, KT_HIT_SWELL, 0.8F);
  add_hit(made, LONG, 171.2, KT_HIT_HARD, 0.8F);
  add_hit(made, STOPPED, 294.5, KT_HIT_STOP, 0.9F);
  made->desk = (KtDesk){&made->ctx, &made->film, &made->story, &made->spotting, &made->brief, &made->palette};
  return made;
}

static KtScore *compose(Made *made, int cue) {
  KtScore *score = NULL;
  KtError err = {0};
  KtStatus status = kt_compose_cue(&made->desk, &made->themes, &made->plan, cue, &score, &err);
  if (status) {
    fail_msg("%s", err.message);
  }
  return score;
}

static const KtPart *part(const KtScore *score, const char *id) {
  for (size_t i = 0; i < score->parts.count; ++i) {
    if (!strcmp(score->parts.items[i].id, id)) {
      return &score->parts.items[i];
    }
  }
  return NULL;
}

static const KtNote *sounding(const KtPart *p, KtTick at) {
  for (size_t i = 0; p && i < p->notes.count; ++i) {
    const KtNote *n = &p->notes.items[i];
    if (n->start <= at && at < n->start + n->duration) {
      return n;
    }
  }
  return NULL;
}

static const char *const PALETTES[] = {"epic", "chamber", "piano", "minimal", "pulse", "hybrid", "horror", "comedy", "fairy", "silent"};

static void notes_lie_inside(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 1);
    for (int c = 0; c < CUES; ++c) {
      KtScore *score = compose(made, c);
      KtFilmTime length = made->spotting.cues.items[c].out - made->spotting.cues.items[c].in;
      size_t notes = 0;
      for (size_t i = 0; i < score->parts.count; ++i) {
        const KtPart *part_ = &score->parts.items[i];
        for (size_t n = 0; n < part_->notes.count; ++n, ++notes) {
          const KtNote *note = &part_->notes.items[n];
          assert_true(note->start >= 0 && note->duration > 0);
          assert_true(note->start + note->duration <= score->end);
          assert_true(kt_tempo_time(&score->tempo, note->start + note->duration) <= length);
          assert_in_range(note->midi, 24, 104);
        }
      }
      assert_true(notes > 0);
      kt_score_free(score);
    }
    kt_arena_free(made->arena);
  }
}

static void hits_are_struck(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 2);
    for (int c = 0; c < CUES; ++c) {
      KtScore *score = compose(made, c);
      for (size_t h = 0; h < score->hits.count; ++h) {
        const KtScoreHit *at = &score->hits.items[h];
        const KtHit *hit = &made->spotting.hits.items[at->hit];
        KtFilmTime when = kt_tempo_time(&score->tempo, at->tick);
        int struck = 0, near = 0, sounds = 0;
        for (size_t i = 0; i < score->parts.count; ++i) {
          const KtPart *q = &score->parts.items[i];
          sounds += sounding(q, at->tick) != NULL;
          for (size_t n = 0; n < q->notes.count; ++n) {
            double off = kt_seconds(kt_tempo_time(&score->tempo, q->notes.items[n].start) - when);
            struck += q->notes.items[n].start == at->tick && q->notes.items[n].hit;
            near += fabs(off) < 0.06 && q->notes.items[n].start != at->tick;
          }
        }
        if (hit->kind == KT_HIT_HARD) {
          assert_true(at->met);
          double miss = kt_seconds(when - (hit->at - made->spotting.cues.items[c].in));
          assert_true(fabs(miss) < 0.001);
          assert_true(struck > 0);
          assert_int_equal(near, 0);
        } else if (hit->kind == KT_HIT_STOP) {
          assert_int_equal(sounds, 0);
        }
      }
      kt_score_free(score);
    }
    kt_arena_free(made->arena);
  }
}

/// Consecutive fifths and octaves between bass and highest inner voice, both moving, at chord changes.
static void outer_voices_do_not_run_parallel(void **state) {
  (void)state;
  int changes = 0, parallels = 0;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 3);
    for (int c = 0; c < CUES; ++c) {
      KtScore *score = compose(made, c);
      const KtPart *bass = part(score, "bass"), *top = part(score, "harmony/1");
      for (size_t i = 1; i < score->chords.count; ++i) {
        KtTick at = score->chords.items[i].start, before = score->chords.items[i - 1].start;
        const KtNote *b0 = sounding(bass, before), *b1 = sounding(bass, at);
        const KtNote *t0 = sounding(top, before), *t1 = sounding(top, at);
        if (!b0 || !b1 || !t0 || !t1 || b0->midi == b1->midi || t0->midi == t1->midi) {
          continue;
        }
        int was = (t0->midi - b0->midi) % 12, is = (t1->midi - b1->midi) % 12;
        ++changes;
        parallels += was == is && (is == 0 || is == 7);
      }
      kt_score_free(score);
    }
    kt_arena_free(made->arena);
  }
  assert_true(changes > 100);
  assert_int_equal(parallels, 0);
}

static void low_intervals_are_open(void **state) {
  (void)state;
  static const char *const ids[] = {"bass", "harmony/1", "harmony/2", "harmony/3", "harmony/4"};
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 4);
    for (int c = 0; c < CUES; ++c) {
      KtScore *score = compose(made, c);
      for (size_t i = 0; i < score->chords.count; ++i) {
        KtTick at = score->chords.items[i].start;
        for (int a = 0; a < 5; ++a) {
          for (int b = 0; b < 5; ++b) {
            const KtNote *low = sounding(part(score, ids[a]), at), *high = sounding(part(score, ids[b]), at);
            if (a == b || !low || !high || high->midi <= low->midi) {
              continue;
            }
            int interval = high->midi - low->midi;
            assert_false(low->midi < 48 && interval < 5);
            assert_false(low->midi < 34 && interval < 12);
          }
        }
      }
      kt_score_free(score);
    }
    kt_arena_free(made->arena);
  }
}

/// Hash of all onsets of four bars, relative to their start.
static uint64_t four_bars(const KtScore *score, int bar) {
  KtTick from = kt_metres_bar_start(&score->metres, bar), to = kt_metres_bar_start(&score->metres, bar + 4);
  uint64_t hash = 1469598103934665603U;
  for (size_t i = 0; i < score->parts.count; ++i) {
    for (size_t n = 0; n < score->parts.items[i].notes.count; ++n) {
      const KtNote *note = &score->parts.items[i].notes.items[n];
      if (note->start >= from && note->start < to) {
        hash = (hash ^ (uint64_t)((note->start - from) * 128 + note->midi + (KtTick)i * 7919)) * 1099511628211U;
      }
    }
  }
  return hash;
}

static void nothing_loops(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 5);
    KtScore *score = compose(made, LONG);
    int bars;
    double beat;
    kt_metres_position(&score->metres, score->end - 1, &bars, &beat);
    int run = 0, longest = 0;
    for (int bar = 1; bar + 8 <= bars; bar += 4) {
      run = four_bars(score, bar) == four_bars(score, bar + 4) ? run + 1 : 0;
      longest = run > longest ? run : longest;
    }
    assert_true(longest < 2);
    for (size_t i = 1; i < score->sections.count; ++i) {
      assert_string_not_equal(score->sections.items[i].texture, score->sections.items[i - 1].texture);
    }
    assert_true(score->sections.count >= 3);
    int slots = 0, same = 0;
    for (size_t i = 1; i < score->chords.count; ++i, ++slots) {
      same += score->chords.items[i].duration == score->chords.items[i - 1].duration;
    }
    assert_true(same < slots); // harmonic rhythm varies
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
}

static void statements_are_in_the_notes(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 6);
    for (int c = 0; c < CUES; ++c) {
      KtScore *score = compose(made, c);
      assert_true(score->statements.count >= made->plan.cues[c].statements.count);
      for (size_t s = 0; s < score->statements.count; ++s) {
        const KtStatement *statement = &score->statements.items[s];
        const KtPart *q = &score->parts.items[statement->part];
        int notes = 0;
        KtTick last = -1;
        for (size_t n = 0; n < q->notes.count; ++n) {
          if (q->notes.items[n].statement == (int)s) {
            assert_true(q->notes.items[n].start >= statement->start && q->notes.items[n].start < statement->end);
            assert_true(q->notes.items[n].start > last);
            last = q->notes.items[n].start;
            ++notes;
          }
        }
        assert_int_equal(notes, statement->notes);
        assert_true(notes >= made->themes.items.items[0].head);
      }
      kt_score_free(score);
    }
    kt_arena_free(made->arena);
  }
}

static uint64_t print_of(const KtScore *score) {
  uint64_t hash = 1469598103934665603U;
  for (size_t i = 0; i < score->parts.count; ++i) {
    const KtPart *p = &score->parts.items[i];
    for (size_t n = 0; n < p->notes.count; ++n) {
      const KtNote *note = &p->notes.items[n];
      const int64_t values[] = {note->start, note->duration, note->midi, note->articulation, note->spelling, lrintf(note->accent * 1e6F)};
      for (size_t v = 0; v < 6; ++v) {
        hash = (hash ^ (uint64_t)values[v]) * 1099511628211U;
      }
    }
    for (size_t d = 0; d < p->dynamics.count; ++d) {
      hash = (hash ^ (uint64_t)(p->dynamics.items[d].tick + lrintf(p->dynamics.items[d].level * 1e6F))) * 1099511628211U;
    }
  }
  return hash;
}

static void the_seed_decides(void **state) {
  (void)state;
  Made *made = make("chamber", 7), *other = make("chamber", 8);
  KtScore *a = compose(made, LONG), *b = compose(made, LONG), *c = compose(other, LONG);
  assert_true(print_of(a) == print_of(b));
  assert_true(print_of(a) != print_of(c));
  kt_score_free(a);
  kt_score_free(b);
  kt_score_free(c);
  kt_arena_free(made->arena);
  kt_arena_free(other->arena);
}

typedef struct Measure {
  double level, parts, onsets_s;
} Measure;

static Measure measure(const KtScore *score, double seconds) {
  Measure m = {0};
  int samples = 0;
  for (KtTick at = KT_PPQ / 2; at < score->end; at += KT_PPQ, ++samples) {
    double most = 0;
    for (size_t i = 0; i < score->parts.count; ++i) {
      if (sounding(&score->parts.items[i], at)) {
        m.parts += 1;
        most = fmax(most, (double)kt_part_level(&score->parts.items[i], at));
      }
    }
    m.level += most;
  }
  for (size_t i = 0; i < score->parts.count; ++i) {
    m.onsets_s += (double)score->parts.items[i].notes.count / seconds;
  }
  m.level /= samples;
  m.parts /= samples;
  return m;
}

static void calm_is_less_than_tense(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 9);
    KtScore *calm = compose(made, CALM), *tense = compose(made, TENSE);
    Measure c = measure(calm, 40), t = measure(tense, 40);
    assert_true(c.level < t.level - 0.15);
    assert_true(c.parts < t.parts);
    assert_true(c.onsets_s < t.onsets_s);
    assert_true(kt_tempo_bpm(&calm->tempo, 0) < kt_tempo_bpm(&tense->tempo, 0));
    kt_score_free(calm);
    kt_score_free(tense);
    kt_arena_free(made->arena);
  }
}

static void words_are_left_room(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 10);
    KtScore *score = compose(made, SPOKEN);
    const KtPart *lead = part(score, "lead");
    for (size_t n = 0; lead && n < lead->notes.count; ++n) {
      double at = kt_seconds(kt_tempo_time(&score->tempo, lead->notes.items[n].start)) + 230;
      if (at > 233 && at < 266) {
        assert_false(lead->notes.items[n].midi >= 48 && lead->notes.items[n].midi < 70);
      }
    }
    assert_true(measure(score, 40).parts < 5.5);
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
}

static void nothing_enters_inside_a_line(void **state) {
  (void)state;
  static const char *const later[] = {"figure/1", "pulse", "colour/1", "counter", "perc/drum", "perc/timpani"};
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 21 + p);
    KtScore *score = compose(made, SPOKEN); // one line from its second second to its end
    for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); ++i) {
      const KtPart *one = part(score, later[i]);
      double first = one && one->notes.count ? kt_seconds(kt_tempo_time(&score->tempo, one->notes.items[0].start)) : 0;
      if (first > 8 && first < 37) {
        fail_msg("%s: %s enters after %.1f s", PALETTES[p], later[i], first);
      }
    }
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
}

static size_t drums(const KtScore *score) {
  static const char *const ids[] = {"perc/drum", "perc/timpani", "perc/cymbal"};
  size_t notes = 0;
  for (size_t i = 0; i < 3; ++i) {
    notes += part(score, ids[i]) ? part(score, ids[i])->notes.count : 0;
  }
  return notes;
}

static void drums_belong_to_heat(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed < 5; ++seed) {
    Made *made = make("epic", seed);
    add_hit(made, CALM, 21.0, KT_HIT_HARD, 0.95F);
    KtScore *calm = compose(made, CALM), *tense = compose(made, TENSE);
    assert_int_equal(drums(calm), 0);
    assert_true(drums(tense) > 2);
    kt_score_free(calm);
    kt_score_free(tense);
    kt_arena_free(made->arena);
  }
}

static int outside(const KtChord *chord, KtKey key) {
  int classes[6], count = kt_chord_classes(chord->quality, classes), out = 0;
  for (int i = 0; i < count; ++i) {
    out += !kt_in_key(key, kt_spelling_class(chord->root) + classes[i]);
  }
  return out;
}

/// Where it is calm, the chord before another key belongs to it but for one tone at most.
/// Sevenths go down by step, or stay, or are taken by what is dissonant anyway; leading tones of a dominant go up,
/// or stay: in the inner voices of music that is not meant to be tense.
static void tendencies_resolve(void **state) {
  (void)state;
  static const char *const ids[] = {"harmony/1", "harmony/2", "harmony/3", "harmony/4"};
  int due = 0, resolved = 0;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 60 + p);
    for (int c = 0; c < CUES; c += LONG) { // the calm and the long one
      KtScore *score = compose(made, c);
      for (size_t i = 0; i + 1 < score->chords.count; ++i) {
        const KtChord *chord = &score->chords.items[i], *next = chord + 1;
        int classes[6], count = kt_chord_classes(chord->quality, classes), root = kt_spelling_class(chord->root);
        int leading = (kt_spelling_class(chord->key.tonic) + 11) % 12;
        bool dominant = (root - kt_spelling_class(chord->key.tonic) + 12) % 12 == 7 && classes[1] == 4;
        for (int v = 0; v < 4; ++v) {
          const KtNote *a = sounding(part(score, ids[v]), next->start - 1), *b = sounding(part(score, ids[v]), next->start + 1);
          bool seventh = a && count == 4 && classes[3] >= 9 && classes[3] <= 11 && a->midi % 12 == (root + classes[3]) % 12;
          bool leads = a && dominant && a->midi % 12 == leading;
          if (!a || !b || (!seventh && !leads) || next->root == chord->root) {
            continue;
          }
          int by = b->midi - a->midi;
          ++due;
          resolved += (seventh && by <= 0 && by >= -2) || (leads && by >= 0 && by <= 2) || kt_in_chord(next, a->midi);
        }
      }
      kt_score_free(score);
    }
    kt_arena_free(made->arena);
  }
  print_message("%d of %d tendencies resolved\n", resolved, due);
  assert_true(due > 20);
  assert_true(resolved * 10 >= due * 8);
}

/// What is calm and rings off, or fades, ends on its tonic, theme or no theme, in the bass too.
static void calm_cues_end_at_home(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      Made *made = make(PALETTES[p], seed);
      for (int c = 0; c < CUES; c += LONG) { // the calm and the long one
        KtScore *score = compose(made, c);
        const KtChord *last = &score->chords.items[score->chords.count - 1];
        const KtNote *bass = sounding(part(score, "bass"), score->end - 1);
        assert_int_equal(kt_spelling_class(last->root), kt_spelling_class(last->key.tonic));
        assert_true(!bass || kt_in_chord(last, bass->midi));
        kt_score_free(score);
      }
      kt_arena_free(made->arena);
    }
  }
}

/// Measured in the notes of all palettes: where the arc rises and falls the music does, half of it by harmony alone.
static void tension_follows_the_arc(void **state) {
  (void)state;
  double sum = 0, harmony = 0;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 21);
    KtScore *score = compose(made, LONG);
    enum { STEPS = 240 };
    float heard[STEPS], meant[STEPS], width[STEPS];
    KtFilmTime step = KT_FLICKS_PER_SECOND / 2;
    kt_heard_tension(score, step, heard, STEPS);
    for (int i = 0; i < STEPS; ++i) {
      meant[i] = kt_story_at(&made->story, kt_film_time(CUE[LONG].in) + i * step).tension;
      KtTick from = kt_tempo_tick(&score->tempo, i > 8 ? (i - 8) * step : 0), to = kt_tempo_tick(&score->tempo, (i + 8) * step);
      KtTones tones = {0};
      kt_heard_between(score->parts.items, score->parts.count, from, to, 4, score->keys.items[0].key, &tones);
      width[i] = (float)kt_harmony_tension(&tones, score->keys.items[0].key);
    }
    KtArena *scratch = kt_arena_new();
    sum += kt_rank_correlation(scratch, heard, meant, STEPS);
    harmony += kt_rank_correlation(scratch, width, meant, STEPS);
    kt_arena_free(scratch);
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
  print_message("rank correlation %.2f, of harmony alone %.2f\n", sum / 10, harmony / 10);
  assert_true(sum / 10 > 0.7);
  assert_true(harmony / 10 > 0.25);
}

static void keys_are_prepared(void **state) {
  (void)state;
  int changes = 0, jolts = 0;
  for (size_t p = 0; p < 30; ++p) {
    Made *made = make(PALETTES[p % 10], 40 + p);
    for (int i = 0; i < 2; ++i) {
      KtTurn *turn = kt_array_push(made->arena, &made->story.turns);
      *turn = (KtTurn){.at = kt_film_time(13 + 13 * i), .weight = 0.9F};
    }
    KtScore *score = compose(made, CALM);
    for (size_t i = 1; i < score->chords.count; ++i) {
      const KtChord *chord = &score->chords.items[i];
      if (chord->key.tonic != chord[-1].key.tonic || chord->key.mode != chord[-1].key.mode) {
        assert_true(abs(chord->key.tonic - chord[-1].key.tonic) <= 1);
        ++changes;
        jolts += outside(chord - 1, chord->key) > 1;
      }
    }
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
  assert_true(changes > 3);
  assert_int_equal(jolts, 0);
}

static void it_is_not_melody_all_the_time(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 11);
    KtScore *score = compose(made, LONG);
    int with = 0, all = 0;
    for (KtTick at = KT_PPQ / 2; at < score->end; at += KT_PPQ, ++all) {
      with += sounding(part(score, "lead"), at) != NULL;
    }
    assert_true(with > all / 12);
    assert_true(with < all * 9 / 10);
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
}

static void see(Made *made, KtGestureKind kind, double start, double end, float strength) {
  KtGesture *gesture = kt_array_push(made->arena, &made->film.gestures);
  *gesture = (KtGesture){.start = kt_film_time(start), .end = kt_film_time(end), .kind = kind, .strength = strength};
}

/// Most notes in a row of one part that go one way (1 up, -1 down) and begin between two film times.
static int longest_run(const KtScore *score, double from, double to, int way) {
  int most = 0;
  for (size_t i = 0; i < score->parts.count; ++i) {
    const KtPart *p = &score->parts.items[i];
    int run = 0, last = -1;
    for (size_t n = 0; n < p->notes.count; ++n) {
      double at = kt_seconds(kt_tempo_time(&score->tempo, p->notes.items[n].start));
      if (at < from || at > to) {
        continue;
      }
      run = last >= 0 && (p->notes.items[n].midi - last) * way > 0 ? run + 1 : 1;
      last = p->notes.items[n].midi;
      most = run > most ? run : most;
    }
  }
  return most;
}

static int told(const KtScore *score, const char *kind) {
  int count = 0;
  for (size_t i = 0; i < score->beyond.count; ++i) {
    count += !strcmp(score->beyond.items[i].kind, kind);
  }
  return count;
}

static void gestures_are_drawn(void **state) {
  (void)state;
  static const struct {
    KtGestureKind kind;
    int way;
  } rows[] = {{KT_GESTURE_FALL, -1}, {KT_GESTURE_RISE, 1}, {KT_GESTURE_SWEEP_LEFT, -1}, {KT_GESTURE_SWEEP_RIGHT, 1}};
  for (size_t r = 0; r < 4; ++r) {
    int drawn = 0;
    for (uint64_t seed = 1; seed < 4; ++seed) {
      Made *made = make("comedy", seed);
      for (int k = 0; k < 3; ++k) { // one of them is clear of theme, joints and hits
        see(made, rows[r].kind, 131.0 + 17 * k, 132.2 + 17 * k, 0.9F);
      }
      KtScore *score = compose(made, LONG);
      for (size_t i = 0; i < score->beyond.count; ++i) {
        double at = kt_seconds(kt_tempo_time(&score->tempo, score->beyond.items[i].at));
        assert_true(longest_run(score, at - 0.01, at + 3, rows[r].way) >= 5);
        ++drawn;
      }
      kt_score_free(score);
      kt_arena_free(made->arena);
    }
    assert_true(drawn >= 3);
  }
}

static void gestures_are_few_and_can_be_off(void **state) {
  (void)state;
  static const char *const ids[] = {"comedy", "chamber"};
  int drawn[2];
  for (int p = 0; p < 2; ++p) {
    Made *made = make(ids[p], 3), *plain = make(ids[p], 3);
    for (int k = 0; k < 36; ++k) {
      see(made, KT_GESTURE_FALL, 102.0 + 3.2 * k, 102.8 + 3.2 * k, 0.6F + 0.01F * (float)k);
      see(made, KT_GESTURE_FALL, 232.0 + k, 232.5 + k, 0.9F);
    }
    KtScore *with = compose(made, LONG), *without = compose(plain, LONG), *words = compose(made, SPOKEN);
    drawn[p] = told(with, "gesture");
    assert_int_equal(told(words, "gesture"), 0);
    assert_true(print_of(with) != print_of(without));
    const char **off = kt_array_push(made->arena, &made->brief.off);
    *off = "gesture";
    KtScore *none = compose(made, LONG);
    assert_int_equal(told(none, "gesture"), 0);
    assert_true(print_of(none) == print_of(without));
    kt_score_free(with);
    kt_score_free(without);
    kt_score_free(words);
    kt_score_free(none);
    kt_arena_free(made->arena);
    kt_arena_free(plain->arena);
  }
  assert_in_range(drawn[0], 4, 12);
  assert_in_range(drawn[1], 1, 2);
}

static void stillness_holds_a_chord(void **state) {
  (void)state;
  int drawn = 0;
  for (uint64_t seed = 1; seed < 6; ++seed) {
    Made *made = make("silent", seed);
    see(made, KT_GESTURE_STILLNESS, 160.0, 164.0, 0.85F);
    KtScore *score = compose(made, LONG);
    if (told(score, "gesture")) {
      double at = kt_seconds(kt_tempo_time(&score->tempo, score->beyond.items[0].at));
      const KtPart *figure = part(score, "figure/1");
      for (size_t n = 0; figure && n < figure->notes.count; ++n) {
        double start = kt_seconds(kt_tempo_time(&score->tempo, figure->notes.items[n].start));
        assert_false(start > at + 0.01 && start < at + 1.0 && figure->notes.items[n].articulation != KT_ART_LONG);
      }
      ++drawn;
    }
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
  assert_true(drawn > 0);
}

/// Bright pictures lean the cue one way, dark ones the other, and neither does with `off: [colour]`.
static void colours_lean(void **state) {
  (void)state;
  float light[3];
  for (int way = 0; way < 3; ++way) {
    Made *made = make("fairy", 4);
    for (int s = 0; s < 32; ++s) {
      bool here = s >= 10 && s < 22;
      KtShot *shot = kt_array_push(made->arena, &made->film.shots);
      *shot = (KtShot){.start = kt_film_time(10 * s), .end = kt_film_time(10 * s + 10), .brightness = !here ? 0.5F : way == 1 ? 0.2F : 0.8F, .warmth = here && way != 1 ? 0.4F : 0};
    }
    if (way == 2) {
      const char **off = kt_array_push(made->arena, &made->brief.off);
      *off = "colour";
    }
    KtScore *score = compose(made, LONG);
    light[way] = score->sections.items[0].light;
    assert_int_equal(told(score, "colour") > 0, way < 2);
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
  assert_true(light[0] > 0.02F && light[1] < -0.02F && fabsf(light[2]) < 1e-6F);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(notes_lie_inside),
      cmocka_unit_test(hits_are_struck),
      cmocka_unit_test(outer_voices_do_not_run_parallel),
      cmocka_unit_test(low_intervals_are_open),
      cmocka_unit_test(nothing_loops),
      cmocka_unit_test(statements_are_in_the_notes),
      cmocka_unit_test(the_seed_decides),
      cmocka_unit_test(calm_is_less_than_tense),
      cmocka_unit_test(words_are_left_room),
      cmocka_unit_test(nothing_enters_inside_a_line),
      cmocka_unit_test(drums_belong_to_heat),
      cmocka_unit_test(tendencies_resolve),
      cmocka_unit_test(calm_cues_end_at_home),
      cmocka_unit_test(tension_follows_the_arc),
      cmocka_unit_test(keys_are_prepared),
      cmocka_unit_test(it_is_not_melody_all_the_time),
      cmocka_unit_test(gestures_are_drawn),
      cmocka_unit_test(gestures_are_few_and_can_be_off),
      cmocka_unit_test(stillness_holds_a_chord),
      cmocka_unit_test(colours_lean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
