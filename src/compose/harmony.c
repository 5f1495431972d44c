// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Harmony: the path of least cost through the chords of an idiom, phrase by phrase, by beam search
// (the charge for what was just used looks further back than one step, so no exact shortest path).
#include "compose/harmony.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BEAM = 36, CANDIDATES_MAX = 400, BACK = 8 };

typedef struct Candidate {
  int8_t root, bass; ///< pitch classes
  KtChordQuality quality;
  float cost, tension;
  double width, strain; ///< in the spiral array
  KtSpiral centre;      ///< of its tones
  KtKeyFits fits;       ///< of its tones
} Candidate;

typedef struct Step {
  Candidate chord;
  float cost;
  int parent; ///< index into the steps, -1
  KtKeyFits heard; ///< of what was heard until its end, the longer ago the less
} Step;

static float membership(const KtPathLore *path, const KtIdiom *idiom, int root, KtChordQuality quality, float base, float tension, KtKey key) {
  int classes[6];
  int count = kt_chord_classes(quality, classes);
  int tonic = kt_spelling_class(key.tonic);
  float outside = 0;
  for (int i = 0; i < count; ++i) {
    outside += kt_in_key(key, root + classes[i]) ? 0 : idiom->outside * (1 - path->opens * tension);
  }
  float cost = base + outside;
  for (unsigned i = 0; i < idiom->home_count; ++i) {
    const KtHomeLore *home = &idiom->home[i];
    if ((tonic + home->degree) % 12 == root && home->quality == quality && home->cost < cost) {
      cost = home->cost;
    }
  }
  return cost;
}

static int add_basses(Candidate *out, int count, const KtHarmonyLore *lore, const KtIdiom *idiom,
                      Candidate chord, const KtTones *lead, KtKey key, float turned) {
  int classes[6];
  int tones = kt_chord_classes(chord.quality, classes);
  for (int b = 0; b < (idiom->pedal ? 1 : tones < 3 ? tones : 3) && count < CANDIDATES_MAX; ++b) {
    Candidate c = chord;
    c.bass = (int8_t)(idiom->pedal ? kt_spelling_class(key.tonic) : (chord.root + classes[b]) % 12);
    c.cost += b == 0 ? 0 : b == 1 ? idiom->inversion : 2.2F * idiom->inversion + 0.1F;
    c.cost += b == 1 ? turned : 0;
    KtTones sounding;
    kt_chord_tones(lore, c.root, c.bass, c.quality, lead, &sounding);
    c.tension = kt_chord_tension(lore, c.root, c.bass, c.quality, &sounding, key);
    kt_spiral_centre(&sounding, key, &c.centre);
    kt_harmony_heard(&sounding, key, &c.width, &c.strain);
    kt_key_fits(&sounding, &c.fits);
    out[count++] = c;
  }
  return count;
}

static bool minorish(KtChordQuality q) {
  return q == KT_CHORD_MINOR || q == KT_CHORD_MINOR7 || q == KT_CHORD_MINOR_ADD9 ||
         q == KT_CHORD_MINOR_MAJOR7 || q == KT_CHORD_MINOR6 || q == KT_CHORD_DIMINISHED || q == KT_CHORD_HALF_DIM7;
}

/// 1 for a chord with a major third, -1 for one with a minor third or fifth, 0 for one without; a minor seventh has a
/// major chord above its root.
static float brightness(KtChordQuality q) {
  return q == KT_CHORD_MINOR7 ? -0.5F
         : minorish(q) || q == KT_CHORD_DIM7 || q == KT_CHORD_CLUSTER ? -1.0F
         : q == KT_CHORD_MAJOR || q == KT_CHORD_MAJOR7 || q == KT_CHORD_ADD9 || q == KT_CHORD_DOMINANT7 ||
                   q == KT_CHORD_DOMINANT7_FLAT9 || q == KT_CHORD_DOMINANT7_SHARP11 || q == KT_CHORD_MAJOR7_SHARP11
             ? 1.0F
             : 0.0F;
}

float kt_mode_worth(KtKey key, int midi, float valence) {
  static const float light[12] = {0, 0, 0, -1, 1, 0, 0, 0, -0.3F, 0.3F, 0, 0};
  static const float clear[12] = {0.5F, 0, 0, 0, 0, 0, 0, 0.4F, 0, 0, -0.5F, 0.4F};
  int up = (midi - kt_spelling_class(key.tonic) + 24) % 12;
  return valence * light[up] + fabsf(valence) * clear[up];
}

