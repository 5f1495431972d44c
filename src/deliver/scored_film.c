// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// NAME.scored.mp4 (or .mkv): the picture's packets as they are, the mix first, the film's own sound
// second, captions and chapters. Nothing is held in memory but what is between two packets.
#include "deliver/caption_track.h"
#include "deliver/sound_track.h"

#include "base/xml.h"

#include <libavutil/mathematics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double SOUND_AHEAD_S = 0.5; ///< how far the mix runs ahead of the picture

enum { REORDER_SIZE = 17 };

/// The latest presentation times of the picture, to tell decoding times from.
typedef struct Reorder {
  int64_t pts[REORDER_SIZE];
  bool filled;
} Reorder;

typedef struct Mux {
  const KtDelivery *delivery;
  KtArena *arena;
  AVFormatContext *in, *out;
  KtSoundTrack *sound;
  int sound_stream;       ///< index in the output
  int *map;               ///< input stream to output stream, -1 left out
  KtCaptionTrack **captions; ///< per input stream: those written anew as SubRip
  int64_t *last_dts;      ///< per input stream
  Reorder order;
  AVPacket *packet;
  const char *temporary;
} Mux;

static KtStatus av_error(KtError *err, const char *path, const char *what, int code) {
  KtStatus status = code == AVERROR(ENOMEM) ? KT_ERR_MEMORY : code == AVERROR(ENOENT) ? KT_ERR_MISSING
                                                                                      : KT_ERR_IO;
  return kt_error_at(err, status, path, 0, 0, "%s: %s", what, av_err2str(code));
}

static KtStatus open_input(const KtFilm *film, AVFormatContext **in, KtError *err) {
  av_log_set_level(AV_LOG_QUIET); // a library does not print; what matters comes back as an error
  int code = avformat_open_input(in, film->path, NULL, NULL);
  if (code < 0) {
    return av_error(err, film->path, "cannot be read", code);
  }
  (*in)->flags |= AVFMT_FLAG_GENPTS;
  code = avformat_find_stream_info(*in, NULL);
  if (code >= 0 && (film->video_stream < 0 || (unsigned)film->video_stream >= (*in)->nb_streams)) {
    code = AVERROR_STREAM_NOT_FOUND;
  }
  if (code < 0) {
    avformat_close_input(in);
    return av_error(err, film->path, "cannot be read", code);
  }
  return KT_OK;
}

static bool wanted_stream(const KtFilm *film, const AVStream *stream) {
  if (stream->index == film->video_stream || stream->index == film->audio_stream) {
    return true;
  }
  return stream->codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE;
}

/// MP4 where it can carry every stream as it is, Matroska otherwise.
static bool fits_mp4(const KtFilm *film, const AVFormatContext *in) {
  const AVOutputFormat *mp4 = av_guess_format("mp4", NULL, NULL);
  for (unsigned i = 0; mp4 && i < in->nb_streams; ++i) {
    const AVCodecParameters *par = in->streams[i]->codecpar;
    if (!wanted_stream(film, in->streams[i])) {
      continue;
    }
    if (par->codec_id == AV_CODEC_ID_NONE || avformat_query_codec(mp4, par->codec_id, FF_COMPLIANCE_NORMAL) != 1 ||
        par->codec_id == AV_CODEC_ID_VORBIS || par->codec_id == AV_CODEC_ID_DVD_SUBTITLE) {
      return false; // FFmpeg would write the last two, but players would not read them
    }
  }
  return mp4 != NULL;
}

static KtStatus scored_name(const KtDelivery *delivery, const AVFormatContext *in,
                            char name[KT_PATH_SIZE], bool *mkv, KtError *err) {
  *mkv = !fits_mp4(delivery->film, in);
  int length = snprintf(name, KT_PATH_SIZE, "%s.scored.%s", delivery->name, *mkv ? "mkv" : "mp4");
  return length < KT_PATH_SIZE ? KT_OK
                               : kt_error_set(err, KT_ERR_IO, "the film's name is too long");
}

