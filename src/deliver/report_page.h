// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_REPORT_PAGE_H
#define KT_DELIVER_REPORT_PAGE_H

#include "deliver/report.h"

/// What every part of report.html is drawn from.
typedef struct KtReportPage {
  const KtDelivery *delivery;
  const KtHitResult *results;
  const char *scored;
  KtArena *arena;
  FILE *out;
} KtReportPage;

/// The feeling a cue is coloured by.
typedef enum KtFeeling {
  KT_FEELING_TENSE,
  KT_FEELING_RESTLESS,
  KT_FEELING_BRIGHT,
  KT_FEELING_TENDER,
  KT_FEELING_SAD,
  KT_FEELING_CALM,
  KT_FEELING_COUNT
} KtFeeling;
KtFeeling kt_feeling(const KtEmotion *emotion);
const char *kt_feeling_name(KtFeeling feeling);

extern const char kt_report_style[];
void kt_page_text(const KtReportPage *page, const char *text); ///< escaped
/// Whether a hit was met: where it was heard, by that; where not, by the tempo map.
bool kt_hit_within(const KtReportPage *page, size_t hit);
void kt_clock(double seconds, char text[24]); ///< "1:02", "1:02:03"

void kt_report_timeline(const KtReportPage *page);
void kt_report_marks(const KtReportPage *page); ///< nothing where no critic marked
void kt_report_theme_cards(const KtReportPage *page);

#endif
