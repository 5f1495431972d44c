// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/silero.h"

#include "base/file.h"
#include "base/vectors.h"
#include "film/onnx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Windowed Fourier transforms, four convolutions with a rectifier behind each, an LSTM (gates in
// PyTorch's order: input, forget, cell, output), one weighted sum.
enum {
  WINDOW = 256,
  HOP = 128,
  REFLECTED = 64, ///< samples mirrored at the end
  INPUT = KT_SILERO_CONTEXT + KT_SILERO_BLOCK + REFLECTED,
  FRAMES = (INPUT - WINDOW) / HOP + 1,
  BINS = WINDOW / 2 + 1,
  STATE = KT_SILERO_STATE,
  GATES = 4 * STATE,
  LAYERS = 4,
  WIDEST = 129,
  TAPS = 3,
  MOST_BYTES = 16 * 1024 * 1024,
};
typedef struct Layer {
  int in, out, stride;
} Layer;
static const Layer layers[LAYERS] = {{BINS, 128, 1}, {128, 64, 2}, {64, 64, 2}, {64, 128, 1}};

/// Each matrix is kept with the outputs side by side, so that all of them can be summed at once and
/// in the same order whatever the machine's vectors are wide.
struct KtSileroWeights {
  float basis[WINDOW][2 * BINS];
  float convolution[LAYERS][TAPS * WIDEST * 128]; ///< [tap][in][out]
  float bias[LAYERS][128];
  float from_input[STATE][GATES], from_hidden[STATE][GATES];
  float gate_bias[GATES];
  float output[STATE];
  float output_bias;
};

enum { T_BASIS, T_LAYER, T_INPUT = T_LAYER + 2 * LAYERS, T_HIDDEN, T_BIAS_I, T_BIAS_H, T_OUT, T_OUT_BIAS, TENSORS };

/// `from` is [out][in][taps].
static void turn(float *to, const float *from, int out, int in, int taps) {
  for (int o = 0; o < out; ++o) {
    for (int i = 0; i < in; ++i) {
      for (int t = 0; t < taps; ++t) {
        to[(t * in + i) * out + o] = from[(o * in + i) * taps + t];
      }
    }
  }
}

static void arrange(KtSileroWeights *weights, const KtTensor *tensors) {
  turn(&weights->basis[0][0], tensors[T_BASIS].values, 2 * BINS, WINDOW, 1);
  for (int l = 0; l < LAYERS; ++l) {
    const Layer *layer = &layers[l];
    turn(weights->convolution[l], tensors[T_LAYER + 2 * l].values, layer->out, layer->in, TAPS);
    memcpy(weights->bias[l], tensors[T_LAYER + 2 * l + 1].values,
           (size_t)layer->out * sizeof(float));
  }
  turn(&weights->from_input[0][0], tensors[T_INPUT].values, GATES, STATE, 1);
  turn(&weights->from_hidden[0][0], tensors[T_HIDDEN].values, GATES, STATE, 1);
  for (int g = 0; g < GATES; ++g) {
    weights->gate_bias[g] = tensors[T_BIAS_I].values[g] + tensors[T_BIAS_H].values[g];
  }
  memcpy(weights->output, tensors[T_OUT].values, sizeof(weights->output));
  weights->output_bias = tensors[T_OUT_BIAS].values[0];
}

/// A network with a weight that is no number would say nothing for the rest of the film.
static bool all_finite(const float *values, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (!isfinite(values[i]) || fabsf(values[i]) > 1e6F) {
      return false;
    }
  }
  return true;
}

KtStatus kt_silero_open(const char *path, KtSileroWeights **result, KtError *err) {
  KtTensor tensors[TENSORS] = {
      [T_BASIS] = {"stft.forward_basis_buffer", {2 * BINS, 1, WINDOW}, NULL, NULL},
      [T_INPUT] = {"decoder.rnn.weight_ih", {GATES, STATE}, NULL, NULL},
      [T_HIDDEN] = {"decoder.rnn.weight_hh", {GATES, STATE}, NULL, NULL},
      [T_BIAS_I] = {"decoder.rnn.bias_ih", {GATES}, NULL, NULL},
      [T_BIAS_H] = {"decoder.rnn.bias_hh", {GATES}, NULL, NULL},
      [T_OUT] = {"decoder.decoder.2.weight", {1, STATE, 1}, NULL, NULL},
      [T_OUT_BIAS] = {"decoder.decoder.2.bias", {1}, NULL, NULL},
  };
  static const char *const names[LAYERS][2] = {
      {"encoder.0.reparam_conv.weight", "encoder.0.reparam_conv.bias"},
      {"encoder.1.reparam_conv.weight", "encoder.1.reparam_conv.bias"},
      {"encoder.2.reparam_conv.weight", "encoder.2.reparam_conv.bias"},
      {"encoder.3.reparam_conv.weight", "encoder.3.reparam_conv.bias"}};
  for (int l = 0; l < LAYERS; ++l) {
    tensors[T_LAYER + 2 * l] =
        (KtTensor){names[l][0], {layers[l].out, layers[l].in, TAPS}, NULL, NULL};
    tensors[T_LAYER + 2 * l + 1] = (KtTensor){names[l][1], {layers[l].out}, NULL, NULL};
  }
  *result = NULL;
  KtArena *arena = kt_arena_new();
  const char *bytes = NULL;
  size_t size = 0;
  KtStatus status = arena ? kt_file_read(arena, path, MOST_BYTES, &bytes, &size, err)
                          : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  bool good = !status, memory = true;
  size_t counts[TENSORS];
  for (int i = 0; i < TENSORS && good; ++i) {
    counts[i] = 1;
    for (int k = 0; k < 3 && tensors[i].shape[k]; ++k) {
      counts[i] *= (size_t)tensors[i].shape[k];
    }
    tensors[i].values = kt_arena_alloc_items(arena, counts[i], sizeof(float));
    memory = memory && tensors[i].values;
  }
  KtSileroWeights *weights = good && memory ? calloc(1, sizeof(*weights)) : NULL;
  if (good && !weights) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (weights) {
    good = kt_onnx_read((const uint8_t *)bytes, size, tensors, TENSORS);
    for (int i = 0; i < TENSORS && good; ++i) {
      good = all_finite(tensors[i].values, counts[i]);
    }
    if (good) {
      arrange(weights, tensors);
      *result = weights;
    } else {
      free(weights);
      status = kt_error_at(err, KT_ERR_FORMAT, path, 0, 0,
                           "holds no weights of Silero VAD (damaged, or another network); "
                           "tools/fetch-weights brings them");
    }
  }
  kt_arena_free(arena);
  return status;
}

