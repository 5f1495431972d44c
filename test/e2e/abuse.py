# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input and bad moments: one clear line, the right status, nothing half-written, nothing lost."""
import array
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import time

import kino


def missing_film(tmp):
    status, _, err = kino.run("score", "nowhere.mp4")
    assert status == 1
    kino.one_error_line(err, "nowhere.mp4")
    assert not list(tmp.iterdir())


def text_named_mp4(tmp):
    (tmp / "letter.mp4").write_text("Dear director,\nthis is not a film.\n" * 50)
    status, _, err = kino.run("score", "letter.mp4")
    assert status == 1
    kino.one_error_line(err, "letter.mp4")
    kino.no_half_files(tmp)


def no_picture(tmp):
    kino.ffmpeg("-f", "lavfi", "-i", "sine=440:d=2", "-c:a", "aac", "song.mp4")
    status, _, err = kino.run("score", "song.mp4")
    assert status == 1
    kino.one_error_line(err, "song.mp4", "picture")


def truncated(tmp):
    kino.film("whole.mkv", 8)
    data = pathlib.Path("whole.mkv").read_bytes()
    pathlib.Path("cut.mkv").write_bytes(data[: len(data) * 6 // 10])
    status, _, err = kino.run("score", "cut.mkv", "--palette", "piano")
    assert status == 0, err
    notes = [l for l in err.splitlines() if l.startswith("kinothek: note:") and "cut.mkv" in l]
    assert notes and ":" in notes[0], err
    assert 1 < kino.report("cut.kinothek")["film"]["duration_s"] < 7.9


def one_frame(tmp):
    kino.ffmpeg("-f", "lavfi", "-i", "color=c=red:s=64x64:r=24:d=1", "-frames:v", "1", "-c:v", "libx264", "one.mp4")
    status, _, err = kino.run("score", "one.mp4")
    assert status in (0, 1), err
    if status == 1:
        kino.one_error_line(err, "one.mp4")
    kino.no_half_files(tmp)


def no_frame(tmp):
    kino.film("some.mkv", 2, sound=None)
    data = pathlib.Path("some.mkv").read_bytes()
    pathlib.Path("none.mkv").write_bytes(data[:600])
    status, _, err = kino.run("score", "none.mkv")
    assert status == 1
    kino.one_error_line(err, "none.mkv")


def two_seconds(tmp):
    kino.film("short.mp4", 2)
    status, _, err = kino.run("score", "short.mp4")
    assert status == 0, err
    assert abs(kino.report("short.kinothek")["film"]["duration_s"] - 2) < 0.1
    kino.scored("short.kinothek")


def no_sound(tmp):
    kino.film("mute.mp4", 4, sound=None)
    status, _, err = kino.run("score", "mute.mp4")
    assert status == 0, err
    streams = kino.probe(kino.scored("mute.kinothek"))["streams"]
    assert [s["codec_type"] for s in streams].count("audio") == 1
    assert kino.packets("mute.mp4") == kino.packets(kino.scored("mute.kinothek"))


def mono_44100(tmp):
    kino.film("mono.mp4", 4, sound="mono441")
    status, _, err = kino.run("score", "mono.mp4")
    assert status == 0, err
    audio = [s for s in kino.probe(kino.scored("mono.kinothek"))["streams"] if s["codec_type"] == "audio"]
    assert audio[0]["channels"] == 2 and audio[0]["sample_rate"] == "48000"
    assert audio[1]["channels"] == 1 and audio[1]["sample_rate"] == "44100"


def surround(tmp):
    kino.film("five.mp4", 4, sound="5.1")
    status, _, err = kino.run("score", "five.mp4")
    assert status == 0, err
    audio = [s for s in kino.probe(kino.scored("five.kinothek"))["streams"] if s["codec_type"] == "audio"]
    assert audio[0]["channels"] == 6 and audio[1]["channels"] == 6
    mix = kino.probe("five.kinothek/delivery/five.mix.wav")["streams"][0]
    assert mix["channels"] == 6
    # Music in front, its hall behind, nothing in the centre and the low effects.
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", "five.kinothek/delivery/five.music.wav", "-f", "f32le", "-"],
                         capture_output=True, check=True).stdout
    heard = [max(map(abs, array.array("f", raw)[c::6]), default=0) for c in range(6)]
    assert heard[2] == heard[3] == 0 and min(heard[0], heard[1]) > max(heard[4], heard[5]) > 0, heard


def variable_rate(tmp):
    kino.film("steady.mkv", 6, sound="sine")
    kino.ffmpeg("-i", "steady.mkv", "-vf", "select='not(mod(n,5))+lt(n,40)',setpts='if(gt(N,30),PTS+0.013/TB,PTS)'",
                "-vsync", "vfr", "-c:a", "copy", "-c:v", "libx264", "loose.mkv")
    status, _, err = kino.run("score", "loose.mkv")
    assert status == 0, err
    assert kino.packets("loose.mkv") == kino.packets(kino.scored("loose.kinothek"))


def foreign_script(tmp):
    kino.film("film.mp4", 6)
    pathlib.Path("film.srt").write_text("1\n00:00:01,000 --> 00:00:02,500\nThe harbour is empty tonight.\n\n"
                                        "2\n00:00:03,000 --> 00:00:05,000\nNobody comes back from there.\n")
    pathlib.Path("other.fountain").write_text("INT. SPACESHIP - DAY\n\nThe robots dance.\n\nZORG\n"
                                              "Calibrate the neutron pancake immediately!\n\nBLIP\nQuantum marmalade acquired.\n")
    status, _, err = kino.run("score", "film.mp4", "--script", "other.fountain", "--subtitles", "film.srt")
    assert status == 0, err
    assert any("other.fountain" in l and "note" in l for l in err.splitlines()), err


def broken_utf8(tmp):
    kino.film("film.mp4", 4)
    pathlib.Path("bad.fountain").write_bytes(b"INT. ROOM - DAY\n\nShe waits\xff\xfe\xc3(\n\nANNA\nWho is \xe9 there?\n")
    status, _, err = kino.run("score", "film.mp4", "--script", "bad.fountain")
    assert status in (0, 1), err
    if status == 1:
        kino.one_error_line(err, "bad.fountain:3")
    else:
        assert "bad.fountain" in err, err


def broken_subtitles(tmp):
    kino.film("film.mp4", 4)
    pathlib.Path("bad.srt").write_text("1\n00:00:01,000 -> 00:00:02,000\nHello\n")
    status, _, err = kino.run("score", "film.mp4", "--subtitles", "bad.srt")
    assert status == 1
    kino.one_error_line(err, "bad.srt:2")


def bad_brief(tmp):
    kino.film("film.mp4", 4)
    pathlib.Path("brief.yaml").write_text("palette: piano\nshare: 7\n")
    status, _, err = kino.run("score", "film.mp4", "--brief", "brief.yaml")
    assert status == 1
    kino.one_error_line(err, "brief.yaml:2", "share")


def foreign_folder(tmp):
    kino.film("film.mp4", 2)
    (tmp / "home").mkdir()
    (tmp / "home" / "diary.txt").write_text("mine")
    status, _, err = kino.run("score", "film.mp4", "--out", "home")
    assert status == 1
    kino.one_error_line(err, "home", "--out")
    assert sorted(p.name for p in (tmp / "home").iterdir()) == ["diary.txt"]


def foreign_database(tmp):
    kino.film("film.mp4", 2)
    (tmp / "home").mkdir()
    (tmp / "home" / "production.db").write_text("not a database at all, but somebody's text")
    status, _, err = kino.run("score", "film.mp4", "--out", "home")
    assert status == 1
    kino.one_error_line(err, "production.db")
    assert (tmp / "home" / "production.db").read_text().startswith("not a database")


def usage(tmp):
    for args, word in ((["score"], "FILM"), (["score", "a", "--loudness", "loud"], "ebu"), (["scroe"], "scroe"),
                       (["score", "a", "--seed", "-1"], "seed"), (["score", "a", "--frobnicate"], "frobnicate"),
                       (["score", "a", "--threads", "0"], "threads")):
        status, _, err = kino.run(*args)
        assert status == 2, (args, status)
        kino.one_error_line(err, word)


def unknown_cue(tmp):
    kino.film("film.mp4", 4)
    status, _, err = kino.run("score", "film.mp4", "--cues", "9m99")
    assert status == 2, err
    kino.one_error_line(err, "9m99")


def full_disk(tmp):
    kino.film("film.mp4", 6)

    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000))
    status, _, err = kino.run("score", "film.mp4", preexec_fn=small)
    assert status == 1, err
    kino.one_error_line(err)
    kino.no_half_files(tmp / "film.kinothek")
    status, _, err = kino.run("score", "film.mp4")
    assert status == 0, err


