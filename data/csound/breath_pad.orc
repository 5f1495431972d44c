; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; Breathy pad: air in narrow bands on the harmonics over a soft tone, like bottles blown far away.
instr 1
  p3 = p6 + 1.0
  kdyn Dyn p5, p8, p11
  ifreq = cpsmidinn(p4)
  aenv Shape 0.25, p6, 1.0
  anl rand 1, p7, 1
  anr rand 1, p7 * 0.6, 1
  kbreath randi 0.3, 1.7, p7, 1
  al1 butterbp anl, ifreq, ifreq * 0.02
  al2 butterbp anl, ifreq * 2, ifreq * 0.03
  al3 butterbp anl, ifreq * 3, ifreq * 0.05
  ar1 butterbp anr, ifreq, ifreq * 0.02
  ar2 butterbp anr, ifreq * 2, ifreq * 0.03
  ar3 butterbp anr, ifreq * 3, ifreq * 0.05
  aairl butterbp anl, limit(2500, ifreq, 9000), 1800
  aairr butterbp anr, limit(2700, ifreq, 9000), 1800
  kdrift randi 4, 0.5, 1 - p7, 1
  asine oscili 0.14, ifreq * cent(kdrift)
  at2 oscili 0.03 * kdyn, ifreq * 2 * cent(kdrift)
  aamp = aenv * a(kdyn * kdyn * (1 + kbreath * 0.4)) * 0.9
  Send (1.6 * al1 + 0.7 * al2 + 0.4 * kdyn * al3 + 0.05 * kdyn * aairl + asine + at2) * aamp, (1.6 * ar1 + 0.7 * ar2 + 0.4 * kdyn * ar3 + 0.05 * kdyn * aairr + asine - at2) * aamp, p10
endin
