; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; Deep bass: a saw and a square over a sine, the filter struck by each note.
instr 1
  irel = (p9 == 2 || p9 == 3 ? 0.08 : 0.16)
  p3 = p6 + irel
  kdyn Dyn p5, p8, p11
  ifreq = cpsmidinn(p4)
  aenv Shape 0.006, p6, irel
  kstroke expseg 1, 0.25, 0.25, 8, 0.2
  a1 Saw ifreq, -4, p7
  a2 vco2 0.6, ifreq * cent(4), 10
  asub oscili 1, ifreq
  kcut = limit(90 + ifreq * 2 + 2600 * kstroke * kdyn * kdyn, 60, 9000)
  abody moogladder a1 + a2, kcut, 0.2
  aall = tanh((abody + 0.9 * asub) * 1.2)
  aamp = aenv * a((0.35 + 0.65 * kstroke) * kdyn * kdyn) * 0.5
  Send aall * aamp, aall * aamp, p10
endin
