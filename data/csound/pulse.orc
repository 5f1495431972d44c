; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; Sequencer: a narrow pulse and a saw that close at once behind the stroke.
instr 1
  irel = (p9 == 2 || p9 == 3 ? 0.07 : 0.18)
  p3 = p6 + irel
  kdyn Dyn p5, p8, p11
  ifreq = cpsmidinn(p4)
  aenv Shape 0.004, p6, irel
  kstroke expseg 1, 0.16, 0.3, 6, 0.12
  a1 vco2 0.7, ifreq * cent(-5), 2, 0.32
  a2 vco2 0.7, ifreq * cent(5), 2, 0.42
  asub oscili 0.5, ifreq
  kcut = limit((ifreq * 1.5 + 5200 * kdyn * kdyn) * kstroke + 140, 90, 14000)
  aleft moogladder a1 + 0.3 * a2, kcut, 0.35
  aright moogladder a2 + 0.3 * a1, kcut, 0.35
  aamp = aenv * a((0.3 + 0.7 * kstroke) * kdyn * kdyn) * 0.4
  Send (aleft + asub) * aamp, (aright + asub) * aamp, p10
endin
