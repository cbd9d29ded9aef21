use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use super::*;
use crate::evidence::Policy;
use crate::model::Status;
use crate::targets::TargetKind;

type Env = BTreeMap<String, String>;

struct Desk {
    folder: tempfile::TempDir,
    env: Env,
}

impl Desk {
    fn new() -> Self {
        Self::with("")
    }

    fn with(config: &str) -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            env: Env::new(),
        };
        fs::write(desk.config(), config).unwrap();
        desk
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("letterproof.toml")
    }

    fn file(&self, name: &str, text: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn load(&self) -> Result<Config, ConfigError> {
        load(Some(&self.config()), &self.env, &Overrides::default())
    }

    /// The error's text without the folder's name.
    fn told(&self, error: &ConfigError) -> String {
        let folder = format!("{}/", self.folder.path().display());
        error.to_string().replace(&folder, "")
    }

    fn refusal(&self) -> String {
        self.told(&self.load().unwrap_err())
    }

    fn target_refusal(&self, name: &str) -> String {
        self.told(&self.load().unwrap().target(name, &self.env).unwrap_err())
    }
}

fn rsa_pem() -> String {
    let der = [
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
    ];
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
}

#[test]
fn everything_has_a_built_in_value() {
    let config = Desk::new().load().unwrap();
    assert_eq!(config.supplier.optional_statuses.len(), 3);
    assert!(config.supplier.rejects);
    assert_eq!(config.performance.target, Duration::from_secs(10));
    assert_eq!(config.sizes.at4, 1_000);
    assert_eq!(config.evidence.pdfs, Policy::Failed);
    assert_eq!(config.pack.max_email_mb, 25);
    for reasons in [&config.reasons.failed, &config.reasons.rejected] {
        let codes: Vec<&str> = reasons.iter().map(|reason| reason.code.as_str()).collect();
        assert!(
            codes.contains(&"PF-004") && codes.contains(&"PF-051"),
            "{codes:?}"
        );
        assert!(!codes.contains(&"PF-053"), "only recorded: {codes:?}");
    }
    let names: Vec<_> = config.target_names().collect();
    assert_eq!(names, ["int", "local", "prod", "sandbox"]);
}

#[test]
fn a_later_layer_overrules_an_earlier_one() {
    let desk = Desk::with("[supplier]\nname = \"File Ltd\"\nsystem = \"Press\"\n[target.int]\nsettle_timeout_s = 20\nrequests_per_second = 50\n")
        .set("LETTERPROOF_SUPPLIER_NAME", "Variable Ltd")
        .set("LETTERPROOF_SUPPLIER_OPTIONAL_STATUSES", "DELIVERED")
        .set("LETTERPROOF_TARGET_INT_SETTLE_TIMEOUT_S", "30")
        .set("LETTERPROOF_EVIDENCE_PDFS", "all");
    let flags = Overrides {
        requests_per_second: Some(7),
        ..Overrides::default()
    };
    let config = load(Some(&desk.config()), &desk.env, &flags).unwrap();
    assert_eq!(config.supplier.name, "Variable Ltd");
    assert_eq!(config.supplier.system.as_deref(), Some("Press"));
    assert_eq!(config.supplier.optional_statuses, [Status::Delivered]);
    assert_eq!(config.evidence.pdfs, Policy::All);
    let target = config.describe_target("int").unwrap();
    assert_eq!(target.settle_timeout, Duration::from_secs(30));
    assert_eq!(target.requests_per_second, 7);
    assert_eq!(target.visibility_timeout, Duration::from_secs(300));
}

#[test]
fn every_section_of_the_interfaces_reads() {
    let desk = Desk::with(include_str!("tests/full.toml"));
    let config = desk.load().unwrap();
    assert_eq!(config.supplier.name, "Example Print");
    assert_eq!(config.performance.agreed_on.as_deref(), Some("2026-11-02"));
    assert_eq!(config.reasons.cancelled[1].code, "C02");
    assert_eq!(config.reasons.forwarded[0].text, "Braille, made elsewhere");
    assert_eq!(config.sizes.by_name()["at11_each"], 5);
    assert_eq!(config.windows.second.as_deref(), Some("2027-01-18"));
    assert_eq!(
        config.evidence.signing_key,
        Some(desk.folder.path().join("sign.pem"))
    );
    let staging = config.describe_target("staging").unwrap();
    assert_eq!(staging.kind, TargetKind::Int);
    assert_eq!(
        staging.base_url.as_deref(),
        Some("https://staging.example.org/base")
    );
    assert_eq!(staging.expected_letters, 2_000);
}

