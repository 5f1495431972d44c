// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/musicxml.h"

#include <stdlib.h>
#include <string.h>

/// Fifths a transposition of so many semitones moves along the line of fifths, as instruments are
/// named: a clarinet in B flat is written a major second (2 fifths) up.
static int transposition_fifths(int semitones) {
  static const int FIFTHS[12] = {0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5};
  return FIFTHS[((semitones % 12) + 12) % 12];
}

int kt_written_fifths(const KtPagePart *page, KtKey key) {
  int fifths = kt_key_fifths(key) + transposition_fifths(page->transpose);
  return fifths > 7 ? fifths - 12 : fifths < -7 ? fifths + 12 : fifths;
}

KtWrittenPitch kt_written_pitch(const KtPagePart *page, const KtNote *note) {
  int spelling = note->spelling + transposition_fifths(page->transpose);
  spelling = spelling > 12 ? spelling - 12 : spelling < -9 ? spelling + 12 : spelling;
  int midi = note->midi + page->transpose;
  KtSpelling written = (KtSpelling)spelling;
  return (KtWrittenPitch){kt_spelling_step(written), kt_spelling_alter(written),
                          kt_spelling_octave(written, midi)};
}

void kt_write_transpose(KtXml *xml, const KtPagePart *page) {
  static const int STEPS[12] = {0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6};
  int semitones = abs(page->transpose);
  if (!semitones || !page->pitched) {
    return;
  }
  int sign = page->transpose > 0 ? -1 : 1; // from written to sounding
  kt_xml_start(xml, "transpose", "");
  kt_xml_int(xml, "diatonic", sign * STEPS[semitones % 12]);
  kt_xml_int(xml, "chromatic", sign * (semitones % 12));
  if (semitones >= 12) {
    kt_xml_int(xml, "octave-change", sign * (semitones / 12));
  }
  kt_xml_end(xml);
}

void kt_accidentals_bar(KtAccidentals *accidentals, int fifths) {
  static const int SHARPS[7] = {3, 0, 4, 1, 5, 2, 6};
  memset(accidentals, 0, sizeof(*accidentals));
  for (int i = 0; i < 7; ++i) {
    accidentals->key[SHARPS[i]] += fifths > i;
    accidentals->key[SHARPS[6 - i]] -= -fifths > i;
  }
  for (int s = 0; s < 7; ++s) {
    for (int o = 0; o < 12; ++o) {
      accidentals->now[s][o] = accidentals->key[s];
    }
  }
}

static void write_accidental(KtXml *xml, KtWrittenPitch pitch, bool tied, KtAccidentals *accidentals) {
  static const char *const NAMES[] = {"flat-flat", "flat", "natural", "sharp", "double-sharp"};
  int octave = pitch.octave < 0 ? 0 : pitch.octave > 11 ? 11 : pitch.octave;
  int *now = &accidentals->now[pitch.step][octave];
  if (tied || *now == pitch.alter) {
    return;
  }
  *now = pitch.alter;
  if (pitch.alter >= -2 && pitch.alter <= 2) {
    kt_xml_text(xml, "accidental", "", NAMES[pitch.alter + 2]);
  }
}

static void write_pitch(KtXml *xml, const KtPagePart *page, const KtNote *note, KtWrittenPitch pitch) {
  char letter[2] = {"CDEFGAB"[pitch.step], '\0'};
  if (!page->pitched) {
    static const struct {
      const char *step;
      int octave;
    } LINES[] = {{"B", 4}, {"D", 4}, {"G", 4}, {"F", 4}, {"C", 5}, {"E", 5}, {"A", 4}, {"D", 5}};
    int line = 0;
    for (int k = 0; k < page->key_count; ++k) {
      line = page->keys[k] == note->midi ? k % 8 : line;
    }
    kt_xml_start(xml, "unpitched", "");
    kt_xml_text(xml, "display-step", "", LINES[line].step);
    kt_xml_int(xml, "display-octave", LINES[line].octave);
    kt_xml_end(xml);
    return;
  }
  kt_xml_start(xml, "pitch", "");
  kt_xml_text(xml, "step", "", letter);
  if (pitch.alter) {
    kt_xml_int(xml, "alter", pitch.alter);
  }
  kt_xml_int(xml, "octave", pitch.octave);
  kt_xml_end(xml);
}

