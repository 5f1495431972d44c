// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KINOTHEK_KINOTHEK_H
#define KINOTHEK_KINOTHEK_H

#include "kinothek/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The program's version, "0.1.0".
const char *kt_version(void);

/// How to score a film. Start from kt_score_options_init(); text is borrowed for the call.
typedef struct KtScoreOptions {
  const char *film;        ///< needed, but for a free cue
  const char *script;      ///< Fountain; NULL none
  const char *subtitles;   ///< SRT or WebVTT; NULL none
  const char *edl;         ///< edit list; NULL none
  const char *markers;     ///< an editor's markers; NULL none
  const char *brief;       ///< YAML; NULL none
  const char *textures;    ///< folder of field recordings; NULL none
  const char *out;         ///< folder; NULL: NAME.kinothek beside where we stand
  const char *palette;     ///< NULL: the brief's, or as the story suggests
  const char *loudness;    ///< NULL: the film's own sound untouched; ebu, atsc, netflix, web
  const char *film_sound;  ///< NULL or "keep", "drop", or a file
  const char *cues;        ///< "1m01,1m02": only these; NULL all
  const char *library;     ///< sample library id or file; NULL: default
  const char *start_timecode; ///< NULL: the file's
  bool preview;            ///< kt_look(): key pictures only, much faster, and less is seen
  int video_stream;        ///< -1: the largest picture
  int threads;             ///< 0: all cores
  bool has_seed;
  uint64_t seed;
  const char *mood;        ///< a free cue instead of a film: "sad, intimate", "calm > afraid"; NULL none
  double seconds;          ///< its length, 4 to 1800
  bool sketch;             ///< no film yet: script or subtitles are its time line
  bool suite;              ///< with a suite of its main moments, cue 0m01
} KtScoreOptions;
void kt_score_options_init(KtScoreOptions *options);

/// Whom to tell. Called from the calling thread or one of ours, one at a time.
typedef struct KtListener {
  void (*warning)(void *user, const char *line);
  void (*progress)(void *user, const char *stage, double fraction, double seconds_left);
  void *user;
} KtListener;

/// A film's production: what its score is made of, in one folder.
typedef struct KtProduction KtProduction;

/// Open the production at `folder`, or make it. KT_ERR_FORMAT: a folder that is not ours.
/// KT_ERR_BUSY: another process is at work on it. The caller closes it.
KtStatus kt_production_open(const char *folder, const KtListener *listener, KtProduction **production,
                            KtError *err);
void kt_production_close(KtProduction *production);
/// Keep new inputs and options, replacing earlier ones.
KtStatus kt_production_set(KtProduction *production, const KtScoreOptions *options, KtError *err);
/// Bring everything up to date; only what changed is made again.
KtStatus kt_production_update(KtProduction *production, KtError *err);
/// What is made on request, into delivery/cues: click tracks (WAV, MIDI), the picture with streamers
/// (MP4), of the cues named in `cues` ("1m01,1m02"; NULL all). KT_ERR_ARGUMENT: the production is not
/// up to date, no such cue, or there is no picture.
KtStatus kt_production_deliver(KtProduction *production, bool clicks, bool streamers,
                               const char *cues, KtError *err);
/// Stop soon, from any thread or a signal handler.
void kt_production_cancel(KtProduction *production);
/// Path of a delivered file by its key in report.json: "scored", "mix", "music", "report",
/// "cue_sheet". Owned by the production; NULL where there is none.
const char *kt_production_file(const KtProduction *production, const char *key);
/// True when the last update found nothing to do.
bool kt_production_was_current(const KtProduction *production);

/// The spotting sheet as a person changes it: `form` "text" (all of it, readable), "cues",
/// "silences" or "hits" (CSV). The caller frees `text`. KT_ERR_MISSING: nothing is spotted yet.
KtStatus kt_production_export_sheet(KtProduction *production, const char *form, char **text,
                                    KtError *err);
