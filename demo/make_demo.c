// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
/// Draws the demo film, speaks its lines, and has ffmpeg put both into one file.
#include "play.h"
#include "stage.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WIDTH = 640, HEIGHT = 360, THREADS = 4 };
static const char NAME[] = "the_lamp";

static void draw_shot(cairo_t *cr, const Shot *shot, double time) {
  double t = time - shot->start;
  cairo_save(cr);
  cairo_scale(cr, WIDTH / 16.0, HEIGHT / 9.0);
  shot->draw(cr, t, t / (shot->end - shot->start));
  cairo_restore(cr);
  cairo_save(cr);
  cairo_scale(cr, WIDTH / 16.0, HEIGHT / 9.0);
  stage_vignette(cr);
  cairo_restore(cr);
}

static void draw_picture(cairo_t *cr, long frame) {
  double time = (double)frame / FPS;
  size_t i = 0;
  while (i + 1 < SHOT_COUNT && time >= SHOTS[i].end) {
    ++i;
  }
  const Shot *shot = &SHOTS[i];
  double in = time - shot->start;
  double black = 0;
  if (shot->in == DISSOLVE && in < shot->in_seconds && i > 0) {
    draw_shot(cr, shot - 1, time); // the last shot goes on under the new one
    cairo_push_group(cr);
    draw_shot(cr, shot, time);
    cairo_pop_group_to_source(cr);
    cairo_paint_with_alpha(cr, in / shot->in_seconds);
  } else {
    draw_shot(cr, shot, time);
    black = shot->in == FADE && in < shot->in_seconds ? 1 - in / shot->in_seconds : 0;
  }
  double left = shot->end - time;
  if (shot->out_fade > 0 && left < shot->out_fade) {
    black = 1 - left / shot->out_fade;
  }
  if (black > 0) {
    cairo_set_source_rgba(cr, 0, 0, 0, black);
    cairo_paint(cr);
  }
}

typedef struct Drawer {
  cairo_surface_t *surface;
  long frame;
} Drawer;

static void *draw(void *user) {
  Drawer *drawer = user;
  cairo_t *cr = cairo_create(drawer->surface);
  draw_picture(cr, drawer->frame);
  cairo_destroy(cr);
  cairo_surface_flush(drawer->surface);
  return NULL;
}

static int draw_all(FILE *pipe) {
  long frames = (long)(play_length() * FPS);
  Drawer drawers[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    drawers[i].surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  }
  int ok = 1;
  for (long frame = 0; frame < frames && ok; frame += THREADS) {
    pthread_t threads[THREADS];
    int count = frames - frame < THREADS ? (int)(frames - frame) : THREADS;
    for (int i = 0; i < count; ++i) {
      drawers[i].frame = frame + i;
      ok = ok && !pthread_create(&threads[i], NULL, draw, &drawers[i]);
    }
    for (int i = 0; i < count && ok; ++i) {
      pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < count && ok; ++i) {
      size_t size = (size_t)WIDTH * HEIGHT * 4;
      ok = fwrite(cairo_image_surface_get_data(drawers[i].surface), 1, size, pipe) == size;
    }
  }
  for (int i = 0; i < THREADS; ++i) {
    cairo_surface_destroy(drawers[i].surface);
  }
  return ok;
}

static int fail(const char *what) {
  fprintf(stderr, "make_demo: %s: %s\n", what, strerror(errno));
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 3 || strcmp(argv[1], "--out") != 0) {
    fprintf(stderr, "usage: make_demo --out DIR\n");
    return 2;
  }
  const char *folder = argv[2];
  signal(SIGPIPE, SIG_IGN);
  if (mkdir(folder, 0777) && errno != EEXIST) {
    return fail(folder);
  }
  if (!play_sound(folder, NAME)) {
    return fail("the sound could not be made");
  }
  char command[4096], part[1100], whole[1100], sound[1100];
  snprintf(part, sizeof(part), "%s/.%s.part.mp4", folder, NAME);
  snprintf(whole, sizeof(whole), "%s/%s.mp4", folder, NAME);
  snprintf(sound, sizeof(sound), "%s/.sound.wav", folder);
  snprintf(command, sizeof(command),
           "ffmpeg -v error -nostdin -y -f rawvideo -pix_fmt bgr0 -s %dx%d -r %d -i - -i '%s' -map 0:v "
           "-map 1:a -c:v libx264 -preset fast -crf 19 -g 96 -pix_fmt yuv420p -bitexact -c:a aac -b:a 160k "
           "-metadata title='The Lamp' -timecode 01:00:00:00 -movflags +faststart '%s'",
           WIDTH, HEIGHT, FPS, sound, part);
  FILE *pipe = popen(command, "w");
  if (!pipe) {
    return fail("ffmpeg");
  }
  int ok = draw_all(pipe);
  ok = pclose(pipe) == 0 && ok;
  unlink(sound);
  if (!ok || rename(part, whole)) {
    unlink(part);
    return fail("the film could not be written");
  }
  printf("%s\n", whole);
  return 0;
}
