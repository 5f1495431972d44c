// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/onnx.h"

#include <string.h>

// Field numbers of onnx.proto3 (ONNX, Apache-2.0), IR version 8.
enum {
  MODEL_GRAPH = 7,
  GRAPH_NODE = 1,
  GRAPH_INITIALIZER = 5,
  NODE_ATTRIBUTE = 5,
  ATTRIBUTE_TENSOR = 5,
  ATTRIBUTE_GRAPH = 6,
  TENSOR_SIDE = 1,
  TENSOR_TYPE = 2,
  TENSOR_NAME = 8,
  TENSOR_BYTES = 9,
};
enum { TYPE_FLOAT = 1, DEEPEST = 16, SIDES = 3 };

typedef struct Bytes {
  const uint8_t *at, *end;
} Bytes;

typedef struct Field {
  uint64_t number;
  uint64_t value; ///< of a whole number
  Bytes inside;   ///< of a length-delimited field, empty else
} Field;

static bool read_number(Bytes *bytes, uint64_t *value) {
  *value = 0;
  for (unsigned shift = 0; shift < 64 && bytes->at < bytes->end; shift += 7) {
    uint8_t byte = *bytes->at++;
    *value |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) {
      return true;
    }
  }
  return false;
}

/// The next field; false at the end and where the bytes make no sense.
static bool next_field(Bytes *bytes, Field *field) {
  uint64_t key = 0, length = 0;
  *field = (Field){.number = 0};
  if (!read_number(bytes, &key)) {
    return false;
  }
  field->number = key >> 3;
  switch (key & 7) {
  case 0:
    return read_number(bytes, &field->value);
  case 1:
    length = 8;
    break;
  case 2:
    if (!read_number(bytes, &length)) {
      return false;
    }
    break;
  case 5:
    length = 4;
    break;
  default: // groups have not been written for twenty years
    return false;
  }
  if (length > (uint64_t)(bytes->end - bytes->at)) {
    return false;
  }
  field->inside = (Bytes){bytes->at, bytes->at + length};
  bytes->at += length;
  return true;
}

/// Sides come one a field or, packed, all in one.
static void read_sides(const Field *field, int64_t *sides, size_t *count) {
  Bytes inside = field->inside;
  uint64_t value = field->value;
  bool more = !inside.at || read_number(&inside, &value);
  while (more) {
    if (*count < SIDES + 1) {
      *count += 1;
      sides[*count - 1] = value <= INT32_MAX ? (int64_t)value : -1;
    }
    more = inside.at && read_number(&inside, &value);
  }
}

static uint64_t places(const KtTensor *tensor) {
  uint64_t number = 1;
  for (size_t i = 0; i < SIDES && tensor->shape[i]; ++i) {
    number *= (uint64_t)tensor->shape[i];
  }
  return number;
}

static void take_tensor(Bytes bytes, KtTensor *tensors, size_t count) {
  Field field;
  Bytes name = {NULL, NULL}, raw = {NULL, NULL};
  int64_t sides[SIDES + 1] = {0};
  size_t side_count = 0;
  uint64_t type = 0;
  while (next_field(&bytes, &field)) {
    if (field.number == TENSOR_SIDE) {
      read_sides(&field, sides, &side_count);
    } else if (field.number == TENSOR_TYPE) {
      type = field.value;
    } else if (field.number == TENSOR_NAME) {
      name = field.inside;
    } else if (field.number == TENSOR_BYTES) {
      raw = field.inside;
    }
  }
  size_t length = (size_t)(name.end - name.at);
  for (size_t i = 0; i < count && name.at; ++i) {
    KtTensor *wanted = &tensors[i];
    if (type == TYPE_FLOAT && raw.at && strlen(wanted->name) == length &&
        !memcmp(wanted->name, name.at, length) && side_count <= SIDES &&
        !memcmp(wanted->shape, sides, sizeof(wanted->shape)) &&
        (uint64_t)(raw.end - raw.at) == places(wanted) * sizeof(float)) {
      wanted->found = raw.at;
    }
  }
}

static bool complete(const KtTensor *tensors, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (!tensors[i].found) {
      return false;
    }
  }
  return true;
}

typedef bool (*GraphFn)(Bytes graph, KtTensor *tensors, size_t count, int depth);

/// The tensors of a node's attributes, or (`within`) the graphs there.
static bool walk_node(Bytes node, KtTensor *tensors, size_t count, int depth, GraphFn within) {
  Field attribute, part;
  while (next_field(&node, &attribute)) {
    while (attribute.number == NODE_ATTRIBUTE && next_field(&attribute.inside, &part)) {
      if (!within && part.number == ATTRIBUTE_TENSOR) {
        take_tensor(part.inside, tensors, count);
      } else if (within && part.number == ATTRIBUTE_GRAPH &&
                 within(part.inside, tensors, count, depth + 1)) {
        return true;
      }
    }
  }
  return false;
}

static bool read_graph(Bytes graph, KtTensor *tensors, size_t count, int depth) {
  Field field;
  for (size_t i = 0; i < count; ++i) {
    tensors[i].found = NULL;
  }
  for (Bytes own = graph; next_field(&own, &field);) {
    if (field.number == GRAPH_INITIALIZER) {
      take_tensor(field.inside, tensors, count);
    } else if (field.number == GRAPH_NODE) {
      walk_node(field.inside, tensors, count, depth, NULL);
    }
  }
  if (complete(tensors, count)) {
    return true;
  }
  for (Bytes own = graph; depth < DEEPEST && next_field(&own, &field);) {
    if (field.number == GRAPH_NODE &&
        walk_node(field.inside, tensors, count, depth, read_graph)) {
      return true;
    }
  }
  return false;
}

bool kt_onnx_read(const uint8_t *bytes, size_t size, KtTensor *tensors, size_t count) {
  Field field;
  for (Bytes model = {bytes, bytes + size}; next_field(&model, &field);) {
    if (field.number == MODEL_GRAPH && read_graph(field.inside, tensors, count, 0)) {
      for (size_t i = 0; i < count; ++i) { // little-endian floats, as this machine's
        memcpy(tensors[i].values, tensors[i].found, (size_t)places(&tensors[i]) * sizeof(float));
      }
      return true;
    }
  }
  return false;
}
