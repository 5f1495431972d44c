// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// 1m01.musicxml: MusicXML 4.0 (W3C, 2021), partwise, transposing parts.
#include "deliver/musicxml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Page {
  const KtDelivery *delivery;
  size_t cue;
  const KtScore *score;
  KtArena *arena;
  KtBars bars;
  KtPageParts parts;
  KtMarkings system;
} Page;

static void write_layout(const Page *page, KtXml *xml) {
  int staves = 0;
  for (size_t i = 0; i < page->parts.count; ++i) {
    staves += page->parts.items[i].staves;
  }
  bool large = staves > 9; // A3 for an orchestra, A4 for a few players
  double height_mm = large ? 420 : 297, width_mm = large ? 297 : 210, margin_mm = 15;
  double staff_mm = (height_mm - 3 * margin_mm) / (3.4 * (staves ? staves : 1));
  staff_mm = staff_mm < 3.2 ? 3.2 : staff_mm > 6.5 ? 6.5 : staff_mm;
  double tenths = 40 / staff_mm;
  kt_xml_start(xml, "defaults", "");
  kt_xml_start(xml, "scaling", "");
  kt_xml_number(xml, "millimeters", staff_mm, 3);
  kt_xml_int(xml, "tenths", 40);
  kt_xml_end(xml);
  kt_xml_start(xml, "page-layout", "");
  kt_xml_number(xml, "page-height", height_mm * tenths, 2);
  kt_xml_number(xml, "page-width", width_mm * tenths, 2);
  kt_xml_start(xml, "page-margins", " type=\"both\"");
  static const char *const SIDES[] = {"left-margin", "right-margin", "top-margin", "bottom-margin"};
  for (int s = 0; s < 4; ++s) {
    kt_xml_number(xml, SIDES[s], margin_mm * tenths, 2);
  }
  kt_xml_end(xml);
  kt_xml_end(xml);
  kt_xml_end(xml);
}

static void write_head(const Page *page, KtXml *xml) {
  const KtDelivery *delivery = page->delivery;
  const KtCue *cue = &delivery->spotting->cues.items[page->cue];
  char date[16], time[16];
  kt_date_text(delivery->origination, date, time);
  kt_xml_start(xml, "work", "");
  kt_xml_text(xml, "work-title", "", delivery->film->title);
  kt_xml_end(xml);
  kt_xml_text(xml, "movement-number", "", cue->name);
  kt_xml_text(xml, "movement-title", "",
              cue->title && *cue->title ? kt_arena_format(page->arena, "%s  %s", cue->name, cue->title)
                                        : cue->name);
  kt_xml_start(xml, "identification", "");
  if (delivery->brief && delivery->brief->composer) {
    kt_xml_text(xml, "creator", " type=\"composer\"", delivery->brief->composer);
  }
  kt_xml_start(xml, "encoding", "");
  kt_xml_text(xml, "software", "", delivery->program);
  kt_xml_text(xml, "encoding-date", "", date);
  kt_xml_empty(xml, "supports", " element=\"accidental\" type=\"yes\"");
  kt_xml_empty(xml, "supports", " element=\"beam\" type=\"yes\"");
  kt_xml_end(xml);
  kt_xml_end(xml);
  write_layout(page, xml);
}

static void write_midi_instrument(KtXml *xml, const KtPagePart *part, int index, int key) {
  char id[40];
  const KtPreset *preset = part->instrument ? &part->instrument->presets[KT_ART_LONG] : NULL;
  snprintf(id, sizeof(id), " id=\"%s-I%d\"", part->id, key < 0 ? 1 : key);
  kt_xml_start(xml, "midi-instrument", id);
  int channel = index % 15;
  kt_xml_int(xml, "midi-channel", part->pitched ? channel + (channel >= 9) + 1 : 10);
  if (preset && preset->program >= 0) {
    if (preset->bank >= 0 && preset->bank < 128 && part->pitched) {
      kt_xml_int(xml, "midi-bank", preset->bank * 128 + 1);
    }
    kt_xml_int(xml, "midi-program", preset->program + 1);
  }
  if (key >= 0) {
    kt_xml_int(xml, "midi-unpitched", key + 1);
  }
  kt_xml_end(xml);
}

