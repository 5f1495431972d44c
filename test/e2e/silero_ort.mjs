// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Our forward pass of Silero VAD against ONNX Runtime: the table that test_film_silero holds ours to must be
// what onnxruntime-web makes of the same voice. usage: node silero_ort.mjs WEIGHTS TABLE [--write]
// Skipped (77) where onnxruntime-web is not installed (npm install --no-save onnxruntime-web).
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const BLOCKS = 96, BLOCK = 512, CONTEXT = 64;

function voice() { // as silero_voice.h
  const formants = [[730, 1090, 2440], [270, 2290, 3010], [570, 840, 2410], [440, 1020, 2240]];
  const samples = new Float32Array(BLOCKS * BLOCK);
  const state = [0, 0, 0, 0, 0, 0];
  let seed = 1, phase = 0;
  for (let i = 0; i < samples.length; ++i) {
    const t = i / 16000;
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const noise = seed / 4294967296 - 0.5;
    const syllable = Math.floor(t / 0.22) % 4;
    const within = t / 0.22 - Math.floor(t / 0.22);
    const words = t > 0.6 && t < 2.4;
    const loud = words ? Math.pow(Math.sin(Math.PI * within), 0.7) : 0;
    phase += (130 + 25 * Math.sin(2 * Math.PI * 0.9 * t)) / 16000;
    let source = noise * 0.05;
    if (phase >= 1) {
      phase -= 1;
      source += 4;
    }
    if (words && within < 0.15 && syllable % 2 === 0) source += noise * 0.8;
    let y = 0;
    for (let k = 0; k < 3; ++k) {
      const r = Math.exp(-Math.PI * (80 + 40 * k) / 16000);
      const c = 2 * r * Math.cos(2 * Math.PI * formants[syllable][k] / 16000);
      const v = source * (1 - r) + c * state[2 * k] - r * r * state[2 * k + 1];
      state[2 * k + 1] = state[2 * k];
      state[2 * k] = v;
      y += v / (k + 1);
    }
    samples[i] = 0.9 * loud * y + 0.002 * noise;
  }
  return samples;
}

async function probabilities(ort, model, samples) {
  const session = await ort.InferenceSession.create(model);
  const rate = new ort.Tensor("int64", BigInt64Array.from([16000n]), []);
  let state = new ort.Tensor("float32", new Float32Array(256), [2, 1, 128]);
  let before = new Float32Array(CONTEXT);
  const found = [];
  for (let i = 0; i < samples.length; i += BLOCK) {
    const input = new Float32Array(CONTEXT + BLOCK);
    input.set(before);
    input.set(samples.subarray(i, i + BLOCK), CONTEXT);
    const out = await session.run({ input: new ort.Tensor("float32", input, [1, input.length]), state, sr: rate });
    found.push(out.output.data[0]);
    state = out.stateN;
    before = input.slice(BLOCK);
  }
  return found;
}

const [weights, table, write] = process.argv.slice(2);
let ort;
try {
  ort = createRequire(path.join(process.cwd(), "/"))("onnxruntime-web");
} catch {
  console.log("onnxruntime-web is not installed here");
  process.exit(77);
}
if (!fs.existsSync(weights)) {
  console.log("the weights are missing; tools/fetch-weights brings them");
  process.exit(77);
}
ort.env.wasm.numThreads = 1;
const found = await probabilities(ort, fs.readFileSync(weights), voice());
if (write) {
  const lines = [];
  for (let i = 0; i < found.length; i += 8) {
    lines.push("    " + found.slice(i, i + 8).map((p) => p.toFixed(5) + "F,").join(" "));
  }
  fs.writeFileSync(table, lines.join("\n") + "\n");
}
const kept = fs.readFileSync(table, "utf8").match(/[0-9.]+(?=F)/g).map(Number);
const worst = Math.max(...found.map((p, i) => Math.abs(p - kept[i])));
console.log(`${found.length} blocks, largest difference ${worst.toExponential(2)}`);
process.exit(kept.length === found.length && worst < 1e-4 ? 0 : 1);
