// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/desk.h"

#include <stdlib.h>
#include <string.h>

bool kt_part_unpitched(const KtPart *part) {
  return part->role == KT_ROLE_PERCUSSION && !strstr(part->id, "timpani");
}

static float light_wanted(const KtScore *sketch, KtTick tick, float energy, float tension, float lean) {
  int mode = KT_MODE_DORIAN;
  for (size_t i = 0; i < sketch->keys.count && sketch->keys.items[i].tick <= tick; ++i) {
    mode = sketch->keys.items[i].key.mode;
  }
  float light = 0.2F + 0.25F * energy + 0.4F * (float)mode / 6.0F - 0.1F * tension + lean;
  return light < 0 ? 0 : light > 1 ? 1 : light;
}

static void push_span(KtScoring *scoring, KtTick start, KtTick end, int section) {
  if (end <= start) {
    return;
  }
  const KtScore *sketch = scoring->sketch;
  KtSpan *span = kt_array_push(scoring->scratch, &scoring->spans);
  if (!span) {
    return;
  }
  *span = (KtSpan){.start = start, .end = end, .section = section, .energy = 0.5F, .tension = 0.3F};
  if (section >= 0) {
    span->energy = sketch->sections.items[section].energy;
    span->tension = sketch->sections.items[section].tension;
    span->look = sketch->sections.items[section].look;
  }
  float lean = section >= 0 ? sketch->sections.items[section].light : 0;
  span->light = light_wanted(sketch, start, span->energy, span->tension, lean);
  span->seconds =
      kt_seconds(kt_tempo_time(&sketch->tempo, end) - kt_tempo_time(&sketch->tempo, start));
}

static bool inside_statement(const KtScore *sketch, KtTick tick) {
  for (size_t i = 0; i < sketch->statements.count; ++i) {
    const KtStatement *one = &sketch->statements.items[i];
    if (tick > one->start && tick < one->end) {
      return true;
    }
  }
  return false;
}

/// Ticks in a section where the lead may change hands: after a breath or a rest, not inside a theme.
static void cut_section(KtScoring *scoring, KtTick start, KtTick end, int section) {
  const KtScore *sketch = scoring->sketch;
  KtTick from = start;
  for (size_t p = 0; p < sketch->parts.count; ++p) {
    const KtPart *part = &sketch->parts.items[p];
    if (part->role != KT_ROLE_LEAD) {
      continue;
    }
    for (size_t i = 1; i < part->notes.count; ++i) {
      const KtNote *before = &part->notes.items[i - 1], *note = &part->notes.items[i];
      bool joint = before->breath_after ||
                   note->start - (before->start + before->duration) >= KT_PPQ / 2;
      KtTick at = note->start;
      if (!joint || at <= from || at >= end || inside_statement(sketch, at)) {
        continue;
      }
      double played =
          kt_seconds(kt_tempo_time(&sketch->tempo, at) - kt_tempo_time(&sketch->tempo, from));
      double left =
          kt_seconds(kt_tempo_time(&sketch->tempo, end) - kt_tempo_time(&sketch->tempo, at));
      if (played >= (double)scoring->habits->lead_change_s && left >= 4.0) {
        push_span(scoring, from, at, section);
        from = at;
      }
    }
    break; // the first lead decides
  }
  push_span(scoring, from, end, section);
}

static int pedal_changes(const KtNote *notes, size_t count) {
  // a harp string is one letter; a new alteration of a letter moves a pedal
  int now[7], changes = 0, most = 0;
  for (int i = 0; i < 7; ++i) {
    now[i] = 99;
  }
  KtTick bar = 0;
  for (size_t i = 0; i < count; ++i) {
    if (notes[i].start >= bar + 4 * KT_PPQ) {
      bar = notes[i].start;
      changes = 0;
    }
    int step = kt_spelling_step(notes[i].spelling), alter = kt_spelling_alter(notes[i].spelling);
    changes += now[step] != 99 && now[step] != alter;
    now[step] = alter;
    most = changes > most ? changes : most;
  }
  return most;
}

