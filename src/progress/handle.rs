//! The handle that is passed down, and the bars it hands out.

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::format;

/// Plain lines of one bar come at most this often.
const PLAIN_EVERY: Duration = Duration::from_secs(5);

/// Plain countdowns say this often how long there is still to wait.
const COUNTDOWN_EVERY: Duration = Duration::from_secs(30);

/// On a terminal a countdown moves this often.
const TICK: Duration = Duration::from_millis(200);

/// Shows progress on standard error; a clone shows it in the same place.
#[derive(Clone)]
pub struct Progress(Arc<Shown>);

enum Shown {
    Quiet,
    Plain(Mutex<Box<dyn Write + Send>>),
    Bars { bars: MultiProgress, color: bool },
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}

impl Progress {
    /// Progress on standard error: bars on a terminal, plain lines elsewhere, nothing if
    /// `quiet`. Colour is off with `no_color`, with `NO_COLOR` (no-color.org) and for dumb
    /// terminals.
    pub fn new(quiet: bool, no_color: bool) -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self(Arc::new(if quiet {
            Shown::Quiet
        } else if io::stderr().is_terminal() && !dumb {
            Shown::Bars {
                bars: MultiProgress::new(),
                color: !no_color && !set("NO_COLOR"),
            }
        } else {
            Shown::Plain(Mutex::new(Box::new(io::stderr())))
        }))
    }

    /// Shows nothing.
    pub fn quiet() -> Self {
        Self(Arc::new(Shown::Quiet))
    }

    /// Plain lines into `sink`.
    pub fn plain(sink: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Shown::Plain(Mutex::new(Box::new(sink)))))
    }

    /// A line of prose, above any bar.
    pub fn line(&self, text: &str) {
        let text = format::printable(text);
        match &*self.0 {
            Shown::Quiet => {}
            // Nobody can be told that standard error is closed.
            Shown::Plain(sink) => {
                let mut sink = sink.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = writeln!(sink, "{text}").and_then(|()| sink.flush());
            }
            Shown::Bars { bars, .. } => {
                let _ = bars.println(text);
            }
        }
    }

    /// A bar over `total` pieces of work; it ends when dropped.
    pub fn bar(&self, label: &str, total: u64) -> Bar {
        let label = format::printable(label);
        let bar = self.moving(total);
        if bar.is_none() {
            self.line(&format::under_way(&label, 0, total, Duration::ZERO));
        }
        Bar(Arc::new(Work {
            progress: self.clone(),
            bar,
            label,
            total: AtomicU64::new(total),
            done: AtomicU64::new(0),
            started: Instant::now(),
            told: Mutex::new(Instant::now()),
        }))
    }

    /// Waits for `wait` and shows what for and how long still.
    pub async fn countdown(&self, reason: &str, wait: Duration) {
        let reason = format::printable(reason);
        match self.moving(1) {
            Some(bar) => moving_countdown(&Cleared(bar), &reason, wait).await,
            None => self.plain_countdown(&reason, wait).await,
        }
    }

    async fn plain_countdown(&self, reason: &str, wait: Duration) {
        let end = tokio::time::Instant::now() + wait;
        self.line(&format::waiting(reason, wait));
        for left in format::marks(wait, COUNTDOWN_EVERY).into_iter().skip(1) {
            tokio::time::sleep_until(end - left).await;
            self.line(&format::still_waiting(reason, left));
        }
        tokio::time::sleep_until(end).await;
    }

    /// A bar that moves in place, if this is a terminal.
    fn moving(&self, total: u64) -> Option<ProgressBar> {
        let Shown::Bars { bars, color } = &*self.0 else {
            return None;
        };
        let bar = bars.add(ProgressBar::new(total));
        bar.set_style(style(*color));
        Some(bar)
    }
}

fn style(color: bool) -> ProgressStyle {
    let template = if color {
        "  {bar:24.cyan/dim} {wide_msg}"
    } else {
        "  {bar:24} {wide_msg}"
    };
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─")
}

