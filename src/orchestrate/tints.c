// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the picture's colours do to who plays: dark and warm pictures draw in low strings and horns, cold ones glass
// and celesta, as data/beyond.yaml says.
#include "orchestrate/desk.h"

#include <ctype.h>
#include <string.h>

/// A look nearer to the film's own than this is not told of.
static const float SEEN = 0.25F;

double kt_scoring_tint(const KtScoring *scoring, const KtSpan *span, const KtInstrument *instrument) {
  const KtBeyondLore *lore = scoring->book->beyond;
  return -(double)(lore->players * kt_tint_of(lore, instrument->id, instrument->family, span->look));
}

static const char *look_said(KtArena *arena, KtTinge look) {
  const char *light = look.brightness > SEEN ? "lighter" : look.brightness < -SEEN ? "darker" : "";
  const char *warm = look.warmth > SEEN ? "warmer" : look.warmth < -SEEN ? "colder" : "";
  const char *deep = look.saturation > SEEN ? "more colourful" : look.saturation < -SEEN ? "paler" : "";
  const char *words[3], *all[] = {light, warm, deep};
  int count = 0;
  for (int i = 0; i < 3; ++i) {
    if (*all[i]) {
      words[count++] = all[i];
    }
  }
  return !count       ? "other"
         : count == 1 ? words[0]
         : count == 2 ? kt_arena_format(arena, "%s, %s", words[0], words[1])
                      : kt_arena_format(arena, "%s, %s, %s", words[0], words[1], words[2]);
}

static const char *role_said(KtRole role) {
  static const char *const words[KT_ROLE_COUNT] = {
      [KT_ROLE_LEAD] = "tune",   [KT_ROLE_COUNTER] = "second line", [KT_ROLE_HARMONY] = "chords", [KT_ROLE_BASS] = "bass",
      [KT_ROLE_FIGURE] = "figure", [KT_ROLE_PULSE] = "pulse", [KT_ROLE_PERCUSSION] = "percussion", [KT_ROLE_COLOUR] = "colour"};
  return words[role];
}

/// As inside a sentence: "horns in F".
static const char *named(KtArena *arena, const KtInstrument *one) {
  return kt_arena_format(arena, "%c%s", tolower((unsigned char)one->name[0]), one->name + 1);
}

void kt_scoring_tell_tints(KtScoring *scoring, const KtSpan *span, const int *rows, int count, const KtInstrument *const *plain,
                           const KtInstrument *const *tinted) {
  KtArena *arena = scoring->scratch;
  const char *said = NULL;
  for (int r = 0; r < count; ++r) {
    KtRole role = scoring->sketch->parts.items[rows[r]].role;
    if (!plain[r] || plain[r] == tinted[r] || role == KT_ROLE_PERCUSSION) {
      continue;
    }
    const char *to = named(arena, tinted[r]), *from = named(arena, plain[r]);
    const char *pair = kt_arena_format(arena, "%s for %s (%s)", to, from, role_said(role));
    said = !said ? pair : strstr(said, pair) ? said : kt_arena_format(arena, "%s, %s", said, pair);
  }
  KtBeyond *told = said ? kt_array_push(arena, &scoring->tinted) : NULL;
  if (told) {
    *told = (KtBeyond){span->start, "colour",
                       kt_arena_format(arena, "%s pictures than the film's: %s", look_said(arena, span->look), said)};
  }
}
