// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What stands above and below the notes.
#include "deliver/musicxml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double TEMPO_SHOWN = .03;   ///< a smaller change of tempo is not worth a mark
static const float WEDGE_LEVEL = .06F;   ///< a smaller change of level is no hairpin

static KtMarking *add(KtArena *arena, KtMarkings *markings, KtTick tick, int kind, const char *text) {
  KtMarking *made = kt_array_push(arena, markings);
  if (made) {
    made->tick = tick;
    made->kind = (__typeof__(made->kind))kind;
    made->text = text;
  }
  return made;
}

static int compare(const void *a, const void *b) {
  const KtMarking *x = a, *y = b;
  if (x->tick != y->tick) {
    return x->tick < y->tick ? -1 : 1;
  }
  bool x_stop = x->kind == KT_MARK_WEDGE_STOP, y_stop = y->kind == KT_MARK_WEDGE_STOP;
  if (x_stop != y_stop) {
    return x_stop ? -1 : 1;
  }
  return (int)x->kind - (int)y->kind;
}

static KtStatus finish(KtArena *arena, KtMarkings *markings, KtError *err) {
  if (markings->count) {
    qsort(markings->items, markings->count, sizeof(*markings->items), compare);
  }
  return kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}

static void add_tempo(const KtScore *score, KtArena *arena, KtMarkings *markings) {
  double shown = 0;
  for (size_t i = 0; i + 1 < score->tempo.points.count; ++i) {
    KtTick tick = score->tempo.points.items[i].tick;
    double bpm = kt_tempo_bpm(&score->tempo, tick);
    if (kt_tempo_held(&score->tempo, tick) || kt_tempo_free(&score->tempo, tick)) {
      continue; // a fermata says it; what is free has no number
    }
    if (tick < score->end && (shown <= 0 || fabs(bpm / shown - 1) > TEMPO_SHOWN)) {
      KtMarking *made = add(arena, markings, tick, KT_MARK_TEMPO, NULL);
      if (made) {
        KtMetre metre = kt_metres_at(&score->metres, tick);
        made->bpm = bpm;
        made->compound = metre.unit == 8 && metre.beats % 3 == 0 && metre.beats > 3;
      }
      shown = bpm;
    }
  }
}

/// "freely" where the beat is left, "a tempo" where it is found again.
static void add_free(const KtScore *score, KtArena *arena, KtMarkings *markings) {
  for (size_t i = 0; i < score->tempo.free.count; ++i) {
    const KtTickSpan *span = &score->tempo.free.items[i];
    add(arena, markings, span->start, KT_MARK_WORDS, "freely");
    if (span->end < score->end) {
      add(arena, markings, span->end, KT_MARK_WORDS, "a tempo");
    }
  }
}

KtStatus kt_system_markings(const KtDelivery *delivery, size_t cue_index, KtArena *arena,
                            KtMarkings *markings, KtError *err) {
  const KtScore *score = delivery->scores[cue_index];
  const KtCue *cue = &delivery->spotting->cues.items[cue_index];
  char timecode[KT_TIMECODE_SIZE];
  add_tempo(score, arena, markings);
  add_free(score, arena, markings);
  for (size_t i = 0; i < score->sections.count; ++i) {
    const KtSection *section = &score->sections.items[i];
    if (section->label && *section->label) {
      add(arena, markings, section->start, KT_MARK_REHEARSAL, section->label);
    }
    kt_timecode_print(&delivery->film->timecode, cue->in + kt_tempo_time(&score->tempo, section->start),
                      timecode);
    add(arena, markings, section->start, KT_MARK_TIMECODE, kt_arena_text(arena, timecode));
  }
  for (size_t i = 0; i < score->hits.count; ++i) {
    int index = score->hits.items[i].hit;
    if (index >= 0 && (size_t)index < delivery->spotting->hits.count) {
      add(arena, markings, score->hits.items[i].tick, KT_MARK_HIT,
          delivery->spotting->hits.items[index].label);
    }
  }
  return finish(arena, markings, err);
}

static const char *dynamic_name(float level) {
  static const struct {
    float below;
    const char *name;
  } NAMES[] = {{.05F, "n"}, {.13F, "ppp"}, {.275F, "pp"}, {.425F, "p"}, {.55F, "mp"}, {.675F, "mf"},
               {.825F, "f"}, {.95F, "ff"}};
  for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); ++i) {
    if (level < NAMES[i].below) {
      return NAMES[i].name;
    }
  }
  return "fff";
}

