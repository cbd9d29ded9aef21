//! `letterproof sim` as a script meets it: one line of JSON, then a service,
//! until it is told to stop.

#![allow(clippy::expect_used, missing_docs)]

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

struct Sim {
    child: Child,
    ready: Value,
}

fn sim(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_letterproof"));
    command
        .arg("sim")
        .args(["--addr", "127.0.0.1:0"])
        .args(flags);
    command
}

impl Sim {
    fn start(flags: &[&str]) -> Sim {
        let mut child = sim(flags)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut line = String::new();
        let out = child.stdout.take().expect("standard output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        Sim {
            child,
            ready: serde_json::from_str(&line).expect("JSON"),
        }
    }

    fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().expect("a text")
    }

    fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.expect("kill").success());
        self.child.wait().expect("an end").code()
    }
}

fn mode(path: &Path) -> u32 {
    let metadata = std::fs::metadata(path).expect("a file");
    metadata.permissions().mode() & 0o777
}

#[test]
fn the_first_line_says_where_to_go_and_nothing_stays_behind() {
    let sim = Sim::start(&["--letters", "3"]);
    assert_eq!(sim.ready["letters"], 3);
    assert_eq!(
        sim.text("token_url"),
        format!("{}/oauth2/token", sim.text("base_url"))
    );
    for name in ["api_key", "status_api_key", "kid"] {
        assert!(!sim.text(name).is_empty(), "{name}");
    }
    let storage = sim
        .text("storage_url")
        .replace("http://localhost:", "127.0.0.1:");
    assert!(std::net::TcpStream::connect(storage).is_ok());
    let address = sim.text("base_url").replace("http://", "");
    assert!(std::net::TcpStream::connect(address).is_ok());
    let key = PathBuf::from(sim.text("private_key"));
    assert_eq!(mode(&key), 0o600);
    assert_eq!(sim.terminate(), Some(0));
    assert!(!key.parent().expect("a folder").exists());
}

#[test]
fn a_configuration_is_written_again_but_nobody_elses_is() {
    let folder = tempfile::tempdir().expect("folder");
    let config = folder.path().join("letterproof.toml");
    let path = config.to_str().expect("a path");
    for _ in 0..2 {
        let sim = Sim::start(&["--letters", "3", "--write-config", path]);
        let text = std::fs::read_to_string(&config).expect("configuration");
        assert!(text.contains(sim.text("base_url")));
        // As a configuration for INT has none, unless NHS Notify hands one out.
        assert!(!text.contains("status_api_key"), "{text}");
        assert_eq!(mode(&config.with_extension("private-key.pem")), 0o600);
        assert_eq!(sim.terminate(), Some(0));
    }
    std::fs::write(&config, "[supplier]\n").expect("write");
    let refused = sim(&["--write-config", path])
        .output()
        .expect("the program");
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(
        std::fs::read_to_string(&config).expect("text"),
        "[supplier]\n"
    );
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_served() {
    let lease = sim(&["--visibility-timeout", "500ms"])
        .output()
        .expect("the program");
    assert_eq!(lease.status.code(), Some(2));
    let mut open = Command::new(env!("CARGO_BIN_EXE_letterproof"));
    let open = open
        .args(["sim", "--addr", "0.0.0.0:0"])
        .output()
        .expect("the program");
    assert_eq!(open.status.code(), Some(2));
    assert!(open.stdout.is_empty());
}
