// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include "base/audio_file.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

int fixture_run(const char *format, ...) {
  char command[4096];
  va_list args;
  va_start(args, format);
  vsnprintf(command, sizeof(command), format, args);
  va_end(args);
  int code = system(command);
  return WIFEXITED(code) ? WEXITSTATUS(code) : -1;
}

bool fixture_has(const char *program) {
  return fixture_run("command -v %s >/dev/null 2>&1", program) == 0;
}

const char *fixture_text(Fixture *fixture, const char *name) {
  const char *bytes = NULL;
  size_t size = 0;
  const char *path = kt_path_join(fixture->arena, fixture->delivery.folder, name);
  return kt_file_read(fixture->arena, path, 64U << 20, &bytes, &size, NULL) ? NULL : bytes;
}

KtNote *fixture_note(Fixture *fixture, KtPart *part, KtTick start, KtTick duration, int midi,
                     KtArticulation articulation) {
  KtNote *note = kt_array_push(fixture->arena, &part->notes);
  note->start = start;
  note->duration = duration;
  note->midi = (int8_t)midi;
  note->spelling = kt_key_spell((KtKey){0, KT_MODE_AEOLIAN}, midi);
  note->articulation = (uint8_t)articulation;
  note->statement = -1;
  return note;
}

static KtPart *add_part(Fixture *fixture, KtScore *score, const char *id, const char *instrument) {
  KtPart *part = kt_array_push(fixture->arena, &score->parts);
  const KtInstrument *found = kt_orchestra_find(fixture->orchestra, instrument);
  part->id = id;
  part->instrument = instrument;
  part->name = found->name;
  part->low = found->low;
  part->high = found->high;
  return part;
}

static void add_dynamic(Fixture *fixture, KtPart *part, KtTick tick, float level) {
  KtDynamic *made = kt_array_push(fixture->arena, &part->dynamics);
  made->tick = tick;
  made->level = level;
}

static void make_film_data(Fixture *fixture) {
  KtFilm *film = &fixture->film;
  KtArena *arena = fixture->arena;
  film->path = fixture->film_path;
  film->title = "Tiny & \"Small\"";
  film->rate = (KtRate){24, 1};
  film->timecode = (KtTimecode){{24, 1}, false, 24L * 3600};
  film->duration = kt_film_time(10);
  film->width = 320;
  film->height = 180;
  film->video_stream = 0;
  film->audio_stream = 1;
  film->audio_channels = 2;
  film->audio_rate = 48000;
  film->integrated_lufs = -21;
  film->dialogue_lufs = -24;
  film->true_peak_dbtp = -3;
  for (int i = 0; i < 240; ++i) {
    KtFrame *frame = kt_array_push(arena, &film->frames);
    frame->time = kt_frame_time(film->rate, i);
  }
  for (int i = 0; i < 4; ++i) {
    KtShot *shot = kt_array_push(arena, &film->shots);
    shot->start_frame = shot->transition_start_frame = shot->transition_end_frame = i * 60;
    shot->end_frame = i * 60 + 59;
    shot->start = kt_frame_time(film->rate, i * 60);
    shot->end = kt_frame_time(film->rate, i * 60 + 60);
    shot->transition = i ? KT_TRANSITION_CUT : KT_TRANSITION_START;
    memcpy(shot->palette, (uint8_t[3][3]){{(uint8_t)(60 * i), 80, 120}, {200, 180, 150}, {20, 20, 30}}, 9);
    memcpy(shot->palette_share, (float[3]){.5F, .3F, .2F}, sizeof(float[3]));
  }
  *kt_array_push(arena, &film->speech) = (KtSpan){kt_film_time(5), kt_film_time(6.5)};
  for (int i = 0; i < 100; ++i) {
    *kt_array_push(arena, &film->loudness) = (KtLoudnessPoint){-25 + 10 * sinf((float)i / 9), -24};
  }
  *kt_array_push(arena, &film->moments) = (KtMoment){kt_film_time(2.5), KT_MOMENT_BURST, .8F};
  *kt_array_push(arena, &film->warnings) = "The film's sound ends before its picture.";
}