KtStatus kt_scored_name(const KtDelivery *delivery, char name[KT_PATH_SIZE], KtError *err) {
  if (delivery->film->video_stream < 0) {
    name[0] = '\0'; // music without a film
    return KT_OK;
  }
  AVFormatContext *in = NULL;
  bool mkv = false;
  KtStatus status = open_input(delivery->film, &in, err);
  if (!status) {
    status = scored_name(delivery, in, name, &mkv, err);
    avformat_close_input(&in);
  }
  return status;
}

static void set_tag(AVDictionary **tags, Mux *mux, const char *key, const char *value) {
  if (value && *value) {
    av_dict_set(tags, key, kt_text_valid(mux->arena, value), 0);
  }
}

static KtStatus add_sound(Mux *mux, bool mkv, KtError *err) {
  const KtFilm *film = mux->delivery->film;
  bool header = (mux->out->oformat->flags & AVFMT_GLOBALHEADER) != 0;
  KtStatus status = kt_sound_track_open(mux->delivery->mix->mix_path, mkv, header,
                                        kt_seconds(film->picture_start), &mux->sound, err);
  if (status) {
    return status;
  }
  const AVCodecContext *codec = kt_sound_track_codec(mux->sound);
  AVStream *stream = avformat_new_stream(mux->out, NULL);
  if (!stream || avcodec_parameters_from_context(stream->codecpar, codec) < 0) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  stream->time_base = codec->time_base;
  stream->disposition = AV_DISPOSITION_DEFAULT;
  mux->sound_stream = stream->index;
  set_tag(&stream->metadata, mux, "title", "Film sound and score");
  set_tag(&stream->metadata, mux, "handler_name", "Film sound and score");
  const AVDictionaryEntry *language = NULL;
  if (film->audio_stream >= 0 && (unsigned)film->audio_stream < mux->in->nb_streams) {
    language = av_dict_get(mux->in->streams[film->audio_stream]->metadata, "language", NULL, 0);
  }
  set_tag(&stream->metadata, mux, "language", language ? language->value : "und");
  return KT_OK;
}

static KtStatus add_copied(Mux *mux, unsigned index, KtError *err) {
  AVStream *from = mux->in->streams[index];
  AVStream *to = avformat_new_stream(mux->out, NULL);
  if (!to || avcodec_parameters_copy(to->codecpar, from->codecpar) < 0) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  mux->map[index] = to->index;
  const struct AVCodecTag *const *tags = mux->out->oformat->codec_tag;
  unsigned tag = 0;
  if (tags && av_codec_get_id(tags, from->codecpar->codec_tag) != from->codecpar->codec_id &&
      av_codec_get_tag2(tags, from->codecpar->codec_id, &tag)) {
    to->codecpar->codec_tag = 0; // the container's own
  } else if (!tags) {
    to->codecpar->codec_tag = 0;
  }
  to->time_base = from->time_base;
  to->avg_frame_rate = from->avg_frame_rate;
  to->r_frame_rate = from->r_frame_rate;
  to->sample_aspect_ratio = from->sample_aspect_ratio;
  to->disposition = from->disposition;
  av_dict_copy(&to->metadata, from->metadata, 0);
  for (int i = 0; i < from->nb_side_data; ++i) { // rotation, mastering display, stereo
    uint8_t *data = av_stream_new_side_data(to, from->side_data[i].type, from->side_data[i].size);
    if (data) {
      memcpy(data, from->side_data[i].data, from->side_data[i].size);
    }
  }
  if (from->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) {
    to->disposition &= ~AV_DISPOSITION_DEFAULT;
    if (!av_dict_get(to->metadata, "title", NULL, 0)) {
      set_tag(&to->metadata, mux, "title", "The film's own sound");
    }
    set_tag(&to->metadata, mux, "handler_name", "The film's own sound");
  }
  if (to->codecpar->codec_id == AV_CODEC_ID_MOV_TEXT && strcmp(mux->out->oformat->name, "mp4") != 0) {
    return kt_caption_track_open(from, to, &mux->captions[index], err);
  }
  return KT_OK;
}

