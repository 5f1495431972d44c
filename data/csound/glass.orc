; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; Bowed glass: few partials, those of a rubbed glass, each trembling by itself.
instr 1
  p3 = p6 + 1.6
  kdyn Dyn p5, p8, p11
  ifreq = cpsmidinn(p4)
  aenv Shape 0.35, p6, 1.6
  kt1 randi 0.18, 4.1, p7, 1
  kt2 randi 0.35, 5.3, p7 * 0.9, 1
  kt3 randi 0.5, 6.7, p7 * 0.8, 1
  a1 oscili 1 + kt1, ifreq
  a1b oscili 0.5, ifreq * 1.0012
  a2 oscili (0.22 + 0.1 * kt2) * (0.3 + kdyn), ifreq * 2.32
  a3 oscili (0.10 + 0.06 * kt3) * kdyn, ifreq * 4.25
  a4 oscili (0.05 + 0.04 * kt2) * kdyn * kdyn, ifreq * 6.63
  anoise rand 1, p7, 1
  arub butterbp anoise, ifreq * 2, ifreq * 0.06
  arub = arub * 0.5
  aamp = aenv * a(kdyn * kdyn) * 0.2
  aleft = a1 + 0.7 * a2 + a3 + 0.6 * a4 + arub
  aright = 0.85 * a1 + a1b + a2 + 0.7 * a3 + a4 + arub
  Send aleft * aamp, aright * aamp, p10
endin