static void make_story(Fixture *fixture) {
  KtStory *story = &fixture->story;
  KtArena *arena = fixture->arena;
  story->title = "Tiny";
  story->language = "en";
  story->alignment = -1;
  KtScene *scene = kt_array_push(arena, &story->scenes);
  *scene = (KtScene){.heading = "INT. BARN - NIGHT", .end = kt_film_time(10), .confidence = .9F};
  *kt_array_push(arena, &story->characters) = (KtCharacter){.name = "Ada", .weight = 1, .lines = 1, .rhythm = "/x"};
  *kt_array_push(arena, &story->lines) =
      (KtLine){.text = "Who is there?", .start = kt_film_time(5), .end = kt_film_time(6.5), .confidence = 1};
  for (int i = 0; i <= 20; ++i) {
    KtArcPoint *point = kt_array_push(arena, &story->arc);
    point->at = kt_film_time(i * .5);
    point->emotion = (KtEmotion){.valence = cosf((float)i / 4) / 2, .arousal = sinf((float)i / 5) / 2,
                                 .tension = .5F + sinf((float)i / 6) / 3};
  }
  *kt_array_push(arena, &story->turns) = (KtTurn){.at = kt_film_time(2.5), .kind = KT_TURN_THREAT, .weight = .7F, .other = -1,
                                                                .label = "a knock", .text = ""};
  *kt_array_push(arena, &story->subjects) = (KtSubject){.name = "Ada", .weight = 1, .rhythm = "/x"};
}

static void make_spotting(Fixture *fixture) {
  KtSpotting *spotting = &fixture->spotting;
  KtArena *arena = fixture->arena;
  spotting->share = .8F;
  spotting->wanted_share = .7F;
  spotting->bound_by = "";
  KtCue *one = kt_array_push(arena, &spotting->cues);
  *one = (KtCue){.name = "1m01", .title = "The barn, at \"night\"", .in = kt_film_time(.5), .out = kt_film_time(4.6),
                 .function = KT_FUNCTION_MAIN_TITLE, .entry = KT_ENTRY_SNEAK_IN, .exit = KT_EXIT_RING_OFF,
                 .reason = "opens the film; Ada alone", .emotion = {.valence = -.3F, .arousal = .2F, .tension = .4F}};
  *kt_array_push(arena, &one->subjects) = 0;
  KtCue *two = kt_array_push(arena, &spotting->cues);
  *two = (KtCue){.name = "1m02", .title = "After", .in = kt_film_time(7), .out = kt_film_time(10),
                 .function = KT_FUNCTION_UNDERSCORE, .entry = KT_ENTRY_AFTER_LINE, .exit = KT_EXIT_FADE_UNDER,
                 .reason = "the words are over", .emotion = {.valence = .3F, .arousal = -.2F, .tension = .1F}};
  *kt_array_push(arena, &spotting->silences) = (KtSilence){0, kt_film_time(.5), "black before the first picture", false};
  *kt_array_push(arena, &spotting->silences) =
      (KtSilence){kt_film_time(4.6), kt_film_time(7), "the knock and the question are bare", false};
  *kt_array_push(arena, &spotting->hits) =
      (KtHit){0, kt_film_time(2.5), "cut to the door", KT_HIT_HARD, .9F, .5F, "cut", false};
  *kt_array_push(arena, &spotting->hits) = (KtHit){0, kt_film_time(4.5), "stop", KT_HIT_STOP, .5F, 1, "stop", false};
}

static void make_theme(Fixture *fixture) {
  static const struct {
    int start, duration, degree, alter;
  } NOTES[] = {{0, 960, 0, 0},     {960, 480, 4, 0},    {1440, 480, 5, 0},  {1920, 2400, 4, 0},
               {4320, 320, 2, 0},  {4640, 320, 3, 1},   {4960, 320, 4, 0},  {5760, 960, 6, 1},
               {6720, 960, 7, 0}};
  KtTheme *theme = kt_array_push(fixture->arena, &fixture->themes.items);
  *theme = (KtTheme){.id = "T1", .title = "Ada", .key = {-1, KT_MODE_AEOLIAN}, .tonic_midi = 65, .beats = 4, .unit = 4,
                     .bpm = 96, .head = 4, .head_ticks = 4320, .ticks = 7680, .rhythm_from = "the name Ada"};
  theme->key.tonic = 2; // D
  theme->tonic_midi = 62;
  for (size_t i = 0; i < sizeof(NOTES) / sizeof(NOTES[0]); ++i) {
    *kt_array_push(fixture->arena, &theme->notes) =
        (KtThemeNote){NOTES[i].start, NOTES[i].duration, (int8_t)NOTES[i].degree, (int8_t)NOTES[i].alter, 0};
  }
  *kt_array_push(fixture->arena, &theme->chords) = (KtThemeChord){0, 3840, 0, 0, KT_CHORD_MINOR};
  *kt_array_push(fixture->arena, &theme->chords) = (KtThemeChord){3840, 3840, 5, 0, KT_CHORD_MAJOR7};
}

static void add_point(Fixture *fixture, KtScore *score, KtTick tick, double seconds) {
  *kt_array_push(fixture->arena, &score->tempo.points) = (KtTempoPoint){tick, kt_film_time(seconds)};
}

