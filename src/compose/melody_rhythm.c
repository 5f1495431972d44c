// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The rhythm of a phrase of our own: where it begins, what it is made of (the theme's cell whole, halved, turned,
// broadened; runs; free song; breaths), how it ends.
#include "compose/form.h"
#include "compose/melody.h"

#include <math.h>
#include <stdlib.h>

/// Quicker than this nobody sings, seconds.
static const double QUICK_S = 0.14;
/// A theme that goes on for so many notes after its head has a second cell.
enum { TAIL_NOTES = 3 };

float kt_line_between(const KtRangeLore *range, KtRng *rng) {
  float a = (float)kt_rng_unit(rng), b = (float)kt_rng_unit(rng), x = a + b - 1;
  return x < 0 ? range->middle + x * (range->middle - range->low) : range->middle + x * (range->high - range->middle);
}

KtTick kt_line_pulse(const KtSketch *sketch, KtTick tick) {
  KtMetre metre = kt_metres_at(&sketch->score->metres, tick);
  KtTick beat = 4 * KT_PPQ / metre.unit;
  return metre.unit == 8 && metre.beats % 3 == 0 ? 3 * beat : beat;
}

KtTick kt_line_half(const KtSketch *sketch, KtTick tick) {
  KtMetre metre = kt_metres_at(&sketch->score->metres, tick);
  return metre.unit >= 8 ? 4 * KT_PPQ / metre.unit : 2 * KT_PPQ / metre.unit;
}

static const KtTheme *nearest_theme(const KtSketch *sketch, const KtCuePhrase *phrase) {
  const KtTheme *theme = NULL;
  KtTick away = 0;
  for (size_t i = 0; i < sketch->placed.count; ++i) {
    const KtPlaced *p = &sketch->placed.items[i];
    KtTick off = llabs(p->notes.record.start - phrase->start);
    if (!theme || off < away) {
      theme = &sketch->themes->items.items[p->plan->theme];
      away = off;
    }
  }
  for (size_t i = 0; !theme && i < sketch->themes->items.count; ++i) {
    const KtTheme *t = &sketch->themes->items.items[i];
    for (size_t s = 0; s < sketch->cue->subjects.count; ++s) {
      theme = t->subject == sketch->cue->subjects.items[s] ? t : theme;
    }
  }
  return theme ? theme : sketch->themes->items.count ? &sketch->themes->items.items[0] : NULL;
}

static KtLineNote *push(KtMelodyLine *line, KtTick start, KtTick duration, float step) {
  if (line->count >= KT_LINE_NOTES || duration < KT_PPQ / 8 || start + duration > line->phrase->end) {
    return NULL;
  }
  KtLineNote *note = &line->notes[line->count++];
  *note = (KtLineNote){.start = start, .duration = duration, .step = step};
  return note;
}

/// What is left before a tick: the note before is held over it where it reaches up to it, else there is a rest.
static KtTick hold_to(KtMelodyLine *line, KtTick at, KtTick to) {
  KtLineNote *last = line->count ? &line->notes[line->count - 1] : NULL;
  if (last && last->start + last->duration == at) {
    last->duration = to - last->start;
  }
  return to;
}

/// Ticks before the phrase in which its part is silent, or held by a note that may be shortened, which is then given.
static KtTick room_before(const KtMelodyLine *line, KtNote **held) {
  KtTick start = line->phrase->start, room = start;
  KtPart *part = &line->sketch->parts[line->part];
  *held = NULL;
  for (size_t i = 0; i < part->notes.count; ++i) {
    KtNote *n = &part->notes.items[i];
    if (n->start < start && start - n->start - n->duration < room) {
      room = start - n->start - n->duration;
      *held = n->statement < 0 && n->duration >= 4 * kt_line_half(line->sketch, start - 1) ? n : NULL;
    }
  }
  return room < 0 ? 0 : room;
}

/// An upbeat of one to three quick tones, as the part leaves room for; false where it leaves none.
static bool upbeat(KtMelodyLine *line, KtRng *rng) {
  KtSketch *sketch = line->sketch;
  KtTick start = line->phrase->start, half = kt_line_half(sketch, start - 1);
  const KtCueBar *before = kt_sketch_bar(sketch, start - 1);
  if (line->phrase->first < 1 || before->words > 0.1F || before->spoken || before->upbeat) {
    return false;
  }
  KtNote *held;
  KtTick room = room_before(line, &held);
  int tones = kt_rng_int(rng, 1, 3);
  if (room < (tones + 1) * half && held) {
    KtTick end = start - (tones + 1) * half;
    if (end - held->start < 2 * half) {
      return false;
    }
    held->duration = end - held->start < held->duration ? end - held->start : held->duration;
    room = start - held->start - held->duration;
  }
  tones = (tones + 1) * half > room ? (int)(room / half) - 1 : tones;
  if (tones < 1) {
    return false;
  }
  bool one = tones == 2 && kt_rng_unit(rng) < 0.5; // a beat as one tone
  for (int i = 0; i < (one ? 1 : tones); ++i) {
    push(line, start - (tones - i) * half, one ? 2 * half : half, KT_LINE_FREE);
  }
  return true;
}