static const char *type_name(int type) {
  switch (type) {
  case 1: return "whole";
  case 2: return "half";
  case 4: return "quarter";
  case 8: return "eighth";
  case 16: return "16th";
  default: return "32nd";
  }
}

static void write_length(KtXml *xml, const KtSymbol *symbol, int voice, bool with_type) {
  char number[8];
  snprintf(number, sizeof(number), "%d", voice);
  kt_xml_text(xml, "voice", "", number);
  if (!with_type) {
    return;
  }
  kt_xml_text(xml, "type", "", type_name(symbol->type));
  for (int d = 0; d < symbol->dots; ++d) {
    kt_xml_empty(xml, "dot", "");
  }
}

static void write_modification(KtXml *xml, const KtSymbol *symbol) {
  if (symbol->triplet) {
    kt_xml_start(xml, "time-modification", "");
    kt_xml_int(xml, "actual-notes", 3);
    kt_xml_int(xml, "normal-notes", 2);
    kt_xml_end(xml);
  }
}

static void write_beams(KtXml *xml, const KtSymbol *symbol) {
  static const char *const NAMES[] = {"", "begin", "continue", "end", "forward hook", "backward hook"};
  static const char *const NUMBERS[] = {" number=\"1\"", " number=\"2\"", " number=\"3\""};
  for (int level = 0; level < 3; ++level) {
    if (symbol->beams[level]) {
      kt_xml_text(xml, "beam", NUMBERS[level], NAMES[symbol->beams[level]]);
    }
  }
}

static bool wants_articulations(const KtSymbol *symbol, const KtNote *note) {
  return (symbol->first && (note->articulation == KT_ART_SHORT || note->articulation == KT_ART_SPICCATO || note->articulation == KT_ART_MARCATO ||
                            note->articulation == KT_ART_TENUTO ||
                            (note->accent >= .5F && note->articulation != KT_ART_SFORZATO))) ||
         (symbol->last && note->breath_after);
}

static void write_articulations(KtXml *xml, const KtPagePart *page, const KtSymbol *symbol,
                                const KtNote *note) {
  if (!wants_articulations(symbol, note)) {
    return;
  }
  kt_xml_start(xml, "articulations", "");
  if (symbol->first) {
    if (note->articulation == KT_ART_MARCATO) {
      kt_xml_empty(xml, "strong-accent", " type=\"up\"");
    } else if (note->accent >= .5F && note->articulation != KT_ART_SFORZATO) { // its mark stands below
      kt_xml_empty(xml, "accent", "");
    }
    if (note->articulation == KT_ART_SHORT || note->articulation == KT_ART_SPICCATO) { // dots: "spicc." stands above
      kt_xml_empty(xml, "staccato", "");
    } else if (note->articulation == KT_ART_TENUTO) {
      kt_xml_empty(xml, "tenuto", "");
    }
  }
  bool blows = page->instrument && page->instrument->breath_s > 0;
  if (symbol->last && note->breath_after && blows) {
    kt_xml_text(xml, "breath-mark", "", "comma");
  }
  kt_xml_end(xml);
}

static void write_ornaments(KtXml *xml, const KtSymbol *symbol, const KtNote *note) {
  bool trill = note->articulation == KT_ART_TRILL && symbol->first;
  if (note->articulation != KT_ART_TREMOLO && !trill) {
    return;
  }
  kt_xml_start(xml, "ornaments", "");
  if (trill) {
    kt_xml_empty(xml, "trill-mark", "");
  } else {
    kt_xml_text(xml, "tremolo", " type=\"single\"", symbol->type >= 16 ? "1" : symbol->type == 8 ? "2" : "3");
  }
  kt_xml_end(xml);
}

