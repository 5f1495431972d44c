// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_FILM_H
#define KT_FILM_FILM_H

#include "base/arena.h"
#include "base/context.h"
#include "base/film_time.h"

typedef enum KtTransition {
  KT_TRANSITION_START,
  KT_TRANSITION_CUT,
  KT_TRANSITION_DISSOLVE,
  KT_TRANSITION_FADE_BLACK,
  KT_TRANSITION_FADE_WHITE,
  KT_TRANSITION_FADE_COLOUR,
  KT_TRANSITION_WIPE,
} KtTransition;
const char *kt_transition_name(KtTransition transition); ///< as in report.json

typedef struct KtSpan {
  KtFilmTime start;
  KtFilmTime end;
} KtSpan;

/// One picture's features; all 0..1 but for the flow, in picture widths a second.
typedef struct KtFrame {
  KtFilmTime time;
  float brightness; ///< mean lightness (L* / 100)
  float contrast;   ///< deviation of lightness
  float saturation;
  float warmth; ///< -1 cold .. 1 warm
  float motion; ///< energy of movement, cuts taken out
  float flow_x; ///< main movement, right positive
  float flow_y; ///< down positive
  float camera_x, camera_y; ///< how the camera turns: right and down positive
  float zoom;               ///< growth of the picture a second (natural logarithm), in positive
  float local;              ///< energy of movement in the picture, the camera taken out
  float local_x, local_y;   ///< its direction and speed against the camera
} KtFrame;

typedef struct KtShot {
  int start_frame, end_frame; ///< inclusive
  KtFilmTime start, end;
  int scene;               ///< 0-based group of shots
  KtTransition transition; ///< how it comes in
  int transition_start_frame, transition_end_frame;
  float confidence;                                       ///< 0..1
  float brightness, contrast, saturation, warmth, motion; ///< means
  uint8_t palette[3][3];                                  ///< three dominant colours, sRGB
  float palette_share[3];
  int listed; ///< 1-based place in the film's edit list; 0: found by looking
} KtShot;

typedef enum KtMomentKind {
  KT_MOMENT_TRANSIENT, ///< a sudden sound
  KT_MOMENT_BURST,     ///< movement breaks out
  KT_MOMENT_STOP,      ///< movement stops dead
  KT_MOMENT_FLASH,
  KT_MOMENT_IMPACT, ///< one sudden movement, over at once: a blow, a jolt
} KtMomentKind;
const char *kt_moment_name(KtMomentKind kind);

typedef struct KtMoment {
  KtFilmTime at;
  KtMomentKind kind;
  float strength; ///< 0..1
} KtMoment;

typedef enum KtGestureKind {
  KT_GESTURE_STILLNESS, ///< nothing moves, the camera neither
  KT_GESTURE_RISE,
  KT_GESTURE_FALL,
  KT_GESTURE_SWEEP_LEFT, ///< as seen on the screen
  KT_GESTURE_SWEEP_RIGHT,
} KtGestureKind;
const char *kt_gesture_name(KtGestureKind kind);

/// One movement in the picture, the camera's taken out, that keeps its direction.
typedef struct KtGesture {
  KtFilmTime start, end; ///< first picture that moved, and the one where it arrives
  KtGestureKind kind;
  float direction; ///< degrees: 0 to the right, 90 up, -90 down; 0 for stillness
  float travel;    ///< how far, in picture widths
  float strength;  ///< 0..1: how far, how much of the picture; of stillness: how long
} KtGesture;

typedef enum KtCameraKind {
  KT_CAMERA_PAN,
  KT_CAMERA_TILT,
  KT_CAMERA_ZOOM,     ///< a lens, or the camera going in or out
  KT_CAMERA_HANDHELD, ///< to and fro without arriving
} KtCameraKind;
const char *kt_camera_name(KtCameraKind kind);

