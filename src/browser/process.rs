//! One browser process: its own empty folder, a time limit, killed when that is over.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tempfile::TempDir;

use super::BrowserError;

/// How long one picture may take. A report of a full run prints in about ten seconds.
const LIMIT: Duration = Duration::from_secs(180);

/// What a path may hold unescaped in a `file:` URL.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Headless, and nothing that reaches for the network or for the person's own profile.
const FLAGS: [&str; 10] = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
];

/// Variables that say where programs, fonts, language and time zone are.
const HANDED_ON: [&str; 18] = [
    "PATH",
    "LANG",
    "LANGUAGE",
    "TZ",
    "FONTCONFIG_PATH",
    "FONTCONFIG_FILE",
    "FONTCONFIG_SYSROOT",
    "XDG_DATA_DIRS",
    "LD_LIBRARY_PATH",
    "CHROME_DEVEL_SANDBOX",
    "SystemRoot",
    "SystemDrive",
    "windir",
    "ProgramFiles",
    "ProgramFiles(x86)",
    "ProgramData",
    "TEMP",
    "TMP",
];

/// A browser about to look at one document.
pub(super) struct Call {
    program: PathBuf,
    folder: TempDir,
}

impl Call {
    /// Puts `html` into a folder of its own.
    pub fn new(program: &Path, html: &str) -> Result<Self, BrowserError> {
        let folder = TempDir::with_prefix("letterproof-browser-")
            .map_err(BrowserError::io("make a folder"))?;
        let call = Self {
            program: program.to_owned(),
            folder,
        };
        fs::write(call.path("page.html"), html).map_err(BrowserError::io("write the page"))?;
        Ok(call)
    }

    /// `name` in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the browser with `flags` on the document and returns what it printed.
    pub fn run(&self, flags: &[&str]) -> Result<String, BrowserError> {
        let create =
            |name: &str| File::create(self.path(name)).map_err(BrowserError::io("make a file"));
        let mut command = Command::new(&self.program);
        command.args(FLAGS).args(self.sandbox()).args(flags);
        command.arg(format!(
            "--user-data-dir={}",
            self.path("profile").display()
        ));
        command.arg(self.url());
        self.surround(&mut command);
        // To files, not pipes: nobody needs to read along while the time runs.
        command
            .stdin(Stdio::null())
            .stdout(create("out")?)
            .stderr(create("err")?);
        let child = command.spawn().map_err(|source| BrowserError::Start {
            program: self.program.clone(),
            source,
        })?;
        self.wait(child)?;
        let printed = fs::read(self.path("out")).map_err(BrowserError::io("read the output"))?;
        Ok(String::from_utf8_lossy(&printed).into_owned())
    }

    /// Of the variables of this process, among which are API keys, the browser gets those that it
    /// needs to start; its home is its own folder.
    fn surround(&self, command: &mut Command) {
        let handed = |(name, _): &(OsString, OsString)| {
            let name = name.to_string_lossy();
            HANDED_ON
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
                || name.starts_with("LC_")
        };
        command.env_clear().envs(std::env::vars_os().filter(handed));
        let own = [
            "HOME",
            "TMPDIR",
            "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME",
            "XDG_RUNTIME_DIR",
        ];
        command.envs(own.map(|name| (name, self.folder.path())));
    }

    fn url(&self) -> String {
        let path = self.path("page.html").to_string_lossy().replace('\\', "/");
        let root = if path.starts_with('/') { "" } else { "/" };
        format!("file://{root}{}", utf8_percent_encode(&path, PATH))
    }

    /// Chromium's sandbox refuses to start as root, which is what a container is. The page is our
    /// own, may load nothing and runs one script whose hash it names; so as root, and only then,
    /// the sandbox is left out. The owner of the folder just made tells who we are.
    #[cfg(unix)]
    fn sandbox(&self) -> Option<&'static str> {
        use std::os::unix::fs::MetadataExt as _;
        let owner = fs::metadata(self.folder.path()).map(|facts| facts.uid());
        owner.is_ok_and(|uid| uid == 0).then_some("--no-sandbox")
    }

    #[cfg(not(unix))]
    fn sandbox(&self) -> Option<&'static str> {
        None
    }

    fn wait(&self, mut child: Child) -> Result<(), BrowserError> {
        let begun = Instant::now();
        loop {
            let ended = child.try_wait().map_err(BrowserError::io("wait"))?;
            if ended.is_some() {
                return Ok(());
            }
            if begun.elapsed() > LIMIT {
                // Its helpers end with it: they lose their channel.
                drop(child.kill());
                drop(child.wait());
                return Err(BrowserError::TooSlow {
                    program: self.program.clone(),
                    limit: LIMIT,
                });
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The bytes of the file `name`, which must begin with `magic`.
    pub fn made(&self, name: &str, magic: &[u8]) -> Result<Vec<u8>, BrowserError> {
        match fs::read(self.path(name)) {
            Ok(bytes) if bytes.starts_with(magic) => Ok(bytes),
            _ => Err(BrowserError::MadeNothing {
                program: self.program.clone(),
                file: name.to_owned(),
                said: self.last_words(),
            }),
        }
    }

    fn last_words(&self) -> String {
        const MOST: usize = 300;
        let said = fs::read(self.path("err")).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let line = said.lines().rev().find(|line| !line.trim().is_empty());
        line.unwrap_or("nothing").chars().take(MOST).collect()
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn program(folder: &TempDir, script: &str) -> PathBuf {
        let path = folder.path().join("browser");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn a_browser_that_makes_nothing_is_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let program = program(&folder, "echo 'no display' >&2; echo printed");
        let call = Call::new(&program, "<p>").unwrap();
        assert_eq!(call.run(&["--dump-dom"]).unwrap(), "printed\n");
        let error = call.made("page.pdf", b"%PDF-").unwrap_err().to_string();
        assert!(
            error.ends_with("made no page.pdf; it said: no display"),
            "{error}"
        );
    }

    #[test]
    fn a_browser_gets_no_variable_that_it_does_not_need() {
        let folder = tempfile::tempdir().unwrap();
        let call = Call::new(&program(&folder, "env"), "<p>").unwrap();
        let told = call.run(&[]).unwrap();
        let home = format!("HOME={}", call.path("").display());
        assert!(
            told.lines().any(|line| format!("{line}/") == home),
            "{told}"
        );
        let known = |line: &str| {
            let name = line.split('=').next().unwrap_or_default();
            let shell = ["PWD", "SHLVL", "_", "OLDPWD"].contains(&name);
            let own = name == "HOME" || name == "TMPDIR" || name.starts_with("XDG_");
            shell || own || HANDED_ON.contains(&name) || name.starts_with("LC_")
        };
        assert!(told.lines().all(known), "{told}");
    }

    #[test]
    fn a_path_becomes_a_url() {
        let folder = tempfile::tempdir().unwrap();
        let call = Call::new(&program(&folder, ""), "").unwrap();
        assert!(call.url().starts_with("file:///"), "{}", call.url());
        assert!(!call.url().contains(' '), "{}", call.url());
    }
}
