// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A tune somebody wrote, from notation or as it was played.
#include "compose/themes_file.h"

#include "base/file.h"
#include "compose/themes_abc.h"
#include "ear/midi_file.h"
#include "ear/musicxml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NOTES_MOST = 1000, RANGE_MOST = 36, BEATS_LEAST = 2, BEATS_MOST = 12 };
static const size_t FILE_MOST = 16U << 20;
/// What a player holds over into the next note is no chord.
static const KtTick HELD_OVER = KT_PPQ / 4;
/// Two notes nearer than this are struck together.
static const KtTick TOGETHER = KT_PPQ / 16;
/// A gap shorter than this is a way of playing, not a rest.
static const KtTick NO_REST = KT_PPQ / 4;
/// Notation stands on these parts of a beat; what was played is brought to sixteenths and triplets.
static const KtTick WRITTEN[] = {KT_PPQ / 8, KT_PPQ / 6}, PLAYED[] = {KT_PPQ / 4, KT_PPQ / 3};
static const KtTick WRITTEN_OFF = 4;

typedef struct Tune {
  const char *name;
  const KtReadScore *read;
  KtPart *part;
  KtArena *arena;
  KtTheme *theme;
  KtError *err;
} Tune;

static KtStatus wrong_at(const Tune *tune, KtTick tick, const char *what) {
  int bar = 1;
  double beat = 1;
  kt_metres_position(&tune->read->score.metres, tick, &bar, &beat);
  return kt_error_at(tune->err, KT_ERR_FORMAT, tune->name, 0, 0, "bar %d, beat %g: %s", bar, beat, what);
}

/// The one part that has notes to sing.
static KtStatus choose_part(Tune *tune) {
  const KtScore *score = &tune->read->score;
  const char *names = "";
  size_t count = 0;
  for (size_t i = 0; i < score->parts.count; ++i) {
    KtPart *part = &score->parts.items[i];
    if (part->role == KT_ROLE_PERCUSSION || !part->notes.count) {
      continue;
    }
    if (count++ < 4) {
      const char *name = part->name && part->name[0] ? part->name : part->id;
      names = kt_arena_format(tune->arena, "%s%s%.40s", names, count > 1 ? ", " : "", name);
    }
    tune->part = part;
  }
  if (count > 1) {
    return kt_error_at(tune->err, KT_ERR_FORMAT, tune->name, 0, 0,
                       "holds %zu parts with notes (%s%s); a theme is one line: keep one of them", count, names,
                       count > 4 ? " ..." : "");
  }
  return count ? KT_OK
               : kt_error_at(tune->err, KT_ERR_FORMAT, tune->name, 0, 0, "holds no notes to sing");
}

static KtStatus check_line(const Tune *tune) {
  KtNote *notes = tune->part->notes.items;
  size_t count = tune->part->notes.count;
  int low = 127, high = 0;
  if (count > NOTES_MOST) {
    return kt_error_at(tune->err, KT_ERR_FORMAT, tune->name, 0, 0,
                       "holds %zu notes; that is too long for a theme, eight bars are usual", count);
  }
  for (size_t i = 0; i < count; ++i) {
    low = notes[i].midi < low ? notes[i].midi : low;
    high = notes[i].midi > high ? notes[i].midi : high;
    if (i + 1 == count) {
      break;
    }
    KtTick over = notes[i].start + notes[i].duration - notes[i + 1].start;
    if (notes[i + 1].start - notes[i].start < TOGETHER || over > HELD_OVER) {
      return wrong_at(tune, notes[i + 1].start,
                      "a note begins while another sounds; a theme has one note at a time");
    }
    notes[i].duration -= over > 0 ? over : 0;
  }
  if (high - low > RANGE_MOST) {
    return kt_error_at(tune->err, KT_ERR_FORMAT, tune->name, 0, 0,
                       "spans %d semitones; a tune that can be known again stays within %d", high - low, RANGE_MOST);
  }
  return KT_OK;
}

static KtTick nearest(KtTick tick, const KtTick steps[2]) {
  KtTick best = 0;
  KtTick least = KT_PPQ;
  for (int i = 0; i < 2; ++i) {
    KtTick at = (tick + steps[i] / 2) / steps[i] * steps[i];
    if (llabs(at - tick) < least) {
      least = llabs(at - tick);
      best = at;
    }
  }
  return best;
}

