// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "silero_voice.h"
#include "synth.h"

#include "film/onnx.h"
#include "film/silero.h"

/// The weights are brought at set-up; where they could not be, what needs them is skipped.
static KtSileroWeights *open_weights(char path[512]) {
  KtSileroWeights *weights = NULL;
  snprintf(path, 512, "%s/weights/silero_vad.onnx", getenv("KINOTHEK_DATA"));
  if (!kt_file_exists(path)) {
    print_message("%s is missing; tools/fetch-weights brings it\n", path);
    skip();
  }
  KtError err = {0};
  if (kt_silero_open(path, &weights, &err)) {
    fail_msg("%s", err.message);
  }
  return weights;
}

static void probabilities_are_those_of_onnx_runtime(void **state) {
  (void)state;
  char path[512];
  KtSileroWeights *weights = open_weights(path);
  static float samples[VOICE_BLOCKS * VOICE_BLOCK];
  silero_voice(samples);
  KtSilero silero = {{0}, {0}, {0}};
  for (int i = 0; i < VOICE_BLOCKS; ++i) {
    float p = kt_silero_block(weights, &silero, samples + (ptrdiff_t)i * VOICE_BLOCK);
    assert_float_equal(p, silero_expected[i], 1e-3F);
  }
  kt_silero_close(weights);
}

static void odd_samples_do_no_harm(void **state) {
  (void)state;
  char path[512];
  KtSileroWeights *weights = open_weights(path);
  float samples[KT_SILERO_BLOCK];
  static const float odd[] = {NAN, INFINITY, -INFINITY, 1e30F, 1e-40F, 0.0F};
  KtSilero silero = {{0}, {0}, {0}};
  for (size_t k = 0; k < sizeof(odd) / sizeof(*odd); ++k) {
    for (int i = 0; i < KT_SILERO_BLOCK; ++i) {
      samples[i] = odd[k];
    }
    float p = kt_silero_block(weights, &silero, samples);
    assert_true(p >= 0 && p <= 1);
  }
  kt_silero_close(weights);
}

static void damaged_weights_are_refused(void **state) {
  (void)state;
  char path[512], damaged[256];
  kt_silero_close(open_weights(path));
  KtArena *arena = kt_arena_new();
  const char *bytes = NULL;
  size_t size = 0;
  assert_int_equal(kt_file_read(arena, path, 1U << 24, &bytes, &size, NULL), KT_OK);
  path_of(damaged, "damaged.onnx");
  static const double parts[] = {0, 0.0001, 0.3, 0.6, 0.999};
  for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); ++i) {
    KtSileroWeights *weights = NULL;
    KtError err = {0};
    assert_int_equal(kt_file_write(damaged, bytes, (size_t)((double)size * parts[i]), NULL), KT_OK);
    KtStatus status = kt_silero_open(damaged, &weights, &err);
    assert_int_equal(status, KT_ERR_FORMAT);
    assert_null(weights);
    assert_non_null(strstr(err.message, "no weights of Silero VAD"));
  }
  kt_arena_free(arena);
}

static void without_weights_a_line_says_so(void **state) {
  (void)state;
  make("tone.mkv", "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -f lavfi -i sine=440:d=2 -c:v mpeg4");
  char path[256];
  path_of(path, "tone.mkv");
  for (int damaged = 0; damaged < 2; ++damaged) {
    char weights[256];
    path_of(weights, "weights");
    if (damaged) {
      assert_int_equal(kt_make_dirs(weights, NULL), KT_OK);
      path_of(weights, "weights/silero_vad.onnx");
      assert_int_equal(kt_file_write(weights, "none", 4, NULL), KT_OK);
    }
    KtContext ctx = {.data_dir = folder, .threads = 1};
    KtFilmOptions options = {.path = path, .video_stream = -1};
    KtFilm *film = NULL;
    KtError err = {0};
    assert_int_equal(kt_film_look(&ctx, &options, &film, &err), KT_OK);
    assert_int_equal(film->warnings.count, 1);
    assert_non_null(strstr(film->warnings.items[0], damaged ? "holds no weights" : "is missing"));
    assert_non_null(strstr(film->speech_method, "no neural weights"));
    kt_film_free(film);
  }
}

/// A model of one graph in another, by hand: the inner holds w (2 x 1, packed sides) and b.
static void tensors_are_taken_from_one_graph(void **state) {
  (void)state;
  static const uint8_t w[] = {0x0A, 2,   2, 1, 0x10, 1, 0x42, 1, 'w', 0x4A, 8,
                              0,    0,   0x80, 0x3F, 0, 0, 0, 0x40};       // 1, 2
  static const uint8_t b[] = {0x08, 1, 0x10, 1, 0x42, 1, 'b', 0x4A, 4, 0, 0, 0x40, 0x40}; // 3
  uint8_t inner[64], model[128];
  size_t n = 0;
  inner[n++] = 0x2A; // initializer w
  inner[n++] = sizeof(w);
  memcpy(inner + n, w, sizeof(w));
  n += sizeof(w);
  uint8_t node[] = {0x0A, sizeof(b) + 4, 0x2A, sizeof(b) + 2, 0x2A, sizeof(b)}; // node, attribute, t
  memcpy(inner + n, node, sizeof(node));
  n += sizeof(node);
  memcpy(inner + n, b, sizeof(b));
  n += sizeof(b);
  // model.graph { initializer w, node { attribute { g: inner } } }: the outer has w, but no b
  size_t m = 0;
  size_t outer = 2 + sizeof(w) + 6 + n;
  uint8_t head[] = {0x3A, (uint8_t)outer, 0x2A, sizeof(w)};
  memcpy(model + m, head, sizeof(head));
  m += sizeof(head);
  memcpy(model + m, w, sizeof(w));
  m += sizeof(w);
  uint8_t within[] = {0x0A, (uint8_t)(n + 4), 0x2A, (uint8_t)(n + 2), 0x32, (uint8_t)n};
  memcpy(model + m, within, sizeof(within));
  m += sizeof(within);
  memcpy(model + m, inner, n);
  m += n;
  float values[2] = {0}, bias[1] = {0};
  KtTensor tensors[] = {{"w", {2, 1}, values, NULL}, {"b", {1}, bias, NULL}};
  assert_true(kt_onnx_read(model, m, tensors, 2));
  assert_true(values[0] == 1.0F && values[1] == 2.0F && bias[0] == 3.0F);
  for (size_t cut = 0; cut < m; ++cut) {
    assert_false(kt_onnx_read(model, cut, tensors, 2));
  }
  KtTensor other[] = {{"w", {1, 2}, values, NULL}};
  assert_false(kt_onnx_read(model, m, other, 1));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RUN(probabilities_are_those_of_onnx_runtime), RUN(odd_samples_do_no_harm),
      RUN(damaged_weights_are_refused), RUN(without_weights_a_line_says_so),
      RUN(tensors_are_taken_from_one_graph)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
