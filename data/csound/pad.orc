; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; Warm pad: six saws, spread left to right, that open as they grow louder.
instr 1
  p3 = p6 + 0.9
  kdyn Dyn p5, p8, p11
  ifreq = cpsmidinn(p4)
  aenv Shape (p9 == 0 ? 0.22 : 0.12), p6, 0.9
  kdrift randi 2.5, 0.4, p7, 1
  kfreq = ifreq * cent(kdrift)
  a1 Saw kfreq, -9, p7
  a2 Saw kfreq, 2, p7 * 3
  a3 Saw kfreq, 7, p7 * 5
  a4 Saw kfreq, 9, p7 * 7
  a5 Saw kfreq, -2, p7 * 11
  a6 Saw kfreq, -7, p7 * 13
  kwave lfo 0.15, 0.11 + 0.1 * p7
  kcut = limit((ifreq * 1.4 + 350) * (0.45 + 2.2 * kdyn * kdyn) * (1 + kwave), 120, 12000)
  aleft butterlp a1 + a2 + 0.7 * a3, kcut
  aleft butterlp aleft, kcut * 1.7
  aright butterlp a4 + a5 + 0.7 * a6, kcut
  aright butterlp aright, kcut * 1.7
  aamp = aenv * a(kdyn * kdyn) * 0.12
  Send (aleft + 0.45 * aright) * aamp, (aright + 0.45 * aleft) * aamp, p10
endin
