// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the sheet says of themes: known only once the cues are composed.
#include "production/told.h"

#include <string.h>

#define FIRST_TIME "; first full statement of "

static bool is_full(const KtStatement *statement, const KtTheme *theme) {
  bool part = statement->transform == KT_TRANSFORM_FRAGMENT || statement->transform == KT_TRANSFORM_TRUNCATED ||
              statement->transform == KT_TRANSFORM_SEQUENCE;
  return statement->recognisable && !part && statement->notes >= (int)theme->notes.count;
}

/// "Ida's theme", "the theme of the danger".
static const char *whose(KtArena *arena, const KtStory *story, const KtTheme *theme) {
  bool known = theme->subject >= 0 && (size_t)theme->subject < story->subjects.count;
  const KtSubject *subject = known ? &story->subjects.items[theme->subject] : NULL;
  return !subject                               ? kt_arena_format(arena, "the theme %s", theme->title)
         : subject->kind == KT_SUBJECT_CHARACTER ? kt_arena_format(arena, "%s's theme", subject->name)
                                                 : kt_arena_format(arena, "the theme of %s", subject->name);
}

void kt_tell_first_statements(const KtStory *story, const KtThemes *themes, KtScore *const *scores,
                              KtSpotting *spotting) {
  for (size_t k = 0; k < themes->items.count; ++k) {
    const KtTheme *theme = &themes->items.items[k];
    bool told = false;
    for (size_t i = 0; i < spotting->cues.count && !told; ++i) {
      KtCue *cue = &spotting->cues.items[i];
      for (size_t s = 0; scores[i] && s < scores[i]->statements.count && !told; ++s) {
        const KtStatement *statement = &scores[i]->statements.items[s];
        told = (size_t)statement->theme == k && is_full(statement, theme);
      }
      if (told && !cue->locked) { // a person's words stay as they are
        const char *name = whose(spotting->arena, story, theme);
        const char *more = strstr(cue->reason, FIRST_TIME) ? " and of " : FIRST_TIME;
        cue->reason = kt_arena_format(spotting->arena, "%s%s%s", cue->reason, more, name);
      }
    }
  }
}

void kt_forget_first_statements(KtSpotting *spotting) {
  for (size_t i = 0; i < spotting->cues.count; ++i) {
    KtCue *cue = &spotting->cues.items[i];
    const char *at = cue->reason && !cue->locked ? strstr(cue->reason, FIRST_TIME) : NULL;
    if (at) {
      cue->reason = kt_arena_text_n(spotting->arena, cue->reason, (size_t)(at - cue->reason));
    }
  }
}