/// File, and the refusal's text.
const REFUSED: &[(&str, &str)] = &[
    (
        "[suplier]\n",
        "letterproof.toml, line 1: suplier is not a setting; did you mean [supplier]?",
    ),
    (
        "\n[supplier]\nnmae = 1\n",
        "letterproof.toml, line 3: supplier.nmae is not a setting; did you mean supplier.name?",
    ),
    (
        "[supplier]\nkid = \"a\"\n",
        "letterproof.toml, line 2: supplier.kid is not a setting; did you mean target.NAME.kid?",
    ),
    (
        "[target.int]\nbase_ulr = \"x\"\n",
        "letterproof.toml, line 2: target.int.base_ulr is not a setting; did you mean target.int.base_url?",
    ),
    (
        "[target.int]\nat4 = 1\n",
        "letterproof.toml, line 2: target.int.at4 is not a setting; did you mean sizes.at4?",
    ),
    (
        "supplier = 1\n",
        "letterproof.toml, line 1: supplier is a section: write [supplier] and its settings below it",
    ),
    (
        "[target]\nint = 1\n",
        "letterproof.toml, line 2: target.NAME is a section: write [target.NAME] and its settings below it",
    ),
    (
        "[target.\"a b\"]\n",
        "letterproof.toml, line 1: target.NAME needs a name of small letters, digits and '-' (at most 40) that does not end in -status",
    ),
    (
        "[target.mine]\n",
        "target mine needs a kind: set target.mine.kind to local, sandbox, int or prod",
    ),
    (
        "[target.prod]\nkind = \"int\"\n",
        "letterproof.toml, line 2: target.prod.kind must be prod; give another target a name of its own",
    ),
    (
        "[target.x]\nkind = \"test\"\n",
        "letterproof.toml, line 2: target.x.kind must be one of local, sandbox, int, prod",
    ),
    (
        "[target.int]\nbase_url = \"https://api.service.nhs.uk/nhs-notify-supplier\"\n",
        "letterproof.toml, line 2: target.int.base_url is production; only a target of kind prod may name it",
    ),
    (
        "[target.int]\nbase_url = \"https://api.service.nhs.uk./nhs-notify-supplier\"\n",
        "letterproof.toml, line 2: target.int.base_url is production; only a target of kind prod may name it",
    ),
    (
        "[target.local]\nbase_url = \"https://%41PI.service.nhs.uk:8443/x\"\nhosts = [\"h\"]\n",
        "letterproof.toml, line 2: target.local.base_url is production; only a target of kind prod may name it",
    ),
    (
        "[target.sandbox]\ntoken_url = \"https://api.service.nhs.uk../oauth2/token\"\n",
        "letterproof.toml, line 2: target.sandbox.token_url is production; only a target of kind prod may name it",
    ),
    (
        "[target.int]\nhosts = [\"h.example\", \"API.service.nhs.uk.\"]\n",
        "letterproof.toml, line 2: target.int.hosts is production; only a target of kind prod may name it",
    ),
    (
        "[target.x]\nkind = \"int\"\nstorage_hosts = [\"api.service.nhs.uk.\"]\n",
        "letterproof.toml, line 3: target.x.storage_hosts is production; only a target of kind prod may name it",
    ),
    (
        "[target.int]\nbase_url = \"https://int.example.org/x\"\n",
        "letterproof.toml, line 2: target.int.base_url leads to a host that is not documented for kind int (known: int.api.service.nhs.uk, this machine); correct it, or name the host in target.int.hosts if it is meant",
    ),
    (
        "[target.prod]\ntoken_url = \"https://int.api.service.nhs.uk/oauth2/token\"\n",
        "letterproof.toml, line 2: target.prod.token_url leads to a host that is not documented for kind prod (known: api.service.nhs.uk, this machine); correct it, or name the host in target.prod.hosts if it is meant",
    ),
    (
        "[target.int]\nhosts = [\"https://h\"]\n",
        "letterproof.toml, line 2: target.int.hosts must be a list of whole host names such as [\"files.example.org\"], without https://, port, path or *",
    ),
    (
        "[target.int]\nhost = [\"h\"]\n",
        "letterproof.toml, line 2: target.int.host is not a setting; did you mean target.int.hosts?",
    ),
    (
        "[target.int]\nbase_url = \"http://int.example.org\"\n",
        "letterproof.toml, line 2: target.int.base_url must start with https://; plain http is for this machine alone",
    ),
    (
        "[target.local]\ntoken_url = \"http://127.0.0.1:9/token\"\n",
        "letterproof.toml, line 2: target.local.token_url needs base_url beside it; the simulator in this process says both itself",
    ),
    (
        "[target.int]\nexpected_letters = 2501\n",
        "letterproof.toml, line 2: target.int.expected_letters must be a whole number from 1 to 2500",
    ),
    (
        "[supplier]\noptional_statuses = [\"PRINTED\", \"ACCEPTED\"]\n",
        "letterproof.toml, line 2: supplier.optional_statuses may only list PRINTED, ENCLOSED, DELIVERED",
    ),
    (
        "[supplier]\nname = \"\"\n",
        "letterproof.toml, line 2: supplier.name is empty; give it a value or leave it out",
    ),
    (
        "[supplier]\nrejects = \"yes\"\n",
        "letterproof.toml, line 2: supplier.rejects must be true or false",
    ),
    (
        "[performance]\nagreed_on = \"2026-02-30\"\n",
        "letterproof.toml, line 2: performance.agreed_on must be a day that exists, such as \"2026-12-07\"",
    ),
    (
        "[performance]\ntarget_s = 99999999999999999999\n",
        "letterproof.toml, line 2: performance.target_s must be a whole number from 1 to 3600",
    ),
    (
        "[windows]\nfirst = \"2027-01-18\"\nsecond = \"2026-12-07\"\n",
        "letterproof.toml, line 3: windows.second lies before the day it follows (onboarding_starts, first, second)",
    ),
    (
        "[evidence]\npdfs = \"some\"\n",
        "letterproof.toml, line 2: evidence.pdfs must be one of none, failed, all",
    ),
    (
        "[pack]\nto = \"nobody\"\n",
        "letterproof.toml, line 2: pack.to must be one bare email address",
    ),
];

