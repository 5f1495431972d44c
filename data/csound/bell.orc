; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; Crystal: a struck plate that rings on when the key is let go; the upper partials die first.
instr 1
  iring = 3.2 * (2 ^ ((72 - p4) / 30))
  iring = (iring < p6 + 0.5 ? p6 + 0.5 : iring)
  p3 = iring + 0.05
  kdyn Dyn p5, p8, p11
  ifreq = cpsmidinn(p4)
  aclose linseg 1, iring - 0.3, 1, 0.3, 0, 0.05, 0
  astart linseg 0, 0.002, 1, 1, 1
  k1 expseg 1, iring, 0.002
  k2 expseg 1, iring * 0.6, 0.002, 9, 0.001
  k3 expseg 1, iring * 0.3, 0.002, 9, 0.001
  k4 expseg 1, iring * 0.14, 0.002, 9, 0.001
  ihard = p5 * p5
  a1 oscili k1, ifreq
  a1b oscili k1 * 0.5, ifreq * 1.0009
  a2 oscili k2 * 0.35, ifreq * 2.005
  a3 oscili k3 * 0.30 * (0.3 + ihard), ifreq * 2.76
  a4 oscili k3 * 0.18 * (0.2 + ihard), ifreq * 4.07
  a5 oscili k4 * 0.25 * ihard, ifreq * 5.40
  a6 oscili k4 * 0.15 * ihard, ifreq * 8.93
  aamp = aclose * astart * a(kdyn * kdyn) * 0.25
  Send (a1 + a2 + 0.6 * a3 + a4 + 0.5 * a5 + a6) * aamp, (0.9 * a1 + a1b + 0.8 * a2 + a3 + 0.7 * a4 + a5 + 0.6 * a6) * aamp, p10
endin