/// How much of the phrase's beginning is a rest; an upbeat may be written before it. A cell whose first tone were missing would be
/// misremembered: it begins in the middle of the bar instead, which is given in `shift`.
static KtTick begin(KtMelodyLine *line, const KtLineForm *form, KtTick *shift, KtRng *rng) {
  const KtMelodyLore *lore = line->sketch->lore.melody;
  const KtCuePhrase *p = line->phrase;
  bool joint = p->first == line->sketch->sections.items[p->section].first;
  const struct KtLineBegins *begins = joint ? &lore->joint : &lore->begins;
  float weights[3] = {begins->on, begins->upbeat, begins->after};
  bool celled = form->moves[0] <= KT_LINE_HALF;
  size_t kind = kt_rng_pick(rng, weights, 3);
  KtTick half = kt_line_half(line->sketch, p->start), pulse = kt_line_pulse(line->sketch, p->start);
  bool led = kind == 1 && upbeat(line, rng);
  const KtCueBar *bar = kt_sketch_bar(line->sketch, p->start);
  bool even = (bar->end - bar->start) % (2 * pulse) == 0 && bar->end - bar->start >= 4 * pulse;
  *shift = celled && even && kind && !led && p->bars > 1 ? (bar->end - bar->start) / 2 : 0;
  if (led || kind == 0 || celled || p->bars < 2) {
    return 0;
  }
  return kt_rng_unit(rng) < 0.6 ? half : pulse;
}

/// Which notes of a theme a cell is made of: its head or, in a part of the form that is told from the first, what follows that.
static int cell_from(const KtMelodyLine *line, const KtTheme *theme, int *count) {
  int notes = (int)theme->notes.count, head = theme->head < notes ? theme->head : notes;
  bool other = line->sketch->sections.items[line->phrase->section].letter > 0 && notes - head >= TAIL_NOTES;
  *count = other && notes - head < head ? notes - head : head;
  return other ? head : 0;
}

/// The theme's cell from a tick, or its first half; where it ends.
static KtTick cell(KtMelodyLine *line, const KtTheme *theme, KtTick at, KtTick limit, double stretch, bool halved, float turn) {
  int notes, from = cell_from(line, theme, &notes), used = halved ? (notes + 1) / 2 : notes;
  const KtThemeNote *n = &theme->notes.items[from];
  KtTick first = n->start, length = theme->head_ticks;
  if (used < notes || from) {
    bool more = from + used < (int)theme->notes.count;
    length = more ? n[used].start - first : n[used - 1].start + n[used - 1].duration - first;
  }
  for (int i = 0; i < used; ++i) {
    KtTick start = at + (KtTick)((double)(n[i].start - first) * stretch);
    KtTick duration = (KtTick)((double)n[i].duration * stretch);
    if (start >= limit) {
      return limit;
    }
    duration = start + duration > limit ? limit - start : duration;
    push(line, start, duration, i ? turn * 1.75F * (float)(n[i].degree - n[i - 1].degree) : KT_LINE_FREE);
  }
  KtTick end = at + (KtTick)((double)length * stretch);
  return end < limit ? end : limit;
}

/// How long a tone of a melody is at a tick, seconds.
static double wished_s(const KtMelodyLine *line, KtTick at) {
  const KtEmotionLore *lore = line->sketch->lore.emotion;
  return (double)kt_curve(lore->tone_s, lore->tone_s_count, kt_sketch_bar(line->sketch, at)->emotion.arousal);
}