static KtStatus copy_chapters(Mux *mux, KtError *err) {
  unsigned count = mux->in->nb_chapters;
  if (!count) {
    return KT_OK;
  }
  mux->out->chapters = av_calloc(count, sizeof(AVChapter *));
  for (unsigned i = 0; mux->out->chapters && i < count; ++i) {
    const AVChapter *from = mux->in->chapters[i];
    AVChapter *to = av_mallocz(sizeof(*to));
    if (!to) {
      return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
    }
    mux->out->chapters[mux->out->nb_chapters++] = to;
    to->id = from->id;
    to->time_base = from->time_base;
    to->start = from->start;
    to->end = from->end;
    av_dict_copy(&to->metadata, from->metadata, 0);
  }
  return mux->out->chapters ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

/// The picture first, then the mix, then the film's own sound, then captions.
static KtStatus add_streams(Mux *mux, bool mkv, KtError *err) {
  const KtFilm *film = mux->delivery->film;
  KtStatus status = add_copied(mux, (unsigned)film->video_stream, err);
  if (!status && mux->delivery->mix && mux->delivery->mix->mix_path) {
    status = add_sound(mux, mkv, err);
  }
  if (!status && film->audio_stream >= 0 && (unsigned)film->audio_stream < mux->in->nb_streams) {
    status = add_copied(mux, (unsigned)film->audio_stream, err);
  }
  for (unsigned i = 0; !status && i < mux->in->nb_streams; ++i) {
    if (mux->map[i] < 0 && wanted_stream(film, mux->in->streams[i])) {
      status = add_copied(mux, i, err);
    }
  }
  return status ? status : copy_chapters(mux, err);
}

static KtStatus open_output(Mux *mux, bool mkv, KtError *err) {
  const KtFilm *film = mux->delivery->film;
  const char *path = mux->temporary;
  int code = avformat_alloc_output_context2(&mux->out, NULL, mkv ? "matroska" : "mp4", path);
  if (code < 0) {
    return av_error(err, path, "cannot be written", code);
  }
  mux->out->flags |= AVFMT_FLAG_BITEXACT; // no random ids: the same score is the same file
  KtStatus status = add_streams(mux, mkv, err);
  if (status) {
    return status;
  }
  av_dict_copy(&mux->out->metadata, mux->in->metadata, 0);
  static const char *const OF_THE_OLD_FILE[] = {"major_brand", "minor_version", "compatible_brands",
                                                "encoder", "creation_time"};
  for (size_t i = 0; i < sizeof(OF_THE_OLD_FILE) / sizeof(OF_THE_OLD_FILE[0]); ++i) {
    av_dict_set(&mux->out->metadata, OF_THE_OLD_FILE[i], NULL, 0);
  }
  if (!av_dict_get(mux->out->metadata, "title", NULL, 0)) {
    set_tag(&mux->out->metadata, mux, "title", film->title);
  }
  code = avio_open(&mux->out->pb, path, AVIO_FLAG_WRITE);
  AVDictionary *options = NULL;
  if (!mkv) {
    av_dict_set(&options, "movflags", "+faststart", 0);
    av_dict_set(&options, "movie_timescale", "48000", 0); // edit lists count in it: milliseconds are too coarse
  }
  code = code < 0 ? code : avformat_init_output(mux->out, &options);
  if (code >= 0) { // after init, which would take it away again
    set_tag(&mux->out->metadata, mux, mkv ? "encoder" : "encoding_tool", mux->delivery->program);
    code = avformat_write_header(mux->out, NULL);
  }
  av_dict_free(&options);
  return code < 0 ? av_error(err, path, "cannot be written", code) : KT_OK;
}

static KtStatus write_packet(Mux *mux, int stream, AVRational from, KtError *err) {
  mux->packet->stream_index = stream;
  mux->packet->pos = -1;
  av_packet_rescale_ts(mux->packet, from, mux->out->streams[stream]->time_base);
  int code = av_interleaved_write_frame(mux->out, mux->packet);
  return code < 0 ? av_error(err, mux->temporary, "cannot be written", code) : KT_OK;
}

/// Writes the mix up to `until_s` of the container's time.
static KtStatus write_sound(Mux *mux, double until_s, KtError *err) {
  KtStatus status = KT_OK;
  while (!status && mux->sound && kt_sound_track_time(mux->sound) < until_s) {
    bool ready = false;
    status = kt_sound_track_next(mux->sound, mux->packet, &ready, err);
    if (!status && ready) {
      status = write_packet(mux, mux->sound_stream, kt_sound_track_codec(mux->sound)->time_base, err);
    }
  }
  return status;
}

/// Decoding time of a picture that has only its presentation time, as FFmpeg's own muxing code
/// finds it: the least of the last `delay` + 1 presentation times.
static int64_t guess_dts(Reorder *order, int delay, const AVPacket *packet) {
  int64_t duration = packet->duration > 0 ? packet->duration : 1;
  delay = delay < 0 ? 0 : delay >= REORDER_SIZE ? REORDER_SIZE - 1 : delay;
  order->pts[0] = packet->pts;
  if (!order->filled) {
    for (int i = 1; i <= delay; ++i) {
      order->pts[i] = packet->pts + (i - delay - 1) * duration;
    }
    order->filled = true;
  }
  for (int i = 0; i < delay && order->pts[i] > order->pts[i + 1]; ++i) {
    int64_t later = order->pts[i];
    order->pts[i] = order->pts[i + 1];
    order->pts[i + 1] = later;
  }
  return order->pts[0];
}

/// Some containers keep no decoding times, old ones leave out others; muxers want them all, and
/// rising. The time a picture is shown at is never touched where there is one.
static void mend_times(Mux *mux) {
  AVPacket *packet = mux->packet;
  const AVCodecParameters *par = mux->in->streams[packet->stream_index]->codecpar;
  int64_t *last = &mux->last_dts[packet->stream_index];
  bool has_pts = packet->pts != AV_NOPTS_VALUE;
  if (par->codec_type == AVMEDIA_TYPE_VIDEO && has_pts) {
    int64_t guess = guess_dts(&mux->order, par->video_delay, packet);
    packet->dts = packet->dts == AV_NOPTS_VALUE ? guess : packet->dts;
  } else if (packet->dts == AV_NOPTS_VALUE) {
    packet->dts = has_pts ? packet->pts : *last == AV_NOPTS_VALUE ? 0 : *last + 1;
  }
  packet->pts = has_pts ? packet->pts : packet->dts;
  if (*last != AV_NOPTS_VALUE && packet->dts <= *last && par->codec_type != AVMEDIA_TYPE_SUBTITLE) {
    packet->dts = *last + 1;
  }
  if (packet->pts < packet->dts) {
    packet->pts = packet->dts; // no muxer takes a picture that is shown before it is decoded
  }
  *last = packet->dts;
}

static KtStatus take_packet(Mux *mux, KtError *err) {
  int index = mux->packet->stream_index;
  AVStream *stream = mux->in->streams[index];
  if (mux->map[index] < 0) {
    return KT_OK;
  }
  mend_times(mux);
  double at_s = (double)mux->packet->dts * av_q2d(stream->time_base);
  if (mux->captions[index]) {
    KtStatus status = kt_caption_track_convert(mux->captions[index], mux->packet, err);
    return status || !mux->packet->size ? status
                                        : write_packet(mux, mux->map[index], stream->time_base, err);
  }
  if (stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO) {
    int64_t duration = mux->delivery->film->duration;
    kt_progress(mux->delivery->ctx, "deliver", duration > 0 ? fmin(1, at_s / kt_seconds(duration)) : 1);
  }
  if (stream->codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE) {
    return write_packet(mux, mux->map[index], stream->time_base, err);
  }
  AVPacket *kept = av_packet_clone(mux->packet); // the mix is encoded through mux->packet meanwhile
  if (!kept) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  av_packet_unref(mux->packet);
  KtStatus status = write_sound(mux, at_s + SOUND_AHEAD_S, err);
  av_packet_unref(mux->packet);
  av_packet_move_ref(mux->packet, kept);
  av_packet_free(&kept);
  return status ? status : write_packet(mux, mux->map[index], stream->time_base, err);
}

static KtStatus copy_packets(Mux *mux, KtError *err) {
  KtStatus status = KT_OK;
  while (!status && av_read_frame(mux->in, mux->packet) >= 0) { // a truncated film ends here, as it did
    status = kt_cancelled(mux->delivery->ctx) ? kt_error_cancelled(err) : take_packet(mux, err);
    av_packet_unref(mux->packet);
  }
  if (!status) {
    status = write_sound(mux, HUGE_VAL, err);
  }
  if (!status) {
    int code = av_write_trailer(mux->out);
    status = code < 0 ? av_error(err, mux->temporary, "cannot be written", code) : KT_OK;
  }
  return status;
}

static KtStatus prepare(Mux *mux, KtError *err) {
  unsigned count = mux->in->nb_streams;
  mux->map = KT_NEW(mux->arena, int, count);
  mux->captions = KT_NEW(mux->arena, KtCaptionTrack *, count);
  mux->last_dts = KT_NEW(mux->arena, int64_t, count);
  mux->packet = av_packet_alloc();
  if (!mux->map || !mux->captions || !mux->last_dts || !mux->packet) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (unsigned i = 0; i < count; ++i) {
    mux->map[i] = -1;
    mux->last_dts[i] = AV_NOPTS_VALUE;
    mux->in->streams[i]->discard =
        wanted_stream(mux->delivery->film, mux->in->streams[i]) ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  return KT_OK;
}

static KtStatus close_mux(Mux *mux, KtStatus status, KtError *err) {
  for (unsigned i = 0; mux->captions && mux->in && i < mux->in->nb_streams; ++i) {
    kt_caption_track_close(mux->captions[i]);
  }
  if (mux->out && mux->out->pb) {
    int code = avio_closep(&mux->out->pb);
    if (code < 0 && !status) {
      status = av_error(err, mux->temporary, "cannot be written", code);
    }
  }
  avformat_free_context(mux->out);
  avformat_close_input(&mux->in);
  av_packet_free(&mux->packet);
  kt_sound_track_close(mux->sound);
  return status;
}

KtStatus kt_deliver_film(const KtDelivery *delivery, const char **path, KtArena *arena, KtError *err) {
  char name[KT_PATH_SIZE], target[KT_PATH_SIZE], temporary[KT_PATH_SIZE + 64];
  Mux mux = {.delivery = delivery, .arena = arena, .temporary = temporary};
  bool mkv = false;
  KtStatus status = open_input(delivery->film, &mux.in, err);
  if (!status) {
    status = scored_name(delivery, mux.in, name, &mkv, err);
  }
  if (!status) {
    status = kt_delivery_path(delivery, target, err, "%s", name);
  }
  if (status) {
    return close_mux(&mux, status, err);
  }
  kt_temporary_path(target, temporary, sizeof(temporary));
  status = prepare(&mux, err);
  if (!status) {
    status = open_output(&mux, mkv, err);
  }
  if (!status) {
    status = copy_packets(&mux, err);
  }
  status = close_mux(&mux, status, err);
  if (status) {
    unlink(temporary);
    return status;
  }
  if (path) {
    *path = kt_arena_text(arena, target);
  }
  return kt_file_publish(temporary, target, err);
}
