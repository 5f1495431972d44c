// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/themes_abc_reader.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

KtStatus kt_abc_wrong(const KtAbcReader *r, const char *what) {
  return kt_error_at(r->err, KT_ERR_FORMAT, r->name, r->line, (int)(r->at - r->line_start) + 1,
                     "%s", what);
}

int kt_abc_step(char letter) {
  static const char letters[] = "CDEFGAB";
  const char *found = letter ? strchr(letters, toupper((unsigned char)letter)) : NULL;
  return found ? (int)(found - letters) : -1;
}

KtSpelling kt_abc_spelling(int step, int alter) {
  static const int fifths[7] = {0, 2, 4, -1, 1, 3, 5};
  return (KtSpelling)(fifths[step] + 7 * alter);
}

static KtStatus read_key(KtAbcReader *r, const char *text) {
  static const struct {
    const char *name;
    KtMode mode;
  } modes[] = {{"maj", KT_MODE_IONIAN},     {"min", KT_MODE_AEOLIAN},  {"ion", KT_MODE_IONIAN},
               {"dor", KT_MODE_DORIAN},     {"phr", KT_MODE_PHRYGIAN}, {"lyd", KT_MODE_LYDIAN},
               {"mix", KT_MODE_MIXOLYDIAN}, {"aeo", KT_MODE_AEOLIAN},  {"loc", KT_MODE_LOCRIAN},
               {"m", KT_MODE_AEOLIAN}};
  static const int sharps[7] = {3, 0, 4, 1, 5, 2, 6};
  int step = kt_abc_step(*text);
  if (step < 0) {
    return kt_abc_wrong(r, "the key must begin with a letter A..G, such as K:Dm");
  }
  ++text;
  int alter = *text == '#' ? 1 : *text == 'b' ? -1 : 0;
  text += alter != 0;
  while (*text == ' ') {
    ++text;
  }
  KtMode mode = KT_MODE_IONIAN;
  bool known = !*text || *text == '\n' || *text == '\r' || *text == '%';
  for (size_t i = 0; !known && i < sizeof(modes) / sizeof(*modes); ++i) {
    if (!strncasecmp(text, modes[i].name, strlen(modes[i].name))) {
      mode = modes[i].mode;
      known = true;
    }
  }
  if (!known) {
    return kt_abc_wrong(r, "unknown mode in the key; use maj, min, dor, phr, lyd, mix, aeo or loc");
  }
  r->theme->key = (KtKey){kt_abc_spelling(step, alter), mode};
  r->theme->tonic_midi = 60 + kt_spelling_class(r->theme->key.tonic);
  int fifths = kt_key_fifths(r->theme->key);
  memset(r->signature, 0, sizeof(r->signature));
  for (int i = 0; i < 7; ++i) {
    r->signature[sharps[i]] += fifths > i;
    r->signature[sharps[6 - i]] -= -fifths > i;
  }
  r->key_known = r->in_body = true;
  return KT_OK;
}

static KtStatus read_metre(KtAbcReader *r, const char *text) {
  int beats = 4, unit = 4;
  if (*text == 'C') {
    beats = unit = text[1] == '|' ? 2 : 4;
  } else {
    char *end = NULL;
    beats = (int)strtol(text, &end, 10);
    unit = *end == '/' ? (int)strtol(end + 1, NULL, 10) : 0;
  }
  if (beats < 2 || beats > 12 || (unit != 2 && unit != 4 && unit != 8 && unit != 16)) {
    return kt_abc_wrong(r, "the metre must be 2..12 beats of 2, 4, 8 or 16, such as M:3/4");
  }
  r->theme->beats = beats;
  r->theme->unit = unit;
  r->bar = (KtTick)beats * 4 * KT_PPQ / unit;
  return KT_OK;
}

KtStatus kt_abc_field(KtAbcReader *r, char field, const char *text) {
  while (*text == ' ') {
    ++text;
  }
  switch (field) {
  case 'K':
    return read_key(r, text);
  case 'M':
    return read_metre(r, text);
  case 'L': {
    int num = 1, den = 8;
    char *end = NULL;
    num = (int)strtol(text, &end, 10);
    den = *end == '/' ? (int)strtol(end + 1, NULL, 10) : 0;
    if (num < 1 || den < 1 || 4 * KT_PPQ * num % den) {
      return kt_abc_wrong(r, "the unit length must be a fraction such as L:1/8");
    }
    r->unit = 4 * KT_PPQ * num / den;
    return KT_OK;
  }
  case 'Q': {
    double quarter = 1;
    const char *equals = strchr(text, '=');
    const char *end = strchr(text, '\n');
    if (equals && (!end || equals < end)) {
      char *slash = NULL;
      long num = strtol(text, &slash, 10), den = *slash == '/' ? strtol(slash + 1, NULL, 10) : 0;
      quarter = num > 0 && den > 0 ? 4.0 * (double)num / (double)den : 1;
      text = equals + 1;
    }
    double bpm = strtod(text, NULL) * quarter;
    if (!(bpm >= 20 && bpm <= 400)) {
      return kt_abc_wrong(r, "the tempo must be 20..400 quarters a minute, such as Q:1/4=90");
    }
    r->theme->bpm = bpm;
    return KT_OK;
  }
  default:
    return KT_OK;
  }
}

KtStatus kt_abc_chord(KtAbcReader *r, const char *text, size_t length) {
  static const struct {
    const char *name;
    KtChordQuality quality;
  } kinds[] = {
      {"maj7", KT_CHORD_MAJOR7},      {"m7b5", KT_CHORD_HALF_DIM7}, {"mM7", KT_CHORD_MINOR_MAJOR7},
      {"madd9", KT_CHORD_MINOR_ADD9}, {"dim7", KT_CHORD_DIM7},      {"min7", KT_CHORD_MINOR7},
      {"dim", KT_CHORD_DIMINISHED},   {"aug", KT_CHORD_AUGMENTED},  {"sus2", KT_CHORD_SUS2},
      {"sus4", KT_CHORD_SUS4},        {"add9", KT_CHORD_ADD9},      {"min", KT_CHORD_MINOR},
      {"m7", KT_CHORD_MINOR7},        {"7", KT_CHORD_DOMINANT7},    {"5", KT_CHORD_FIFTH},
      {"m", KT_CHORD_MINOR},          {"", KT_CHORD_MAJOR}};
  int step = kt_abc_step(*text);
  if (step < 0 || islower((unsigned char)*text)) {
    return KT_OK; // words over the staff
  }
  size_t at = 1;
  int alter = 0;
  if (at < length && (text[at] == '#' || text[at] == 'b')) {
    alter = text[at++] == '#' ? 1 : -1;
  }
  KtThemeChord *chord = kt_array_push(r->arena, &r->theme->chords);
  if (!chord) {
    return kt_error_set(r->err, KT_ERR_MEMORY, "out of memory while reading %s", r->name);
  }
  int degree = step - kt_spelling_step(r->theme->key.tonic);
  degree += degree < 0 ? 7 : 0;
  int above =
      kt_spelling_class(kt_abc_spelling(step, alter)) - kt_spelling_class(r->theme->key.tonic);
  int off = ((above - kt_mode_degree(r->theme->key.mode, degree)) % 12 + 12) % 12;
  *chord = (KtThemeChord){
      .start = r->time, .degree = (int8_t)degree, .alter = (int8_t)(off > 6 ? off - 12 : off)};
  for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); ++i) {
    size_t n = strlen(kinds[i].name);
    if (n <= length - at && !strncmp(text + at, kinds[i].name, n)) {
      chord->quality = kinds[i].quality;
      break;
    }
  }
  return KT_OK;
}