typedef struct KtCameraMove {
  KtFilmTime start, end; ///< first picture that moved, and the last
  KtCameraKind kind;
  float direction; ///< degrees, as of a gesture, of the camera; 0 for zoom and handheld
  float amount;    ///< picture widths; of a zoom the logarithm of growth, in positive
  float strength;  ///< 0..1, by speed
} KtCameraMove;

/// How fast the film goes, one point a second from film time 0 on.
typedef struct KtPacePoint {
  float cuts_per_minute; ///< around here
  float motion;          ///< 0..1, around here
  float pace;            ///< 0..1 of both
} KtPacePoint;

/// Loudness of the film's sound, ten a second (BS.1770-4), each window (400 ms, 3 s) centred on its
/// point; -HUGE_VALF in silence.
typedef struct KtLoudnessPoint {
  float momentary_lufs;
  float short_term_lufs;
} KtLoudnessPoint;

/// What a place sounds like where nobody speaks and no music plays: a span of one level and colour.
typedef struct KtAmbience {
  KtFilmTime start, end;
  float lufs;     ///< middle of its 100 ms loudnesses: single events do not count
  float range_lu; ///< between their tenths and nine tenths: rain 1, a street 10
  float tilt_db;  ///< 3..8 kHz over 200..1500 Hz: low for wind, over 0 for crickets
} KtAmbience;

typedef struct KtCaption {
  KtFilmTime start, end;
  const char *speaker; ///< "" where not said
  const char *text;    ///< markup taken off, lines joined by spaces
  bool sound;          ///< describes a sound: "[wind howls]"
} KtCaption;

/// A picture of the edit list, on the film's time.
typedef struct KtEditEvent {
  KtFilmTime start, end;
  KtTransition transition;   ///< how it comes in
  KtFilmTime transition_end; ///< equal to start for a cut
  const char *name;          ///< of the clip; "" where not said
  const char *reel;          ///< "" where not said
  bool blank;                ///< black, or nothing
  bool through;              ///< goes on where the one before ended: no cut is seen
} KtEditEvent;

/// What an editor marked, in an edit list or in a file of markers.
typedef struct KtMarker {
  KtFilmTime at, duration; ///< duration 0: a point
  const char *name, *note; ///< "" where not said
  const char *colour;      ///< lower case, "red"; "" where not said
} KtMarker;

/// What there is to know of a film before anything is decided. Owns its arena.
typedef struct KtFilm {
  KtArena *arena;
  const char *path;
  const char *title; ///< file name without extension
  KtRate rate;       ///< nominal
  bool variable_rate;
  bool sketch;              ///< not made yet: people speak as written, sound and picture are not known
  KtTimecode timecode;      ///< rate, drop and start of the film
  bool timecode_said;       ///< by the file, an option or an edit list; else it is taken as 0
  KtFilmTime picture_start; ///< where film time 0 lies in the container
  KtFilmTime duration;      ///< to the later of last picture and last sound
  int width, height;
  int video_stream; ///< index in the container
  int audio_stream; ///< -1 where there is none
  int audio_rate, audio_channels;
  int audio_bits;
  bool preview;   ///< only key pictures were seen: no movement, cuts may be late
  bool truncated; ///< decoding ended before the container said it would
  KT_ARRAY(KtFrame) frames;
  KT_ARRAY(KtShot) shots;
  KT_ARRAY(KtSpan) speech;
  KT_ARRAY(KtSpan) music; ///< music already in the film's own sound
  float music_share;      ///< of the film's length
  KT_ARRAY(KtMoment) moments;
  KT_ARRAY(KtGesture) gestures;   ///< in order of their start
  KT_ARRAY(KtCameraMove) camera;  ///< in order of their start
  KT_ARRAY(KtPacePoint) pace;     ///< point i is at i seconds
  KT_ARRAY(KtLoudnessPoint) loudness; ///< point i is at i * 0.1 s film time
  KT_ARRAY(KtSpan) silence;           ///< of the film's own sound, half a second and longer
  KT_ARRAY(KtAmbience) ambience;      ///< two seconds and longer, in order
  double integrated_lufs;             ///< -HUGE_VAL where silent
  double dialogue_lufs;               ///< over speech; -HUGE_VAL where none
  double true_peak_dbtp;
  KT_ARRAY(KtSpan) titles; ///< spans of lettering: main title, end credits
  KT_ARRAY(KtCaption) captions;
  const char *edit_name; ///< of the edit list's file; NULL where there is none
  KT_ARRAY(KtEditEvent) edit;
  KT_ARRAY(KtMarker) markers; ///< by time
  const char *speech_method; ///< how speech was found, for the report
  KT_ARRAY(const char *) warnings;
} KtFilm;

