// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRATE_PROPOSE_H
#define KT_ORCHESTRATE_PROPOSE_H

#include "compose/compose.h"
#include "ear/norms.h"

/// What the critic weighs (data/critic.yaml) and holds music against.
typedef struct KtCritic KtCritic;
KtStatus kt_critic_load(const KtContext *ctx, KtCritic **critic, KtError *err);
void kt_critic_free(KtCritic *critic);

enum { KT_PROPOSALS_MOST = 48 };
/// One cue as it could be, orchestrated; its score carries the marks, all but likeness.
typedef struct KtProposal {
  KtScore *score;                      ///< NULL: it did not keep to real scores, and others do
  double total;                        ///< weighed mean of the marks, 0..1
  double statistics[KT_STAT_COUNT];
} KtProposal;
typedef struct KtProposals {
  KtProposal items[KT_PROPOSALS_MOST];
  int count;
} KtProposals;

/// Composes and orchestrates one cue several times and marks each; where none keeps to real scores, further ones are
/// composed with habits leaned against what lies outside. Thread-safe. The first is what a
/// critic of a single proposal would have had. On failure nothing is left to free.
KtStatus kt_propose_cue(const KtDesk *desk, const KtOrchestra *orchestra, const KtCritic *critic, const KtThemes *themes,
                        const KtPlan *plan, int cue, KtProposals *out, KtError *err);
/// What a critic remembers who goes through a film's cues in order.
enum { KT_LOOK_BACK = 3 };
typedef struct KtChooser {
  const KtCritic *critic;
  double before[KT_LOOK_BACK][KT_STAT_COUNT]; ///< of the cues chosen last, the last first
  int known;
} KtChooser;
/// Marks the likeness of the next cue's proposals to the cues before and keeps the best, or the one it has to be
/// (`set`, -1 the best); the others are freed. The score, the caller's, carries the totals of all; NULL where there is
/// no proposal.
KtScore *kt_choose_next(KtChooser *chooser, KtProposals *proposals, int set);
/// Proposes and chooses every cue of the desk's spotting, side by side on the context's threads, each with its own of
/// `cue_palettes`; the same scores on any number of threads. `set`: by cue, as above; NULL the best of each.
/// Few cues' proposals are there at once, however many cues there are; what is kept of each is no larger than its
/// notes. On failure `scores` (by cue, the caller's, NULL before) holds what was finished.
KtStatus kt_propose_cues(const KtDesk *desk, const KtOrchestra *orchestra, const KtThemes *themes, const KtPlan *plan,
                         const int *set, KtScore **scores, KtError *err);
void kt_proposals_free(KtProposals *proposals);

#endif