void kt_silero_close(KtSileroWeights *weights) {
  free(weights);
}

/// sums[o] += the sum over `in` of x[i] * matrix[i][o]; `out` is a multiple of 8 but for the
/// transform. Four inputs at a time, each output's sum in the order of the inputs.
KT_WIDE static void add_products(float *restrict sums, const float *restrict matrix,
                              const float *restrict x, int in, int out) {
  int i = 0;
  for (; i + 4 <= in; i += 4) {
    const float *a = matrix + (size_t)i * (size_t)out;
    const float *b = a + out, *c = b + out, *d = c + out;
    float xa = x[i], xb = x[i + 1], xc = x[i + 2], xd = x[i + 3];
    for (int o = 0; o < out; ++o) {
      sums[o] = (((sums[o] + a[o] * xa) + b[o] * xb) + c[o] * xc) + d[o] * xd;
    }
  }
  for (; i < in; ++i) {
    for (int o = 0; o < out; ++o) {
      sums[o] += matrix[(size_t)i * (size_t)out + (size_t)o] * x[i];
    }
  }
}

static void transform(const KtSileroWeights *weights, const float *input,
                      float (*magnitudes)[WIDEST]) {
  for (int f = 0; f < FRAMES; ++f) {
    float sums[2 * BINS] = {0};
    add_products(sums, &weights->basis[0][0], input + (ptrdiff_t)f * HOP, WINDOW, 2 * BINS);
    for (int k = 0; k < BINS; ++k) {
      float re = sums[k], im = sums[BINS + k];
      magnitudes[f][k] = sqrtf(re * re + im * im);
    }
  }
}

/// In place; returns the number of frames that are left.
static int convolve(const KtSileroWeights *weights, int l, float (*frames)[WIDEST], int count) {
  const Layer *layer = &layers[l];
  float made[FRAMES][WIDEST];
  int left = (count - 1) / layer->stride + 1;
  for (int f = 0; f < left; ++f) {
    memcpy(made[f], weights->bias[l], (size_t)layer->out * sizeof(float));
    for (int t = 0; t < TAPS; ++t) {
      int at = f * layer->stride + t - 1;
      if (at >= 0 && at < count) {
        add_products(made[f], weights->convolution[l] + (ptrdiff_t)t * layer->in * layer->out,
                     frames[at], layer->in, layer->out);
      }
    }
    for (int o = 0; o < layer->out; ++o) {
      made[f][o] = fmaxf(made[f][o], 0.0F);
    }
  }
  memcpy(frames, made, (size_t)left * sizeof(made[0]));
  return left;
}

static float logistic(float x) {
  return 1.0F / (1.0F + expf(-x));
}

static void remember(const KtSileroWeights *weights, KtSilero *silero, const float *input) {
  float gates[GATES];
  memcpy(gates, weights->gate_bias, sizeof(gates));
  add_products(gates, &weights->from_input[0][0], input, STATE, GATES);
  add_products(gates, &weights->from_hidden[0][0], silero->hidden, STATE, GATES);
  for (int i = 0; i < STATE; ++i) {
    float cell = logistic(gates[STATE + i]) * silero->cell[i] +
                 logistic(gates[i]) * tanhf(gates[2 * STATE + i]);
    silero->cell[i] = cell;
    silero->hidden[i] = logistic(gates[3 * STATE + i]) * tanhf(cell);
  }
}

float kt_silero_block(const KtSileroWeights *weights, KtSilero *silero, const float *samples) {
  float input[INPUT];
  memcpy(input, silero->context, sizeof(silero->context));
  for (int i = 0; i < KT_SILERO_BLOCK; ++i) { // a fading tail must not become denormal numbers
    float x = samples[i];
    input[KT_SILERO_CONTEXT + i] = fabsf(x) > 1e-9F && fabsf(x) < 1e3F ? x : 0.0F;
  }
  enum { END = KT_SILERO_CONTEXT + KT_SILERO_BLOCK };
  for (int i = 0; i < REFLECTED; ++i) {
    input[END + i] = input[END - 2 - i];
  }
  memcpy(silero->context, input + END - KT_SILERO_CONTEXT, sizeof(silero->context));
  float frames[FRAMES][WIDEST];
  transform(weights, input, frames);
  int count = FRAMES;
  for (int l = 0; l < LAYERS; ++l) {
    count = convolve(weights, l, frames, count);
  }
  remember(weights, silero, frames[0]);
  float sum = weights->output_bias;
  for (int i = 0; i < STATE; ++i) {
    sum += weights->output[i] * fmaxf(silero->hidden[i], 0.0F);
  }
  return logistic(sum);
}
