; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; Riser: wind and a tone an octave below that climb to the written pitch and are cut off at the end
; of the note: it leads to what is struck there.
instr 1
  p3 = p6 + 0.06
  kdyn Dyn p5, p8, p11
  ifreq = cpsmidinn(p4)
  kway linseg 0, p6, 1, 0.06, 1
  aswell linseg 0, p6, 1, 0.05, 0, 0.01, 0
  aswell = aswell * aswell
  kclimb = kway * kway
  kfreq = ifreq * (0.5 + 0.5 * kclimb)
  a1 Saw kfreq, -8, p7
  a2 Saw kfreq, 8, p7 * 7
  kshake lfo 0.35, 5 + 9 * kway
  anl rand 1, p7, 1
  anr rand 1, p7 * 0.7, 1
  kband = 300 + 5200 * kclimb
  anl butterbp anl, kband, kband * 0.4
  anr butterbp anr, kband * 1.07, kband * 0.4
  kcut = limit(ifreq + 200 + 5000 * kclimb * kdyn, 100, 12000)
  aleft moogladder a1, kcut, 0.3
  aright moogladder a2, kcut, 0.3
  aamp = aswell * a(kdyn * kdyn * (1 + kshake * kway)) * 0.3
  Send (0.6 * aleft + 0.9 * anl) * aamp, (0.6 * aright + 0.9 * anr) * aamp, p10
endin
