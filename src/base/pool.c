// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/pool.h"

#include <pthread.h>
#include <stdbool.h>

enum { MOST_THREADS = 64 };

typedef struct Work {
  pthread_mutex_t mutex;
  size_t next;
  size_t count;
  size_t failed_at;
  bool failed;
  KtTask task;
  void *user;
  KtStatus status;
  KtError error;
} Work;

typedef struct Worker {
  Work *work;
  int index;
} Worker;

static void *run(void *argument) {
  Worker *worker = argument;
  Work *work = worker->work;
  for (;;) {
    pthread_mutex_lock(&work->mutex);
    bool done = work->failed || work->next >= work->count;
    size_t index = done ? 0 : work->next++;
    pthread_mutex_unlock(&work->mutex);
    if (done) {
      return NULL;
    }
    KtError error = {0};
    KtStatus status = work->task(work->user, index, worker->index, &error);
    if (status) {
      pthread_mutex_lock(&work->mutex);
      if (!work->failed || index < work->failed_at) {
        work->failed = true;
        work->failed_at = index;
        work->status = status;
        work->error = error;
      }
      pthread_mutex_unlock(&work->mutex);
    }
  }
}

KtStatus kt_parallel(int threads, size_t count, KtTask task, void *user, KtError *err) {
  Work work = {.count = count, .task = task, .user = user};
  pthread_mutex_init(&work.mutex, NULL);
  threads = threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : threads;
  threads = (size_t)threads > count ? (int)count : threads;
  Worker workers[MOST_THREADS];
  pthread_t ids[MOST_THREADS];
  int started = 0;
  for (int i = 1; i < threads; ++i) {
    workers[started + 1] = (Worker){&work, started + 1};
    if (!pthread_create(&ids[started], NULL, run, &workers[started + 1])) {
      ++started;
    }
  }
  workers[0] = (Worker){&work, 0};
  run(&workers[0]);
  for (int i = 0; i < started; ++i) {
    pthread_join(ids[i], NULL);
  }
  pthread_mutex_destroy(&work.mutex);
  if (work.failed && err) {
    *err = work.error;
  }
  return work.status;
}