static void write_score_part(const Page *page, KtXml *xml, size_t index) {
  const KtPagePart *part = &page->parts.items[index];
  char id[40];
  snprintf(id, sizeof(id), " id=\"%s\"", part->id);
  kt_xml_start(xml, "score-part", id);
  kt_xml_text(xml, "part-name", "", part->name);
  kt_xml_text(xml, "part-abbreviation", "", part->short_name);
  int count = part->key_count ? part->key_count : 1;
  for (int k = 0; k < count; ++k) {
    snprintf(id, sizeof(id), " id=\"%s-I%d\"", part->id, part->key_count ? part->keys[k] : 1);
    kt_xml_start(xml, "score-instrument", id);
    kt_xml_text(xml, "instrument-name", "", part->name);
    kt_xml_end(xml);
  }
  for (int k = 0; k < count; ++k) {
    write_midi_instrument(xml, part, (int)index, part->key_count ? part->keys[k] : -1);
  }
  kt_xml_end(xml);
}

static const char *family(const KtPagePart *part) {
  return part->instrument ? part->instrument->family : "";
}

/// Brackets around neighbours of one family.
static void write_part_list(const Page *page, KtXml *xml) {
  int group = 0;
  kt_xml_start(xml, "part-list", "");
  for (size_t i = 0; i < page->parts.count; ++i) {
    const KtPagePart *part = &page->parts.items[i];
    bool opens = i == 0 || strcmp(family(part), family(part - 1)) != 0;
    bool closes = i + 1 == page->parts.count || strcmp(family(part), family(part + 1)) != 0;
    char attributes[48];
    if (opens && !closes) {
      snprintf(attributes, sizeof(attributes), " type=\"start\" number=\"%d\"", ++group);
      kt_xml_start(xml, "part-group", attributes);
      kt_xml_text(xml, "group-symbol", "", "bracket");
      kt_xml_text(xml, "group-barline", "", "yes");
      kt_xml_end(xml);
    }
    write_score_part(page, xml, i);
    if (closes && !opens) {
      snprintf(attributes, sizeof(attributes), " type=\"stop\" number=\"%d\"", group);
      kt_xml_empty(xml, "part-group", attributes);
    }
  }
  kt_xml_end(xml);
}

static void write_key(KtXml *xml, const KtPagePart *part, KtKey key) {
  static const char *const MODES[] = {"locrian", "phrygian", "minor", "dorian", "mixolydian", "major",
                                      "lydian"};
  kt_xml_start(xml, "key", "");
  kt_xml_int(xml, "fifths", part->pitched ? kt_written_fifths(part, key) : 0);
  if (part->pitched) {
    kt_xml_text(xml, "mode", "", MODES[key.mode]);
  }
  kt_xml_end(xml);
}

static void write_clefs(KtXml *xml, const KtPagePart *part) {
  static const struct {
    const char *sign;
    int line;
  } CLEFS[] = {{"G", 2}, {"F", 4}, {"C", 3}, {"C", 4}, {"percussion", 0}};
  for (int s = 0; s < part->staves; ++s) {
    int clef = part->pitched ? part->clefs[s] : 4;
    clef = clef < 0 || clef > 4 ? 0 : clef;
    kt_xml_start(xml, "clef", part->staves == 1 ? "" : s ? " number=\"2\"" : " number=\"1\"");
    kt_xml_text(xml, "sign", "", CLEFS[clef].sign);
    if (CLEFS[clef].line) {
      kt_xml_int(xml, "line", CLEFS[clef].line);
    }
    kt_xml_end(xml);
  }
}

