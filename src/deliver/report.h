// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_REPORT_H
#define KT_DELIVER_REPORT_H

#include "deliver/common.h"

#include "base/json.h"

/// Parts of report.json. New values, owned by the caller; text is made valid UTF-8 in `arena`.
json_t *kt_report_text(KtArena *arena, const char *text); ///< null where empty
json_t *kt_report_timecode(const KtTimecode *timecode, KtFilmTime time);
json_t *kt_report_spans(const KtSpan *spans, size_t count);

void kt_report_add_film(json_t *root, const KtFilm *film, KtArena *arena);
void kt_report_add_motion(json_t *root, const KtFilm *film);
void kt_report_add_story(json_t *root, const KtStory *story, KtArena *arena);
void kt_report_add_cues(json_t *root, const KtDelivery *delivery, const KtHitResult *results,
                        KtArena *arena);
void kt_report_add_themes(json_t *root, const KtDelivery *delivery, KtArena *arena);

KtStatus kt_report_dump(json_t *root, char **text, KtError *err); ///< takes the reference

/// report.html, drawn from the same values.
KtStatus kt_report_html(const KtDelivery *delivery, const KtHitResult *results,
                        const char *scored_name, KtArena *arena, KtError *err);

#endif