def full_disk_keeps_earlier_work(tmp):
    kino.film("film.mp4", 6)
    assert kino.run("score", "film.mp4")[0] == 0
    before = {p: p.read_bytes() for p in (tmp / "film.kinothek" / "delivery").rglob("*") if p.is_file()}

    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000))
    status, _, err = kino.run("score", "film.mp4", "--seed", "7", preexec_fn=small)
    assert status == 1, err
    kino.one_error_line(err)
    after = {p: p.read_bytes() for p in (tmp / "film.kinothek" / "delivery").rglob("*") if p.is_file()}
    assert before == after


def read_only(tmp):
    """A folder on a read-only file system: needs a mount of our own."""
    kino.film("film.mp4", 2)
    script = ("mount -t tmpfs -o ro none '%s' && exec '%s' score film.mp4 --out '%s/x'" %
              (tmp / "ro", kino.PROGRAM, tmp / "ro"))
    (tmp / "ro").mkdir()
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True)
    if "unshare" in done.stderr or "mount" in done.stderr:
        kino.skip("no mount of our own to be had here")
    assert done.returncode == 1, done.stderr
    kino.one_error_line(done.stderr, "read-only")


def interrupt(tmp):
    kino.film("film.mp4", 20, shots=5)
    running = kino.start("score", "film.mp4")
    time.sleep(1.0)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    if running.returncode != 0:
        assert running.returncode == 1, (running.returncode, err)
        kino.one_error_line(err, "stopped")
    kino.no_half_files(tmp / "film.kinothek")
    status, _, err = kino.run("score", "film.mp4")
    assert status == 0, err