/// Starts and ends to where they are written; for what was played, to the nearest place for them.
static void straighten(const Tune *tune) {
  KtNote *notes = tune->part->notes.items;
  size_t count = tune->part->notes.count;
  bool written = true;
  for (size_t i = 0; i < count && written; ++i) {
    written = llabs(nearest(notes[i].start, WRITTEN) - notes[i].start) <= WRITTEN_OFF;
  }
  const KtTick *steps = written ? WRITTEN : PLAYED;
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    KtNote note = notes[i];
    KtTick end = nearest(note.start + note.duration, steps);
    note.start = nearest(note.start, steps);
    note.duration = end > note.start ? end - note.start : steps[0];
    if (kept && notes[kept - 1].start >= note.start) {
      note.start = notes[kept - 1].start + steps[0];
    }
    notes[kept++] = note;
  }
  for (size_t i = 0; i + 1 < count; ++i) {
    KtTick room = notes[i + 1].start - notes[i].start;
    bool joined = notes[i].duration > room || room - notes[i].duration < NO_REST;
    notes[i].duration = joined ? room : notes[i].duration;
  }
  KtNote *last = &notes[count - 1]; // let go a little early
  KtTick whole = (last->duration + KT_PPQ - 1) / KT_PPQ * KT_PPQ;
  last->duration = whole - last->duration < NO_REST ? whole : last->duration;
}

/// How well a key explains the notes: lengths inside its scale, its tonic at the end, its triad.
static double suits(const Tune *tune, KtKey key) {
  const KtNote *notes = tune->part->notes.items;
  size_t count = tune->part->notes.count;
  double all = 0, inside = 0, triad = 0;
  int tonic = kt_spelling_class(key.tonic);
  for (size_t i = 0; i < count; ++i) {
    int above = (notes[i].midi - tonic + 120) % 12;
    double length = (double)notes[i].duration;
    all += length;
    for (int degree = 0; degree < 7; ++degree) {
      if (kt_mode_degree(key.mode, degree) == above) {
        inside += length;
        triad += degree % 2 == 0 && degree < 6 ? length : 0;
      }
    }
  }
  bool home = (notes[count - 1].midi - tonic + 120) % 12 == 0;
  bool begins = (notes[0].midi - tonic + 120) % 12 == 0;
  bool usual = key.mode == KT_MODE_IONIAN || key.mode == KT_MODE_AEOLIAN;
  bool rare = key.mode == KT_MODE_PHRYGIAN || key.mode == KT_MODE_LYDIAN; // a tune that ends on its third is in major
  return inside / all + 0.4 * triad / all + (home ? 0.35 : 0) + (begins ? 0.05 : 0) + (usual ? 0.25 : rare ? 0 : 0.15);
}

/// As the signature has it, in the mode whose tonic the tune comes home to; else by the notes alone.
static KtKey find_key(const Tune *tune) {
  static const struct {
    KtMode mode;
    int above; ///< fifths from the signature's major tonic
  } modes[] = {{KT_MODE_IONIAN, 0},     {KT_MODE_AEOLIAN, 3}, {KT_MODE_DORIAN, 2}, {KT_MODE_MIXOLYDIAN, 1},
               {KT_MODE_LYDIAN, -1}, {KT_MODE_PHRYGIAN, 4}};
  const KtScore *score = &tune->read->score;
  KtKey best = {0, KT_MODE_IONIAN};
  double most = -1;
  for (int fifths = -5; fifths <= 6; ++fifths) {
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); ++i) {
      KtKey key = {(KtSpelling)(fifths + modes[i].above), modes[i].mode};
      double value = suits(tune, key) - 0.001 * abs(fifths);
      for (size_t k = 0; k < score->keys.count && k < 1; ++k) {
        KtKey said = score->keys.items[k].key;
        value += kt_key_fifths(said) == fifths && fifths ? 0.5 : 0; // no signature may only mean none was written
        value += said.tonic == key.tonic && said.mode == key.mode && said.mode == KT_MODE_AEOLIAN ? 0.3 : 0;
      }
      if (value > most) {
        most = value;
        best = key;
      }
    }
  }
  return best;
}

static KtStatus take_metre(const Tune *tune) {
  KtTick first = tune->part->notes.items[0].start;
  KtMetre metre = kt_metres_at(&tune->read->score.metres, first);
  if (metre.beats < BEATS_LEAST || metre.beats > BEATS_MOST || metre.unit < 2) {
    return wrong_at(tune, first, "the metre must be 2..12 beats of 2, 4, 8 or 16");
  }
  KtTick end = tune->part->notes.items[tune->part->notes.count - 1].start;
  for (size_t i = 0; i < tune->read->score.metres.count; ++i) {
    const KtMetre *other = &tune->read->score.metres.items[i];
    if (other->tick > first && other->tick <= end && (other->beats != metre.beats || other->unit != metre.unit)) {
      return wrong_at(tune, other->tick, "the metre changes; a theme keeps its metre from beginning to end");
    }
  }
  tune->theme->beats = metre.beats;
  tune->theme->unit = metre.unit;
  double bpm = kt_tempo_bpm(&tune->read->score.tempo, first);
  tune->theme->bpm = fmin(fmax(bpm, 20), 400);
  return KT_OK;
}

/// Where the bar of the first note begins.
static KtTick first_bar(const Tune *tune) {
  KtTick at = 0;
  for (size_t i = 0; i < tune->read->bars.count && tune->read->bars.items[i] <= tune->part->notes.items[0].start; ++i) {
    at = tune->read->bars.items[i];
  }
  return at;
}

