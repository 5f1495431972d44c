// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "film/pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Kept with the film, so that it is said again when the film is taken from what was kept.
static void warn(KtFilm *film, const char *line) {
  const char **warning = kt_array_push(film->arena, &film->warnings);
  if (warning) {
    *warning = line;
  }
}

static KtFilm *film_new(const KtFilmOptions *options) {
  KtArena *arena = kt_arena_new();
  KtFilm *film = arena ? KT_NEW(arena, KtFilm, 1) : NULL;
  if (!film) {
    kt_arena_free(arena);
    return NULL;
  }
  film->arena = arena;
  film->path = kt_arena_text(arena, options->path);
  const char *name = kt_path_name(options->path);
  film->title = kt_arena_text_n(arena, name, kt_path_title(name));
  film->preview = options->preview;
  film->video_stream = film->audio_stream = -1;
  film->integrated_lufs = film->dialogue_lufs = film->true_peak_dbtp = -HUGE_VAL;
  film->speech_method = "none";
  return film;
}

/// Silero VAD's weights from the data folder; NULL, and a line that says what is done without them,
/// where they are not there or not good.
static KtSileroWeights *open_weights(KtPass *pass) {
  KtFilm *film = pass->film;
  KtSileroWeights *weights = NULL;
  KtError why = {0};
  const char *folder = pass->ctx->data_dir ? pass->ctx->data_dir : ".";
  const char *path = kt_path_join(film->arena, folder, "weights/silero_vad.onnx");
  KtStatus status = path ? kt_silero_open(path, &weights, &why) : KT_ERR_MEMORY;
  if (status == KT_ERR_MISSING) {
    warn(film, kt_arena_format(film->arena,
                               "%s is missing: words are found by pitch and rhythm alone, which "
                               "misses more; run tools/fetch-weights", path));
  } else if (status) {
    warn(film, kt_arena_format(film->arena,
                               "%s; words are found by pitch and rhythm alone", why.message));
  }
  return weights;
}

static KtStatus open_sound(KtPass *pass, const KtFilmOptions *options, KtError *err) {
  KtFilm *film = pass->film;
  if (options->drop_sound) {
    return KT_OK;
  }
  film->audio_stream = kt_media_audio_stream(pass->format, film->video_stream);
  if (options->audio_file) { // its channels are known when it is open
    KtFilmSound *sound = NULL;
    KtStatus status = kt_film_sound_open(film, options->audio_file, &sound, err);
    if (status) {
      return status;
    }
    AVChannelLayout layout = {0};
    film->audio_channels = kt_film_sound_channels(sound);
    film->audio_rate = KT_SAMPLE_RATE;
    av_channel_layout_default(&layout, film->audio_channels);
    kt_film_sound_close(sound);
    status = kt_hear_init(&pass->hear, &layout, open_weights(pass), err);
    pass->hear_ready = true;
    pass->audio_file = options->audio_file;
    return status;
  }
  if (film->audio_stream < 0) {
    return KT_OK;
  }
  const AVStream *stream = pass->format->streams[film->audio_stream];
  pass->sound_ready = true;
  KtStatus status =
      kt_sound_stream_init(&pass->sound, stream, film->path, film->picture_start, NULL, NULL, err);
  if (status) {
    return status;
  }
  film->audio_rate = stream->codecpar->sample_rate;
  film->audio_channels = pass->sound.layout.nb_channels;
  film->audio_bits = stream->codecpar->bits_per_raw_sample
                         ? stream->codecpar->bits_per_raw_sample
                         : stream->codecpar->bits_per_coded_sample;
  pass->hear_ready = true;
  return kt_hear_init(&pass->hear, &pass->sound.layout, open_weights(pass), err);
}

static KtStatus open_film(KtPass *pass, const KtFilmOptions *options, KtError *err) {
  KtFilm *film = pass->film;
  if (kt_dir_exists(film->path)) {
    return kt_error_at(err, KT_ERR_FORMAT, film->path, 0, 0, "is a folder; name a film");
  }
  KtStatus status = kt_media_open(film->path, &pass->format, err);
  if (!status) {
    status = kt_media_video_stream(pass->format, film->path, options->video_stream,
                                   &film->video_stream, err);
  }
  if (!status) {
    status = kt_media_first_picture(film->path, film->video_stream, &film->picture_start, err);
  }
  if (status) {
    return status;
  }
  const AVStream *stream = pass->format->streams[film->video_stream];
  pass->turns = kt_media_turns(stream);
  bool lying = pass->turns % 2 == 0;
  film->width = lying ? stream->codecpar->width : stream->codecpar->height;
  film->height = lying ? stream->codecpar->height : stream->codecpar->width;
  status = kt_media_decoder(stream, film->path, pass->ctx->threads, &pass->codec, err);
  return status ? status : open_sound(pass, options, err);
}

static const char *file_timecode(const KtPass *pass) {
  const AVFormatContext *format = pass->format;
  const AVDictionaryEntry *entry =
      av_dict_get(format->streams[pass->film->video_stream]->metadata, "timecode", NULL, 0);
  entry = entry ? entry : av_dict_get(format->metadata, "timecode", NULL, 0);
  for (unsigned i = 0; i < format->nb_streams && !entry; ++i) {
    entry = av_dict_get(format->streams[i]->metadata, "timecode", NULL, 0);
  }
  return entry ? entry->value : NULL;
}

