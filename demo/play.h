// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DEMO_PLAY_H
#define KT_DEMO_PLAY_H

#include <cairo.h>
#include <stddef.h>

enum { FPS = 24 };

typedef enum Transition { CUT, DISSOLVE, FADE } Transition;

/// A shot of the film: drawn by `draw` at `t` seconds into it, `u` 0..1 of its length.
typedef struct Shot {
  double start, end;
  Transition in;        ///< how it comes in
  double in_seconds;    ///< length of a dissolve or fade in
  double out_fade;      ///< seconds of fade to black at its end, 0 none
  void (*draw)(cairo_t *cr, double t, double u);
  double wind, sea, rain, fire; ///< ambience, 0..1
} Shot;

typedef struct Line {
  double at;
  const char *who;
  const char *voice;    ///< espeak-ng voice
  int pitch, speed;
  const char *text;
} Line;

typedef enum Noise { THUNDER, GLASS, CRACK, WHISTLE, WHOOSH } Noise;
typedef struct Effect {
  double at;
  Noise noise;
  double gain;
} Effect;

extern const Shot SHOTS[];
extern const size_t SHOT_COUNT;
extern const Line LINES[];
extern const size_t LINE_COUNT;
extern const Effect EFFECTS[];
extern const size_t EFFECT_COUNT;
double play_length(void);

/// Speak, mix and write sound.wav (48 kHz stereo) and NAME.srt into `folder`; 0 where it failed.
int play_sound(const char *folder, const char *name);

#endif