def kill_any_moment(tmp):
    kino.film("film.mp4", 12, shots=3)
    assert kino.run("score", "film.mp4", "--out", "twin.kinothek")[0] == 0
    for moment in (0.1, 0.4, 0.8, 1.3, 1.9, 2.6, 3.4, 4.5):
        running = kino.start("score", "film.mp4")
        time.sleep(moment)
        running.kill()
        running.communicate()
    status, _, err = kino.run("score", "film.mp4")
    assert status == 0, err
    kino.no_half_files(tmp / "film.kinothek")
    one = (tmp / "film.kinothek" / "delivery" / "spotting.csv").read_bytes()
    other = (tmp / "twin.kinothek" / "delivery" / "spotting.csv").read_bytes()
    assert one == other
    music = (tmp / "film.kinothek" / "delivery" / "film.music.wav").read_bytes()
    assert music == (tmp / "twin.kinothek" / "delivery" / "film.music.wav").read_bytes()
    assert not list((tmp / "film.kinothek").rglob("*.yours*"))


def two_at_once(tmp):
    kino.film("film.mp4", 20, shots=5)
    first = kino.start("score", "film.mp4")
    time.sleep(0.5)
    status, _, err = kino.run("score", "film.mp4")
    _, first_err = first.communicate(timeout=300)
    assert first.returncode == 0, first_err
    if status != 0:
        assert status == 1
        kino.one_error_line(err, "another kinothek")


