; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; Dark pad: a slow, covered sound with a sub-octave, for low long tones.
instr 1
  p3 = p6 + 1.4
  kdyn Dyn p5, p8, p11
  ifreq = cpsmidinn(p4)
  aenv Shape 0.3, p6, 1.4
  kdrift randi 3, 0.25, p7, 1
  kfreq = ifreq * cent(kdrift)
  a1 Saw kfreq, -6, p7
  a2 Saw kfreq, 6, p7 * 7
  a3 oscili 0.55, kfreq
  a4 oscili 0.8, kfreq * 1.0006
  kbreath randi 0.25, 0.3 + p7 * 0.2, 1 - p7, 1
  kcut = limit((180 + ifreq) * (0.5 + 2 * kdyn * kdyn) * (1 + kbreath), 80, 3000)
  aleft moogladder a1 * 0.8 + a2 * 0.25, kcut, 0.15
  aright moogladder a2 * 0.8 + a1 * 0.25, kcut, 0.15
  aamp = aenv * a(kdyn * kdyn) * 0.25
  Send (aleft + a3 + 0.4 * a4) * aamp, (aright + a4 + 0.4 * a3) * aamp, p10
endin