#[test]
fn what_is_wrong_is_said_with_file_line_and_key() {
    for (text, wanted) in REFUSED {
        assert_eq!(&Desk::with(text).refusal(), wanted, "{text}");
    }
}

#[test]
fn production_is_refused_from_a_variable_too() {
    let cases = [
        (
            "INT_BASE_URL",
            "https://api.service.nhs.uk./nhs-notify-supplier",
        ),
        (
            "LOCAL_BASE_URL",
            "https://api.service.nhs.uk./nhs-notify-supplier",
        ),
        ("INT_TOKEN_URL", "https://API.SERVICE.NHS.UK/oauth2/token"),
        ("INT_HOSTS", "h.example,api.service.nhs.uk."),
        ("SANDBOX_STORAGE_HOSTS", "api.service.nhs.uk"),
    ];
    for (variable, value) in cases {
        let variable = format!("LETTERPROOF_TARGET_{variable}");
        let refusal = Desk::new().set(&variable, value).refusal();
        assert!(refusal.contains("is production"), "{variable}: {refusal}");
    }
}

#[test]
fn a_host_that_nobody_documented_is_called_only_if_it_is_named() {
    let text = "[target.int]\nbase_url = \"https://gate.example/x\"\nhosts = [\"Gate.example.\"]\n";
    let config = Desk::with(text).load().unwrap();
    let target = config.describe_target("int").unwrap();
    assert_eq!(target.hosts[0].as_str(), "gate.example");
    assert_eq!(target.storage_hosts, None);
    let staging = Desk::with(include_str!("tests/full.toml")).load().unwrap();
    let staging = staging.describe_target("staging").unwrap();
    assert_eq!(staging.storage_hosts.unwrap().len(), 2);
}

#[test]
fn unknown_variables_are_refused_with_the_nearest() {
    let typo = Desk::new().set("LETTERPROOF_TARGET_INT_KDI", "x").refusal();
    assert!(
        typo.contains("did you mean LETTERPROOF_TARGET_INT_KID?"),
        "{typo}"
    );
    let secret = Desk::new()
        .set("LETTERPROOF_TARGET_INT_API_KEY", "hush")
        .refusal();
    assert!(
        secret.contains("LETTERPROOF_TARGET_INT_API_KEY_ENV"),
        "{secret}"
    );
}

#[test]
fn a_variable_that_holds_a_secret_may_have_our_prefix() {
    let desk = Desk::with("[target.int]\napi_key_env = \"LETTERPROOF_INT_KEY\"\nprivate_key = \"k.pem\"\nkid = \"k1\"\n")
        .set("LETTERPROOF_INT_KEY", "abc123abc123abc123");
    desk.file("k.pem", &rsa_pem(), 0o600);
    let access = desk.load().unwrap().target("int", &desk.env).unwrap();
    let credentials = access.credentials;
    assert_eq!(
        credentials.api_key.as_ref().unwrap().expose_secret(),
        "abc123abc123abc123"
    );
    assert_eq!(credentials.kid.as_deref(), Some("k1"));
    assert!(!format!("{credentials:?}").contains("abc123"));
}