def hand_changed(tmp):
    kino.film("film.mp4", 6)
    assert kino.run("score", "film.mp4")[0] == 0
    sheet = tmp / "film.kinothek" / "delivery" / "spotting.csv"
    sheet.write_text("mine\n")
    status, _, err = kino.run("update", "film.kinothek")
    assert status == 0, err
    assert (sheet.parent / "spotting.yours.csv").read_text() == "mine\n"
    assert sheet.read_text() != "mine\n"
    assert "spotting.yours.csv" in err


def bad_sheets(tmp):
    """What is wrong in a sheet is said with line and column, and nothing of it is taken."""
    kino.film("film.mp4", 24, shots=6)
    assert kino.run("score", "film.mp4", "--palette", "piano")[0] == 0
    folder = "film.kinothek"
    before = kino.run("spotting", "export", folder)[1]
    one = "cue 1m01 1 - 9 Dawn\n"
    bad = [(one + "  hit 4 hard: a\n  hit 4.01 hard: b\n", ":3:7", "two hits on one picture"),
           (one + "  hit 9.5 hard: a\n", ":2:7", "9:12"),
           (one + "cue 1m02 8 - 15 Noon\n", ":2:5", "still plays"),
           ("cue 1m01 1 - 00:00:09:24 Dawn\n", ":1:14", "not a timecode"),
           ("cue 1m01 1 - 99 Dawn\n", ":1:14", "outside the film"),
           ("cue 1m01 9 - 3 Dawn\n", ":1:5", "before it comes in"),
           (one + "  themes T9\n", ":2:10", "nobody knows the theme"),
           (one + "  function waltz\n", ":2:12", "no function"),
           (one + "  hit 4 loud: a\n", ":2:9", "kind of hit"),
           (one + "  hit 4 hard 7: a\n", ":2:14", "0 to 1"),
           (one + "cue 1m01 11 - 19 Noon\n", ":2:5", "two cues 1m01"),
           ("no music 5 - 4\n", ":1:10", "before it begins"),
           (one + "nonsense\n", ":2:1", "a line begins with"),
           ("", "", "holds no sheet")]
    tables = [("cue,in,out,themes\n1m01,00:00:01:00,00:00:09:00,T77\n", ":2:30", "nobody knows the theme"),
              ("cue,at,label,kind\n1m09,00:00:04:00,a,hard\n", ":2:6", "no cue '1m09'")]
    for name, cases in (("sheet.txt", bad), ("hits.csv", tables[1:]), ("cues.csv", tables[:1])):
        for text, where, what in cases:
            (tmp / name).write_text(text)
            status, out, err = kino.run("spotting", "import", folder, tmp / name)
            assert status == 1 and not out, (text, out)
            kino.one_error_line(err, name + where, what)
            assert kino.run("spotting", "export", folder)[1] == before, text
    assert "up to date" in kino.run("update", folder)[1]


def nothing_to_update(tmp):
    status, _, err = kino.run("update", "nowhere.kinothek")
    assert status == 1
    kino.one_error_line(err, "nowhere.kinothek")


def names(tmp):
    """Names that shells, formats, XML, HTML and file systems trip over."""
    kino.film("plain.mp4", 1.5, shots=1)
    for name in ("a 'b' \"c\".mp4", "new\nline.mp4", "%s%n%d.mp4", "./-dash.mp4", "film \u2603 \u6620\u753b.mp4",
                 ".hidden.mp4", "<b>&amp;.mp4", "\u00e9" * 125 + ".mp4"):
        shutil.copy("plain.mp4", name)
        status, out, err = kino.run("score", name, "--palette", "piano", "--out", "made")
        assert status == 0, (name, err)
        assert all(os.path.exists(line[13:]) for line in out.splitlines() if "made/" in line and "\n" not in name), out
        kino.scored("made")
        kino.report("made")
        page = pathlib.Path("made/delivery/report.html").read_text()
        assert "<b>&amp;" not in page, name
        shutil.rmtree("made")
    status, _, err = kino.run("score", "\u00e9" * 125 + ".mp4", "--palette", "piano")
    assert status == 0, err
    status, _, err = kino.run("score", "no\nsuch\x1b[31m.mp4")
    assert status == 1 and "\x1b" not in err
    kino.one_error_line(err)


