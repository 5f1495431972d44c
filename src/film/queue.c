// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/queue.h"

#include <string.h>

void kt_queue_init(KtQueue *queue, int limit) {
  memset(queue, 0, sizeof(*queue));
  pthread_mutex_init(&queue->mutex, NULL);
  pthread_cond_init(&queue->changed, NULL);
  queue->limit = limit < KT_QUEUE_MOST ? limit : KT_QUEUE_MOST;
}

void kt_queue_clear(KtQueue *queue) {
  pthread_cond_destroy(&queue->changed);
  pthread_mutex_destroy(&queue->mutex);
}

bool kt_queue_put(KtQueue *queue, void *item) {
  pthread_mutex_lock(&queue->mutex);
  while (queue->count == queue->limit && !queue->closed) {
    pthread_cond_wait(&queue->changed, &queue->mutex);
  }
  bool open = !queue->closed;
  if (open) {
    queue->items[(queue->first + queue->count++) % KT_QUEUE_MOST] = item;
    pthread_cond_broadcast(&queue->changed);
  }
  pthread_mutex_unlock(&queue->mutex);
  return open;
}

void *kt_queue_take(KtQueue *queue) {
  pthread_mutex_lock(&queue->mutex);
  while (!queue->count && !queue->closed) {
    pthread_cond_wait(&queue->changed, &queue->mutex);
  }
  void *item = NULL;
  if (queue->count) {
    item = queue->items[queue->first];
    queue->first = (queue->first + 1) % KT_QUEUE_MOST;
    --queue->count;
    pthread_cond_broadcast(&queue->changed);
  }
  pthread_mutex_unlock(&queue->mutex);
  return item;
}

void kt_queue_close(KtQueue *queue) {
  pthread_mutex_lock(&queue->mutex);
  queue->closed = true;
  pthread_cond_broadcast(&queue->changed);
  pthread_mutex_unlock(&queue->mutex);
}