#[test]
fn secrets_in_clear_are_refused_and_not_repeated() {
    let files = [
        "[target.int]\napi_key = \"S3CRETVALUE\"\n",
        "[target.int]\nstatus-api-key = \"S3CRETVALUE\"\n",
        "api_key = \"S3CRETVALUE\"\n",
        "[target]\napi_key = \"S3CRETVALUE\"\n",
        "[pack]\npassword = \"S3CRETVALUE\"\n",
        "[target.int]\nprivate_key = \"\"\"-----BEGIN PRIVATE KEY-----\nS3CRETVALUE\n\"\"\"\n",
        "[supplier]\naccessible_specifications = [\"-----BEGIN PRIVATE KEY-----S3CRETVALUE\"]\n",
    ];
    for text in files {
        let told = Desk::with(text).refusal();
        assert!(told.contains("holds a secret in clear"), "{text}: {told}");
        assert!(told.contains("0600") && !told.contains("S3CRET"), "{told}");
    }
}

#[test]
fn a_broken_file_does_not_show_its_line() {
    for text in [
        "[target.int]\nkid = \"S3CRETVALUE\n",
        "S3CRETVALUE",
        "a = S3CRETVALUE",
        "[S3CRETVALUE",
    ] {
        let told = Desk::with(text).refusal();
        assert!(
            told.contains("letterproof.toml, line") && !told.contains("S3CRET"),
            "{told}"
        );
    }
}

#[test]
fn deep_nesting_is_refused_and_overflows_nothing() {
    let deep = 100_000;
    let files = [
        format!("a = {}", "[".repeat(deep)),
        format!("a = {}", "{a=".repeat(deep)),
        format!("{}a = 1", "a.".repeat(deep)),
        format!("[{}a]", "a.".repeat(deep)),
        format!("[target.{}a]", "a.".repeat(deep)),
        format!("[sizes]\n{}a = 1", "at4.".repeat(deep)),
    ];
    for text in files {
        assert!(Desk::with(&text).load().is_err());
    }
}

#[test]
fn a_missing_file_counts_only_if_asked_for() {
    let missing = Path::new("no/such.toml");
    let error = load(Some(missing), &Env::new(), &Overrides::default()).unwrap_err();
    assert!(
        error.to_string().contains("docs/configuration.md"),
        "{error}"
    );
    assert_eq!(error.exit_code().code(), 2);
}

#[test]
fn an_unknown_target_is_answered_with_the_known_names() {
    let told = Desk::new().target_refusal("itn");
    assert_eq!(
        told,
        "there is no target \"itn\"; known: int, local, prod, sandbox (did you mean int?)"
    );
}

#[test]
fn a_target_says_what_it_lacks() {
    let told = Desk::new().target_refusal("int");
    assert_eq!(
        told,
        "target int needs an API key: set target.int.api_key_env (LETTERPROOF_TARGET_INT_API_KEY_ENV) or target.int.api_key_file (LETTERPROOF_TARGET_INT_API_KEY_FILE)"
    );
    let desk = Desk::new();
    let config = desk.load().unwrap();
    for name in ["local", "sandbox"] {
        let access = config.target(name, &desk.env).unwrap();
        assert!(access.credentials.api_key.is_none());
    }
}

#[test]
fn key_files_are_for_their_owner_alone() {
    let desk =
        Desk::with("[target.int]\napi_key_file = \"key\"\nprivate_key = \"k.pem\"\nkid = \"k\"\n");
    assert!(desk.target_refusal("int").contains("cannot read the file"));
    desk.file("key", "abc", 0o640);
    let told = desk.target_refusal("int");
    assert!(
        told.contains("mode 0640") && told.contains("chmod 600"),
        "{told}"
    );
    desk.file("key", "abcdefghabcdefgh", 0o600);
    desk.file("k.pem", "-----BEGIN PUBLIC KEY-----\n", 0o400);
    assert!(desk.target_refusal("int").contains("public key"));
    desk.file("k.pem", &rsa_pem(), 0o400);
}