/// Counts a tone among those that follow another so soon; what starts together is one chord.
static void count_haste(const KtScore *sketch, const KtNote *notes, size_t i, KtLine *line) {
  size_t k = i;
  while (k > 0 && notes[k - 1].start == notes[i].start) {
    --k;
  }
  if (k == 0) {
    return;
  }
  double gap = kt_seconds(kt_tempo_time(&sketch->tempo, notes[i].start) - kt_tempo_time(&sketch->tempo, notes[k - 1].start));
  for (int h = 0; h < KT_HURRIES; ++h) {
    line->hurried[h] += gap < (h + 1) * KT_HURRY_S ? 1.0F : 0;
  }
}

static void look_at(const KtScoring *scoring, const KtSpan *span, size_t p, KtLine *line) {
  const KtScore *sketch = scoring->sketch;
  const KtPart *part = &sketch->parts.items[p];
  *line = (KtLine){.part = -1, .low = 127, .statement = -1};
  size_t first = 0, end = 0;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    if (note->start < span->start || note->start >= span->end) {
      continue;
    }
    if (!line->count++) {
      first = i;
    }
    end = i + 1;
    line->low = note->midi < line->low ? note->midi : line->low;
    line->high = note->midi > line->high ? note->midi : line->high;
    line->level += kt_part_level(part, note->start);
    line->hits += note->hit ? 1.0F : 0.0F;
    line->asks[note->articulation] += 1.0F;
    double length = kt_seconds(kt_tempo_time(&sketch->tempo, note->start + note->duration) -
                               kt_tempo_time(&sketch->tempo, note->start));
    line->brief += length < KT_QUICK_S ? 1.0F : 0;
    line->longest_s = length > line->longest_s ? length : line->longest_s;
    count_haste(sketch, part->notes.items, i, line);
    int together = 1;
    for (size_t k = i; k-- > 0 && together < 12;) {
      const KtNote *other = &part->notes.items[k];
      together += other->start + other->duration > note->start;
      if (note->start - other->start > 16 * KT_PPQ) {
        break;
      }
    }
    line->polyphony = together > line->polyphony ? together : line->polyphony;
    if (note->statement >= 0 && line->statement < 0) {
      line->statement = note->statement;
      line->carried = sketch->statements.items[note->statement].start < span->start;
    }
  }
  if (!line->count) {
    return;
  }
  line->part = (int)p;
  line->level /= (float)line->count;
  line->hits /= (float)line->count;
  line->brief /= (float)line->count;
  for (int h = 0; h < KT_HURRIES; ++h) {
    line->hurried[h] /= (float)line->count;
  }
  for (int a = 0; a < KT_ART_COUNT; ++a) {
    line->asks[a] /= (float)line->count;
  }
  line->pedals = pedal_changes(part->notes.items + first, end - first);
}

void kt_scoring_look(KtScoring *scoring) {
  const KtScore *sketch = scoring->sketch;
  KtTick at = 0;
  for (size_t i = 0; i < sketch->sections.count; ++i) {
    const KtSection *section = &sketch->sections.items[i];
    push_span(scoring, at, section->start, -1);
    KtTick start = section->start > at ? section->start : at;
    cut_section(scoring, start, section->end, (int)i);
    at = section->end > at ? section->end : at;
  }
  if (sketch->sections.count) {
    push_span(scoring, at, sketch->end, -1);
  } else {
    cut_section(scoring, 0, sketch->end, -1);
  }
  size_t cells = scoring->spans.count * sketch->parts.count;
  scoring->lines = KT_NEW(scoring->scratch, KtLine, cells);
  scoring->seats = KT_NEW(scoring->scratch, KtSeats, cells);
  for (size_t s = 0; scoring->lines && s < scoring->spans.count; ++s) {
    for (size_t p = 0; p < sketch->parts.count; ++p) {
      look_at(scoring, &scoring->spans.items[s], p, &scoring->lines[kt_scoring_at(scoring, s, p)]);
    }
  }
}
