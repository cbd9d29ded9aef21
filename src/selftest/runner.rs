//! Makes the runs of the matrix: the program itself, several at once, each in its own folder.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::audit::{Known, verify_run};
use crate::evidence::RunDir;
use crate::model::{Sha256Hex, Verdict};
use crate::progress::Progress;
use crate::simulator::{SimulatorError, throwaway_key};

use super::case::Case;
use super::matrix::{Matrix, Row, Seen};

/// Small enough to be quick, and enough for every test of the pack.
const LETTERS: &str = "56";

/// Times are short and letters few; nothing else differs from what a tester runs.
const CONFIG: &str = "\
[supplier]
name = \"selftest\"
[target.local]
settle_timeout_s = 1
[performance]
target_s = 4
[sizes]
at4 = 8
at5_to_at8 = 4
at9 = 2
at11_each = 1
at12_each = 1
";

/// Flag of a run without AT15.
const ALL_BUT_AT15: &str = "--only=AT1,AT2,AT3,AT4,AT5,AT6,AT7,AT8,AT9,AT10,AT11,AT12,AT13,AT14";

/// One throwaway key for all simulators: making one takes as long as the rest of a short run.
const KEY: &str = "simulator-key.pem";

/// A run takes some seconds, most of them waiting.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often a run is looked at.
const TICK: Duration = Duration::from_millis(15);

/// The matrix could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SelftestError {
    /// A file or a process.
    #[error(
        "selftest cannot {action} {path}: {source}; check that there is room and that it can be written"
    )]
    Io {
        /// What was to be done.
        action: &'static str,
        /// With which file or program.
        path: PathBuf,
        /// What stopped it.
        source: std::io::Error,
    },
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] SimulatorError),
    /// A run in which nothing is wrong could not be made: the machine's fault, not a check's.
    #[error("a run without any fault broke off: {0}")]
    BrokeOff(String),
    /// Somebody ended it.
    #[error("interrupted; no certificate was written")]
    Interrupted,
    /// A run in which nothing is wrong did not pass.
    #[error("a run without any fault does not pass: {0}; mend that first")]
    NotGreen(String),
}

impl SelftestError {
    /// For `map_err`: `action` with the file at `path` failed.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> SelftestError {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

/// Makes runs with faults.
#[derive(Debug)]
pub struct Runner {
    program: PathBuf,
    folder: PathBuf,
    jobs: usize,
    stopped: Arc<AtomicBool>,
}

impl Runner {
    /// Runs of `program`, `jobs` at once, in `folder`.
    pub fn new(program: &Path, folder: &Path, jobs: usize) -> Self {
        Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            jobs,
            stopped: Arc::default(),
        }
    }

    /// Set from outside, it ends the runs that are under way, and no more are begun.
    pub fn stopper(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stopped)
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Makes every run of `cases`, and one in which nothing is wrong.
    ///
    /// # Errors
    /// If files or processes cannot be made, the honest run is not green, or it was stopped.
    pub fn matrix(&self, cases: &[Case], progress: &Progress) -> Result<Matrix, SelftestError> {
        let config = self.folder.join("selftest.toml");
        fs::write(&config, CONFIG).map_err(SelftestError::io("write", &config))?;
        let key = self.folder.join(KEY);
        fs::write(&key, throwaway_key()?).map_err(SelftestError::io("write", &key))?;
        let (honest, mut rows) = self.rows(cases, progress)?;
        let again = self.look_again(&mut rows, &honest, progress)?;
        Ok(Matrix::new(rows, again))
    }