static void write_notations(KtXml *xml, const KtPagePart *page, const KtSymbol *symbol,
                            const KtNote *note, bool leading) {
  bool marked = leading && note && (wants_articulations(symbol, note) || note->articulation == KT_ART_TREMOLO ||
                                    (note->articulation == KT_ART_TRILL && symbol->first));
  bool tuplet = leading && (symbol->triplet_start || symbol->triplet_stop);
  bool slur = leading && (symbol->slur_start || symbol->slur_stop);
  bool tie = note && (symbol->tie_start || symbol->tie_stop);
  bool held = leading && symbol->held;
  if (!marked && !tuplet && !slur && !tie && !held) {
    return;
  }
  kt_xml_start(xml, "notations", "");
  if (note && symbol->tie_stop) {
    kt_xml_empty(xml, "tied", " type=\"stop\"");
  }
  if (note && symbol->tie_start) {
    kt_xml_empty(xml, "tied", " type=\"start\"");
  }
  if (slur && symbol->slur_stop) {
    kt_xml_empty(xml, "slur", " type=\"stop\" number=\"1\"");
  }
  if (slur && symbol->slur_start) {
    kt_xml_empty(xml, "slur", " type=\"start\" number=\"1\"");
  }
  if (tuplet && symbol->triplet_start) {
    kt_xml_empty(xml, "tuplet", " type=\"start\" number=\"1\"");
  }
  if (tuplet && symbol->triplet_stop) {
    kt_xml_empty(xml, "tuplet", " type=\"stop\" number=\"1\"");
  }
  if (marked) {
    write_ornaments(xml, symbol, note);
    write_articulations(xml, page, symbol, note);
  }
  if (held) {
    kt_xml_empty(xml, "fermata", " type=\"upright\"");
  }
  kt_xml_end(xml);
}

static void write_staff(KtXml *xml, const KtPagePart *page, int staff) {
  if (page->staves > 1) {
    kt_xml_int(xml, "staff", staff);
  }
}

static void write_rest(KtXml *xml, const KtPagePart *page, const KtSymbol *symbol, int voice, int staff) {
  kt_xml_start(xml, "note", "");
  kt_xml_empty(xml, "rest", symbol->bar_rest ? " measure=\"yes\"" : "");
  kt_xml_int(xml, "duration", symbol->duration / KT_DIVISION_TICKS);
  write_length(xml, symbol, voice, !symbol->bar_rest);
  write_modification(xml, symbol);
  write_staff(xml, page, staff);
  write_notations(xml, page, symbol, NULL, true);
  kt_xml_end(xml);
}

void kt_write_symbol(KtXml *xml, const KtPagePart *page, const KtSymbol *symbol, int voice, int staff,
                     bool hidden, KtAccidentals *accidentals) {
  if (!symbol->notes && hidden && !symbol->triplet) {
    kt_xml_start(xml, "forward", "");
    kt_xml_int(xml, "duration", symbol->duration / KT_DIVISION_TICKS);
    kt_xml_end(xml);
    return;
  }
  if (!symbol->notes) {
    write_rest(xml, page, symbol, voice, staff);
    return;
  }
  for (size_t i = 0; i < symbol->note_count; ++i) {
    const KtNote *note = symbol->notes[i];
    KtWrittenPitch pitch = kt_written_pitch(page, note);
    kt_xml_start(xml, "note", "");
    if (i > 0) {
      kt_xml_empty(xml, "chord", "");
    }
    write_pitch(xml, page, note, pitch);
    kt_xml_int(xml, "duration", symbol->duration / KT_DIVISION_TICKS);
    if (symbol->tie_stop) {
      kt_xml_empty(xml, "tie", " type=\"stop\"");
    }
    if (symbol->tie_start) {
      kt_xml_empty(xml, "tie", " type=\"start\"");
    }
    if (!page->pitched && page->key_count > 1) {
      char id[40];
      snprintf(id, sizeof(id), " id=\"%s-I%d\"", page->id, note->midi);
      kt_xml_empty(xml, "instrument", id);
    }
    write_length(xml, symbol, voice, true);
    if (page->pitched) {
      write_accidental(xml, pitch, symbol->tie_stop, accidentals);
    }
    write_modification(xml, symbol);
    write_staff(xml, page, staff);
    if (i == 0) {
      write_beams(xml, symbol);
    }
    write_notations(xml, page, symbol, note, i == 0);
    kt_xml_end(xml);
  }
}