/// Equal quick tones up to a beat.
static KtTick run(KtMelodyLine *line, KtTick at, KtTick limit, KtRng *rng) {
  const KtMelodyLore *lore = line->sketch->lore.melody;
  KtTick half = kt_line_half(line->sketch, at), pulse = kt_line_pulse(line->sketch, at), best = half;
  double quarter_s = 60 / kt_tempo_bpm(&line->sketch->score->tempo, at);
  double want = wished_s(line, at) * (double)lore->run_quicker, least = HUGE_VAL;
  const KtTick lengths[] = {half / 2, half, pulse};
  for (int i = 0; i < 3; ++i) {
    double s = (double)lengths[i] / KT_PPQ * quarter_s, off = fabs(log(s / want));
    if (off < least && s >= QUICK_S) {
      least = off;
      best = lengths[i];
    }
  }
  KtTick bar = kt_sketch_bar(line->sketch, at)->start, odd = (at - bar) % best;
  at = odd ? hold_to(line, at, at + best - odd) : at;
  int tones = (int)(kt_line_between(&lore->run, rng) + 0.5F);
  for (int i = 0; at + best <= limit; ++i) {
    if (i >= tones && (at - bar) % pulse == 0) {
      break;
    }
    push(line, at, best, KT_LINE_FREE);
    at += best;
  }
  return at;
}

/// A length from what real lines do after the one before, as long as the feeling wants it.
static KtTick next_length(const KtMelodyLine *line, KtTick at, KtTick left, int *before, KtRng *rng) {
  const KtLearnedLines *lines = line->sketch->lore.lines;
  const KtMelodyLore *lore = line->sketch->lore.melody;
  const KtCueBar *bar = kt_sketch_bar(line->sketch, at);
  double want = wished_s(line, at), quarter_s = 60 / kt_tempo_bpm(&line->sketch->score->tempo, at);
  KtTick beat = kt_sketch_beat(line->sketch, at), half = beat / 2;
  float weights[KT_LEARNED_LENGTHS] = {0}, sum = 0;
  for (int i = 0; i < KT_LEARNED_LENGTHS; ++i) {
    KtTick ticks = (KtTick)((double)lines->quarters[i] * KT_PPQ + 0.5);
    bool off = (at - bar->start) % beat != 0 && ticks > beat && ticks % beat == 0; // off the beat it comes back first
    if (ticks > left || ticks % half || (left - ticks && left - ticks < half) || off) {
      continue;
    }
    double far = log2((double)lines->quarters[i] * quarter_s / want);
    float follow = *before >= 0 ? lore->follow * lines->follows[*before].next[i] : 0;
    weights[i] = (lines->rhythms[i] + follow + 0.02F) * (float)exp(-0.7 * far * far);
    bool syncopated = (at - bar->start) % beat != 0 && ticks >= beat;
    weights[i] *= !syncopated ? 1.0F : at + ticks > bar->end ? lore->tied_over : lore->syncopation;
    sum += weights[i];
  }
  if (sum <= 0) {
    *before = -1;
    return left;
  }
  *before = (int)kt_rng_pick(rng, weights, KT_LEARNED_LENGTHS);
  return (KtTick)((double)lines->quarters[*before] * KT_PPQ + 0.5);
}

/// About a bar, as real lines go.
static KtTick song(KtMelodyLine *line, KtTick at, KtTick limit, KtRng *rng) {
  const KtCueBar *bar = kt_sketch_bar(line->sketch, at);
  KtTick to = at + bar->end - bar->start;
  int before = -1;
  while (at < limit && (at < to || (at - bar->start) % kt_line_pulse(line->sketch, at))) {
    KtTick length = next_length(line, at, limit - at, &before, rng);
    push(line, at, length, KT_LINE_FREE);
    at += length;
  }
  return at;
}

static KtTick breathe(KtMelodyLine *line, KtTick at, KtTick limit, KtRng *rng) {
  KtTick half = kt_line_half(line->sketch, at), pulse = kt_line_pulse(line->sketch, at);
  KtTick bar = kt_sketch_bar(line->sketch, at)->start;
  KtTick rest = pulse - (at - bar) % pulse;
  rest += kt_rng_unit(rng) < 0.35 ? half : 0;
  if (!line->count || at + rest + 2 * pulse > limit) {
    return at;
  }
  KtLineNote *last = &line->notes[line->count - 1];
  last->breath = true;
  if (kt_rng_unit(rng) < (double)line->sketch->lore.melody->breath_held && last->start + last->duration == at) {
    last->duration += rest;
  }
  return at + rest;
}

