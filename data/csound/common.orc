; Copyright 2026 The Kinothek authors
; SPDX-License-Identifier: GPL-3.0-or-later
; What all sounds share. Each NAME.orc beside this defines instrument 1, told of a note by
;   p4 key   p5 velocity 0..1   p6 seconds held   p7 a seed 0..1   p8 channel
;   p9 articulation (0 long, 1 legato, 2 short, 3 marcato, 4 tenuto, ...)
;   p10 gain   p11 1 where a controller, not velocity, says how loud
; An instrument adds its release to p3 itself, so nothing is cut off.
sr = 48000
ksmps = 64
nchnls = 2
0dbfs = 1
seed 4711

; How loud now, 0..1, with the expression pedal in it.
opcode Dyn, k, iii
  ivel, ichan, ifollows xin
  Sdyn sprintf "d%d", ichan
  Sexp sprintf "x%d", ichan
  idyn chnget Sdyn
  iexp chnget Sexp
  kdyn chnget Sdyn
  kexp chnget Sexp
  kexp portk kexp, 0.02, iexp
  if ifollows == 1 then
    know portk kdyn, 0.03, idyn
  else
    know = ivel
  endif
  xout know * kexp
endop

; Up, hold, down; without corners, and up even where the note is shorter than its attack.
opcode Shape, a, iii
  iattack, iheld, irelease xin
  iup = (iheld < iattack ? iheld : iattack)
  iup = (iup < 0.002 ? 0.002 : iup)
  istay = (iheld - iup < 0.001 ? 0.001 : iheld - iup)
  ashape linseg 0, iup, 1, istay, 1, irelease, 0, 0.01, 0
  xout ashape * ashape * (3 - 2 * ashape)
endop

; A sawtooth with a phase of its own.
opcode Saw, a, kii
  kfreq, icents, iphase xin
  asaw vco2 1, kfreq * cent(icents), 16, 0.5, iphase - int(iphase)
  xout asaw
endop

; To the outputs, without what is below hearing.
opcode Send, 0, aai
  aleft, aright, igain xin
  aleft dcblock2 aleft
  aright dcblock2 aright
  outs aleft * igain, aright * igain
endop