    /// The honest run, and a row for each of `cases`, in their order.
    fn rows(
        &self,
        cases: &[Case],
        progress: &Progress,
    ) -> Result<(RunDir, Vec<Row>), SelftestError> {
        let bar = progress.bar("faults", cases.len() as u64);
        // A forgery is made of the honest run; the others need not wait for it. What waits for an
        // outage takes longest and begins first.
        let mut driven: Vec<&Case> = cases.iter().filter(|case| case.forgery.is_none()).collect();
        driven.sort_by_key(|case| Reverse(case.open.len()));
        let (honest, seen) = std::thread::scope(|scope| {
            let honest = scope.spawn(|| self.honest());
            let seen = self.each(&driven, |case| {
                let seen = self.ended(&file_name(&case.name), Some(case));
                bar.inc(1);
                seen
            });
            (honest.join(), seen)
        });
        let honest = honest.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        if self.is_stopped() {
            return Err(SelftestError::Interrupted);
        }
        let names = driven.iter().map(|case| case.name.as_str());
        let mut seen: BTreeMap<&str, Seen> = names.zip(seen?).collect();
        let rows = cases.iter().map(|case| {
            let seen = match seen.remove(case.name.as_str()) {
                Some(seen) => seen,
                None => {
                    bar.inc(1);
                    self.seen(case, &honest)?
                }
            };
            Ok(Row::new(case, seen))
        });
        let rows: Result<Vec<Row>, SelftestError> = rows.collect();
        Ok((honest, rows?))
    }

    /// Runs that do not fit are made once more, each alone: a machine with much else to do can
    /// make a wait too long.
    fn look_again(
        &self,
        rows: &mut [Row],
        honest: &RunDir,
        progress: &Progress,
    ) -> Result<usize, SelftestError> {
        let mut again = 0;
        for row in rows.iter_mut().filter(|row| !row.holds()) {
            if self.is_stopped() {
                return Err(SelftestError::Interrupted);
            }
            progress.line(&format!("{}: once more, alone", row.case.name));
            let seen = self.seen(&row.case, honest)?;
            *row = Row::new(&row.case, seen);
            again += 1;
        }
        Ok(again)
    }

