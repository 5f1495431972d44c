// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/caption_track.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 8192 };

struct KtCaptionTrack {
  AVCodecContext *decoder;
};

KtStatus kt_caption_track_open(const AVStream *from, AVStream *to, KtCaptionTrack **track,
                               KtError *err) {
  KtCaptionTrack *made = calloc(1, sizeof(*made));
  const AVCodec *codec = avcodec_find_decoder(from->codecpar->codec_id);
  if (made && codec) {
    made->decoder = avcodec_alloc_context3(codec);
  }
  if (!made || !made->decoder || avcodec_parameters_to_context(made->decoder, from->codecpar) < 0) {
    kt_caption_track_close(made);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  made->decoder->pkt_timebase = from->time_base;
  int code = avcodec_open2(made->decoder, codec, NULL);
  if (code < 0) {
    kt_caption_track_close(made);
    return kt_error_set(err, KT_ERR_FORMAT, "the film's captions cannot be read: %s", av_err2str(code));
  }
  av_freep(&to->codecpar->extradata);
  to->codecpar->extradata_size = 0;
  to->codecpar->codec_id = AV_CODEC_ID_SUBRIP;
  to->codecpar->codec_tag = 0;
  *track = made;
  return KT_OK;
}

/// The text of an ASS event "order,layer,style,name,left,right,above,effect,text", tags taken off.
static size_t plain_text(const char *event, char *text, size_t size, size_t used) {
  for (int field = 0; field < 8 && event; ++field) {
    event = strchr(event, ',');
    event = event ? event + 1 : NULL;
  }
  for (const char *s = event ? event : ""; *s && used + 2 < size; ++s) {
    if (*s == '{' && s[1] == '\\' && strchr(s, '}')) {
      s = strchr(s, '}');
    } else if (*s == '\\' && (s[1] == 'N' || s[1] == 'n')) {
      text[used++] = '\n';
      ++s;
    } else {
      text[used++] = *s;
    }
  }
  text[used] = '\0';
  return used;
}

KtStatus kt_caption_track_convert(KtCaptionTrack *track, AVPacket *packet, KtError *err) {
  AVSubtitle subtitle = {0};
  int got = 0;
  char text[TEXT_SIZE] = "";
  size_t used = 0;
  if (avcodec_decode_subtitle2(track->decoder, &subtitle, &got, packet) >= 0 && got) {
    for (unsigned i = 0; i < subtitle.num_rects; ++i) {
      if (used && used + 2 < sizeof(text)) {
        text[used++] = '\n';
      }
      used = plain_text(subtitle.rects[i]->ass, text, sizeof(text), used);
    }
    avsubtitle_free(&subtitle);
  }
  AVPacket *made = av_packet_alloc();
  if (!made || av_new_packet(made, (int)used) < 0) {
    av_packet_free(&made);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  memcpy(made->data, text, used);
  made->pts = packet->pts;
  made->dts = packet->dts;
  made->duration = packet->duration;
  made->flags = packet->flags;
  av_packet_unref(packet);
  av_packet_move_ref(packet, made);
  av_packet_free(&made);
  return KT_OK;
}

void kt_caption_track_close(KtCaptionTrack *track) {
  if (track) {
    avcodec_free_context(&track->decoder);
    free(track);
  }
}
