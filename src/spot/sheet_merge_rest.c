// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Silences and hits of a sheet that a person hands in.
#include "spot/sheet_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const KtSheetSilence *same_silence(const KtSheetMerge *m, const KtSheetSilence *silence) {
  for (size_t i = 0; i < m->was->silences.count; ++i) {
    const KtSheetSilence *was = &m->was->silences.items[i];
    if (kt_sheet_frame(m->film, was->in) == kt_sheet_frame(m->film, silence->in) &&
        kt_sheet_frame(m->film, was->out) == kt_sheet_frame(m->film, silence->out)) {
      return was;
    }
  }
  return NULL;
}

/// No music over a cue nobody set: it gives way and is spotted anew beside it.
static KtStatus give_way(KtSheetMerge *m, const KtSheetSilence *silence, KtError *err) {
  KtSheet *merged = m->merged;
  for (size_t i = 0; i < merged->cues.count;) {
    const KtSheetCue *cue = &merged->cues.items[i];
    if (cue->out <= silence->in || cue->in >= silence->out) {
      ++i;
      continue;
    }
    if (cue->locked) {
      char in[32];
      char out[32];
      return kt_error_at(err, KT_ERR_FORMAT, m->read->path, silence->line, silence->column,
                         "no music is wanted here, but cue %s is set from %s to %s; move one of them, "
                         "or write locked no for the cue",
                         cue->name, kt_sheet_print_time(m->film, cue->in, false, in),
                         kt_sheet_print_time(m->film, cue->out, false, out));
    }
    KtSpan *open = kt_array_push(merged->arena, &merged->open);
    if (open) {
      *open = (KtSpan){cue->in, cue->out};
    }
    memmove(&merged->cues.items[i], &merged->cues.items[i + 1],
            (merged->cues.count - i - 1) * sizeof(*merged->cues.items));
    --merged->cues.count;
  }
  return KT_OK;
}

static KtStatus settle_silence(const KtSheetMerge *m, KtSheetSilence *silence, KtError *err) {
  KtSpot at = {m->read->path, silence->line, silence->column};
  KtStatus status = kt_sheet_when(m->film, &at, &silence->in_said, NULL, &silence->in, err);
  // Of a row whose timecode or seconds alone were changed, the one that differs counts.
  for (size_t i = 0; status && i < m->was->silences.count; ++i) {
    const KtSheetSilence *was = &m->was->silences.items[i];
    if (!kt_sheet_when(m->film, &at, &silence->in_said, &was->in, &silence->in, NULL)) {
      status = KT_OK;
    }
  }
  if (!status) {
    status = kt_sheet_when(m->film, &at, &silence->out_said, NULL, &silence->out, err);
    for (size_t i = 0; status && i < m->was->silences.count; ++i) {
      const KtSheetSilence *was = &m->was->silences.items[i];
      if (!kt_sheet_when(m->film, &at, &silence->out_said, &was->out, &silence->out, NULL)) {
        status = KT_OK;
      }
    }
  }
  if (!status && silence->out <= silence->in) {
    status = kt_error_at(err, KT_ERR_FORMAT, at.path, at.line, at.column,
                         "this silence ends (%.3f s) before it begins (%.3f s); exchange the times",
                         kt_seconds(silence->out), kt_seconds(silence->in));
  }
  return status;
}

KtStatus kt_sheet_merge_silences(KtSheetMerge *m, KtError *err) {
  const KtSheet *before = m->set ? m->set : m->was;
  KtStatus status = KT_OK;
  for (size_t i = 0; i < before->silences.count && !m->read->has_silences; ++i) {
    const KtSheetSilence *own = &before->silences.items[i];
    if (own->locked) {
      kt_sheet_keep_quiet(m->merged, own->in, own->out, own->reason, 0);
    }
  }
  for (size_t i = 0; i < m->read->silences.count && !status; ++i) {
    KtSheetSilence *silence = &m->read->silences.items[i];
    status = settle_silence(m, silence, err);
    const KtSheetSilence *was = status ? NULL : same_silence(m, silence);
    if (status || (was && !silence->locked)) {
      continue;
    }
    bool is_new = !was || !was->locked;
    if (is_new) {
      char in[32];
      char out[32];
      status = give_way(m, silence, err);
      kt_sheet_tell(m->merged, &m->told,
                    kt_arena_format(m->merged->arena, "no music from %s to %s",
                                    kt_sheet_print_time(m->film, silence->in, false, in),
                                    kt_sheet_print_time(m->film, silence->out, false, out)));
    }
    bool own_words = silence->reason && silence->reason[0] && (!was || was->locked || strcmp(silence->reason, was->reason));
    kt_sheet_keep_quiet(m->merged, silence->in, silence->out,
                        own_words ? silence->reason : "no music here, as set by hand",
                        silence->line);
  }
  return status;
}

