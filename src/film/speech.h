// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_SPEECH_H
#define KT_FILM_SPEECH_H

#include "film/hear.h"

/// Where somebody speaks, into the film: from the network's odds where its weights were there, else
/// from our measures; captions, where read, support it (speech.c).
void kt_speech_find(const KtHear *hear, KtFilm *film);
KtFilmTime kt_speech_step_time(size_t step); ///< start of a step of 10 ms

/// Moves the edges of what was found to where words rise out of the room (speech_edges.c).
void kt_speech_refine(const KtHear *hear, KtFilm *film);

/// Log-odds that captions add at `at`: words on screen make words likelier, their absence less so.
/// `next` is 0 at first and grows with `at`, which only goes forward (speech_captions.c).
float kt_speech_caption_help(const KtFilm *film, KtFilmTime at, size_t *next);
/// By how many seconds captions come after the words that are heard (before: negative); 0 where they
/// agree, or nothing can be told.
double kt_speech_captions_late_s(const KtHear *hear, const KtFilm *film);
/// Where a caption is up about as long as its words take and little of them was heard, the words are
/// taken to be there.
void kt_speech_lean_on_captions(KtFilm *film);

#endif
