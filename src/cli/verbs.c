// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"

const Verb VERBS[] = {
    {"score", "FILM", 1, 1, "give a film its score",
     "Looks at FILM, reads its story, decides where music speaks and where silence does, composes, "
     "orchestrates, plays, mixes, and writes NAME.kinothek/delivery with the scored film, the music, "
     "the cues as audio, MIDI and MusicXML, the tables, the cue sheet and the report. Run again with "
     "other options it redoes what they change.",
     "script subtitles edl markers brief textures out palette loudness film-sound cues library timecode video-stream seed threads json quiet",
     verb_score},
    {"compose", "", 0, 0, "compose a cue without a film",
     "Music for a mood said in words, for so long: a production with the one cue 1m01, as audio, stems, "
     "MIDI, MusicXML and report. Without --out it goes to free-cue.kinothek in the folder where we stand.",
     "mood seconds palette brief out loudness library seed threads json quiet", verb_compose},
    {"sketch", "SCRIPT|CAPTIONS", 1, 1, "score a film that does not exist yet",
     "Spots and scores a screenplay by its length (a page about a minute, speech as long as its words) or "
     "captions (SRT, WebVTT) by their times, at 24 frames from 01:00:00:00. The production is like any other, "
     "without a scored film; when the film is there, kinothek score takes the same script.",
     "script subtitles brief out palette loudness suite cues library timecode seed threads json quiet", verb_sketch},
    {"update", "DIR", 1, 1, "bring a production up to date",
     "Redoes only what changed since the last time: the film, the script, the brief, the data. A "
     "delivered file that was changed by hand is kept under another name.",
     "json quiet", verb_update},
    {"look", "FILM", 1, 1, "say what is seen and heard in a film",
     "Prints shots, speech, music, moments, loudness and colour of FILM, and writes them as a page with a "
     "picture of every shot: film.html in NAME.kinothek, or where --out says. With --json the page is written "
     "only where --out says.",
     "subtitles edl markers out film-sound timecode video-stream preview threads json quiet", verb_look},
    {"story", "SCRIPT", 1, 1, "say what is read in a screenplay",
     "Prints scenes, characters, lines, turns and subjects of a screenplay (Fountain, Final Draft .fdx, plain text), placed on the "
     "film where one is named, else by its length. Draws them as NAME.kinothek/story.html.",
     "film subtitles out threads json quiet", verb_story},
    {"words", "", 0, 0, "read the emotion of words from standard input",
     "Prints one line for each line read: text, valence (-1..1), arousal (-1..1), tension (0..1), "
     "colours (name:weight;...), share of known words, separated by tabs.",
     "language", verb_words},
    {"spotting", "[export|import] DIR [FILE]", 1, 3, "print, hand out or take back a spotting sheet",
     "spotting DIR prints cues, silences and hit points with their reasons. spotting export DIR [FILE] writes "
     "the sheet to change: readable text, or a table where FILE ends in .csv (hits.csv: the hits, silences.csv: "
     "the silences, else the cues). spotting import DIR FILE takes it back, or a table changed in delivery/: "
     "move a cue, delete it, add one, add or delete a hit, write \"no music\" over a stretch. What was changed "
     "is locked and stays through later updates; spotting import DIR --reset gives all back. Times are timecode "
     "or seconds. kinothek update then obeys.",
     "reset json quiet", verb_spotting},
    {"deliver", "DIR", 1, 1, "make clicks and streamers for the recording stage",
     "Into delivery/cues/1m01: 1m01.click.wav and 1m01.click.mid, two bars free and then the cue; 1m01.streamers.mp4, "
     "the picture from twenty seconds before the cue: yellow into the first warning click, green into the downbeat, "
     "white into hits, red into the end. The production must be up to date; a later change of it takes them away.",
     "clicks streamers cues quiet", verb_deliver},
    {"themes", "[play|again|set|lock|free] DIR|FILM [SUBJECT] [FILE]", 1, 4, "hear, refuse, replace or lock a film's themes",
     "themes DIR prints each theme with its subject, its tune in ABC, what it was judged by, and its statements; themes FILM "
     "does so before there is a score (it takes the options of score and makes the production). themes DIR --play OUT, or "
     "themes play DIR OUT, writes each as piano and as orchestra. themes again DIR SUBJECT proposes another one. themes set DIR "
     "SUBJECT FILE takes a tune of yours (ABC, MIDI or MusicXML, one line of notes) and develops it like ours. themes lock DIR "
     "SUBJECT keeps a theme whatever changes later; themes free DIR SUBJECT gives it back. SUBJECT is a name of the story or "
     "a theme's id. kinothek update then obeys.",
     "play script subtitles edl markers brief out palette film-sound library timecode video-stream seed threads json quiet",
     verb_themes},
    {"report", "DIR", 1, 1, "print how well a production's score meets its film",
     "Hits, share of music, margin under words, loudness, time per stage.", "json", verb_report},
    {"learn", "FOLDER", 1, 1, "learn a style from a folder of scores",
     "Counts the MusicXML scores of FOLDER (.mxl, .musicxml, .xml): how their leading lines move, how they space, double, "
     "change chords and breathe, how stretches of them measure. With NAME_melody.mxl beside NAME.mxl that is its leading line, "
     "else the highest tone that begins is taken for it. A brief with learned: NAME (or a folder) composes by these tables "
     "in place of the orchestra's, and the critic holds its proposals against them.",
     "into", verb_learn},
    {"library", "[list|check|add] [NAME|FILE]", 0, 2, "list, check or add sample libraries",
     "library list prints the sample libraries and whether they are installed. library check [NAME] plays every preset "
     "at mezzo-forte: how far it is from its place in the orchestra (LU), when its attack is felt (ms), what is left of that when "
     "rendering has brought it forward, and what is missing. library add FILE makes a General MIDI library (SF2 or SF3) known to "
     "--library: its presets are measured and levelled, written as YAML to libraries in $XDG_DATA_HOME/kinothek.",
     "json", verb_library},
    {"help", "[VERB]", 0, 1, "tell about a verb", "", "", verb_help},
    {"man", "", 0, 0, "print the manual page (troff)", "", "", verb_man},
    {"completion", "SHELL", 1, 1, "print completion for bash, zsh or fish", "", "", verb_completion},
    {0},
};
