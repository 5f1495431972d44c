// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_QUEUE_H
#define KT_FILM_QUEUE_H

#include <pthread.h>
#include <stdbool.h>

/// A bounded line between two threads: one puts, one takes, each waits for the other.
enum { KT_QUEUE_MOST = 256 };
typedef struct KtQueue {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  void *items[KT_QUEUE_MOST];
  int first, count, limit;
  bool closed;
} KtQueue;

void kt_queue_init(KtQueue *queue, int limit);
void kt_queue_clear(KtQueue *queue); ///< after both threads have ended; items are the caller's
/// False once the line is closed; the item stays the caller's.
bool kt_queue_put(KtQueue *queue, void *item);
/// The next item, NULL when the line is closed and empty.
void *kt_queue_take(KtQueue *queue);
void kt_queue_close(KtQueue *queue); ///< either side: no more is put, what is there is taken

#endif
