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
/// Marks likeness to the cues before, in order, and keeps the best of each; the others are freed. The
/// caller owns scores[0..cues). `scores` carry the totals of all. `set`: the proposal a cue has to be, -1
/// the best; NULL the best of each.
void kt_choose_proposals(const KtCritic *critic, KtProposals *proposals, size_t cues, const int *set, KtScore **scores);
void kt_proposals_free(KtProposals *proposals);

#endif