static const KtSheetHit *hit_on(const KtSheetMerge *m, KtFilmTime at) {
  for (size_t i = 0; i < m->was->hits.count; ++i) {
    if (kt_sheet_frame(m->film, m->was->hits.items[i].at) == kt_sheet_frame(m->film, at)) {
      return &m->was->hits.items[i];
    }
  }
  return NULL;
}

static bool differs(const KtSheetHit *hit, const KtSheetHit *was) {
  return (hit->said & KT_SAID_KIND && hit->kind != was->kind) ||
         (hit->said & KT_SAID_WEIGHT && fabsf(hit->weight - was->weight) > 0.0006F) ||
         (hit->said & KT_SAID_TOLERANCE &&
          fabsf(hit->tolerance_frames - was->tolerance_frames) > 0.006F) ||
         (hit->said & KT_SAID_LABEL && strcmp(hit->label, was->label) != 0);
}

static void push_hit(KtSheetMerge *m, const KtSheetHit *hit) {
  KtSheetHit *own = kt_array_push(m->merged->arena, &m->merged->hits);
  if (own) {
    *own = *hit;
    own->locked = true;
  }
}

static void strike(KtSheetMerge *m, KtFilmTime at) {
  char text[32];
  push_hit(m, &(KtSheetHit){.cue = "", .label = "", .source = "", .at = at, .struck = true});
  bool told = false;
  for (size_t i = 0; m->set && i < m->set->hits.count; ++i) {
    told |= m->set->hits.items[i].struck && m->set->hits.items[i].at == at;
  }
  if (!told) {
    kt_sheet_tell(m->merged, &m->told,
                  kt_arena_format(m->merged->arena, "no hit at %s",
                                  kt_sheet_print_time(m->film, at, false, text)));
  }
}

/// Where the row means the hit to be; `was` the delivered one it stands for, NULL a new one.
static KtStatus settle_hit(const KtSheetMerge *m, KtSheetHit *hit, const KtSheetHit **was,
                           KtError *err) {
  KtSpot at = {m->read->path, hit->line, hit->column};
  *was = NULL;
  const KtSheetTime *said = &hit->at_said;
  if (said->has_timecode && said->has_seconds) {
    // One of two that disagree is the hit as it was; the other is where it shall be.
    *was = hit_on(m, said->seconds);
    *was = *was ? *was : hit_on(m, said->timecode);
  }
  KtStatus status =
      kt_sheet_when(m->film, &at, said, *was ? &(*was)->at : NULL, &hit->at, err);
  *was = *was ? *was : hit_on(m, hit->at);
  return status;
}

static KtStatus check_hit(const KtSheetMerge *m, const KtSheetHit *hit, KtError *err) {
  const KtSheetCue *cue = kt_sheet_cue_at(m->merged, hit->at);
  const KtSheetCue *named = kt_sheet_cue_named(m->merged, hit->cue);
  const char *path = m->read->path;
  char at[32];
  char in[32];
  char out[32];
  kt_sheet_print_time(m->film, hit->at, false, at);
  if (hit->cue[0] && !named && !kt_sheet_cue_named(m->was, hit->cue) &&
      !kt_sheet_cue_named(m->read, hit->cue)) {
    return kt_error_at(err, KT_ERR_FORMAT, path, hit->line, hit->column,
                       "there is no cue '%.20s' for the hit at %s", hit->cue, at);
  }
  const KtSheetCue *own = named ? named : cue;
  if (own && (hit->at <= own->in || hit->at >= own->out)) {
    return kt_error_at(err, KT_ERR_FORMAT, path, hit->line, hit->column,
                       "the hit at %s is outside its cue %s (%s to %s); move it inside, or delete it", at,
                       own->name, kt_sheet_print_time(m->film, own->in, false, in),
                       kt_sheet_print_time(m->film, own->out, false, out));
  }
  bool may_open = false; // a cue that is spotted anew may be there
  for (size_t i = 0; i < m->merged->open.count; ++i) {
    may_open |= m->merged->open.items[i].start < hit->at && m->merged->open.items[i].end > hit->at;
  }
  return own || may_open
             ? KT_OK
             : kt_error_at(err, KT_ERR_FORMAT, path, hit->line, hit->column,
                           "there is no music at %s to hit with; move the hit into a cue, or add a cue", at);
}