/// Takes up a sheet, text or any of the tables, also one changed in delivery/: what differs from the
/// sheet as delivered is locked, and obeyed from the next update on. `told` says what was taken, a
/// line each; the caller frees it. KT_ERR_FORMAT with line and column, and then nothing is taken.
KtStatus kt_production_import_sheet(KtProduction *production, const char *path, char **told,
                                    KtError *err);
/// Forgets all that was set: the next update spots the film by itself.
KtStatus kt_production_reset_sheet(KtProduction *production, KtError *err);

/// What can be done about a production's themes.
typedef enum KtThemeAction {
  KT_THEMES_LIST,  ///< as they are now
  KT_THEMES_PLAY,  ///< each as piano and as orchestra, WAV and MIDI, into the folder `file`
  KT_THEMES_AGAIN, ///< another one for `subject`
  KT_THEMES_SET,   ///< `file` (ABC, MIDI, MusicXML) is the theme of `subject`
  KT_THEMES_LOCK,  ///< the theme of `subject` stays as it is
  KT_THEMES_FREE,  ///< it is the program's again
} KtThemeAction;
/// A subject is named as in the story, or by its theme's id. What was decided is kept and obeyed from the
/// next update on; the other themes stay as they are. Works before a score was made. `json` describes
/// the themes as in report.json, with "changed" (an id or null), "waits" (an update is due) and "files";
/// the caller frees it. KT_ERR_ARGUMENT: no such subject, or its theme is locked; KT_ERR_FORMAT: the file
/// is no theme; then nothing is changed.
KtStatus kt_production_themes(KtProduction *production, KtThemeAction action, const char *subject,
                              const char *file, char **json, KtError *err);
/// True where decisions about themes wait for an update.
bool kt_production_themes_wait(KtProduction *production);

/// What the program sees in a film, as the JSON of the report's film part. The caller frees `text`.
KtStatus kt_look(const KtScoreOptions *options, const KtListener *listener, char **text, KtError *err);
/// The same, and a page for people, film.html, written into `folder`, which is made if need be.
KtStatus kt_look_page(const KtScoreOptions *options, const char *folder, const KtListener *listener,
                      char **text, KtError *err);
/// What it reads in a screenplay (with `options->film`, placed on the film), as JSON; with
/// `options->out`, also drawn as story.html in that folder.
KtStatus kt_read_story(const KtScoreOptions *options, const KtListener *listener, char **text,
                       KtError *err);

/// Reads the emotion of words. One object, one thread.
typedef struct KtWords KtWords;
KtStatus kt_words_open(const char *language, KtWords **words, KtError *err);
/// One line "text, valence, arousal, tension, colours, known" separated by tabs, without line feed,
/// cut to `size`.
void kt_words_line(const KtWords *words, const char *text, char *line, size_t size);
void kt_words_close(KtWords *words);

/// The sample libraries known, a line each: name, whether it is installed and where, else which
/// package to install. The caller frees `text`.
KtStatus kt_list_libraries(char **text, KtError *err);
/// Plays every preset of a library (NULL: the one that is used) at mezzo-forte and says of each
/// instrument and articulation how loud it is against its place, when its attack is felt, what is left
/// of that after compensation, and what the library has not got; as lines, or JSON. Some seconds. The
/// caller frees `text`.
KtStatus kt_check_library(const char *library, bool json, char **text, KtError *err);
/// Makes a General MIDI library (SF2, SF3) known under its file's name: its presets are measured, and
/// how they are mapped and levelled is written to libraries/NAME.yaml in the person's data folder
/// ($XDG_DATA_HOME/kinothek). `text` says what was written and what is missing; the caller frees it.
KtStatus kt_add_library(const char *file, char **text, KtError *err);
/// Makes tables of a person's own style from the MusicXML scores of a folder: windows.yaml, lines.yaml and voices.yaml
/// in `into` (NULL: learned/NAME in the person's data folder), which a brief takes with `learned:`. `listener` may be
/// NULL. `text` says what was counted; the caller frees it. KT_ERR_IO, KT_ERR_FORMAT with file and line of a score,
/// KT_ERR_ARGUMENT where there is no score or less than half a minute of music.
KtStatus kt_learn_scores(const char *folder, const char *into, const KtListener *listener, char **text, KtError *err);

#endif