/// Two bars of 4/4 and one of 3/8: 11.5 quarters in 4.1 s, the downbeat of bar 2 on the cut at 2.5 s.
static void make_first_score(Fixture *fixture) {
  KtScore *score = &fixture->scores[0];
  KtArena *arena = fixture->arena;
  score->name = "1m01";
  add_point(fixture, score, 0, 0);
  add_point(fixture, score, 3840, 2.0);
  add_point(fixture, score, 7680, 3.7123457);
  add_point(fixture, score, 9120, 4.1);
  *kt_array_push(arena, &score->metres) = (KtMetre){0, 4, 4};
  *kt_array_push(arena, &score->metres) = (KtMetre){7680, 3, 8};
  score->end = 9120;
  *kt_array_push(arena, &score->keys) = (KtKeyChange){0, {2, KT_MODE_AEOLIAN}};
  *kt_array_push(arena, &score->keys) = (KtKeyChange){3840, {-5, KT_MODE_IONIAN}};
  *kt_array_push(arena, &score->sections) = (KtSection){0, 3840, "A", "pad and melody", .3F, .4F, 0, 0, {0, 0, 0}};
  *kt_array_push(arena, &score->sections) = (KtSection){3840, 9120, "B", "ostinato", .8F, .7F, 0, 0, {0, 0, 0}};
  *kt_array_push(arena, &score->hits) = (KtScoreHit){.hit = 0, .tick = 3840, .met = true};
  *kt_array_push(arena, &score->hits) = (KtScoreHit){.hit = 1, .tick = 9120, .met = true};
  *kt_array_push(arena, &score->statements) = (KtStatement){0, 0, 0, 3840, KT_TRANSFORM_PLAIN, 0, 5, true};
  KtPart *violin = add_part(fixture, score, "lead/1", "violin_1");
  fixture_note(fixture, violin, 0, 960, 74, KT_ART_LONG);
  fixture_note(fixture, violin, 960, 320, 76, KT_ART_LEGATO); // a triplet
  fixture_note(fixture, violin, 1280, 320, 77, KT_ART_LEGATO);
  fixture_note(fixture, violin, 1600, 320, 78, KT_ART_LEGATO)->breath_after = true;
  fixture_note(fixture, violin, 1920, 2880, 81, KT_ART_LONG); // over the bar line
  fixture_note(fixture, violin, 4800, 240, 80, KT_ART_SHORT);
  fixture_note(fixture, violin, 5040, 240, 81, KT_ART_SHORT);
  fixture_note(fixture, violin, 5280, 480, 70, KT_ART_MARCATO)->accent = .8F;
  fixture_note(fixture, violin, 5760, 960, 73, KT_ART_PIZZICATO);
  fixture_note(fixture, violin, 6720, 960, 75, KT_ART_TREMOLO);
  fixture_note(fixture, violin, 7680, 1440, 77, KT_ART_TRILL);
  add_dynamic(fixture, violin, 0, .2F);
  add_dynamic(fixture, violin, 1920, .2F);
  add_dynamic(fixture, violin, 3840, .75F);
  KtPart *clarinet = add_part(fixture, score, "counter", "clarinet");
  fixture_note(fixture, clarinet, 480, 960, 62, KT_ART_LONG);
  fixture_note(fixture, clarinet, 1440, 2400, 64, KT_ART_LEGATO)->breath_after = true;
  fixture_note(fixture, clarinet, 5760, 1920, 61, KT_ART_TENUTO);
  add_dynamic(fixture, clarinet, 0, .5F);
  KtPart *piano = add_part(fixture, score, "figure", "piano");
  fixture_note(fixture, piano, 0, 3840, 38, KT_ART_LONG);
  fixture_note(fixture, piano, 0, 1920, 50, KT_ART_LONG);
  fixture_note(fixture, piano, 0, 960, 62, KT_ART_LONG);
  fixture_note(fixture, piano, 0, 960, 65, KT_ART_LONG);
  fixture_note(fixture, piano, 1200, 700, 69, KT_ART_LONG);
  add_dynamic(fixture, piano, 0, .35F);
  KtPart *bass = add_part(fixture, score, "bass", "double_bass");
  fixture_note(fixture, bass, 3840, 5280, 37, KT_ART_LONG);
  add_dynamic(fixture, bass, 0, .6F);
  KtPart *drum = add_part(fixture, score, "percussion", "bass_drum");
  fixture_note(fixture, drum, 3840, 960, 36, KT_ART_MARCATO)->hit = true;
  add_dynamic(fixture, drum, 0, .9F);
}