    /// `work` for each of `cases`, several at once; results in the order of the cases.
    fn each(
        &self,
        cases: &[&Case],
        work: impl Fn(&Case) -> Result<Seen, SelftestError> + Sync,
    ) -> Result<Vec<Seen>, SelftestError> {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(BTreeMap::new());
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.min(cases.len()) {
                scope.spawn(|| {
                    while let Some((place, case)) =
                        take(&next, cases).filter(|_| !self.is_stopped())
                    {
                        let seen = work(case);
                        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                        done.insert(place, seen);
                    }
                });
            }
        });
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.into_values().collect()
    }

    /// A run in which nothing is wrong: without it a red point would prove nothing.
    fn honest(&self) -> Result<RunDir, SelftestError> {
        let seen = self.ended("honest", None)?;
        if self.is_stopped() {
            return Err(SelftestError::Interrupted);
        }
        if let Some(told) = self.broke_off("honest") {
            return Err(SelftestError::BrokeOff(told));
        }
        let green = |verdict: &Verdict| matches!(verdict, Verdict::Pass | Verdict::Warning);
        let other = seen.verdicts.iter().find(|(_, verdict)| !green(verdict));
        match (other, seen.trouble.first(), seen.verdicts.is_empty()) {
            (None, None, false) => Ok(self.run_dir("honest")),
            (Some((point, verdict)), ..) => {
                Err(SelftestError::NotGreen(format!("{point} is {verdict}")))
            }
            (None, trouble, _) => Err(SelftestError::NotGreen(
                trouble
                    .cloned()
                    .unwrap_or_else(|| "it has no verdicts".to_owned()),
            )),
        }
    }

    fn seen(&self, case: &Case, honest: &RunDir) -> Result<Seen, SelftestError> {
        let Some(forgery) = case.forgery else {
            return self.ended(&file_name(&case.name), Some(case));
        };
        let nothing = Known::default();
        let honest_head = verify_run(honest, &nothing).map(|report| report.head).ok();
        let honest_head = honest_head.and_then(|head| Sha256Hex::parse(&head).ok());
        // Under its own name: a run in a folder of another is a finding of its own.
        let place = self.folder.join(file_name(&case.name));
        let dir = RunDir::at(place.join(honest.name()));
        copy(honest.path(), dir.path())?;
        let forged = forgery.commit(&dir).map_err(|error| error.to_string());
        let mut seen = judged(&dir, &nothing);
        seen.trouble.extend(forged.err());
        let known = Known {
            heads: honest_head.into_iter().collect(),
            ..nothing
        };
        seen.known_head = Some(judged(&dir, &known).findings);
        Ok(seen)
    }

    /// The run called `name` with `fault`, from its beginning to its end.
    fn ended(&self, name: &str, case: Option<&Case>) -> Result<Seen, SelftestError> {
        let dir = self.run_dir(name);
        let place = self.folder.join(name);
        if place.exists() {
            fs::remove_dir_all(&place).map_err(SelftestError::io("remove", &place))?;
        }
        fs::create_dir_all(&place).map_err(SelftestError::io("make", &place))?;
        let mut child = self.child(name, case)?;
        let ended = self.wait(&mut child);
        let mut seen = judged(&dir, &Known::default());
        seen.trouble.extend(self.broke_off(name));
        if !ended {
            seen.trouble
                .push(format!("did not end within {} s", PATIENCE.as_secs()));
        }
        Ok(seen)
    }

    fn child(&self, name: &str, case: Option<&Case>) -> Result<Child, SelftestError> {
        let place = self.folder.join(name);
        let told = place.join("told.txt");
        let told = fs::File::create(&told).map_err(SelftestError::io("write", &told))?;
        let mut command = Command::new(&self.program);
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("LETTERPROOF_") {
                command.env_remove(variable);
            }
        }
        command
            .args([
                "run",
                "--target",
                "local",
                "--quiet",
                "--no-color",
                "--shared-pdfs",
            ])
            .args([
                "--letters",
                LETTERS,
                "--visibility-timeout",
                "500ms",
                "--settle",
                "20ms",
            ])
            .args(["--no-reports", "--run-id", name])
            .arg("--config")
            .arg(self.folder.join("selftest.toml"))
            .arg("--simulator-key")
            .arg(self.folder.join(KEY))
            .arg("--evidence-dir")
            .arg(&place)
            .args(case.map(|case| format!("--fault={}", case.name)))
            .args(case.filter(|case| !case.with_at15).map(|_| ALL_BUT_AT15))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(told);
        command
            .spawn()
            .map_err(SelftestError::io("start", &self.program))
    }

    /// True if the process ended by itself.
    fn wait(&self, child: &mut Child) -> bool {
        let started = Instant::now();
        loop {
            match child.try_wait() {
                Ok(Some(_)) => return true,
                Ok(None) if started.elapsed() < PATIENCE && !self.is_stopped() => {
                    std::thread::sleep(TICK);
                }
                _ => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return false;
                }
            }
        }
    }

    /// What a run said that left no seal, which is the last thing of a run.
    fn broke_off(&self, name: &str) -> Option<String> {
        if self.run_dir(name).seal().exists() {
            return None;
        }
        let told = fs::read_to_string(self.folder.join(name).join("told.txt")).unwrap_or_default();
        let last = told.lines().rfind(|line| !line.trim().is_empty());
        let last = last.unwrap_or("it said nothing");
        Some(last.trim_start_matches("letterproof: ").to_owned())
    }

    fn run_dir(&self, name: &str) -> RunDir {
        RunDir::at(self.folder.join(name).join(name))
    }
}

fn take<'a>(next: &AtomicUsize, cases: &[&'a Case]) -> Option<(usize, &'a Case)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    cases.get(place).map(|case| (place, *case))
}

/// What the evidence in `dir` says, judged again.
fn judged(dir: &RunDir, known: &Known) -> Seen {
    match verify_run(dir, known) {
        Ok(report) => Seen {
            verdicts: report.verdicts,
            findings: report.findings.iter().map(ToString::to_string).collect(),
            trouble: (!report.sealed)
                .then(|| "has no seal".to_owned())
                .into_iter()
                .collect(),
            known_head: None,
        },
        Err(error) => Seen {
            trouble: vec![error.to_string()],
            ..Seen::default()
        },
    }
}

fn file_name(name: &str) -> String {
    name.replace(':', "-")
}

fn copy(from: &Path, to: &Path) -> Result<(), SelftestError> {
    fs::create_dir_all(to).map_err(SelftestError::io("make", to))?;
    let entries = fs::read_dir(from).map_err(SelftestError::io("read", from))?;
    for entry in entries {
        let entry = entry.map_err(SelftestError::io("read", from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::copy(&source, &target).map_err(SelftestError::io("copy", &source))?;
        }
    }
    Ok(())
}
