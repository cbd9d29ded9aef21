//! What the tests that drive the real binary share: a folder to work in, and a way to read what
//! a run left behind.

// Each test program uses its own part of this.
#![allow(dead_code)]

pub mod forge;
pub mod lab;
pub mod outside;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The run id of every run that a test does not name otherwise.
pub const RUN: &str = "the-run";

/// The acceptance tests that need few letters and little time.
pub const FOUR: &str = "AT1,AT2,AT3,AT4";

/// Flags of a run that takes seconds: few letters, short waits.
pub const SMALL: [&str; 6] = [
    "--letters",
    "24",
    "--visibility-timeout",
    "600ms",
    "--settle",
    "100ms",
];

/// A folder with a configuration, in which the program is called; gone when dropped.
pub struct Desk(TempDir);

/// How a call of the program ended.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Desk {
    /// An empty folder with an empty configuration.
    pub fn new() -> Self {
        let desk = Self(TempDir::with_prefix("letterproof-test-").unwrap());
        desk.configure("");
        desk
    }

    /// `name` in this folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes the configuration that every call is given.
    pub fn configure(&self, text: &str) {
        fs::write(self.path("letterproof.toml"), text).unwrap();
    }

    /// Has target `local` know the key of `/_status`, which lies beside the configuration.
    pub fn know_status_key(&self) {
        let path = self.path("letterproof.toml");
        let text = fs::read_to_string(&path).unwrap();
        let key = "[target.local]\nstatus_api_key_file = \"status-key\"";
        fs::write(&path, text.replacen("[target.local]", key, 1)).unwrap();
    }

    /// Where runs are kept.
    pub fn evidence(&self) -> PathBuf {
        self.path("evidence")
    }

    /// The folder of the run `id`.
    pub fn run_dir(&self, id: &str) -> PathBuf {
        self.evidence().join(id)
    }

    /// The program with `args`, told where everything lies and cut off from the caller's settings.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_letterproof"));
        command.args(args).args(self.places());
        self.shut_in(&mut command);
        command
    }

    /// The flags that say where everything lies.
    pub fn places(&self) -> Vec<String> {
        let flags = [
            ("--config", "letterproof.toml"),
            ("--evidence-dir", "evidence"),
            ("--reports-dir", "reports"),
        ];
        flags
            .into_iter()
            .flat_map(|(flag, name)| [flag.to_owned(), self.path(name).display().to_string()])
            .collect()
    }

    /// Runs `command` in this folder, without the caller's settings.
    pub fn shut_in(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("LETTERPROOF_") {
                command.env_remove(name);
            }
        }
        command.env("NO_COLOR", "1").current_dir(self.0.path());
        command.stdin(Stdio::null());
    }

    /// Calls the program with `args`.
    pub fn call(&self, args: &[&str]) -> Ended {
        Ended::of(self.command(args).output().unwrap())
    }

    /// A small run against the simulator in the program's process, called [`RUN`].
    pub fn small_run(&self, more: &[&str]) -> Ended {
        self.call(&[&["run", "--run-id", RUN], &SMALL[..], more].concat())
    }

    /// The names of the runs, and nothing else that lies in the evidence folder.
    pub fn runs(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.evidence()) else {
            return Vec::new();
        };
        let folders = entries
            .map(Result::unwrap)
            .filter(|entry| entry.path().is_dir());
        folders
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect()
    }
}

impl Ended {
    /// What `output` says; a program that was killed has the code -1.
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Holds the exit code, and that no panic was seen.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit code; {self}");
        assert!(!self.err.contains("panicked"), "a panic; {self}");
        self
    }

    /// Holds that each of `words` was printed.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        let all = format!("{}{}", self.out, self.err);
        for word in words {
            assert!(all.contains(word), "{word:?} is not said; {self}");
        }
        self
    }
}

/// A program that is still running; killed by its own handle when dropped.
pub struct Running(Child);

impl Running {
    /// Starts `command`.
    pub fn start(command: &mut Command) -> Self {
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(piped.spawn().unwrap())
    }

    /// Waits for a line on standard error that begins with `word`.
    pub fn until(&mut self, word: &str) {
        let lines = BufReader::new(self.0.stderr.take().unwrap()).lines();
        let found = lines
            .map(Result::unwrap)
            .find(|line| line.starts_with(word));
        assert!(found.is_some(), "{word:?} was never said");
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Waits for its end and returns its exit code, unless a signal ended it.
    pub fn ended(mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }

    /// The first line on standard output.
    pub fn first_line(&mut self) -> String {
        let mut line = String::new();
        let mut out = BufReader::new(self.0.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { code, out, err } = self;
        write!(f, "ended with {code}\n--- out\n{out}\n--- err\n{err}")
    }
}

/// The lines of the journal in the run's folder `run`.
pub fn journal(run: &Path) -> Vec<Value> {
    let text = fs::read_to_string(run.join("journal.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The lines of one kind.
pub fn of_kind<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["kind"] == kind).collect()
}

/// The last judgement of `point`: its verdict and what was observed.
#[track_caller]
pub fn judged(lines: &[Value], point: &str) -> (String, String) {
    let judgements = of_kind(lines, "criterion.judged");
    let last = judgements.iter().rfind(|line| line["point"] == point);
    let last = last.unwrap_or_else(|| panic!("{point} was never judged"));
    let text = |name: &str| last[name].as_str().unwrap().to_owned();
    (text("verdict"), text("observed"))
}

/// Every file below `folder`.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Copies the folder `from` to the new folder `to`.
pub fn copy_folder(from: &Path, to: &Path) {
    for file in files_below(from) {
        let copy = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(&file, copy).unwrap();
    }
}

/// Tries every case at the same time: most of what a run takes is waiting.
pub fn at_once<C: Send>(cases: impl IntoIterator<Item = C>, check: impl Fn(C) + Sync) {
    let check = &check;
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(move || check(case));
        }
    });
}
