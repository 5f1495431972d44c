// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_EDIT_H
#define KT_FILM_EDIT_H

#include "film/film.h"

typedef enum KtEditFormat {
  KT_EDIT_CMX,
  KT_EDIT_OTIO,
  KT_EDIT_FCP7,
  KT_EDIT_FCPX,
  KT_EDIT_ALE,
  KT_EDIT_TABLE, ///< markers in columns
} KtEditFormat;

/// A piece of picture on one layer of the record. Times count from 00:00:00:00 of the record.
typedef struct KtEditClip {
  int layer; ///< higher covers lower
  KtFilmTime start, end;
  KtTransition in, out;         ///< cut, or how it comes in, how it gives way
  KtFilmTime in_time, out_time; ///< how long that takes; 0 for a cut
  KtFilmTime source;            ///< where in its source it begins
  const char *name, *reel;      ///< "" where not said
  bool blank;
  bool even; ///< plays at its own speed, and `source` is known
} KtEditClip;

/// An edit list as it was read; events are made of the clips by kt_edit_flatten().
typedef struct KtEdit {
  KtArena *arena;
  const char *path;
  KtEditFormat format;
  KtRate rate; ///< num 0: not said, the film's
  bool drop;
  bool start_said;
  KtFilmTime start; ///< timecode of the record's beginning
  KT_ARRAY(KtEditClip) clips;
  KT_ARRAY(KtEditEvent) events; ///< in record time
  KT_ARRAY(KtMarker) markers;   ///< in record time
  KT_ARRAY(const char *) notes; ///< what a person should know
  int sounds, keys, named;      ///< events of sound only, keys laid over, clips without a place
  int layers;                   ///< more than one was used: 2 and up
} KtEdit;

/// Layers of a whole film are so far apart, for what lies inside one clip of them.
enum { KT_EDIT_MOST = 20000, KT_EDIT_DEEP = 48, KT_EDIT_NEST = 64 };

/// Reads a list by its content. `timecode` is the film's: its rate counts where the list says none;
/// NULL: any (only to see whether the file is right). KT_ERR_FORMAT with line and column.
KtStatus kt_edit_read(KtArena *arena, const char *path, const KtTimecode *timecode, KtEdit **edit,
                      KtError *err);

/// The readers, each of the whole text (UTF-8, with a NUL after it).
KtStatus kt_edit_read_cmx(KtEdit *edit, const char *text, const KtTimecode *timecode, KtError *err);
KtStatus kt_edit_read_otio(KtEdit *edit, const char *text, size_t size, KtError *err);
KtStatus kt_edit_read_xml(KtEdit *edit, const char *text, size_t size, KtError *err);
KtStatus kt_edit_read_ale(KtEdit *edit, const char *text, KtError *err);
KtStatus kt_edit_read_table(KtEdit *edit, const char *text, const KtTimecode *timecode,
                            KtError *err);
struct KtXmlNode;
KtStatus kt_edit_read_fcp7(KtEdit *edit, const struct KtXmlNode *root, KtError *err);
KtStatus kt_edit_read_fcpx(KtEdit *edit, const struct KtXmlNode *root, KtError *err);

/// For the readers. A clip beyond KT_EDIT_MOST, or with no length, is left out (NULL).
KtEditClip *kt_edit_clip(KtEdit *edit, int layer, KtFilmTime start, KtFilmTime end,
                         const char *name);
/// A transition on a layer whose clips are all there, over their common edge.
void kt_edit_transition(KtEdit *edit, int layer, KtFilmTime start, KtFilmTime end,
                        KtTransition kind);
KtMarker *kt_edit_marker(KtEdit *edit, KtFilmTime at, KtFilmTime duration, const char *name,
                         const char *note, const char *colour);
void kt_edit_note(KtEdit *edit, const char *line);
KtTransition kt_edit_transition_kind(const char *name); ///< "Cross Dissolve", "Dip to White"
/// 24, 23.976, 29.97 and their like; num 0 where it is no rate.
KtRate kt_edit_rate(double fps);
/// Seconds as a fraction, in flicks; false beyond what time can be (30 days).
bool kt_edit_flicks(double seconds, KtFilmTime *time);
bool kt_edit_fraction(int64_t num, int64_t den, KtFilmTime *time);

/// What is on top, from the first picture to the last, with transitions; sorts the markers.
KtStatus kt_edit_flatten(KtEdit *edit, KtError *err);

/// Puts a list's events and markers on the film's time: film->edit, film->markers.
KtStatus kt_edit_place(KtFilm *film, const KtEdit *edit, bool cuts, KtError *err);
/// Shots as film->edit cuts them; as they were seen where it says nothing.
KtStatus kt_edit_cut_shots(KtFilm *film, KtError *err);

#endif
