// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KINOTHEK_STATUS_H
#define KINOTHEK_STATUS_H

/** What a call that can fail returns. */
typedef enum KtStatus {
  KT_OK = 0,
  KT_ERR_MEMORY,      ///< an allocation failed
  KT_ERR_IO,          ///< a file could not be read or written
  KT_ERR_FORMAT,      ///< a file or text is not what it should be
  KT_ERR_UNSUPPORTED, ///< right, but beyond what is built in
  KT_ERR_ARGUMENT,    ///< the caller asked for something that cannot be
  KT_ERR_MISSING,     ///< something needed (file, sample library, stream) is not there
  KT_ERR_CANCELLED,   ///< the caller asked to stop
  KT_ERR_BUSY,        ///< another process is at work on the same production
} KtStatus;

/** What went wrong, for a person: owned by the caller, filled by the call that failed. */
typedef struct KtError {
  KtStatus status;
  int line;          ///< 1-based, 0 where none
  int column;        ///< 1-based, 0 where none
  char file[512];    ///< empty where none
  char where[32];    ///< a timecode or cue, empty where none
  char message[512]; ///< one line: what was found and what to do
} KtError;

#endif