/// Narrows a span to where the part sounds in it without a rest of a bar; false where that is less than a beat.
static bool narrow_to_sound(const KtPart *part, KtTick *from, KtTick *to) {
  KtTick first = *to, last = *from;
  bool sounded = false;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    KtTick end = note->start + note->duration;
    if (sounded && note->start >= last + 4 * KT_PPQ) {
      break;
    }
    if (note->start < *to && end > *from) {
      sounded = true;
      first = note->start < first ? note->start : first;
      last = end > last ? end : last;
    }
  }
  *from = first > *from ? first : *from;
  *to = last < *to ? last : *to;
  return *to - *from >= KT_PPQ;
}

static int direction(float from, float to) {
  return to - from > WEDGE_LEVEL ? 1 : from - to > WEDGE_LEVEL ? -1 : 0;
}

/// End of the run of dynamic points that goes on in one direction from point `i`.
static size_t run_end(const KtPart *part, size_t i, int way) {
  const KtDynamic *points = part->dynamics.items;
  size_t end = i + 1;
  while (end + 1 < part->dynamics.count && points[end + 1].tick > points[end].tick &&
         direction(points[end].level, points[end + 1].level) == way) {
    ++end;
  }
  return end;
}

/// Whether a sforzato-piano begins or sounds in a span: it has a hairpin of its own.
static bool struck_inside(const KtPart *part, KtTick from, KtTick to) {
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    if (note->articulation == KT_ART_SFORZATO && note->start < to && note->start + note->duration > from) {
      return true;
    }
  }
  return false;
}

/// After the stroke it grows, to the tone's end.
static void add_sforzati(const KtPart *part, KtArena *arena, KtMarkings *markings) {
  KtTick last = -1;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    if (note->articulation != KT_ART_SFORZATO || note->start == last) {
      continue;
    }
    last = note->start;
    add(arena, markings, note->start, KT_MARK_DYNAMIC, "sfp");
    KtTick from = note->start + (note->duration >= 2 * KT_PPQ ? KT_PPQ : note->duration / 2);
    add(arena, markings, from, KT_MARK_WEDGE_UP, NULL);
    add(arena, markings, note->start + note->duration, KT_MARK_WEDGE_STOP, NULL);
  }
}

static void add_wedges(const KtPart *part, KtArena *arena, KtMarkings *markings) {
  const KtDynamic *points = part->dynamics.items;
  for (size_t i = 0; i + 1 < part->dynamics.count;) {
    int way = direction(points[i].level, points[i + 1].level);
    size_t end = i + 1;
    if (way && points[end].tick > points[i].tick) {
      end = run_end(part, i, way);
      KtTick from = points[i].tick, to = points[end].tick;
      if (!struck_inside(part, from, to) && narrow_to_sound(part, &from, &to)) {
        KtMarking *made = add(arena, markings, from, way > 0 ? KT_MARK_WEDGE_UP : KT_MARK_WEDGE_DOWN, NULL);
        if (made) {
          made->niente = (way > 0 ? points[i].level : points[end].level) < .05F;
        }
        add(arena, markings, to, KT_MARK_WEDGE_STOP, NULL);
      }
    }
    i = end;
  }
}

/// A mark where the part begins, where it comes back after a rest of two bars, and where a level has
/// been reached that reads otherwise than the last one.
static void add_levels(const KtPart *part, KtArena *arena, KtMarkings *markings) {
  const char *shown = "";
  KtTick sounded = -1;
  size_t point = 0;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    if (sounded < 0 || note->start - sounded >= 8 * KT_PPQ) {
      shown = "";
    }
    if (note->articulation == KT_ART_SFORZATO) { // its mark says it, and where it has grown to is said anew
      shown = "";
      sounded = note->start + note->duration > sounded ? note->start + note->duration : sounded;
      continue;
    }
    bool reached = !*shown;
    for (; point < part->dynamics.count && part->dynamics.items[point].tick <= note->start; ++point) {
      reached = true;
    }
    const char *name = dynamic_name(kt_part_level(part, note->start));
    if (reached && strcmp(name, shown) != 0) {
      add(arena, markings, note->start, KT_MARK_DYNAMIC, name);
      shown = name;
    }
    KtTick end = note->start + note->duration;
    sounded = end > sounded ? end : sounded;
  }
}

