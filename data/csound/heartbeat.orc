; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; Heartbeat: two soft blows, the second weaker, as a heart is heard through a wall. Short notes are one blow
; each: there the two are written.
instr 1
  igap = 0.24
  p3 = 0.9
  kdyn Dyn p5, p8, p11
  ifreq = cpsmidinn(p4)
  k1 expseg 1, 0.22, 0.001, 2, 0.0001
  itwo = (p9 == 2 || p9 == 3 ? 0 : 1)
  k2 expseg 0.0001, igap, 0.0001, 0.004, 0.5, 0.2, 0.001, 2, 0.0001
  k2 = k2 * itwo
  kp1 expseg 2.2, 0.06, 1, 2, 1
  kp2 expseg 1, igap, 1, 0.002, 1.9, 0.05, 1, 2, 1
  arise linseg 0, 0.004, 1, 0.8, 1, 0.08, 0, 0.01, 0
  a1 oscili k1, ifreq * kp1
  a2 oscili k2, ifreq * kp2
  anoise rand 1, p7, 1
  askin butterlp anoise, 180 + 500 * kdyn
  askin butterbp askin, 140, 120
  ax = tanh(1.4 * (a1 + a2)) + askin * (k1 * k1 + k2 * k2) * 1.2
  ax butterlp ax, 250 + 900 * kdyn
  aamp = arise * a(kdyn * kdyn) * 0.6
  Send ax * aamp, ax * aamp, p10
endin