static bool at_home(KtKey key, int root, KtChordQuality quality) {
  int classes[6];
  int count = kt_chord_classes(quality, classes);
  bool inside = true;
  for (int i = 0; i < count; ++i) {
    inside = inside && kt_in_key(key, root + classes[i]);
  }
  return inside;
}

/// Mode weighs most in what is felt (Eerola, Friberg & Bresin 2013): a clear feeling leans to the
/// chords of its side and to the three at home in it; a dominant is of both sides.
static float leaning(const KtPathLore *path, const KtEmotionLore *lore, const KtCueSection *s, int root, KtChordQuality quality) {
  float valence = kt_clamp(1.4F * s->emotion.valence, -1, 1);
  int up = (root - kt_spelling_class(s->key.tonic) + 12) % 12;
  bool home = up == 0 || up == 5 || up == 7;
  float bright = up == 7 && fabsf(brightness(quality)) > 0 ? 0.5F * fabsf(valence) : valence * brightness(quality);
  bright *= bright > 0 && !at_home(s->key, root, quality) ? path->foreign_side : 1.0F; // a chord of the side, but of another key
  float open = brightness(quality) == 0 ? lore->open_chords * fabsf(valence) : 0; // without a third, of no side
  return (home ? 0 : lore->home_chords * fabsf(valence)) + open - lore->bright_chords * bright;
}

/// What it costs a chord to stand on its third: a minor seventh so turned is its relative major with a sixth, no grief.
static float turned(const KtLore *lore, const KtCueSection *s, KtChordQuality quality) {
  float dark = kt_clamp(-1.4F * s->emotion.valence, 0, 1);
  return quality == KT_CHORD_MINOR7 ? 2 * lore->harmony->path.leans * lore->emotion->bright_chords * dark : 0;
}

static int candidates(const KtSketch *sketch, const KtCueSection *s, float tension, Candidate *out) {
  int count = 0;
  for (unsigned q = 0; q < s->idiom->qualities_count; ++q) {
    for (int root = 0; root < 12; ++root) {
      KtChordQuality quality = s->idiom->qualities[q].quality;
      float cost = membership(&sketch->lore.harmony->path, s->idiom, root, quality, s->idiom->qualities[q].cost, tension, s->key);
      if (cost < 1.9F) {
        cost += sketch->lore.harmony->path.leans * leaning(&sketch->lore.harmony->path, sketch->lore.emotion, s, root, quality);
        Candidate c = {.root = (int8_t)root, .quality = quality, .cost = cost};
        count = add_basses(out, count, sketch->lore.harmony, s->idiom, c, NULL, s->key,
                           turned(&sketch->lore, s, quality));
      }
    }
  }
  return count;
}

/// A motion whose meaning is what the moment feels is sought the more.
static float meaning(const KtMoveLore *move, const KtEmotion *e) {
  return 0.5F + 2.0F * e->colours[move->colour];
}

/// A seventh that has nowhere to go: neither it nor a step below is in the next chord. Where it is tense that
/// may be meant.
static float dangling(const KtPathLore *path, const Candidate *a, const KtChord *chord, const Candidate *b, const KtEmotion *e) {
  int classes[6];
  int count = kt_chord_classes(a->quality, classes);
  if (count < 4 || classes[3] > 11 || a->quality == KT_CHORD_MINOR6 || a->root == b->root) {
    return 0;
  }
  KtChord next = {.root = (KtSpelling)((b->root * 7) % 12), .quality = b->quality};
  int seventh = kt_spelling_class(chord->root) + classes[3];
  bool goes = kt_in_chord(&next, seventh) || kt_in_chord(&next, seventh + 11) || kt_in_chord(&next, seventh + 10);
  return goes ? 0 : path->seventh_hangs * kt_clamp(1.3F - e->tension, 0, 1);
}