/// A cell keeps its accents: it begins on a half bar, which what is before it leads up to.
static KtTick align(KtMelodyLine *line, KtTick at, KtTick limit, KtRng *rng) {
  const KtCueBar *bar = kt_sketch_bar(line->sketch, at);
  KtTick pulse = kt_line_pulse(line->sketch, at), length = bar->end - bar->start;
  KtTick step = length % (2 * pulse) == 0 && length >= 4 * pulse ? length / 2 : length;
  KtTick odd = (at - bar->start) % step, to = odd ? at + step - odd : at;
  to = to < limit ? to : limit;
  if (!line->count || at == to) {
    return at;
  }
  return to - at <= pulse ? hold_to(line, at, to) : song(line, at, to, rng);
}

static KtTick move(KtMelodyLine *line, KtLineMove what, const KtTheme *theme, KtTick at, KtTick limit, KtRng *rng) {
  bool celled = theme && theme->head > 1 && theme->notes.count > 1 && theme->head_ticks > 0;
  what = what <= KT_LINE_HALF && !celled ? KT_LINE_SONG : what;
  switch (what) {
  case KT_LINE_BREATH:
    return breathe(line, at, limit, rng);
  case KT_LINE_RUN:
    return run(line, at, limit, rng);
  case KT_LINE_SONG:
    return song(line, at, limit, rng);
  case KT_LINE_CELL:
  case KT_LINE_TURNED:
  case KT_LINE_HALF:
    break;
  }
  at = align(line, at, limit, rng);
  const KtCueBar *bar = kt_sketch_bar(line->sketch, at);
  double stretch = theme->head_ticks > 2 * (bar->end - bar->start) ? 0.5 : 1.0;
  bool broad = line->count > 4 && stretch >= 1 && at + 2 * theme->head_ticks <= limit && kt_rng_unit(rng) < 0.15;
  return cell(line, theme, at, limit, broad ? 2.0 : stretch, what == KT_LINE_HALF, what == KT_LINE_TURNED ? -1.0F : 1.0F);
}

static const KtLineForm *choose_form(const KtMelodyLine *line, KtRng *rng) {
  const KtMelodyLore *lore = line->sketch->lore.melody;
  float arousal = kt_sketch_bar(line->sketch, line->phrase->start)->emotion.arousal, weights[32];
  for (unsigned i = 0; i < lore->forms_count; ++i) {
    const KtLineForm *f = &lore->forms[i];
    bool fits = line->phrase->bars >= f->bars_min && line->phrase->bars <= f->bars_max;
    float out = arousal < f->arousal_min ? f->arousal_min - arousal : arousal > f->arousal_max ? arousal - f->arousal_max : 0;
    weights[i] = f->weight * (fits ? 1.0F : 0.01F) * fmaxf(0.02F, 1 - 3 * out);
  }
  return &lore->forms[kt_rng_pick(rng, weights, lore->forms_count)];
}

/// What a phrase may take up: the one before in its part or, where a part of the form comes again, what was sung there first.
static const KtSung *sung_before(const KtMelodyLine *line, bool *returns) {
  const KtCueSection *s = &line->sketch->sections.items[line->phrase->section];
  const KtSung *first = s->letter >= 0 && s->letter < KT_LETTERS ? &line->sketch->first_sung[s->letter] : NULL;
  *returns = line->part == KT_PART_LEAD && first && s->turn > 0 && first->count >= 4;
  return *returns ? first : &line->sketch->sung[line->part == KT_PART_LEAD ? 0 : 1];
}

/// Whether the phrase takes up the one before in its part: then it begins as that did.
static bool answers(const KtMelodyLine *line, KtRng *rng) {
  bool returns;
  const KtSung *sung = sung_before(line, &returns);
  const KtCueBar *bar = kt_sketch_bar(line->sketch, line->phrase->start);
  bool chance = kt_rng_unit(rng) < (double)(returns ? line->sketch->lore.form->recall : line->sketch->lore.melody->answer);
  return chance && sung->count >= 4 && sung->bar == bar->end - bar->start;
}

/// The phrase before, taken up: its rhythm and steps for half of this one; where that ends.
static KtTick take_up(KtMelodyLine *line, KtTick at, KtTick limit, KtRng *rng) {
  bool returns;
  const KtSung *sung = sung_before(line, &returns);
  KtTick to = line->phrase->start;
  float turn = kt_rng_unit(rng) < 0.25 && !returns ? -1.0F : 1.0F;
  int taken = 0;
  if (sung->led) {
    upbeat(line, rng);
  }
  const KtMelodyLore *lore = line->sketch->lore.melody;
  KtTick least = (KtTick)((float)(line->phrase->end - line->phrase->start) * lore->take);
  for (int i = 0; i < sung->count && (sung->start[i] < least || taken < lore->take_tones); ++i) {
    KtTick start = line->phrase->start + sung->start[i];
    if (start < at || start + sung->duration[i] > limit) {
      continue;
    }
    push(line, start, sung->duration[i], taken ? turn * (float)(sung->midi[i] - sung->midi[i - 1]) : KT_LINE_FREE);
    to = start + sung->duration[i];
    ++taken;
  }
  return taken ? to : at;
}