/// A first bar shorter than the others is an upbeat: its music moves to the bar's end.
static KtTick upbeat(const Tune *tune, KtTick from) {
  KtTick bar = (KtTick)tune->theme->beats * 4 * KT_PPQ / tune->theme->unit;
  for (size_t i = 0; i + 1 < tune->read->bars.count; ++i) {
    KtTick length = tune->read->bars.items[i + 1] - tune->read->bars.items[i];
    if (tune->read->bars.items[i] == from && length < bar) {
      return bar - length;
    }
  }
  return 0;
}

static KtStatus take_notes(const Tune *tune, KtTick *end) {
  KtTheme *theme = tune->theme;
  KtTick from = first_bar(tune), later = upbeat(tune, from);
  int step = kt_spelling_step(theme->key.tonic);
  // The tonic of octave 4 is degree 0; C flat and B sharp are of the octave they are written in.
  static const int classes[7] = {0, 2, 4, 5, 7, 9, 11};
  theme->tonic_midi = 60 + classes[step] + kt_spelling_alter(theme->key.tonic);
  for (size_t i = 0; i < tune->part->notes.count; ++i) {
    const KtNote *note = &tune->part->notes.items[i];
    KtThemeNote *out = kt_array_push(tune->arena, &theme->notes);
    if (!out) {
      return kt_error_set(tune->err, KT_ERR_MEMORY, "out of memory while reading %s", tune->name);
    }
    KtSpelling spelling = kt_key_spell(theme->key, note->midi);
    int degree = (kt_spelling_octave(spelling, note->midi) - 4) * 7 + kt_spelling_step(spelling) - step;
    int plain = kt_key_pitch(theme->key, theme->tonic_midi, degree, 0);
    *out = (KtThemeNote){.start = note->start - from + later,
                         .duration = note->duration,
                         .degree = (int8_t)degree,
                         .alter = (int8_t)(note->midi - plain)};
    *end = out->start + out->duration;
  }
  return KT_OK;
}

static KtStatus take_score(Tune *tune) {
  KtStatus status = choose_part(tune);
  status = status ? status : check_line(tune);
  if (status) {
    return status;
  }
  straighten(tune);
  status = take_metre(tune);
  KtTick end = 0;
  if (!status) {
    tune->theme->key = find_key(tune);
    status = take_notes(tune, &end);
  }
  return status ? status : kt_theme_settle(tune->arena, tune->theme, end, 0, tune->name, 0, tune->err);
}

/// What the bytes are, whatever the file is called.
static const char *kind_of(const char *bytes, size_t size) {
  if (size >= 4 && !memcmp(bytes, "MThd", 4)) {
    return "midi";
  }
  if (size >= 4 && !memcmp(bytes, "PK\3\4", 4)) {
    return "musicxml";
  }
  if (memchr(bytes, '\0', size)) {
    return memchr(bytes, '<', size < 4 ? size : 4) ? "musicxml" : NULL; // XML in 16 bits
  }
  size_t at = size >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
  while (at < size && strchr(" \t\r\n", bytes[at])) {
    ++at;
  }
  return at < size && bytes[at] == '<' ? "musicxml" : "abc";
}

static bool known_ending(const char *path) {
  static const char *const endings[] = {".abc", ".mid", ".midi", ".musicxml", ".xml", ".mxl", ".txt"};
  for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); ++i) {
    if (!strcasecmp(kt_path_extension(path), endings[i])) {
      return true;
    }
  }
  return false;
}

KtStatus kt_theme_read(KtArena *arena, const char *path, KtTheme *theme, KtError *err) {
  const char *bytes = NULL;
  size_t size = 0;
  if (!known_ending(path)) {
    return kt_error_at(err, KT_ERR_UNSUPPORTED, path, 0, 0,
                       "themes are read from ABC (.abc), MIDI (.mid) and MusicXML (.musicxml, .mxl)");
  }
  KtStatus status = kt_file_plain(path, err);
  status = status ? status : kt_file_read(arena, path, FILE_MOST, &bytes, &size, err);
  if (status) {
    return status;
  }
  const char *kind = kind_of(bytes, size);
  if (!kind) {
    return kt_error_at(err, KT_ERR_FORMAT, path, 0, 0, "is no tune: neither ABC nor MIDI nor MusicXML");
  }
  if (!strcmp(kind, "abc")) {
    return kt_theme_parse_abc(arena, bytes, path, theme, err);
  }
  KtReadScore *read = NULL;
  status = !strcmp(kind, "midi") ? kt_midi_parse(path, bytes, size, &read, err)
                                 : kt_musicxml_parse(path, bytes, size, &read, err);
  if (!status) {
    Tune tune = {.name = path, .read = read, .arena = arena, .theme = theme, .err = err};
    status = take_score(&tune);
  }
  kt_read_score_free(read);
  return status;
}