def endless_inputs(tmp):
    """A pipe or a device is refused at once; it is not waited for."""
    kino.film("film.mp4", 1.5, shots=1)
    os.mkfifo("pipe")
    os.mkdir("folder")
    os.symlink("round", "about")
    os.symlink("about", "round")
    for bad in ("pipe", "/dev/zero", "folder", "round"):
        for args in ([bad], ["film.mp4", "--script", bad], ["film.mp4", "--subtitles", bad],
                     ["film.mp4", "--brief", bad], ["film.mp4", "--film-sound", bad]):
            status, _, err = kino.run("score", *args, timeout=60)
            assert status == 1, (args, err)
            kino.one_error_line(err, bad)
        status, _, err = kino.run("look", bad, timeout=60)
        assert status == 1, err
        kino.one_error_line(err, bad)


def places(tmp):
    kino.film("film.mp4", 1.5, shots=1)
    os.makedirs("real")
    os.symlink("real", "link")
    for out in ("a/b/c", "slash/", "link"):
        status, _, err = kino.run("score", "film.mp4", "--palette", "piano", "--out", out)
        assert status == 0, err
        kino.scored(out)
    for out, code in (("", 2), ("film.mp4", 1), ("film.mp4/in", 1)):
        status, _, err = kino.run("score", "film.mp4", "--out", out)
        assert status == code, (out, err)
        kino.one_error_line(err)


def moved(tmp):
    """A production that was moved goes on where it is; one whose film went says so."""
    kino.film("film.mp4", 1.5, shots=1)
    assert kino.run("score", "film.mp4", "--palette", "piano")[0] == 0
    os.makedirs("else/where")
    os.rename("film.kinothek", "else/where/film.kinothek")
    status, out, err = kino.run("update", "else/where/film.kinothek")
    assert status == 0 and "nothing changed" in out, err
    assert "else/where/film.kinothek/delivery/film.scored.mp4" in out, out
    kino.film("film.mp4", 2.5, shots=1)  # another film under the same name
    status, out, err = kino.run("update", "else/where/film.kinothek")
    assert status == 0 and "nothing changed" not in out, err
    assert abs(kino.report("else/where/film.kinothek")["film"]["duration_s"] - 2.5) < 0.1
    before = pathlib.Path("else/where/film.kinothek/delivery/report.json").read_bytes()
    os.unlink("film.mp4")
    status, _, err = kino.run("update", "else/where/film.kinothek")
    assert status == 1
    kino.one_error_line(err, "film.mp4")
    assert pathlib.Path("else/where/film.kinothek/delivery/report.json").read_bytes() == before


def cache_stays_small(tmp):
    """After a delivery the cache holds the look and the stems that are played, nothing of before."""
    kino.film("film.mp4", 2, shots=1)
    for seed in (1, 2, 3):
        status, _, err = kino.run("score", "film.mp4", "--seed", seed)
        assert status == 0, err
    cache = pathlib.Path("film.kinothek/cache")
    (cache / "render" / "9m99-flute-0123456789abcdef.wav").write_bytes(b"x")
    first = sorted(p.name for p in cache.rglob("*") if p.is_file())
    status, _, err = kino.run("score", "film.mp4", "--seed", 3, "--loudness", "ebu")
    assert status == 0, err
    left = sorted(p.name for p in cache.rglob("*") if p.is_file())
    assert left == [n for n in first if not n.startswith("9m99")], (first, left)
    assert sum(n.endswith(".ktf") for n in left) == 1
    assert not (cache / "mix").exists() and not (cache / "staging").exists()
    shutil.rmtree(cache)
    assert "nothing changed" in kino.run("update", "film.kinothek")[1]


