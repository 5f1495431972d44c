; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; Sub drone: felt more than heard; a few quiet partials let small loudspeakers tell its pitch.
instr 1
  p3 = p6 + 1.8
  kdyn Dyn p5, p8, p11
  ifreq = cpsmidinn(p4)
  aenv Shape 0.5, p6, 1.8
  kbeat randi 0.12, 0.35, p7, 1
  a1 oscili 1 + kbeat, ifreq
  a1b oscili 0.5, ifreq * 1.004
  a2 oscili 0.30, ifreq * 2
  a3 oscili 0.16, ifreq * 3.004
  a4 oscili 0.09 * kdyn, ifreq * 4
  a5 oscili 0.07 * kdyn, ifreq * 5.003
  anoise rand 1, p7, 1
  arumble butterlp anoise, 60 + 60 * kdyn
  arumble = arumble * 0.35
  aamp = aenv * a(kdyn * kdyn) * 0.4
  Send (a1 + a2 + 0.6 * a3 + a4 + 0.5 * a5 + arumble) * aamp, (a1 + 0.3 * a1b + a2 + a3 + 0.6 * a4 + a5 - arumble) * aamp, p10
endin
