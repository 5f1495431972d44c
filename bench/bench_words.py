# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said under the score, measured on the files of productions: for every window of three seconds that is half
speech and every shorter line how far the score lies below (ITU-R BS.1770-4), and for every line of a quarter second and
more how much of it stays intelligible (STOI of film with score against film alone). With --plain also how the score is
taken down and comes up again: against the same production scored with nothing taken off under words.

usage: bench_words.py PRODUCTION... [--lines] [--plain PRODUCTION...]
A production scored with KINOTHEK_DATA naming a copy of the data whose mix.yaml has speech_margin_lu: -99, masked_most: 1
is a plain one. Needs numpy and ffmpeg."""
import argparse
import json
import pathlib
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    print("skipped: numpy is not installed")
    sys.exit(0)

RATE = 48000
STEP = RATE // 50
WEIGHTS = {1: [1], 2: [1, 1], 6: [1, 1, 1, 0, 1.41, 1.41], 8: [1, 1, 1, 0, 1.41, 1.41, 1.41, 1.41]}


def sound(path, start_s=0.0):
    """Samples at 48 kHz from a time of the container on, a row a channel."""
    asked = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=channels",
                            "-of", "csv=p=0", str(path)], capture_output=True, text=True, check=True).stdout
    channels = int(asked.split()[0].strip(","))
    raw = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a:0", "-af",
                          f"aresample=48000:async=1:first_pts=0,atrim=start={start_s},asetpts=PTS-STARTPTS",
                          "-f", "f32le", "-"], capture_output=True, check=True).stdout
    return np.frombuffer(raw, "<f4").reshape(-1, channels).T.astype(np.float32)


def filtered(x, response):
    """A signal through a response given over frequency, in pieces with what rang before each."""
    size, before = 1 << 19, 1 << 15
    gain = response(np.fft.rfftfreq(size, 1 / RATE))
    out = np.empty(len(x))
    step = size - 2 * before
    for at in range(0, len(x), step):
        piece = np.zeros(size)
        low, high = max(0, at - before), min(len(x), at + step + before)
        piece[low - at + before:high - at + before] = x[low:high]
        now = min(step, len(x) - at)
        out[at:at + now] = np.fft.irfft(np.fft.rfft(piece) * gain, size)[before:before + now]
    return out


def k_response(hz):
    z = np.exp(-2j * np.pi * hz / RATE)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (1 - 1.69065929318241 * z + 0.73248077421585 * z**2)
    return shelf * (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)


def loud(x):
    """K-weighted energy of each fiftieth of a second, summed from the first on."""
    weights = WEIGHTS.get(len(x), [1] * len(x))
    steps = x.shape[1] // STEP
    energy = np.zeros(steps)
    for channel, weight in zip(x, weights):
        energy += weight * (filtered(channel[:steps * STEP], k_response)**2).reshape(steps, STEP).sum(axis=1)
    return np.concatenate([[0], np.cumsum(energy)])


def frames_of(x):
    """Windowed frames of 25.6 ms, half over each other, of a mono sound at 10 kHz."""
    size, hop = 256, 128
    window = np.hanning(size + 2)[1:-1]
    return np.array([x[s:s + size] * window for s in range(0, len(x) - size, hop)])


def bands_of(frames):
    """Amplitudes in the fifteen third octaves of speech."""
    power = np.abs(np.fft.rfft(frames, 512, axis=1))**2
    f = np.fft.rfftfreq(512, 1 / 10000)
    edges = [(f >= 150 * 2**((k - 0.5) / 3)) & (f < 150 * 2**((k + 0.5) / 3)) for k in range(15)]
    return np.sqrt(np.array([power[:, b].sum(axis=1) for b in edges]))


def stoi(clean, heard):
    """Short-time objective intelligibility (Taal, Hendriks, Heusdens & Jensen 2011), both mono at 10 kHz; None where
    too little is said."""
    length, most = 30, 1 + 10**(15 / 20)
    x, y = frames_of(clean), frames_of(heard)
    if len(x) < length:
        return None
    level = 20 * np.log10(np.linalg.norm(x, axis=1) + 1e-12)
    keep = level > level.max() - 40
    x, y = bands_of(x[keep]), bands_of(y[keep])
    if x.shape[1] < length:
        return None
    marks = []
    for m in range(length, x.shape[1] + 1):
        a, b = x[:, m - length:m], y[:, m - length:m]
        b = b * (np.linalg.norm(a, axis=1) / (np.linalg.norm(b, axis=1) + 1e-12))[:, None]
        b = np.minimum(b, a * most)
        a, b = (z - z.mean(axis=1, keepdims=True) for z in (a, b))
        marks.append(((a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1) + 1e-12)).mean())
    return float(np.mean(marks))


def to_10k(x):
    """One stretch of sound to 10 kHz, by one transform."""
    size = len(x) * 10000 // RATE
    return np.fft.irfft(np.fft.rfft(x)[:size // 2 + 1], size) * size / len(x)


def one_ear(x, channels):
    """Mixed to mono as it would be heard; a mono film counts as its two sides of 3 dB less."""
    if len(x) == 1:
        return x[0] * (1 if channels == 1 else 2**-0.5)
    return 0.5 * (x[0] + x[1]) + (2**-0.5 * x[2] if len(x) > 5 else 0)


class Production:
    def __init__(self, folder):
        delivery = pathlib.Path(folder, "delivery")
        self.report = json.loads((delivery / "report.json").read_text())
        film = self.report["film"]
        self.music = sound(next(delivery.glob("*.music.wav")))
        gain = 10**(self.report["loudness"]["gain_db"] / 20)
        path = pathlib.Path(film["path"])
        path = path if path.is_absolute() else pathlib.Path(folder).parent / path
        self.film = gain * sound(path, film["picture_start_s"])
        count = min(self.film.shape[1], self.music.shape[1]) // STEP * STEP
        self.film, self.music = self.film[:, :count], self.music[:, :count]
        self.speech = [(s["start_s"], s["end_s"]) for s in self.report["speech"]]


def said_by_step(speech, steps):
    said = np.zeros(steps + 1)
    for start, end in speech:
        said[1:] += np.clip(np.minimum(end, (np.arange(steps) + 1) / 50) - np.maximum(start, np.arange(steps) / 50), 0, None)
    return np.cumsum(said)


def margins(p):
    """(LU, from, to) of every window of 3 s of which half is said, and of every shorter line."""
    film, music = loud(p.film), loud(p.music)
    steps, out = len(film) - 1, []
    said = said_by_step(p.speech, steps)
    spans = [(at, at + 150) for at in range(steps - 149) if said[at + 150] - said[at] >= 1.5]
    spans += [(int(a * 50), min(steps, int(np.ceil(b * 50)))) for a, b in p.speech if b - a < 3]
    for a, b in spans:
        if b > a and music[b] - music[a] > 1e-9 * (b - a):
            out.append((10 * np.log10((film[b] - film[a] + 1e-20) / (music[b] - music[a])), a / 50, b / 50))
    return out


def falls(p):
    """(fall of STOI, from, to) of every line that has music, and of all that is said under music together."""
    film, music, out, clean, heard = one_ear(p.film, 2), one_ear(p.music, 2), [], [], []
    for start, end in p.speech:
        a, b = int(start * RATE), min(len(film), int(end * RATE))
        if b - a < RATE // 4 or not np.any(music[a:b]):
            continue
        x = to_10k(film[a:b])
        y = to_10k(film[a:b] + music[a:b])
        clean.append(x)
        heard.append(y)
        mark = stoi(x, y)
        if mark is not None:
            out.append((1 - mark, start, end))
    whole = 1 - stoi(np.concatenate(clean), np.concatenate(heard)) if clean else None
    return out, whole


def taken(p, plain):
    """What was taken off in dB, by tenths of a second every fiftieth, NaN where there is nothing to compare."""
    count = min(p.music.shape[1], plain.music.shape[1]) // STEP * STEP
    a, b = ((x.music[:, :count]**2).sum(axis=0, dtype=float).reshape(-1, STEP).sum(axis=1) for x in (p, plain))
    a, b = (np.convolve(z, np.ones(5), "same") for z in (a, b))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(b > 1e-7, 10 * np.log10((a + 1e-12) / (b + 1e-12)), np.nan)


def ramps(p, plain):
    db = taken(p, plain)
    second = db[25:] - db[:-25]
    turns = 0
    last = 0.0
    held = np.nan_to_num(db)
    low = high = held[0] if len(held) else 0
    for v in held:  # ups and downs of more than 3 dB
        low, high = min(low, v), max(high, v)
        if last <= 0 and v - low > 3:
            turns, last, high = turns + 1, 1.0, v
        elif last >= 0 and high - v > 3:
            turns, last, low = turns + 1, -1.0, v
    print(f"   taken off {-np.nanmin(db):.1f} dB at most, {-np.nanmean(db[db < -0.5]) if (db < -0.5).any() else 0:.1f} where any; "
          f"in half a second at most {-np.nanmin(second):.1f} down, {np.nanmax(second):.1f} up; {turns} turns of over 3 dB")


def show(folder, lines=False, plain=None):
    p = Production(folder)
    rows, (fallen, whole) = margins(p), falls(p)
    if not rows or whole is None:
        print(f"  {folder}: no music under words")
        return
    least, worst = min(rows), max(fallen, default=(0, 0, 0))
    over = [f for f in fallen if f[0] > 0.03]
    good = least[0] >= 10 and worst[0] <= 0.03
    print(f"{' ' if good else '!'} {folder}: {len(rows)} windows and short lines, least {least[0]:.1f} LU at {least[1]:.1f} s, "
          f"median {np.median([r[0] for r in rows]):.1f}; STOI falls by {whole:.3f} over all, of {len(fallen)} lines at most "
          f"{worst[0]:.3f} ({worst[1]:.2f}-{worst[2]:.2f} s), over 0.03 {len(over)}")
    if plain:
        ramps(p, Production(plain))
    if lines:
        for fall, start, end in sorted(fallen, reverse=True):
            short = [r[0] for r in rows if abs(r[1] - start) < 0.03] or [float("nan")]
            print(f"     {start:8.2f} {end:8.2f}  {end - start:5.2f} s  STOI -{fall:.3f}  {short[-1]:5.1f} LU")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("productions", nargs="+")
    parser.add_argument("--lines", action="store_true", help="each line")
    parser.add_argument("--plain", nargs="+", default=[], help="the same, nothing taken off, in the same order")
    options = parser.parse_args()
    for i, folder in enumerate(options.productions):
        show(folder, options.lines, options.plain[i] if i < len(options.plain) else None)


if __name__ == "__main__":
    main()