def surroundings(tmp):
    """Home, locale, time zone and threads decide nothing; numbers keep their dots."""
    kino.film("film.mp4", 3)
    assert kino.run("score", "film.mp4", "--out", "one", "--threads", 1)[0] == 0
    env = {k: v for k, v in os.environ.items() if k != "HOME"}
    env.update(LANG="tr_TR.UTF-8", LC_ALL="de_DE.UTF-8", LC_NUMERIC="de_DE.UTF-8", TZ="Pacific/Kiritimati")
    status, _, err = kino.run("score", "film.mp4", "--out", "two", env=env)
    assert status == 0, err
    one, two = (pathlib.Path(n, "delivery") for n in ("one", "two"))
    files = sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file() and not p.name.startswith("report."))
    assert files == sorted(p.relative_to(two) for p in two.rglob("*") if p.is_file() and not p.name.startswith("report."))
    for name in files:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


def odd_sound(tmp):
    """Sound that starts late, runs on long after the picture, or has more channels than can be mixed."""
    picture = ["-f", "lavfi", "-i", "testsrc=s=64x48:r=24:d=2"]
    code = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le"]
    kino.ffmpeg(*picture, "-itsoffset", "1.5", "-f", "lavfi", "-i", "sine=330:d=0.5", *code, "late.mkv")
    kino.ffmpeg(*picture, "-f", "lavfi", "-i", "sine=330:d=8:r=8000", *code, "long.mkv")
    for name, seconds in (("late", 2), ("long", 8)):
        status, _, err = kino.run("score", name + ".mkv", "--palette", "piano")
        assert status == 0, err
        assert abs(kino.report(name + ".kinothek")["film"]["duration_s"] - seconds) < 0.1
    kino.ffmpeg(*picture, "-f", "lavfi", "-i", "sine=330:d=2", "-filter_complex",
                "[1:a]asplit=11" + "".join(f"[a{i}]" for i in range(11)) + ";" +
                "".join(f"[a{i}]" for i in range(11)) + "amerge=inputs=11[a]", "-map", "0:v", "-map", "[a]", *code, "eleven.mkv")
    status, _, err = kino.run("score", "eleven.mkv")
    assert status == 1
    kino.one_error_line(err, "11 channels")


def late_clock(tmp):
    """Times that begin far from zero are no sign of a broken download."""
    kino.ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x48:r=24:d=2", "-c:v", "libx264", "-preset", "ultrafast",
                "-output_ts_offset", "9000", "late.mkv")
    status, _, err = kino.run("look", "late.mkv")
    assert status == 0 and "breaks off" not in err, err


def hand_changed_sound(tmp):
    kino.film("film.mp4", 1.5, shots=1)
    assert kino.run("score", "film.mp4", "--palette", "piano")[0] == 0
    music = pathlib.Path("film.kinothek/delivery/film.music.wav")
    music.write_bytes(b"my own take")
    music.chmod(0o444)
    status, _, err = kino.run("update", "film.kinothek")
    assert status == 0, err
    assert music.with_name("film.music.yours.wav").read_bytes() == b"my own take"
    assert music.stat().st_size > 1000


def no_memory(tmp):
    """Under a limit of memory: done, or one clear line; never a crash."""
    if b"__asan_init" in pathlib.Path(kino.PROGRAM).read_bytes():
        kino.skip("the address sanitizer needs all addresses")
    kino.film("film.mp4", 1.5, shots=1)
    for megabytes in (120, 220, 236, 248, 256, 264, 272, 284, 400):
        def little(bytes_most=megabytes << 20):
            resource.setrlimit(resource.RLIMIT_AS, (bytes_most, bytes_most))
        status, _, err = kino.run("score", "film.mp4", "--threads", 1, preexec_fn=little)
        if "error while loading shared libraries" in err:
            continue
        assert status in (0, 1), (megabytes, status, err)
        if status == 1:
            assert "memory" in kino.one_error_line(err) or "thread" in err, err
            if os.path.isdir("film.kinothek/delivery"):
                kino.no_half_files("film.kinothek/delivery")
    assert kino.run("score", "film.mp4")[0] == 0


CASES = {name: case for name, case in list(globals().items())
         if callable(case) and getattr(case, "__module__", "") == "__main__"}
if __name__ == "__main__":
    kino.main(CASES)
