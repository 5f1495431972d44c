# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Films with exactly known transitions, put together from single shots of real films.

SHOTS names, by picture, stretches that were looked at and hold one shot each. A film is made from a seed:
cuts, dissolves, fades, wipes, and between them what is no transition (flashes, bursts of light, fast pans,
things that pass before the lens, broken blocks); rate, treatment and encoder vary with it."""
import os
import random
import subprocess

import numpy as np

WIDTH, HEIGHT = 320, 180
BUNNY, BUNNY_STARTS = "big_buck_bunny_512x288_30fps.mp4", [
    490, 606, 825, 1194, 1565, 1816, 1954, 2047, 2216, 2272, 2337, 2400, 2532, 2826, 2876, 3126, 3251, 3513, 3672,
    3760, 3837, 3940, 4525, 4606, 4814, 4959, 5003, 5033, 5120, 5174, 5220, 5417, 5466, 5548, 5712, 5814, 5899, 5974,
    6005, 6041, 6129, 6259, 6311, 6358, 6400, 6482, 6547, 6749, 6767, 6847, 6921, 7031, 7107, 7395, 7439, 7656, 7694,
    7744, 7794, 7844, 7894, 7919, 7969, 8019, 8069, 8119, 8244, 8412, 8471, 8525, 8575, 8675, 8900, 9000, 9047, 9090,
    9155, 9289, 9384, 9509, 9566, 9650, 9710, 9799, 9845, 10164, 10240, 10326, 11315, 11395, 11484, 11569, 11857,
    11909, 11969, 12017, 12102, 12114, 12125, 12282, 12377, 12446, 12498, 12617, 12654, 12735, 12755, 12790, 12864,
    12926, 12959, 13012, 13057, 13145, 13200, 13219, 13351, 13400, 13430, 13686, 13882, 13930, 14012, 14121, 14274,
    14320, 14540, 14584, 14649, 14722, 14790]
NO_SHOT = {9090, 13930}  # fades lie between this start and the next
POPEYE_A, POPEYE_B = "popeye_sinbad_a_24fps_silent.mkv", "popeye_sinbad_b_24fps_silent.mkv"
SHOTS = [(BUNNY, 0, 30, a, b - 1) for a, b in zip(BUNNY_STARTS, BUNNY_STARTS[1:]) if a not in NO_SHOT] + [
    (POPEYE_A, 0, 24, 0, 566), (POPEYE_A, 0, 24, 567, 660), (POPEYE_A, 0, 24, 661, 993),
    (POPEYE_A, 0, 24, 994, 1439), (POPEYE_B, 0, 24, 0, 296), (POPEYE_B, 0, 24, 297, 656),
    (POPEYE_B, 0, 24, 657, 961), (POPEYE_B, 0, 24, 962, 1439),
    ("his_girl_friday_6s_30fps.mp4", 0, 30, 0, 184), ("chaplin_one_shot_25fps.mp4", 0, 25, 0, 240),
    ("nasa_two_streams_2997fps.mp4", 0, 25, 0, 118), ("nasa_two_streams_2997fps.mp4", 0, 25, 158, 194),
    ("nasa_two_streams_2997fps.mp4", 0, 25, 206, 324)]
RATES = [("24", 24.0), ("25", 25.0), ("30000/1001", 30000 / 1001), ("30", 30.0)]
ENCODERS = [("-c:v", "libx264", "-preset", "veryfast", "-crf", "18"), ("-c:v", "libx264", "-preset", "veryfast", "-crf", "28"),
            ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "35"), ("-c:v", "mpeg4", "-q:v", "5"), ("-c:v", "mpeg4", "-q:v", "14"),
            ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "6", "-b:v", "500k")]
COLOURS = {"fade_black": (0, 0, 0), "fade_white": (255, 255, 255), "fade_colour": None}


def decode(folder, shot, first, count):
    """Pictures of a shot, `first` counted from its beginning."""
    name, stream, rate, start, _ = shot
    seek = max(0.0, (start + first - 0.5) / rate)
    raw = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-ss", f"{seek:.6f}", "-i", os.path.join(folder, name), "-map",
                          f"0:v:{stream}", "-frames:v", str(count), "-vf", f"scale={WIDTH}:{HEIGHT}:flags=area", "-f", "rawvideo",
                          "-pix_fmt", "rgb24", "-"], capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH, 3).astype(np.float32)


class Film:
    """Grows shot by shot; `truth` has (kind, first, last) of transitions, `traps` of what is none."""

    def __init__(self, folder, seed, shots, length=16):
        self.folder, self.rng, self.noise = folder, random.Random(seed), np.random.default_rng(seed)
        self.shots, self.length, self.truth, self.traps, self.parts = shots, length, [], [], []
        self.rate, self.fps = self.rng.choice(RATES)
        self.treatment = self.rng.choice(["plain", "plain", "plain", "grey", "dim", "faint", "grain", "letterbox"])
        self.encoder = self.rng.choice(ENCODERS)
        self.count = 0

    def pick(self, last):
        near = [s for s in self.shots if last and s[0] == last[0] and s != last and 0 < abs(s[3] - last[3]) < 600]
        chosen = self.rng.choice(near if near and self.rng.random() < 0.4 else self.shots)
        return chosen if chosen != last else self.pick(last)

    def segment(self, shot, least):
        """A stretch of a shot at this film's rate, with at least `least` pictures where it has them."""
        have = shot[4] - shot[3] + 1
        wanted = max(least, int(self.fps * self.rng.choice([0.6, 1, 1.5, 2, 2.5, 3, 4])))
        step = shot[2] / self.fps if self.rng.random() < 0.5 else 1.0
        need = min(have, int(wanted * step + 1))
        pictures = decode(self.folder, shot, self.rng.randint(0, have - need), need)
        index = np.minimum((np.arange(wanted) * step).astype(int), len(pictures) - 1)
        index = index[: np.searchsorted(index, len(pictures) - 1) + 1]
        return self.treat(pictures[index])

    def treat(self, p):
        if self.treatment == "grey":
            p = np.repeat((p @ np.array([0.299, 0.587, 0.114], np.float32))[..., None], 3, 3)
        elif self.treatment == "dim":
            p = p * 0.3
        elif self.treatment == "faint":
            p = 90 + p * 0.3
        elif self.treatment == "grain":
            p = p + self.noise.normal(0, 7, p.shape[:3] + (1,)).astype(np.float32)
        elif self.treatment == "letterbox":
            p = p.copy()
            p[:, :22] = p[:, -22:] = 0
        return p

    # What is no transition.
    def flash(self, p, at):
        n, level = self.rng.randint(1, 4), self.rng.uniform(0.5, 1)
        p[at:at + n] += (255 - p[at:at + n]) * level
        return n

    def lightning(self, p, at):
        pattern = [self.rng.choice([0, 0.3, 0.6, 0.9]) for _ in range(self.rng.randint(4, 9))]
        for k, level in enumerate(pattern):
            p[at + k] += (np.array([225, 230, 255]) - p[at + k]) * level
        return len(pattern)

    def burst(self, p, at):
        n, y, x = self.rng.randint(8, 18), self.rng.uniform(0.2, 0.8) * HEIGHT, self.rng.uniform(0.2, 0.8) * WIDTH
        rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
        far = np.hypot(rows - y, columns - x)
        for k in range(n):
            radius, strength = WIDTH * min(1.2, 0.25 + 0.25 * k), (1 - k / n) ** 1.5
            mask = (strength / (1 + np.exp((far - radius) / 20)))[..., None]
            p[at + k] += (np.array([255, 225, 150]) - p[at + k]) * mask
        return n

    def pan(self, p, at):
        """A whip: the window runs over the picture, blurred, and stands still again."""
        n, side = self.rng.randint(5, 12), self.rng.choice([-1, 1])
        path = np.cumsum(np.sin(np.pi * np.arange(1, n + 1) / (n + 1)))
        path *= self.rng.uniform(0.5, 1.6) * WIDTH / path[-1]
        rest = np.concatenate([path, np.full(len(p) - at - n, path[-1])])
        for k in range(len(p) - at):
            wide = np.concatenate([p[at + k], p[at + k][:, ::-1]], 1)
            speed = int(rest[k] - (rest[k - 1] if k else 0))
            smeared = sum(np.roll(wide, -side * int(rest[k] - s), 1) for s in range(0, speed + 1, 4)) / (speed // 4 + 1)
            p[at + k] = smeared[:, :WIDTH]
        return n

    def passing(self, p, at):
        """A dark shape that crosses, as large as the picture or larger."""
        n, wide = self.rng.randint(4, 14), self.rng.uniform(0.5, 1.3) * WIDTH
        shade = np.array([self.rng.uniform(0, 60) for _ in range(3)])
        rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
        for k in range(n):
            x = -wide / 2 + (WIDTH + wide) * (k + 0.5) / n
            edge = np.abs(columns - x + 15 * np.sin(rows / 30)) - wide / 2
            mask = (1 / (1 + np.exp(np.clip(edge / 6, -30, 30))))[..., None]
            p[at + k] += (shade + 12 * np.sin(columns / 9)[..., None] - p[at + k]) * mask
        return n

    def blocks(self, p, at):
        n, source = self.rng.randint(1, 6), p[at - 3].copy()
        for _ in range(self.rng.randint(40, 130)):
            y, x = self.rng.randrange(0, HEIGHT - 16, 16), self.rng.randrange(0, WIDTH - 16, 16)
            v, u = self.rng.randrange(0, HEIGHT - 16), self.rng.randrange(0, WIDTH - 16)
            p[at:at + n, y:y + 16, x:x + 16] = source[v:v + 16, u:u + 16]
        return n

    def stray(self, p, at):
        """One or two pictures of another shot."""
        n = self.rng.randint(1, 2)
        other = self.treat(decode(self.folder, self.pick(None), 0, 1))
        p[at:at + n] = other[0]
        return n

    def trap(self, p, low, high):
        kinds = [self.flash, self.lightning, self.burst, self.pan, self.passing, self.blocks, self.stray]
        if high - low < 36:
            return
        kind, at = self.rng.choice(kinds), self.rng.randint(low + 8, high - 28)
        n = kind(p, at)
        self.traps.append((kind.__name__, self.count + at, self.count + at + n))

    # Transitions: each takes the tail of what is there and the head of what comes.
    def mix(self, a, b, kind):
        n = len(a)
        share = np.arange(1, n + 1, dtype=np.float32) / (n + 1)
        if kind == "dissolve":
            return a + (b - a) * share[:, None, None, None]
        rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        iris = np.hypot((rows - HEIGHT / 2), columns - WIDTH / 2) / np.hypot(HEIGHT / 2, WIDTH / 2)
        ramp = self.rng.choice([columns / WIDTH, 1 - columns / WIDTH, rows / HEIGHT, 1 - rows / HEIGHT, iris, 1 - iris,
                                (columns / WIDTH + rows / HEIGHT) / 2])
        soft = self.rng.choice([0.004, 0.03])
        mask = np.clip((share[:, None, None] * (1 + 2 * soft) - soft - ramp) / soft + 0.5, 0, 1)[..., None]
        return a + (b - a) * mask

    def fade(self, a, b, colour, hold):
        out = np.arange(1, len(a) + 1, dtype=np.float32)[:, None, None, None] / (len(a) + 1)
        into = np.arange(1, len(b) + 1, dtype=np.float32)[:, None, None, None] / (len(b) + 1)
        plain = np.broadcast_to(np.array(colour, np.float32), (hold, HEIGHT, WIDTH, 3))
        return np.concatenate([a + (colour - a) * out, plain, colour + (b - colour) * into])

    def plan(self):
        """Kind, pictures taken from the tail and from the head, plain pictures between."""
        r, rng = self.rng.random(), self.rng
        if r < 0.58:
            return "cut", 0, 0, 0
        if r < 0.78:
            n = rng.choice([8, 12, 16, 20, 24, 30, 36, 48])
            return "dissolve", n, n, 0
        if r < 0.92:
            return rng.choice(["fade_black", "fade_black", "fade_white", "fade_colour"]), rng.choice([6, 10, 16, 24, 36]), \
                rng.choice([6, 10, 16, 24, 36]), rng.choice([1, 2, 6, 12, 24])
        n = rng.choice([8, 12, 16, 24, 36])
        return "wipe", n, n, 0

    def add(self, p):
        self.parts.append(np.clip(p, 0, 255).astype(np.uint8))
        self.count += len(p)

    def assemble(self):
        plans = [self.plan() for _ in range(self.length - 1)] + [("end", 0, 0, 0)]
        shot, head, before = None, None, ("start", 0, 0, 0)
        for kind, tail, into, hold in plans:
            shot = self.pick(shot)
            here = self.segment(shot, before[2] + tail + int(self.fps * 0.6))
            while len(here) < before[2] + tail + 8:  # a shot too short for its transitions
                shot = self.pick(shot)
                here = self.segment(shot, before[2] + tail + int(self.fps * 0.6))
            first = self.count
            if before[0] == "cut":
                self.truth.append(("cut", first, first))
            elif before[0] in ("dissolve", "wipe"):
                self.add(self.mix(head, here[:before[2]], before[0]))
            elif before[0] != "start":
                colour = COLOURS[before[0]] or [self.rng.uniform(20, 230) for _ in range(3)]
                self.add(self.fade(head, here[:before[2]], np.array(colour, np.float32), before[3]))
            if before[0] not in ("cut", "start"):
                self.truth.append((before[0], first, self.count - 1))
            body = here[before[2]:len(here) - tail].copy()
            if self.rng.random() < 0.55:
                self.trap(body, 0, len(body))
            self.add(body)
            head, before = here[len(here) - tail:], (kind, tail, into, hold)
        return np.concatenate(self.parts)

    def write(self, path):
        pictures = self.assemble()
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}",
                        "-r", self.rate, "-i", "-", "-pix_fmt", "yuv420p", *self.encoder, path], input=pictures.tobytes(), check=True)
        return {"frames": len(pictures), "truth": self.truth, "traps": self.traps, "rate": self.rate,
                "treatment": self.treatment, "encoder": " ".join(self.encoder)}
