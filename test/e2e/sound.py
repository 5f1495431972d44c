# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The score in the film's sound, measured on the delivered files with ffmpeg's own loudness meter: words stay clear, cues
come and go as the sheet says, and silence is silence."""
import array
import math
import subprocess

import kino

RATE = 48000


def short_term(path, start_s=0.0):
    """Loudness of the 3 s up to every tenth of a second, LUFS: a list by tenths from `start_s` on."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-af",
                           f"atrim=start={start_s},asetpts=PTS-STARTPTS,ebur128=metadata=1,"
                           "ametadata=print:key=lavfi.r128.S:file=-", "-f", "null", "-"],
                          capture_output=True, text=True, check=True)
    return [float(line.split("=")[1]) for line in done.stdout.splitlines() if line.startswith("lavfi.r128.S=")]


def said(spans, start, end):
    return sum(max(0, min(end, s["end_s"]) - max(start, s["start_s"])) for s in spans)


def words_stay_clear(report, film, music):
    own, score = short_term(film, report["film"]["picture_start_s"]), short_term(music)
    windows = [(own[i] - score[i], (i + 1) / 10 - 3) for i in range(29, min(len(own), len(score)))
               if score[i] > -100 and said(report["speech"], (i + 1) / 10 - 3, (i + 1) / 10) >= 1.5]
    assert len(windows) > 50, "hardly any music under words: nothing measured"
    least, at = min(windows)
    assert least >= 10, f"music is only {least:.1f} LU under the words in the 3 s from {at:.1f} s"
    assert abs(report["loudness"]["speech_margin_lu"] - least) < 3, (report["loudness"], least)


def level(samples, start_s, end_s):
    """dB of full scale, both channels; None where there is nothing at all."""
    part = samples[2 * round(start_s * RATE):2 * round(end_s * RATE)]
    energy = sum(x * x for x in part) / max(1, len(part))
    return 10 * math.log10(energy) if energy else None


def comes_and_goes(cue, samples, next_in):
    start, end = float(cue["in_s"]), float(cue["out_s"])
    if cue["entry"] == "sneak in" and end - start > 9:
        first, there = level(samples, start, start + 0.3), level(samples, start + 2, start + 4)
        assert first is None or first < there - 12, (cue, first, there)
    before = level(samples, max(start, end - 2), end)
    if cue["exit"] == "on the cut":
        after = level(samples, end + 0.35, end + 0.4)
        assert after is None or after < before - 15, (cue, before, after)
        assert next_in < end + 0.5 or level(samples, end + 0.45, min(next_in, end + 1.5)) is None, cue
    elif cue["exit"] == "fade under":
        last = level(samples, end - 0.1, end)
        assert last is None or last < level(samples, end - 6, end - 4) - 15, cue
        assert next_in < end + 0.2 or level(samples, end + 0.01, min(next_in, end + 1)) is None, cue


def under_words(tmp):
    film = kino.shared("films", "talkie_farmhouse_24fps.mkv")
    status, _, err = kino.run("score", film, "--seed", 5, "--out", "out.kinothek")
    assert status == 0, err
    report, delivery = kino.report("out.kinothek"), tmp / "out.kinothek" / "delivery"
    music = next(delivery.glob("*.music.wav"))
    words_stay_clear(report, film, music)
    raw = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", str(music), "-f", "f32le", "-"],
                         capture_output=True, check=True).stdout
    samples, cues = array.array("f", raw), kino.table("out.kinothek", "spotting.csv")
    ins = [float(c["in_s"]) for c in cues] + [len(samples) / 2 / RATE]
    for cue, next_in in zip(cues, ins[1:]):
        comes_and_goes(cue, samples, next_in)
    # Where no cue is and the longest hall has rung off: not one bit.
    quiet, at = 0.0, 0.0
    for cue in cues:
        if float(cue["in_s"]) - at > 0.1:
            quiet += float(cue["in_s"]) - at
            assert level(samples, at, float(cue["in_s"])) is None, (cue, at)
        at = float(cue["out_s"]) + 4.6
    assert quiet > 1


def samples_of(path, start_s=0.0):
    raw = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a:0", "-af",
                          f"atrim=start={start_s},asetpts=PTS-STARTPTS", "-f", "f32le", "-"], capture_output=True, check=True).stdout
    return array.array("f", raw)


def over_full_scale(tmp):
    """A film whose own sound goes far over full scale: nothing is clipped, in no file."""
    kino.ffmpeg("-f", "lavfi", "-i", "testsrc=s=192x108:r=24:d=6", "-f", "lavfi", "-i", "anoisesrc=a=1:d=6:r=48000:c=pink:s=5",
                "-filter:a", "volume=18dB:precision=double,aformat=sample_fmts=flt,pan=stereo|c0=c0|c1=-0.6*c0", "-c:v", "libx264",
                "-preset", "ultrafast", "-c:a", "pcm_f32le", "loud.mkv")
    status, _, err = kino.run("score", "loud.mkv", "--palette", "epic")
    assert status == 0, err
    delivery = tmp / "loud.kinothek" / "delivery"
    own, mix = samples_of("loud.mkv"), samples_of(next(delivery.glob("*.mix.wav")))
    music = samples_of(next(delivery.glob("*.music.wav")))
    assert max(own) > 2 and max(abs(x) for x in music) > 0.5
    count = min(len(own), len(mix), len(music))
    assert max(abs(mix[i] - music[i] - own[i]) for i in range(count)) < 1e-5
    for cue in (delivery / "cues").iterdir():
        whole = samples_of(cue / f"{cue.name}.wav")
        stems = [samples_of(stem) for stem in sorted((cue / "stems").glob("*.wav"))]
        most = max(abs(x) for x in whole)
        rest = max(abs(whole[i] - sum(stem[i] for stem in stems)) for i in range(len(whole)))
        assert most > 1 and rest < most * 10 ** (-90 / 20), (cue, most, rest)
    codecs = [s["codec_name"] for s in kino.probe(kino.scored("loud.kinothek"))["streams"] if s["codec_type"] == "audio"]
    assert codecs[0] == "aac", codecs


if __name__ == "__main__":
    kino.main({"under_words": under_words, "over_full_scale": over_full_scale})