static void write_attributes(const Page *page, KtXml *xml, const KtPagePart *part, size_t bar) {
  const KtBar *now = &page->bars.items[bar];
  const KtBar *before = bar ? now - 1 : NULL;
  KtKey key = kt_score_key(page->score, now->start);
  bool new_key = !before || memcmp(&(int[2]){key.tonic, key.mode},
                                   &(int[2]){kt_score_key(page->score, before->start).tonic,
                                             kt_score_key(page->score, before->start).mode},
                                   sizeof(int[2])) != 0;
  bool new_metre = !before || before->metre.beats != now->metre.beats || before->metre.unit != now->metre.unit;
  if (!new_key && !new_metre) {
    return;
  }
  kt_xml_start(xml, "attributes", "");
  if (!before) {
    kt_xml_int(xml, "divisions", KT_DIVISIONS);
  }
  if (new_key) {
    write_key(xml, part, key);
  }
  if (new_metre) {
    kt_xml_start(xml, "time", "");
    kt_xml_int(xml, "beats", now->metre.beats);
    kt_xml_int(xml, "beat-type", now->metre.unit);
    kt_xml_end(xml);
  }
  if (!before) {
    if (part->staves > 1) {
      kt_xml_int(xml, "staves", part->staves);
    }
    write_clefs(xml, part);
    kt_write_transpose(xml, part);
  }
  kt_xml_end(xml);
}

/// First symbol of a voice at or after `from` (they are in order), searched from *next on.
static size_t bar_symbols(const KtVoiceText *voice, size_t *next, const KtBar *bar) {
  while (*next < voice->symbols.count && voice->symbols.items[*next].start < bar->start) {
    ++*next;
  }
  size_t count = 0;
  while (*next + count < voice->symbols.count && voice->symbols.items[*next + count].start < bar->end) {
    ++count;
  }
  return count;
}

/// Where on the first voice a marking is written: a hairpin ends at the nearest end of a symbol,
/// all else begins at the nearest start. Every marking of a bar is written in it.
static KtTick marking_place(const KtSymbol *symbols, size_t count, const KtMarking *marking) {
  bool stop = marking->kind == KT_MARK_WEDGE_STOP;
  KtTick best = symbols[0].start + (stop ? symbols[0].duration : 0);
  for (size_t i = 1; i < count; ++i) {
    KtTick at = symbols[i].start + (stop ? symbols[i].duration : 0);
    if (llabs(at - marking->tick) < llabs(best - marking->tick)) {
      best = at;
    }
  }
  return best;
}

typedef struct Cursor {
  size_t next[2][KT_VOICES]; ///< next symbol by staff and voice
  size_t system, own;        ///< next markings
  KtMarkings markings;
  bool wedge_open;
  int staff;                 ///< the part's own markings stand on this one, from 0
} Cursor;

/// One hairpin is closed before the next opens.
static void write_one_marking(KtXml *xml, Cursor *cursor, const KtMarking *marking) {
  if (marking->kind == KT_MARK_WEDGE_STOP) {
    if (!cursor->wedge_open) {
      return;
    }
    cursor->wedge_open = false;
  } else if (marking->kind == KT_MARK_WEDGE_UP || marking->kind == KT_MARK_WEDGE_DOWN) {
    if (cursor->wedge_open) {
      kt_write_marking(xml, &(KtMarking){.kind = KT_MARK_WEDGE_STOP}, cursor->staff + 1);
    }
    cursor->wedge_open = true;
  }
  kt_write_marking(xml, marking, cursor->staff + 1);
}

/// A hairpin with no room between the symbols it would stand on is left out.
static bool vanishes(const KtMarkings *markings, size_t index, const KtSymbol *symbols, size_t count,
                     KtTick bar_end) {
  const KtMarking *marking = &markings->items[index];
  if (marking->kind != KT_MARK_WEDGE_UP && marking->kind != KT_MARK_WEDGE_DOWN) {
    return false;
  }
  for (size_t i = index + 1; i < markings->count; ++i) {
    const KtMarking *stop = &markings->items[i];
    if (stop->kind == KT_MARK_WEDGE_STOP) {
      return stop->tick <= bar_end &&
             marking_place(symbols, count, stop) <= marking_place(symbols, count, marking);
    }
  }
  return true;
}

