// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A film's cues proposed side by side and chosen in order, as they come: a long film has hundreds of them, and the
// proposals of one are twenty times what is kept.
#include "base/pool.h"
#include "orchestrate/propose.h"

#include <pthread.h>
#include <stdlib.h>

enum { AHEAD = 2 }; // cues a thread that wait for a slower one before them

typedef struct Choosing {
  const KtDesk *desk;
  const KtOrchestra *orchestra;
  const KtThemes *themes;
  const KtPlan *plan;
  const int *set;
  KtScore **scores;
  KtProposals **waiting; // by cue; NULL: not yet proposed, or chosen
  size_t cues, next;     // the first cue not yet chosen
  bool failed;
  KtChooser chooser;
  pthread_mutex_t mutex;
  pthread_cond_t moved;
} Choosing;

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

/// What a proposal's arena holds besides its notes goes with the proposal.
static KtStatus keep(KtScore *score, KtScore **kept, KtError *err) {
  KtStatus status = kt_score_copy(score, kept, err);
  kt_score_free(score);
  return status;
}

/// Everything whose turn it is; under the mutex.
static KtStatus choose_ready(Choosing *all, KtError *err) {
  KtStatus status = KT_OK;
  for (; !status && all->next < all->cues && all->waiting[all->next]; ++all->next) {
    KtProposals *one = all->waiting[all->next];
    all->waiting[all->next] = NULL;
    KtScore *best = kt_choose_next(&all->chooser, one, all->set ? all->set[all->next] : -1);
    kt_proposals_free(one);
    free(one);
    status = best ? keep(best, &all->scores[all->next], err) : KT_OK;
    kt_progress(all->desk->ctx, "compose", (double)(all->next + 1) / (double)all->cues);
  }
  return status;
}

/// Waits until not too many later cues wait for an earlier one; false when there is no more to do.
static bool wait_for_turn(Choosing *all, size_t index) {
  size_t most = (size_t)(all->desk->ctx->threads > 0 ? all->desk->ctx->threads : 1) * AHEAD;
  pthread_mutex_lock(&all->mutex);
  while (!all->failed && index > all->next + most) {
    pthread_cond_wait(&all->moved, &all->mutex);
  }
  bool goes_on = !all->failed;
  pthread_mutex_unlock(&all->mutex);
  return goes_on;
}

static KtStatus propose_one(void *user, size_t index, int worker, KtError *err) {
  (void)worker;
  Choosing *all = user;
  if (!wait_for_turn(all, index)) {
    return KT_OK; // the failure of another is told
  }
  KtDesk desk = *all->desk;
  desk.palette = desk.cue_palettes ? desk.cue_palettes[index] : desk.palette;
  KtProposals *made = calloc(1, sizeof(*made));
  KtStatus status = !made                     ? no_memory(err)
                    : kt_cancelled(desk.ctx) ? kt_error_cancelled(err)
                                             : kt_propose_cue(&desk, all->orchestra, all->chooser.critic, all->themes,
                                                              all->plan, (int)index, made, err);
  pthread_mutex_lock(&all->mutex);
  if (!status) {
    all->waiting[index] = made;
    status = choose_ready(all, err);
  } else {
    free(made);
  }
  all->failed = all->failed || status;
  pthread_cond_broadcast(&all->moved);
  pthread_mutex_unlock(&all->mutex);
  return status;
}

KtStatus kt_propose_cues(const KtDesk *desk, const KtOrchestra *orchestra, const KtThemes *themes, const KtPlan *plan,
                         const int *set, KtScore **scores, KtError *err) {
  KtCritic *critic = NULL;
  KtStatus status = kt_critic_load(desk->ctx, &critic, err);
  if (status) {
    return status;
  }
  Choosing all = {.desk = desk, .orchestra = orchestra, .themes = themes, .plan = plan, .set = set, .scores = scores,
                  .cues = desk->spotting->cues.count, .chooser = {.critic = critic}};
  all.waiting = calloc(all.cues + 1, sizeof(*all.waiting));
  pthread_mutex_init(&all.mutex, NULL);
  pthread_cond_init(&all.moved, NULL);
  status = all.waiting ? kt_parallel(desk->ctx->threads, all.cues, propose_one, &all, err) : no_memory(err);
  for (size_t i = 0; all.waiting && i < all.cues; ++i) {
    if (all.waiting[i]) {
      kt_proposals_free(all.waiting[i]);
      free(all.waiting[i]);
    }
  }
  free(all.waiting);
  pthread_cond_destroy(&all.moved);
  pthread_mutex_destroy(&all.mutex);
  kt_critic_free(critic);
  return status;
}