static float motion(const KtPathLore *path, const KtLearnedVoices *learned, const KtIdiom *idiom, const Candidate *a, const Candidate *b,
                    const KtEmotion *e) {
  int up = (b->root - a->root + 12) % 12;
  if (up == 0 && a->quality == b->quality) {
    return idiom->stay + (a->bass == b->bass ? 0.25F : 0);
  }
  // the idiom's own table first; what is common in real scores leans it
  float common = learned->moves[(minorish(a->quality) ? 2 : 0) + (minorish(b->quality) ? 1 : 0)][up];
  float cost = idiom->roots[up] + path->learned_roots * logf(0.3F / (common + 0.01F));
  for (unsigned i = 0; i < idiom->moves_count; ++i) {
    const KtMoveLore *move = &idiom->moves[i];
    if (move->up == up && (move->from == KT_CHORD_MINOR) == minorish(a->quality) &&
        (move->to == KT_CHORD_MINOR) == minorish(b->quality)) {
      cost = fminf(cost, move->cost * meaning(move, e));
    }
  }
  int classes[6];
  int count = kt_chord_classes(b->quality, classes);
  KtChord before = {.root = (KtSpelling)((a->root * 7) % 12), .quality = a->quality};
  before.key.tonic = before.root; // of another key than its own it is no dominant
  for (int i = 0; i < count; ++i) {
    cost += kt_in_chord(&before, b->root + classes[i]) ? 0 : idiom->common;
  }
  cost += dangling(path, a, &before, b, e);
  if (idiom->pedal) {
    return cost;
  }
  int by = (b->bass - a->bass + 18) % 12 - 6; // in the bass too, what leads goes where it leads
  cost += up && !kt_resolves(kt_tendency(&before, a->bass), 0, by) ? path->bass_hangs : 0;
  return cost + path->bass_steps[(b->bass - a->bass + 12) % 12];
}

/// A charge for what was just heard: loops of two, three and four chords are dear. Where a feeling is clear
/// its home may come again: mode is heard from there.
static float recency(const KtSketch *sketch, const KtCueSection *s, const Step *steps, int at, const Candidate *c) {
  bool home = c->root == kt_spelling_class(s->key.tonic) && c->quality != KT_CHORD_CLUSTER;
  float clear = kt_clamp(1.4F * fabsf(s->emotion.valence), 0, 1);
  float share = home ? 1.0F - sketch->lore.emotion->home_again * clear : 1.0F;
  const KtPathLore *path = &sketch->lore.harmony->path;
  float cost = 0;
  for (int back = 1; at >= 0 && back <= BACK; ++back, at = steps[at].parent) {
    const Candidate *was = &steps[at].chord;
    if (back > 1 && was->root == c->root && was->quality == c->quality) {
      cost += path->again / (float)back + (was->bass == c->bass ? path->again_bass : 0);
    }
  }
  return share * cost;
}

static bool dominant(const Candidate *c, KtKey key) {
  int up = (c->root - kt_spelling_class(key.tonic) + 12) % 12;
  return up == 7 || up == 10 || (up == 11 && c->quality == KT_CHORD_DIM7) || (up == 2 && key.mode == KT_MODE_LYDIAN);
}

static float cadence(const KtSlot *slot, const KtIdiom *idiom, const Candidate *c, KtKey key) {
  int tonic = kt_spelling_class(key.tonic);
  bool home = c->root == tonic && c->bass == tonic;
  float want = slot->final ? fmaxf(idiom->cadence, 2.0F) : idiom->cadence; // whatever the idiom, a calm end is home
  bool open = c->quality == KT_CHORD_SUS2 || c->quality == KT_CHORD_SUS4 || c->quality == KT_CHORD_FIFTH;
  switch (slot->place) {
  case KT_SLOT_CLOSE:
    if (home && open) { // an end without its third is a question
      return slot->tension < 0.35F ? 0.6F * want : 0.2F * want;
    }
    return home && kt_in_key(key, tonic + (minorish(c->quality) ? 3 : 4)) ? 0 : want * (c->root == tonic ? 0.8F : 1.8F);
  case KT_SLOT_BEFORE_CLOSE:
    return dominant(c, key) ? -0.5F * want : home ? 0.6F * want : 0;
  case KT_SLOT_OPEN:
    return home ? 0.9F * want : dominant(c, key) ? -0.3F * want : 0;
  case KT_SLOT_FIRST:
    return c->root == tonic ? -0.3F * want : 0;
  default:
    return 0;
  }
}

/// The price of leaving for another key and of arriving there; where it is tense, a jolt is the point.
static float modulation(const KtSlot *slot, const Candidate *before, const Candidate *c, float tension) {
  float calm = kt_clamp(1.4F - 2.0F * tension, 0, 1), cost = 0;
  int classes[6];
  int count = kt_chord_classes(c->quality, classes);
  if (slot->pivot) {
    for (int i = 0; i < count; ++i) {
      cost += kt_in_key(slot->next, c->root + classes[i]) ? 0 : 0.45F;
    }
    cost -= dominant(c, slot->next) ? 0.35F : 0;
  }
  if (slot->arrives && before) {
    KtChord was = {.root = (KtSpelling)((before->root * 7) % 12), .quality = before->quality};
    for (int i = 0; i < count; ++i) {
      cost += kt_in_chord(&was, c->root + classes[i]) ? 0 : 0.2F;
    }
  }
  return calm * cost;
}

static KtSpelling spelled(int class, KtKey key) {
  return kt_key_spell(key, class + 60);
}