typedef struct KtFilmOptions {
  const char *path;
  const char *subtitles;      ///< NULL: none given; captions inside the file are not used
  const char *audio_file;     ///< other film sound (`--film-sound FILE`); NULL: the film's own
  bool drop_sound;            ///< as if the film had no sound (picture only is analysed)
  bool preview;               ///< see key pictures only, much faster
  int video_stream;           ///< -1: the largest picture
  const char *start_timecode; ///< NULL: the file's, or 00:00:00:00
} KtFilmOptions;

/// Decode and analyse; the picture once, the sound once. KT_ERR_MISSING (no file, no picture
/// stream), KT_ERR_FORMAT (not a film), KT_ERR_CANCELLED. A truncated film gives what decodes, with
/// a warning.
KtStatus kt_film_look(const KtContext *ctx, const KtFilmOptions *options, KtFilm **film,
                      KtError *err);
void kt_film_free(KtFilm *film);

/// Keep and take back what kt_film_look() found (captions are read anew). A kept file that is
/// damaged or of another version gives KT_ERR_FORMAT: look again.
KtStatus kt_film_save(const KtFilm *film, const char *path, KtError *err);
KtStatus kt_film_load(const char *path, KtFilm **film, KtError *err);

/// SRT, WebVTT, ASS and SSA, by content. Times become film time: container time less `picture_start`.
KtStatus kt_captions_read(KtFilm *film, const char *path, KtError *err);

/// Takes an edit list, and a file of markers, onto the film (either NULL): its timecode where the
/// film has none of its own, its markers, its cuts and transitions in place of those that were seen.
/// What does not fit is told in the film's warnings. CMX3600, OpenTimelineIO, Final Cut 7 XML,
/// FCPXML, ALE; markers of Resolve, Premiere, Avid: by content. Read anew after kt_film_load().
KtStatus kt_film_take_edit(KtFilm *film, const char *edit, const char *markers, KtError *err);
/// Whether a file is one of those, before a film is looked at for it; NULL is.
KtStatus kt_edit_check(const char *path, KtError *err);

/// Averages over a span, for those who ask what a moment looks like.
KtFrame kt_film_average(const KtFilm *film, KtFilmTime start, KtFilmTime end);
bool kt_film_speech_at(const KtFilm *film, KtFilmTime start, KtFilmTime end); ///< any overlap
int kt_film_frame_at(const KtFilm *film, KtFilmTime time); ///< index of the frame on screen
int kt_film_shot_at(const KtFilm *film, KtFilmTime time);

/// The film's own sound from film time 0 on, for the mix: interleaved float at 48 kHz, `channels`
/// of the file; silence where the file has none. Streams; memory does not grow with length.
typedef struct KtFilmSound KtFilmSound;
KtStatus kt_film_sound_open(const KtFilm *film, const char *audio_file, KtFilmSound **sound,
                            KtError *err);
int kt_film_sound_channels(const KtFilmSound *sound);
/// Reads up to `count` audio frames in order; fewer only at the end, which is that of the sound or,
/// where later, of the film (silence in between).
KtStatus kt_film_sound_read(KtFilmSound *sound, float *samples, size_t count, size_t *got,
                            KtError *err);
void kt_film_sound_close(KtFilmSound *sound);

#endif