/// The last note: where it begins, and how long it is.
static KtTick end_of(const KtMelodyLine *line, KtTick *hold, KtRng *rng) {
  const KtCuePhrase *p = line->phrase;
  const KtSketch *sketch = line->sketch;
  const KtCueBar *bar = &sketch->bars.items[p->first + p->bars - 1];
  const struct KtLineEnds *calm = &sketch->lore.melody->ends, *stirred = &sketch->lore.melody->stirred_ends;
  float stir = kt_clamp(bar->emotion.arousal, 0, 1), rest = 1 - stir;
  KtTick pulse = kt_line_pulse(sketch, bar->start), half = kt_line_half(sketch, bar->start), length = bar->end - bar->start;
  enum { SUNG, HELD, SHORT, THROUGH, KINDS };
  float weights[KINDS] = {rest * calm->sung + stir * stirred->sung, rest * calm->held + stir * stirred->held,
                          rest * calm->short_ + stir * stirred->short_, rest * calm->through + stir * stirred->through};
  weights[HELD] = p->bars > 1 ? weights[HELD] : 0; // a call stands alone
  weights[THROUGH] = p->bars > 1 ? weights[THROUGH] : 0;
  bool last = p->first + p->bars == (int)sketch->bars.count;
  size_t kind = last ? SUNG : kt_rng_pick(rng, weights, KINDS);
  KtTick from = bar->start;
  if (p->bars == 1 || (!last && kt_rng_unit(rng) < (double)sketch->lore.melody->end_late)) {
    from += length / pulse / 2 * pulse;
  }
  from = kind == THROUGH ? bar->end - pulse : from;
  length = bar->end - from;
  *hold = length;
  if (kind == SHORT) {
    *hold = bar->emotion.arousal > 0.3F && kt_rng_unit(rng) < 0.5 ? half : pulse;
  } else if (kind == SUNG && length > pulse) {
    *hold = length > 3 * pulse ? length - pulse - half : length - pulse;
  }
  return from;
}

/// A line that begins after the beat lacks what would have stood there; the rest keeps its accents.
static void begin_late(KtMelodyLine *line, KtTick from) {
  int kept = 0;
  for (int i = 0; i < line->count; ++i) {
    KtLineNote n = line->notes[i];
    KtTick end = n.start + n.duration;
    if (n.start < from) {
      if (end - from < KT_PPQ / 4) {
        continue;
      }
      n.start = from;
      n.duration = end - from;
    }
    line->notes[kept++] = n;
  }
  line->count = kept;
}

static void mark_strong(KtMelodyLine *line) {
  for (int i = 0; i < line->count; ++i) {
    KtLineNote *n = &line->notes[i];
    const KtCueBar *bar = kt_sketch_bar(line->sketch, n->start);
    KtTick pulse = kt_line_pulse(line->sketch, n->start), at = n->start - bar->start;
    n->strong = at == 0 || (at % pulse == 0 && n->duration >= pulse);
    n->breath = n->breath || i + 1 == line->count;
  }
}

void kt_line_rhythm(KtMelodyLine *line, KtRng *rng) {
  const KtLineForm *form = choose_form(line, rng);
  const KtTheme *theme = nearest_theme(line->sketch, line->phrase);
  KtTick hold, limit = end_of(line, &hold, rng);
  bool answer = answers(line, rng);
  KtTick shift = 0, late = answer ? 0 : begin(line, form, &shift, rng), at = line->phrase->start + shift;
  KtTick taken = answer ? take_up(line, at, limit, rng) : at;
  unsigned k = taken > at ? 1 : 0;
  at = taken;
  for (int guard = 0; at < limit && guard < 32; ++guard, ++k) {
    unsigned n = form->moves_count;
    KtTick next = move(line, form->moves[k < n ? k : n - 1], theme, at, limit, rng);
    if (next <= at && (k < n ? form->moves[k] : form->moves[n - 1]) != KT_LINE_BREATH) {
      break;
    }
    at = next;
  }
  if (at < limit) {
    hold_to(line, at, limit);
  }
  push(line, limit, hold, KT_LINE_FREE);
  if (late) {
    begin_late(line, line->phrase->start + late);
  }
  mark_strong(line);
}