static KtStatus find_timecode(const KtPass *pass, const KtFilmOptions *options, KtError *err) {
  KtFilm *film = pass->film;
  const char *text = options->start_timecode ? options->start_timecode : file_timecode(pass);
  film->timecode = (KtTimecode){.rate = film->rate};
  film->timecode_said = text != NULL;
  if (!text) {
    return KT_OK;
  }
  bool can_drop = film->rate.den == 1001 && (film->rate.num == 30000 || film->rate.num == 60000);
  film->timecode.drop = can_drop && strchr(text, ';');
  KtStatus status = kt_timecode_parse(&film->timecode, text, &film->timecode.start_frames,
                                      options->start_timecode ? err : NULL);
  if (!options->start_timecode && status) { // what a camera wrote wrong does not stop the work
    warn(film, kt_arena_format(film->arena,
                               "the file's start timecode \"%.40s\" cannot be read at its "
                               "frame rate; 00:00:00:00 is taken",
                               text));
    film->timecode = (KtTimecode){.rate = film->rate};
    film->timecode_said = false;
    status = KT_OK;
  }
  return status;
}

static void tell_of_break(const KtPass *pass) {
  KtFilm *film = pass->film;
  if (film->truncated) {
    char at[KT_TIMECODE_SIZE];
    const KtFrame *last = &film->frames.items[film->frames.count - 1];
    kt_timecode_print(&film->timecode, last->time + kt_frame_time(film->rate, 1), at);
    warn(film, kt_arena_format(film->arena,
                               "%s breaks off: from %s on its pictures are missing; what "
                               "decodes is used",
                               kt_path_name(film->path), at));
  }
}

/// Pictures that are not there or were patched, and from where on.
static void tell_of_damage(const KtPass *pass) {
  KtFilm *film = pass->film;
  const KtFrame *frames = film->frames.items;
  char from[KT_TIMECODE_SIZE], to[KT_TIMECODE_SIZE];
  size_t at = 0, holes = 0;
  KtFilmTime missing = film->preview ? 0 : kt_timing_holes(film, &at, &holes);
  if (missing) {
    kt_timecode_print(&film->timecode, frames[at - 1].time + kt_frame_time(film->rate, 1), from);
    kt_timecode_print(&film->timecode, frames[at].time, to);
    warn(film, kt_arena_format(film->arena,
                               "%s has no pictures from %s to %s (%zu such places, %.2f s in all): it is "
                               "damaged, or was recorded so",
                               kt_path_name(film->path), from, to, holes, kt_seconds(missing)));
  }
  bool at_break = film->truncated && pass->first_damaged + 1 == film->frames.count; // said already
  if (pass->damaged && pass->first_damaged < film->frames.count && !at_break) {
    kt_timecode_print(&film->timecode, frames[pass->first_damaged].time, from);
    warn(film, kt_arena_format(film->arena, "%s is damaged: %zu picture%s badly, the first at %s",
                               kt_path_name(film->path), pass->damaged,
                               pass->damaged == 1 ? " decodes" : "s decode", from));
  }
}

static void tell_of_preview(KtFilm *film) {
  warn(film, kt_arena_format(film->arena,
                             "a quick look: %zu key pictures were seen; cuts may be missed or late, "
                             "movement, gestures and moments in the picture were not looked for",
                             film->frames.count));
}

static KtStatus understand(KtPass *pass, const KtFilmOptions *options, KtError *err) {
  KtFilm *film = pass->film;
  if (pass->sights.count < 2) {
    return kt_error_at(err, KT_ERR_FORMAT, film->path, 0, 0,
                       "holds %s that decodes; a film needs two or more",
                       pass->sights.count ? "a single picture" : "no picture");
  }
  KtStatus status = kt_timing_find(pass, err);
  if (!status) {
    status = find_timecode(pass, options, err);
  }
  if (!status) {
    tell_of_break(pass);
    tell_of_damage(pass);
    if (options->subtitles) {
      status = kt_captions_read(film, options->subtitles, err);
    }
  }
  if (!status) {
    status = film->preview ? KT_OK : kt_shots_find(film, &pass->sights, err);
  }
  if (status) {
    return status;
  }
  if (film->preview) {
    kt_preview_shots(film, &pass->sights);
    tell_of_preview(film);
  } else {
    kt_motion_find(film, &pass->sights);
    kt_gestures_find(film, &pass->sights);
    kt_camera_moves_find(film);
  }
  kt_pace_find(film);
  kt_palettes_find(film, &pass->sights);
  status = pass->hear_ready ? kt_hear_finish(&pass->hear, film, err) : KT_OK;
  if (!status && !kt_scenes_find(film, &pass->sights)) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_titles_find(film, &pass->sights);
  if (film->preview) {
    kt_preview_number(film);
  }
  return status;
}

static int by_time(const void *a, const void *b) {
  const KtMoment *x = a, *y = b;
  if (x->at != y->at) {
    return x->at < y->at ? -1 : 1;
  }
  return (int)x->kind - (int)y->kind;
}

KtStatus kt_film_look(const KtContext *ctx, const KtFilmOptions *options, KtFilm **result,
                      KtError *err) {
  *result = NULL;
  KtFilm *film = film_new(options);
  if (!film) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtPass pass = {.ctx = ctx, .film = film};
  kt_progress(ctx, "film", 0.0);
  KtStatus status = open_film(&pass, options, err);
  if (!status) {
    status = kt_pass_run(&pass, err);
  }
  if (!status) {
    status = understand(&pass, options, err);
  }
  kt_pass_clear(&pass);
  if (!status && kt_arena_failed(film->arena)) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (status) {
    kt_film_free(film);
    return status;
  }
  if (film->moments.count) {
    qsort(film->moments.items, film->moments.count, sizeof(KtMoment), by_time);
  }
  kt_progress(ctx, "film", 1.0);
  *result = film;
  return KT_OK;
}
