# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A thin front door; Meson does the work.
BUILD ?= build
export PATH := $(PATH):/usr/local/bin:/usr/bin

.PHONY: all demo check test sanitize packages packages-check weights install regenerate bench clean

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	meson setup $(BUILD) --buildtype=debugoptimized

packages:
	tools/install-packages packages/run.txt packages/build.txt

weights: packages
	tools/fetch-weights

demo: weights
	@$(MAKE) --no-print-directory all
	BUILD=$(BUILD) tools/demo

check: weights
	BUILD=$(BUILD) tools/check

install: all
	meson install -C $(BUILD)

regenerate: all
	BUILD=$(BUILD) tools/regenerate

bench: all
	meson test -C $(BUILD) --benchmark --verbose

clean:
	rm -rf $(BUILD) $(BUILD)-check $(BUILD)-sanitize demo/out