static void make_second_score(Fixture *fixture) {
  KtScore *score = &fixture->scores[1];
  KtArena *arena = fixture->arena;
  score->name = "1m02";
  score->cue = 1;
  add_point(fixture, score, 0, 0);
  add_point(fixture, score, 5760, 3.0);
  *kt_array_push(arena, &score->metres) = (KtMetre){0, 6, 8};
  score->end = 5760;
  *kt_array_push(arena, &score->keys) = (KtKeyChange){0, {0, KT_MODE_IONIAN}};
  *kt_array_push(arena, &score->sections) = (KtSection){0, 5760, "A", "pad", .2F, .1F, 0, 0, {0, 0, 0}};
  *kt_array_push(arena, &score->statements) = (KtStatement){0, 0, 0, 2880, KT_TRANSFORM_MODE, 3, 5, false};
  KtPart *horn = add_part(fixture, score, "lead", "horn");
  fixture_note(fixture, horn, 0, 1440, 60, KT_ART_LONG);
  fixture_note(fixture, horn, 1440, 480, 62, KT_ART_LEGATO);
  fixture_note(fixture, horn, 1920, 480, 64, KT_ART_LEGATO);
  fixture_note(fixture, horn, 2400, 480, 65, KT_ART_LEGATO);
  fixture_note(fixture, horn, 2880, 2880, 67, KT_ART_LEGATO);
  add_dynamic(fixture, horn, 0, .35F);
}

static int compare_events(const void *a, const void *b) {
  const KtEvent *x = a, *y = b;
  return x->tick != y->tick ? (x->tick < y->tick ? -1 : 1) : (int)x->kind - (int)y->kind;
}

void fixture_perform(Fixture *fixture, int cue) {
  KtPerformance *performance = &fixture->performances[cue];
  KtScore *score = &fixture->scores[cue];
  performance->score = score;
  performance->tracks.count = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    KtTrack *track = kt_array_push(fixture->arena, &performance->tracks);
    track->part = (int)p;
    track->name = part->name;
    track->instrument = kt_orchestra_find(fixture->orchestra, part->instrument);
    *kt_array_push(fixture->arena, &track->events) = (KtEvent){0, KT_EVENT_CONTROL, 11, 90, 0, false, false};
    for (size_t i = 0; i < part->notes.count; ++i) {
      const KtNote *n = &part->notes.items[i];
      *kt_array_push(fixture->arena, &track->events) =
          (KtEvent){n->start, KT_EVENT_NOTE_ON, (uint8_t)n->midi, 80, n->articulation, n->hit, false};
      *kt_array_push(fixture->arena, &track->events) =
          (KtEvent){n->start + n->duration - 7, KT_EVENT_NOTE_OFF, (uint8_t)n->midi, 0, n->articulation, false, false};
    }
    qsort(track->events.items, track->events.count, sizeof(*track->events.items), compare_events);
  }
}

/// A quiet hum with a click of one sample at `click`.
static void make_wav(const char *path, int64_t frames, int64_t click, float hum) {
  KtAudioWriter *writer = NULL;
  KtError err;
  if (kt_audio_writer_open(path, 2, 32, NULL, &writer, &err)) {
    abort();
  }
  float *samples = calloc((size_t)frames * 2, sizeof(*samples));
  for (int64_t i = 0; i < frames; ++i) {
    float value = hum * sinf((float)i * .05F);
    value = click >= 0 && i >= click && i < click + 4 ? .9F : value;
    samples[2 * i] = samples[2 * i + 1] = value;
  }
  kt_audio_write(writer, samples, (size_t)frames, &err);
  free(samples);
  kt_audio_writer_close(writer, &err);
}

static void make_mix(Fixture *fixture) {
  KtArena *arena = fixture->arena;
  KtMix *mix = &fixture->mix;
  const char *folder = fixture->folder;
  mix->music_path = kt_path_join(arena, folder, "music.wav");
  mix->mix_path = kt_path_join(arena, folder, "mix.wav");
  mix->mix_channels = 2;
  mix->frames = 480000;
  make_wav(mix->music_path, 480000, -1, .05F);
  make_wav(mix->mix_path, 480000, CLICK_SAMPLE, 0);
  mix->cues = fixture->cue_mixes;
  mix->count = 2;
  for (size_t i = 0; i < 2; ++i) {
    const KtCue *cue = &fixture->spotting.cues.items[i];
    int64_t frames = kt_film_time_sample(cue->out - cue->in);
    fixture->cue_mixes[i] = (KtCueMix){.path = kt_path_join(arena, folder, i ? "2.wav" : "1.wav"),
                                       .start_sample = kt_film_time_sample(cue->in), .frames = frames,
                                       .integrated_lufs = -25, .duck_db = 2};
    make_wav(fixture->cue_mixes[i].path, frames, i ? -1 : 96000, 0.0001F);
    fixture->cue_mixes[i].stem_paths[KT_STEM_STRINGS_HIGH] = fixture->cue_mixes[i].path;
  }
  mix->music_lufs = -26;
  mix->integrated_lufs = -20.5;
  mix->dialogue_lufs = -24;
  mix->true_peak_dbtp = -1.5;
  mix->loudness_range_lu = 8;
  mix->film_peak_dbtp = -3;
  mix->speech_margin_lu = 11.5;
}