static void add_bowing(const KtPagePart *page, KtArena *arena, KtMarkings *markings) {
  if (!page->instrument || strcmp(page->instrument->family, "strings") != 0) {
    return;
  }
  bool plucked = false, bounced = false;
  for (size_t i = 0; i < page->part->notes.count; ++i) {
    const KtNote *note = &page->part->notes.items[i];
    bool now = note->articulation == KT_ART_PIZZICATO;
    bool light = note->articulation == KT_ART_SPICCATO;
    if (light && !bounced) {
      add(arena, markings, note->start, KT_MARK_WORDS, "spicc.");
    }
    bounced = light || (bounced && note->articulation != KT_ART_LONG && note->articulation != KT_ART_LEGATO);
    if (now != plucked) {
      add(arena, markings, note->start, KT_MARK_WORDS, now ? "pizz." : "arco");
      plucked = now;
    }
  }
}

KtStatus kt_part_markings(const KtPagePart *page, KtArena *arena, KtMarkings *markings, KtError *err) {
  add_wedges(page->part, arena, markings);
  add_sforzati(page->part, arena, markings);
  add_levels(page->part, arena, markings);
  add_bowing(page, arena, markings);
  return finish(arena, markings, err);
}

static void write_staff(KtXml *xml, int staff) {
  if (staff > 1) {
    kt_xml_int(xml, "staff", staff);
  }
}

static void write_direction(KtXml *xml, int staff, const char *placement, const char *element,
                            const char *attributes, const char *text) {
  char place[32];
  snprintf(place, sizeof(place), " placement=\"%s\"", placement);
  kt_xml_start(xml, "direction", place);
  kt_xml_start(xml, "direction-type", "");
  if (text) {
    kt_xml_text(xml, element, attributes, text);
  } else {
    kt_xml_empty(xml, element, attributes);
  }
  kt_xml_end(xml);
  write_staff(xml, staff);
  kt_xml_end(xml);
}

static void write_tempo(KtXml *xml, double bpm, bool compound) {
  char number[32];
  snprintf(number, sizeof(number), "%.0f", compound ? bpm / 1.5 : bpm);
  kt_xml_start(xml, "direction", " placement=\"above\"");
  kt_xml_start(xml, "direction-type", "");
  kt_xml_start(xml, "metronome", "");
  kt_xml_text(xml, "beat-unit", "", "quarter");
  if (compound) {
    kt_xml_empty(xml, "beat-unit-dot", "");
  }
  kt_xml_text(xml, "per-minute", "", number);
  kt_xml_end(xml);
  kt_xml_end(xml);
  snprintf(number, sizeof(number), " tempo=\"%.3f\"", bpm);
  kt_xml_empty(xml, "sound", number);
  kt_xml_end(xml);
}

static void write_dynamic(KtXml *xml, int staff, const char *name) {
  kt_xml_start(xml, "direction", " placement=\"below\"");
  kt_xml_start(xml, "direction-type", "");
  kt_xml_start(xml, "dynamics", "");
  kt_xml_empty(xml, name, "");
  kt_xml_end(xml);
  kt_xml_end(xml);
  write_staff(xml, staff);
  kt_xml_end(xml);
}

void kt_write_marking(KtXml *xml, const KtMarking *marking, int staff) {
  switch (marking->kind) {
  case KT_MARK_REHEARSAL:
    write_direction(xml, staff, "above", "rehearsal", " enclosure=\"square\" font-weight=\"bold\"", marking->text);
    break;
  case KT_MARK_TEMPO:
    write_tempo(xml, marking->bpm, marking->compound);
    break;
  case KT_MARK_TIMECODE:
    write_direction(xml, staff, "above", "words", " font-size=\"8\"", marking->text);
    break;
  case KT_MARK_HIT:
    write_direction(xml, staff, "above", "words", " enclosure=\"rectangle\" font-size=\"9\"", marking->text);
    break;
  case KT_MARK_DYNAMIC:
    write_dynamic(xml, staff, marking->text);
    break;
  case KT_MARK_WEDGE_UP:
    write_direction(xml, staff, "below", "wedge", marking->niente ? " type=\"crescendo\" niente=\"yes\""
                                                           : " type=\"crescendo\"", NULL);
    break;
  case KT_MARK_WEDGE_DOWN:
    write_direction(xml, staff, "below", "wedge", " type=\"diminuendo\"", NULL);
    break;
  case KT_MARK_WEDGE_STOP:
    write_direction(xml, staff, "below", "wedge", marking->niente ? " type=\"stop\" niente=\"yes\""
                                                           : " type=\"stop\"", NULL);
    break;
  case KT_MARK_WORDS:
    write_direction(xml, staff, "above", "words", " font-style=\"italic\"", marking->text);
    break;
  }
}