static KtStatus merge_hit(KtSheetMerge *m, KtSheetHit *hit, KtError *err) {
  const KtSheetHit *was = NULL;
  KtStatus status = settle_hit(m, hit, &was, err);
  if (status || hit->struck) {
    if (!status) {
      strike(m, hit->at);
    }
    return status;
  }
  bool moved = was && kt_sheet_frame(m->film, was->at) != kt_sheet_frame(m->film, hit->at);
  bool changed = !was || moved || differs(hit, was);
  bool locked = hit->said & KT_SAID_LOCKED ? hit->locked : was && was->locked && !m->read->has_cues;
  if (!changed && !locked) {
    return KT_OK;
  }
  status = check_hit(m, hit, err);
  if (status) {
    return status;
  }
  KtSheetHit own = *hit;
  own.kind = hit->said & KT_SAID_KIND || !was ? hit->kind : was->kind;
  own.weight = hit->said & KT_SAID_WEIGHT ? hit->weight : was ? was->weight : 1;
  own.tolerance_frames = hit->said & KT_SAID_TOLERANCE ? hit->tolerance_frames
                         : was && was->kind == own.kind ? was->tolerance_frames
                                                        : (own.kind == KT_HIT_SOFT ? 6 : 1);
  own.label = hit->label[0] ? hit->label : was ? was->label : "set by hand";
  own.source = was && !moved ? was->source : hit->source[0] && !was ? hit->source : "sheet";
  own.said = KT_SAID_KIND | KT_SAID_WEIGHT | KT_SAID_TOLERANCE | KT_SAID_LABEL | KT_SAID_SOURCE;
  push_hit(m, &own);
  if (moved) {
    strike(m, was->at);
  }
  if (changed) {
    char at[32];
    kt_sheet_tell(m->merged, &m->told,
                  kt_arena_format(m->merged->arena, "hit at %s set (%s: %s)",
                                  kt_sheet_print_time(m->film, hit->at, false, at),
                                  kt_hit_name(own.kind), own.label));
  }
  return KT_OK;
}

/// A delivered hit that the sheet no longer has is not wanted.
static void strike_missing(KtSheetMerge *m) {
  for (size_t i = 0; i < m->was->hits.count; ++i) {
    const KtSheetHit *was = &m->was->hits.items[i];
    bool there = !kt_sheet_cue_at(m->merged, was->at);
    for (size_t j = 0; j < m->read->hits.count && !there; ++j) {
      const KtSheetHit *hit = &m->read->hits.items[j];
      there = kt_sheet_frame(m->film, hit->at) == kt_sheet_frame(m->film, was->at);
    }
    for (size_t j = 0; j < m->merged->hits.count && !there; ++j) {
      there = m->merged->hits.items[j].struck && m->merged->hits.items[j].at == was->at;
    }
    if (!there) {
      strike(m, was->at);
    }
  }
}

static KtStatus check_pairs(KtSheetMerge *m, KtError *err) {
  kt_sheet_sort(m->read);
  for (size_t i = 1; i < m->read->hits.count; ++i) {
    const KtSheetHit *a = &m->read->hits.items[i - 1];
    const KtSheetHit *b = &m->read->hits.items[i];
    if (kt_sheet_frame(m->film, a->at) == kt_sheet_frame(m->film, b->at)) {
      char at[32];
      return kt_error_at(err, KT_ERR_FORMAT, m->read->path, b->line, b->column,
                         "two hits on one picture, %s (the other in line %d); a picture can be hit once: "
                         "delete one",
                         kt_sheet_print_time(m->film, b->at, false, at), a->line);
    }
  }
  return KT_OK;
}

KtStatus kt_sheet_merge_hits(KtSheetMerge *m, KtError *err) {
  const KtSheet *before = m->set ? m->set : m->was;
  bool text = m->read->has_hits && m->read->has_cues;
  for (size_t i = 0; i < before->hits.count; ++i) {
    const KtSheetHit *own = &before->hits.items[i];
    if (own->struck ? !text : own->locked && !m->read->has_hits) {
      push_hit(m, own);
    }
  }
  KtStatus status = KT_OK;
  for (size_t i = 0; i < m->read->hits.count && !status; ++i) {
    status = merge_hit(m, &m->read->hits.items[i], err);
  }
  if (!status && m->read->has_hits) {
    strike_missing(m);
    status = check_pairs(m, err);
  }
  return status;
}