/// A bar as its markings are written along the symbols of its first voice.
typedef struct Line {
  const KtSymbol *symbols;
  size_t count;
  KtTick end;  ///< of the bar
  bool last;   ///< the last bar takes what stands at or behind its end
} Line;

/// Writes what has its place at or before `tick`; `stops` only hairpins' ends.
static void write_markings(KtXml *xml, Cursor *cursor, const KtMarkings *markings, size_t *next,
                           const Line *line, KtTick tick, bool stops) {
  for (; *next < markings->count; ++*next) {
    const KtMarking *marking = &markings->items[*next];
    bool stop = marking->kind == KT_MARK_WEDGE_STOP;
    bool in_bar = line->last || (stop ? marking->tick <= line->end : marking->tick < line->end);
    if (!in_bar || (stops && !stop) || marking_place(line->symbols, line->count, marking) > tick) {
      return;
    }
    if (!vanishes(markings, *next, line->symbols, line->count, line->end)) {
      write_one_marking(xml, cursor, marking);
    }
  }
}

/// The staff that sounds in a bar: the upper one, unless only the lower does.
static int sounding_staff(const KtPagePart *part, const KtBar *bar) {
  for (int s = 0; s < part->staves; ++s) {
    const KtVoiceText *voice = &part->staff[s].voices[0];
    for (size_t i = 0; i < voice->symbols.count; ++i) {
      const KtSymbol *symbol = &voice->symbols.items[i];
      if (symbol->notes && symbol->start >= bar->start && symbol->start < bar->end) {
        return s;
      }
    }
  }
  return 0;
}

/// A hairpin stays on its staff: it is closed where the music leaves for the other one.
static void leave_staff(const Page *page, KtXml *xml, const KtPagePart *part, size_t bar_index, Cursor *cursor) {
  if (part->staves < 2 || bar_index + 1 >= page->bars.count) {
    return;
  }
  int next = sounding_staff(part, &page->bars.items[bar_index + 1]);
  if (cursor->wedge_open && next != cursor->staff) {
    kt_write_marking(xml, &(KtMarking){.kind = KT_MARK_WEDGE_STOP}, cursor->staff + 1);
    cursor->wedge_open = false;
  }
}

/// Whether a fermata stands on a sign: on what sounds, or is silent, as the held beat ends.
static bool is_held(const KtTempoMap *tempo, const KtSymbol *symbol) {
  for (size_t i = 0; i < tempo->holds.count; ++i) {
    KtTick last = tempo->holds.items[i].end - 1;
    if (last >= symbol->start && last < symbol->start + symbol->duration) {
      return true;
    }
  }
  return false;
}

