// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
int main(void) {
  return 0;
}