typedef struct Search {
  KtSketch *sketch;
  KT_ARRAY(Step) steps;
  int beam[BEAM];
  int beam_count;
  Candidate candidates[CANDIDATES_MAX];
  int count;
  float moving; ///< whether the arc moves, 0 flat .. 1
} Search;

/// What it costs that home is forgotten.
static float forgotten(const KtRemindLore *home, const Step *from, const Candidate *c, double seconds, KtKey key, KtKeyFits *heard) {
  *heard = from ? from->heard : (KtKeyFits){.full = 0};
  kt_key_hear(heard, &c->fits, seconds, (double)home->memory_s);
  return home->counts * fmaxf(0, home->lead - kt_key_lead(heard, key));
}

/// How much it counts that a figure of the spiral array is not where so much tension wants it.
static double beside(const KtSpiralLore *lore, double is, double wish) {
  return (double)lore->counts * fabs(is - (double)lore->calm - (double)(lore->tense - lore->calm) * wish);
}

/// How far a chord is from as tense as it should be: by all that is known of it, and by each figure of the spiral
/// array, for the one may not stand for the other. Where the arc is flat the key is not left for tension's sake,
/// and what is felt is heard in its home rather than in strange chords.
static float missed(const KtPathLore *path, const KtSlot *slot, const Candidate *c, const Candidate *before, float moving) {
  double wish = (double)slot->tension;
  double off = fabs((double)c->tension - wish) + beside(&path->width, c->width, wish) +
               beside(&path->strain, c->strain, wish * (double)moving + (double)(path->even * (1 - moving)));
  if (before) {
    double x = c->centre.x - before->centre.x, y = c->centre.y - before->centre.y, z = c->centre.z - before->centre.z;
    off += beside(&path->step, sqrt(x * x + y * y + z * z), wish);
  }
  return (path->pull_flat + (path->pull - path->pull_flat) * moving) * (float)off;
}

static void extend(Search *search, const KtSlot *slot, const KtCueSection *s, int parent,
                   Step *best, int *best_count) {
  const Step *from = parent >= 0 ? &search->steps.items[parent] : NULL;
  for (int i = 0; i < search->count; ++i) {
    const Candidate *c = &search->candidates[i];
    float cost = c->cost + s->idiom->tension_pull * missed(&search->sketch->lore.harmony->path, slot, c, from ? &from->chord : NULL, search->moving) +
                 cadence(slot, s->idiom, c, s->key) + slot->taste[(c->root * 5 + (int)c->quality) % 16];
    cost += modulation(slot, from ? &from->chord : NULL, c, s->emotion.tension);
    if (from) {
      cost += from->cost + motion(&search->sketch->lore.harmony->path, search->sketch->lore.voices, s->idiom, &from->chord, c, &s->emotion) +
              recency(search->sketch, s, search->steps.items, parent, c);
    }
    KtKeyFits heard;
    cost += forgotten(&search->sketch->lore.harmony->path.home, from, c, slot->seconds, s->key, &heard);
    int at = *best_count;
    if (at == BEAM && cost >= best[BEAM - 1].cost) {
      continue;
    }
    at = at == BEAM ? BEAM - 1 : at;
    while (at > 0 && best[at - 1].cost > cost) {
      best[at] = best[at - 1];
      --at;
    }
    best[at] = (Step){*c, cost, parent, heard};
    *best_count += *best_count < BEAM ? 1 : 0;
  }
}

/// How ill a chord carries a tune's tones, 0 best; a semitone beside one of its own is worst.
static float ill_under(int root, KtChordQuality quality, const KtTones *lead) {
  KtChord chord = {.root = (KtSpelling)((root * 7) % 12), .quality = quality};
  float ill = 0;
  for (int i = 0; i < 12; ++i) {
    if (lead->weight[i] > 0 && !kt_in_chord(&chord, i)) {
      ill += (float)lead->weight[i] * (kt_in_chord(&chord, i + 11) ? 1.6F : kt_in_chord(&chord, i + 1) ? 1.2F : 0.6F);
    }
  }
  return ill;
}