static void write_bar(const Page *page, KtXml *xml, const KtPagePart *part, bool first, size_t bar_index,
                      Cursor *cursor) {
  const KtBar *bar = &page->bars.items[bar_index];
  char number[40];
  bool upbeat = page->bars.items[0].end - page->bars.items[0].start < kt_metre_bar_ticks(page->bars.items[0].metre);
  snprintf(number, sizeof(number), " number=\"%zu\"%s", bar_index + !upbeat,
           upbeat && !bar_index ? " implicit=\"yes\"" : "");
  kt_xml_start(xml, "measure", number);
  write_attributes(page, xml, part, bar_index);
  bool written = false;
  cursor->staff = part->staves > 1 ? sounding_staff(part, bar) : 0;
  for (int s = 0; s < part->staves; ++s) {
    KtAccidentals accidentals;
    kt_accidentals_bar(&accidentals, kt_written_fifths(part, kt_score_key(page->score, bar->start)));
    for (int v = 0; v < KT_VOICES; ++v) {
      const KtVoiceText *voice = &part->staff[s].voices[v];
      size_t count = bar_symbols(voice, &cursor->next[s][v], bar);
      const KtSymbol *symbols = voice->symbols.items + cursor->next[s][v];
      if (!count) {
        continue;
      }
      if (written) {
        kt_xml_start(xml, "backup", "");
        kt_xml_int(xml, "duration", (bar->end - bar->start) / KT_DIVISION_TICKS);
        kt_xml_end(xml);
      }
      bool leads = s == cursor->staff && v == 0;
      Line line = {symbols, count, bar->end, bar_index + 1 == page->bars.count};
      for (size_t i = 0; i < count; ++i) {
        if (first && s == 0 && v == 0) {
          int own = cursor->staff;
          cursor->staff = 0;
          write_markings(xml, cursor, &page->system, &cursor->system, &line, symbols[i].start, false);
          cursor->staff = own;
        }
        if (leads) {
          write_markings(xml, cursor, &cursor->markings, &cursor->own, &line, symbols[i].start, false);
        }
        KtSymbol symbol = symbols[i];
        symbol.held = is_held(&page->score->tempo, &symbol);
        kt_write_symbol(xml, part, &symbol, s * KT_VOICES + v + 1, s + 1, v > 0, &accidentals);
        if (leads) {
          write_markings(xml, cursor, &cursor->markings, &cursor->own, &line,
                         symbols[i].start + symbols[i].duration, true);
        }
      }
      if (leads) {
        leave_staff(page, xml, part, bar_index, cursor);
      }
      written = true;
    }
  }
  if (bar_index + 1 == page->bars.count) {
    kt_xml_start(xml, "barline", " location=\"right\"");
    kt_xml_text(xml, "bar-style", "", "light-heavy");
    kt_xml_end(xml);
  }
  kt_xml_end(xml);
}

static KtStatus write_part(const Page *page, KtXml *xml, size_t index, KtError *err) {
  const KtPagePart *part = &page->parts.items[index];
  Cursor cursor = {0};
  KtStatus status = kt_part_markings(part, page->arena, &cursor.markings, err);
  char id[32];
  snprintf(id, sizeof(id), " id=\"%s\"", part->id);
  kt_xml_start(xml, "part", id);
  for (size_t b = 0; !status && b < page->bars.count; ++b) {
    write_bar(page, xml, part, index == 0, b, &cursor);
  }
  kt_xml_end(xml);
  return status;
}

static KtStatus write_score(Page *page, FILE *out, KtError *err) {
  KtXml xml = {.stream = out};
  KtStatus status = kt_bars(page->score, page->arena, &page->bars, err);
  if (!status) {
    status = kt_page_parts(page->delivery, page->score, &page->bars, page->arena, &page->parts, err);
  }
  if (!status) {
    status = kt_system_markings(page->delivery, page->cue, page->arena, &page->system, err);
  }
  if (status) {
    return status;
  }
  fputs("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
        "<!DOCTYPE score-partwise PUBLIC \"-//Recordare//DTD MusicXML 4.0 Partwise//EN\" "
        "\"http://www.musicxml.org/dtds/partwise.dtd\">\n", out);
  kt_xml_start(&xml, "score-partwise", " version=\"4.0\"");
  write_head(page, &xml);
  write_part_list(page, &xml);
  for (size_t i = 0; !status && i < page->parts.count; ++i) {
    status = write_part(page, &xml, i, err);
  }
  kt_xml_end(&xml);
  return status;
}

KtStatus kt_deliver_musicxml(const KtDelivery *delivery, size_t cue, KtError *err) {
  const KtScore *score = kt_delivery_score(delivery, cue);
  if (!score || !score->parts.count) {
    return KT_OK;
  }
  KtAtomicFile file = {0};
  KtStatus status = kt_delivery_open_cue(delivery, cue, "musicxml", &file, err);
  if (status) {
    return status;
  }
  Page page = {.delivery = delivery, .cue = cue, .score = score, .arena = kt_arena_new()};
  status = page.arena ? write_score(&page, file.stream, err)
                      : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  kt_arena_free(page.arena);
  if (status) {
    kt_atomic_abort(&file);
    return status;
  }
  return kt_atomic_commit(&file, err);
}