static void make_picture(Fixture *fixture, const char *extension) {
  snprintf(fixture->film_path, sizeof(fixture->film_path), "%s/film.%s", fixture->folder, extension);
  const char *codecs = strcmp(extension, "mp4") == 0 ? "-c:v mpeg4 -c:a aac -c:s mov_text"
                                                     : "-c:v mpeg4 -c:a libvorbis -c:s srt";
  int code = fixture_run(
      "cd '%s' && printf '1\\n00:00:05,000 --> 00:00:06,500\\nWho is there?\\n\\n' > s.srt && printf ';FFMETADATA1\\n"
      "[CHAPTER]\\nTIMEBASE=1/1000\\nSTART=0\\nEND=5000\\ntitle=One\\n[CHAPTER]\\nTIMEBASE=1/1000\\nSTART=5000\\nEND=10000\\n"
      "title=Two\\n' > m.txt && ffmpeg -v error -y -f lavfi -i testsrc=s=320x180:r=24:d=10 -f lavfi -i "
      "sine=f=440:r=48000:d=10 -i s.srt -i m.txt -map 0 -map 1 -map 2 -map_metadata 3 -map_chapters 3 %s "
      "-metadata:s:a:0 language=eng -ac 2 film.%s",
      fixture->folder, codecs, extension);
  if (code) {
    abort();
  }
}

Fixture *fixture_new(const char *extension) {
  Fixture *fixture = calloc(1, sizeof(*fixture));
  KtError err = {0};
  snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/kinothek-deliver-XXXXXX");
  if (!mkdtemp(fixture->folder) || !(fixture->arena = kt_arena_new())) {
    abort();
  }
  fixture->ctx = (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
  if (kt_orchestra_load(&fixture->ctx, NULL, &fixture->orchestra, &err)) {
    fprintf(stderr, "%s\n", err.message);
    free(fixture);
    return NULL;
  }
  fixture->brief = (KtBrief){.composer = "A. Composer", .publisher = "House & Co", .ipi = "00012345678", .composer_share = 50};
  fixture->palette = (KtPalette){.id = "chamber", .name = "Chamber"};
  make_film_data(fixture);
  make_story(fixture);
  make_spotting(fixture);
  make_theme(fixture);
  make_first_score(fixture);
  make_second_score(fixture);
  for (int i = 0; i < 2; ++i) {
    fixture_perform(fixture, i);
    fixture->score_list[i] = &fixture->scores[i];
    fixture->performance_list[i] = &fixture->performances[i];
  }
  make_mix(fixture);
  if (extension) {
    make_picture(fixture, extension);
  }
  fixture->times[0] = (KtStageTime){"film", 1.5};
  fixture->times[1] = (KtStageTime){"render", .5};
  fixture->delivery = (KtDelivery){.ctx = &fixture->ctx, .folder = kt_path_join(fixture->arena, fixture->folder, "out"),
                                   .name = "tiny", .program = "kinothek test", .origination = 1795000000,
                                   .film = &fixture->film, .story = &fixture->story, .brief = &fixture->brief,
                                   .palette = &fixture->palette, .orchestra = fixture->orchestra,
                                   .library_sha256 = "00", .spotting = &fixture->spotting, .themes = &fixture->themes,
                                   .scores = fixture->score_list, .performances = fixture->performance_list,
                                   .mix = &fixture->mix, .mix_options = &fixture->mix_options, .times = fixture->times,
                                   .time_count = 2};
  if (kt_make_dirs(fixture->delivery.folder, &err)) {
    abort();
  }
  return fixture;
}

void fixture_free(Fixture *fixture) {
  if (fixture) {
    if (!getenv("KINOTHEK_KEEP")) {
      kt_remove_tree(fixture->folder, NULL);
    } else {
      fprintf(stderr, "kept %s\n", fixture->folder);
    }
    kt_orchestra_free(fixture->orchestra);
    kt_arena_free(fixture->arena);
    free(fixture);
  }
}
