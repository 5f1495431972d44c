; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; Braam: massed low brass of saws, an octave under it, driven; it opens in a tenth of a second,
; growls and sinks for as long as it is held.
instr 1
  irel = 1.2
  p3 = p6 + irel
  kdyn Dyn p5, p8, p11
  ifreq = cpsmidinn(p4)
  aenv Shape 0.02, p6, irel
  kopen linseg 0, 0.11, 1, 0.5, 0.75, 4, 0.35, 10, 0.3
  kopen = kopen * kopen
  kfall linseg 18, 0.12, 0, 1, 0
  kfreq = ifreq * cent(-kfall)
  kgrowl lfo 0.12 * kdyn, 23 + 6 * p7
  a1 Saw kfreq, -11, p7
  a2 Saw kfreq, 3, p7 * 3
  a3 Saw kfreq, 11, p7 * 7
  a4 Saw kfreq, -3, p7 * 11
  ao vco2 0.7, kfreq * 0.5, 10
  asub oscili 1.1, kfreq
  kcut = limit(110 + ifreq + 6500 * kopen * kdyn, 90, 9000)
  aleft moogladder a1 + a2 + ao, kcut, 0.25
  aright moogladder a3 + a4 + ao, kcut, 0.25
  aleft = tanh((aleft + asub) * (0.5 + 1.2 * kdyn) * (1 + kgrowl))
  aright = tanh((aright + asub) * (0.5 + 1.2 * kdyn) * (1 + kgrowl))
  aamp = aenv * a((0.45 + 0.55 * kopen) * kdyn * kdyn) * 0.45
  Send aleft * aamp, aright * aamp, p10
endin
