; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; Bowed metal: noise drawn over a plate's modes, the written pitch the strongest of them.
instr 1
  p3 = p6 + 2.2
  kdyn Dyn p5, p8, p11
  ifreq = cpsmidinn(p4)
  aenv Shape 0.28, p6, 2.2
  anoise rand 1, p7, 1
  ascrape randi 1, 900 + 2500 * kdyn, 1 - p7, 1
  kbow randi 0.4, 7, p7 * 0.5, 1
  aex = (0.6 * anoise + ascrape) * (1 + kbow) * 0.02
  a1 reson aex, ifreq, ifreq * 0.003, 1
  a2 reson aex, ifreq * 1.504, ifreq * 0.004, 1
  a3 reson aex, ifreq * 2.237, ifreq * 0.006, 1
  a4 reson aex, ifreq * 3.151, ifreq * 0.008, 1
  a5 reson aex, ifreq * 4.733, ifreq * 0.01, 1
  a6 reson aex, ifreq * 6.317, ifreq * 0.014, 1
  ks1 oscili 0.3, 0.21, -1, p7
  asine oscili 0.005, ifreq
  aamp = aenv * a(kdyn * kdyn) * 6
  ahigh = 4 * kdyn * (a4 + 0.8 * a6)
  ahigher = 4 * kdyn * (0.7 * a4 + 1.2 * a5)
  aleft = 1.6 * a1 + 0.9 * a2 + (1.6 + 4 * ks1) * a3 + ahigh + asine
  aright = 1.6 * a1 + 0.7 * a2 + (1.6 - 4 * ks1) * a3 + ahigher + asine
  Send aleft * aamp, aright * aamp, p10
endin