/// A tune brings its chords; where its own are far from as tense as the moment is, another colour of the chord or
/// another chord that carries the tune may stand in.
static void forced(Search *search, const KtSlot *slot, const KtCueSection *s) {
  const KtHarmonyLore *lore = search->sketch->lore.harmony;
  int given = kt_spelling_class(slot->given.root);
  float own = ill_under(given, slot->given.quality, &slot->lead);
  Candidate c = {.root = (int8_t)given, .quality = slot->given.quality};
  search->count = add_basses(search->candidates, 0, lore, s->idiom, c, &slot->lead, s->key, turned(&search->sketch->lore, s, c.quality));
  for (unsigned q = 0; q < s->idiom->qualities_count; ++q) {
    for (int root = 0; root < 12; ++root) {
      KtChordQuality quality = s->idiom->qualities[q].quality;
      float ill = ill_under(root, quality, &slot->lead) - own;
      c = (Candidate){.root = (int8_t)root, .quality = quality};
      c.cost = s->idiom->qualities[q].cost + (4 - 3 * search->moving) * (root == given ? lore->path.tune_colour : lore->path.tune_chord) + lore->path.tune_ill * fmaxf(0, ill);
      if (c.cost < 2.2F && (root != given || quality != slot->given.quality)) {
        search->count = add_basses(search->candidates, search->count, lore, s->idiom, c, &slot->lead, s->key, turned(&search->sketch->lore, s, quality));
      }
    }
  }
  for (int i = 0; i < search->count; ++i) {
    // a tune's bass may not double its note by the octave all the way
    search->candidates[i].cost += slot->lead_class >= 0 && search->candidates[i].bass == slot->lead_class ? 0.15F : 0;
  }
}

static void run_slot(Search *search, const KtSlot *slot) {
  const KtCueSection *s = &search->sketch->sections.items[slot->section];
  if (slot->forced) {
    forced(search, slot, s);
  } else {
    search->count = candidates(search->sketch, s, slot->tension, search->candidates);
  }
  Step best[BEAM];
  int count = 0;
  for (int b = 0; b < (search->beam_count ? search->beam_count : 1); ++b) {
    extend(search, slot, s, search->beam_count ? search->beam[b] : -1, best, &count);
  }
  search->beam_count = 0;
  for (int i = 0; i < count; ++i) {
    Step *step = kt_array_push(search->sketch->arena, &search->steps);
    if (step) {
      *step = best[i];
      search->beam[search->beam_count++] = (int)search->steps.count - 1;
    }
  }
}

static void write_chords(Search *search, const KtSlots *slots) {
  KtSketch *sketch = search->sketch;
  int at = search->beam_count ? search->beam[0] : -1;
  for (size_t i = slots->count; i > 0 && at >= 0; --i, at = search->steps.items[at].parent) {
    const KtSlot *slot = &slots->items[i - 1];
    const Candidate *c = &search->steps.items[at].chord;
    KtKey key = sketch->sections.items[slot->section].key;
    if (getenv("KT_DBG")) { fprintf(stderr, "DBG %s %d forced %d wish %.2f got %.2f width %.2f strain %.2f idiom %s base %.2f arc %.2f\n", sketch->cue->name, (int)i, slot->forced, (double)slot->tension, (double)c->tension, c->width, c->strain, sketch->sections.items[slot->section].idiom->id, (double)c->cost, (double)kt_sketch_bar(sketch, slot->start)->emotion.tension); }
    bool own = slot->forced && c->root == kt_spelling_class(slot->given.root);
    KtSpelling root = own ? slot->given.root : spelled(c->root, key);
    sketch->chords.items[i - 1] = (KtChord){.start = slot->start,
                                            .duration = slot->end - slot->start,
                                            .root = root,
                                            .bass = c->bass == c->root ? root : spelled(c->bass, key),
                                            .quality = c->quality,
                                            .key = key,
                                            .tension = c->tension};
  }
}

KtStatus kt_sketch_harmony(KtSketch *sketch, KtError *err) {
  KtSlots slots = {0};
  kt_harmony_slots(sketch, &slots);
  Search *search = KT_NEW(sketch->arena, Search, 1);
  for (size_t i = 0; i < slots.count; ++i) {
    kt_array_push(sketch->arena, &sketch->chords);
  }
  if (!search || kt_arena_failed(sketch->arena) || !slots.count) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (size_t i = 0; i < slots.count; ++i) {
    KtSlot *slot = &slots.items[i];
    slot->seconds = kt_seconds(kt_tempo_time(&sketch->score->tempo, slot->end) - kt_tempo_time(&sketch->score->tempo, slot->start));
  }
  search->sketch = sketch;
  search->moving = kt_harmony_moves(sketch);
  for (size_t i = 0; i < slots.count; ++i) {
    run_slot(search, &slots.items[i]);
  }
  write_chords(search, &slots);
  for (size_t i = 0; i < sketch->chords.count; ++i) {
    KtChord *out = kt_array_push(sketch->score->arena, &sketch->score->chords);
    if (out) {
      *out = sketch->chords.items[i];
    }
  }
  return kt_arena_failed(sketch->arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}
