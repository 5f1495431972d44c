// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the sheet says of themes: known only once the cues are composed.
#include "production/told.h"

#include <string.h>

static const char FIRST_TIME[] = "; first time ", IN_FULL[] = " is heard in full";

/// How much of a theme a statement lets be known.
typedef enum Heard { HEARD_PART, HEARD_MOTIF, HEARD_WHOLE } Heard;

static Heard heard(const KtStatement *statement, const KtTheme *theme) {
  bool turned = statement->transform == KT_TRANSFORM_SEQUENCE || statement->transform == KT_TRANSFORM_INVERSION;
  bool part = statement->transform == KT_TRANSFORM_FRAGMENT || statement->transform == KT_TRANSFORM_TRUNCATED;
  if (!statement->recognisable || turned || statement->notes < theme->head) {
    return HEARD_PART;
  }
  return !part && statement->notes >= (int)theme->notes.count ? HEARD_WHOLE : HEARD_MOTIF;
}

/// "Ida's theme", "the motif of the danger".
static const char *whose(KtArena *arena, const KtStory *story, const KtTheme *theme, const char *what) {
  bool known = theme->subject >= 0 && (size_t)theme->subject < story->subjects.count;
  const KtSubject *subject = known ? &story->subjects.items[theme->subject] : NULL;
  return !subject ? kt_arena_format(arena, "the %s %s", what, theme->title)
         : subject->kind == KT_SUBJECT_CHARACTER ? kt_arena_format(arena, "%s's %s", subject->name, what)
                                                 : kt_arena_format(arena, "the %s of %s", what, subject->name);
}

static Heard most_heard(const KtScore *score, size_t theme_index, const KtTheme *theme) {
  Heard most = HEARD_PART;
  for (size_t s = 0; score && s < score->statements.count; ++s) {
    const KtStatement *statement = &score->statements.items[s];
    Heard here = (size_t)statement->theme == theme_index ? heard(statement, theme) : HEARD_PART;
    most = here > most ? here : most;
  }
  return most;
}

void kt_tell_first_statements(const KtStory *story, const KtThemes *themes, KtScore *const *scores,
                              KtSpotting *spotting) {
  for (size_t k = 0; k < themes->items.count; ++k) {
    const KtTheme *theme = &themes->items.items[k];
    Heard so_far = HEARD_PART;
    for (size_t i = 0; i < spotting->cues.count && so_far < HEARD_WHOLE; ++i) {
      KtCue *cue = &spotting->cues.items[i];
      Heard here = most_heard(scores[i], k, theme);
      if (here > so_far && !cue->locked) { // a person's words stay as they are
        const char *what = here == HEARD_WHOLE ? "theme" : "motif";
        cue->reason = kt_arena_format(spotting->arena, "%s%s%s%s", cue->reason, FIRST_TIME,
                                      whose(spotting->arena, story, theme, what), IN_FULL);
      }
      so_far = here > so_far ? here : so_far;
    }
  }
}

void kt_forget_first_statements(KtSpotting *spotting) {
  for (size_t i = 0; i < spotting->cues.count; ++i) {
    KtCue *cue = &spotting->cues.items[i];
    const char *at = cue->reason && !cue->locked ? strstr(cue->reason, FIRST_TIME) : NULL;
    if (at && strstr(at, IN_FULL)) {
      cue->reason = kt_arena_text_n(spotting->arena, cue->reason, (size_t)(at - cue->reason));
    }
  }
}