/// A countdown that is cut short (the run is stopped) leaves no bar behind.
struct Cleared(ProgressBar);

impl Drop for Cleared {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

async fn moving_countdown(bar: &Cleared, reason: &str, wait: Duration) {
    let started = tokio::time::Instant::now();
    let all = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    bar.0.set_length(all);
    loop {
        let left = wait.saturating_sub(started.elapsed());
        if left.is_zero() {
            return;
        }
        let gone = all - u64::try_from(left.as_millis()).unwrap_or(all).min(all);
        bar.0.set_position(gone);
        bar.0.set_message(format::waiting(reason, left));
        tokio::time::sleep(left.min(TICK)).await;
    }
}

/// One piece of work with a known size; clones share it, and the last to drop ends it.
#[derive(Clone, Debug)]
pub struct Bar(Arc<Work>);

#[derive(Debug)]
struct Work {
    progress: Progress,
    bar: Option<ProgressBar>,
    label: String,
    total: AtomicU64,
    done: AtomicU64,
    started: Instant,
    told: Mutex<Instant>,
}

impl Bar {
    /// `more` pieces are done.
    pub fn inc(&self, more: u64) {
        self.0.done.fetch_add(more, Ordering::Relaxed);
        self.0.show();
    }

    /// `done` pieces are done in all.
    pub fn set(&self, done: u64) {
        self.0.done.store(done, Ordering::Relaxed);
        self.0.show();
    }

    /// There are `total` pieces, as turns out on the way.
    pub fn set_total(&self, total: u64) {
        self.0.total.store(total, Ordering::Relaxed);
        if let Some(bar) = &self.0.bar {
            bar.set_length(total);
        }
    }
}

impl Work {
    fn show(&self) {
        let done = self.done.load(Ordering::Relaxed);
        match &self.bar {
            Some(bar) => {
                bar.set_position(done);
                bar.set_message(self.under_way(done));
            }
            None if self.is_due() => self.progress.line(&self.under_way(done)),
            None => {}
        }
    }

    fn under_way(&self, done: u64) -> String {
        let total = self.total.load(Ordering::Relaxed);
        format::under_way(&self.label, done, total, self.started.elapsed())
    }

    /// True once per [`PLAIN_EVERY`].
    fn is_due(&self) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let due = told.elapsed() >= PLAIN_EVERY;
        if due {
            *told = Instant::now();
        }
        due
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let done = self.done.load(Ordering::Relaxed);
        let total = self.total.load(Ordering::Relaxed);
        let line = format::ended(&self.label, done, total, self.started.elapsed());
        self.progress.line(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Sink {
        fn lines(&self) -> Vec<String> {
            let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            text.lines().map(str::to_owned).collect()
        }
    }

    #[test]
    fn a_plain_bar_speaks_at_start_and_end_only_if_it_is_quick() {
        let sink = Sink::default();
        let progress = Progress::plain(sink.clone());
        let bar = progress.bar("reading letters", 1_000);
        for _ in 0..1_000 {
            bar.clone().inc(1);
        }
        drop(bar);
        let lines = sink.lines();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(lines[0], "reading letters: 0 of 1,000 (0%)");
        assert!(
            lines[1].starts_with("reading letters: 1,000 in "),
            "{lines:?}"
        );
    }

    #[tokio::test]
    async fn a_short_plain_countdown_is_one_line() {
        let sink = Sink::default();
        let started = Instant::now();
        let wait = Duration::from_millis(20);
        Progress::plain(sink.clone())
            .countdown("the lease", wait)
            .await;
        assert!(started.elapsed() >= wait);
        assert_eq!(sink.lines(), ["waiting 20 ms: the lease"]);
    }

    #[tokio::test]
    async fn quiet_still_waits() {
        let started = Instant::now();
        let wait = Duration::from_millis(20);
        Progress::quiet().countdown("the lease", wait).await;
        assert!(started.elapsed() >= wait);
    }
}