#[test]
fn the_later_of_two_places_for_a_key_counts() {
    let both = "[target.int]\napi_key_env = \"KEY\"\napi_key_file = \"key\"\n";
    let told = Desk::with(both).target_refusal("int");
    assert!(told.contains("keep one of them"), "{told}");
    let desk = Desk::with("[target.int]\napi_key_file = \"key\"\n")
        .set("LETTERPROOF_TARGET_INT_API_KEY_ENV", "KEY");
    assert!(desk.target_refusal("int").contains("is not set"));
}

#[test]
fn settle_belongs_to_the_simulator_in_this_process() {
    let flags = Overrides {
        settle: Some(Duration::from_secs(1)),
        ..Overrides::default()
    };
    let desk = Desk::new();
    let config = load(Some(&desk.config()), &desk.env, &flags).unwrap();
    let local = config.describe_target("local").unwrap();
    assert_eq!(local.simulator_settle, Some(Duration::from_secs(1)));
    assert!(config.describe_target("int").is_err());
}

#[test]
fn an_external_simulator_may_do_without_tokens() {
    let desk = Desk::with("[target.local]\nbase_url = \"http://127.0.0.1:9100\"\n");
    let access = desk.load().unwrap().target("local", &desk.env).unwrap();
    assert!(!access.target.is_in_process());
    assert!(access.credentials.api_key.is_none());
}

/// Keys where people put secrets, rightly or wrongly.
const SECRET_PLACES: &[&str] = &[
    "api_key",
    "api_key_env",
    "api_key_file",
    "status_api_key",
    "status_api_key_env",
    "status_api_key_file",
    "private_key",
    "base_url",
    "token_url",
    "secret",
    "kind",
    "requests_per_second",
    "expected_letters",
];

/// Loads, asks for every target, and hands back every error text.
fn all_errors(desk: &Desk) -> String {
    match desk.load() {
        Err(error) => desk.told(&error),
        Ok(config) => {
            let names: Vec<_> = config.target_names().collect();
            let errors = names
                .iter()
                .filter_map(|name| config.target(name, &desk.env).err());
            errors
                .map(|error| desk.told(&error))
                .collect::<Vec<_>>()
                .join("\n")
        }
    }
}

proptest! {
    #[test]
    fn no_file_panics(text in "\\PC*") {
        let _ = Desk::with(&text).load();
    }

    #[test]
    fn no_half_sensible_file_panics(
        section in "(supplier|target|target\\.int|sizes|reasons|[a-z.]{0,8})",
        key in "(name|kind|kid|FAILED|at4|first|[a-z_\"]{0,8})",
        value in "(\"[^\"]{0,9}\"|-?[0-9]{1,21}|[0-9]\\.[0-9]|true|\\[.{0,6}\\]|\\{.{0,6}\\}|2026-1[0-9]-[0-3][0-9]|nan)",
    ) {
        let _ = all_errors(&Desk::with(&format!("[{section}]\n{key} = {value}\n")));
    }

    #[test]
    fn no_variable_panics(name in "[A-Z_]{0,20}", value in "\\PC{0,20}") {
        let desk = Desk::new().set(&format!("LETTERPROOF_{name}"), &value);
        let _ = desk.load();
    }

    #[test]
    fn no_error_repeats_a_secret(
        secret in "[A-Z0-9][A-Za-z0-9_/+=]{18,30}Q7",
        place in prop::sample::select(SECRET_PLACES),
        cut in any::<bool>(),
    ) {
        let quote = if cut { "" } else { "\"" };
        let file = Desk::with(&format!("[target.int]\nkid = \"k\"\n{place} = \"{secret}{quote}\n"));
        prop_assert!(!all_errors(&file).contains(&secret));
        let name = format!("LETTERPROOF_TARGET_INT_{}", place.to_uppercase());
        let env = Desk::new().set(&name, &secret);
        prop_assert!(!all_errors(&env).contains(&secret));
        let url = Desk::with(&format!("[target.int]\nbase_url = \"https://a:{secret}@h\"\n"));
        prop_assert!(!all_errors(&url).contains(&secret));
    }

    #[test]
    fn no_key_file_is_repeated(secret in "[ -~]{8,40}", label in "(PRIVATE KEY|PUBLIC KEY|X)") {
        let desk = Desk::with("[target.int]\napi_key_file = \"key\"\nprivate_key = \"k.pem\"\nkid = \"k\"\n");
        desk.file("key", &format!("{secret} {secret}"), 0o600);
        prop_assert!(!all_errors(&desk).contains(&secret));
        desk.file("key", "abc", 0o600);
        desk.file("k.pem", &format!("-----BEGIN {label}-----\n{secret}"), 0o600);
        prop_assert!(!all_errors(&desk).contains(&secret));
    }
}
