//! `doctor`: each thing that can be wrong has a line of its own, with cause and remedy.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use crate::common::lab::{Lab, Passing, Reply, configuration, write_secret};
use crate::common::{Desk, Ended};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use letterproof::simulator::{Credentials, OddApplication};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a request for a token is made of.
struct Ask {
    method: &'static str,
    content_type: &'static str,
    grant: &'static str,
    kind: &'static str,
    header: Value,
    claims: Value,
    /// Signs in place of the application's own key.
    key: Option<String>,
    /// Stands in place of the signed assertion.
    assertion: Option<&'static str>,
}

/// Spoils one thing of a right request.
type Spoil = fn(&mut Ask);

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn without(object: &mut Value, name: &str) {
    object.as_object_mut().unwrap().remove(name);
}

fn now_s() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

/// Rows of the token endpoint's table that a client's own mistakes reach (token-endpoint.md):
/// status, description, mistake.
const MISTAKES: [(u16, &str, Spoil); 20] = [
    (
        415,
        "Content-Type header must be application/x-www-form-urlencoded",
        |a| a.content_type = "application/json",
    ),
    (400, "grant_type is missing", |a| a.grant = ""),
    (400, "grant_type is invalid", |a| {
        a.grant = "grant_type=authorization_code&"
    }),
    (
        400,
        "Missing or invalid client_assertion_type - must be 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'",
        |a| a.kind = "jwt",
    ),
    (400, "Missing client_assertion", |a| a.assertion = Some("")),
    (400, "Malformed JWT in client_assertion", |a| {
        a.assertion = Some("abc")
    }),
    (
        400,
        "Invalid 'alg' header in client_assertion JWT - unsupported JWT algorithm - must be 'RS512'",
        |a| a.header["alg"] = json!("RS256"),
    ),
    (400, "Missing 'kid' header in client_assertion JWT", |a| {
        without(&mut a.header, "kid")
    }),
    (
        400,
        "Invalid 'typ' header in client_assertion JWT - must be 'JWT'",
        |a| without(&mut a.header, "typ"),
    ),
    (400, "Missing 'exp' claim in client_assertion JWT", |a| {
        without(&mut a.claims, "exp")
    }),
    (
        400,
        "Invalid 'exp' claim in client_assertion JWT - must be an integer",
        |a| a.claims["exp"] = json!("soon"),
    ),
    (
        400,
        "Invalid 'exp' claim in client_assertion JWT - JWT has expired",
        |a| a.claims["exp"] = json!(now_s() - 5),
    ),
    (
        400,
        "Invalid 'exp' claim in client_assertion JWT - more than 5 minutes in future",
        |a| a.claims["exp"] = json!(now_s() + 400),
    ),
    (
        400,
        "Missing or non-matching 'iss'/'sub' claims in client_assertion JWT",
        |a| a.claims["sub"] = json!("another"),
    ),
    (400, "Missing 'jti' claim in client_assertion JWT", |a| {
        without(&mut a.claims, "jti")
    }),
    (
        400,
        "Invalid 'jti' claim in client_assertion JWT - must be a unique string value such as a GUID",
        |a| a.claims["jti"] = json!(7),
    ),
    (
        401,
        "Invalid 'iss'/'sub' claims in client_assertion JWT",
        |a| {
            a.claims["iss"] = json!("unknown");
            a.claims["sub"] = json!("unknown");
        },
    ),
    (
        401,
        "Missing or invalid 'aud' claim in client_assertion JWT",
        |a| a.claims["aud"] = json!("https://elsewhere.example"),
    ),
    (
        401,
        "Invalid 'kid' header in client_assertion JWT - no matching public key",
        |a| a.header["kid"] = json!("another-1"),
    ),
    (405, "", |a| a.method = "GET"),
];

/// Rows that an application's registration causes.
const ODD: [(u16, &str, OddApplication); 3] = [
    (
        403,
        "You need to register a public key to use this authentication method - please contact support to configure",
        OddApplication::WithoutPublicKey,
    ),
    (
        403,
        "The JWKS endpoint, for your client_assertion can't be reached",
        OddApplication::JwksUnreachable,
    ),
    (
        401,
        "you have tried to request authorization but your application is not configured to use this authorization grant type",
        OddApplication::WithoutProduct,
    ),
];

/// Where the simulator's own token endpoint is, and who asks.
#[derive(Clone)]
struct Own {
    address: String,
    token_url: String,
    credentials: Credentials,
}

impl Own {
    /// Asks the simulator itself for a token, with one thing spoilt.
    fn ask(&self, spoil: impl Fn(&mut Ask)) -> Reply {
        let key = &self.credentials.api_key;
        let mut ask = Ask {
            method: "POST",
            content_type: "application/x-www-form-urlencoded",
            grant: "grant_type=client_credentials&",
            kind: JWT_BEARER,
            header: json!({ "alg": "RS512", "typ": "JWT", "kid": self.credentials.kid }),
            claims: json!({
                "iss": key, "sub": key, "aud": self.token_url,
                "jti": Uuid::new_v4().to_string(), "exp": now_s() + 200,
            }),
            key: None,
            assertion: None,
        };
        spoil(&mut ask);
        let pem = ask.key.clone();
        let pem = pem.unwrap_or_else(|| self.credentials.private_key_pem.clone());
        let own = || signed(&ask.header, &ask.claims, &pem);
        let assertion = ask.assertion.map_or_else(own, str::to_owned);
        let form = format!(
            "{}client_assertion_type={}&client_assertion={assertion}",
            ask.grant, ask.kind
        );
        exchange(&self.address, ask.method, ask.content_type, &form)
    }
}

fn signed(header: &Value, claims: &Value, pem: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let key = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    let signature = crypto::sign(text.as_bytes(), &key, Algorithm::RS512).unwrap();
    format!("{text}.{signature}")
}

/// One request by hand, so that nothing in between corrects it.
fn exchange(address: &str, method: &str, content_type: &str, body: &str) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{method} /oauth2/token HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let length = head
        .lines()
        .any(|line| line.eq_ignore_ascii_case("transfer-encoding: chunked"));
    assert!(!length, "the simulator's short answers have a length");
    Reply::of(status, "application/json", body)
}

/// A lab whose token endpoint is asked with the spoilt request that stands in `next`.
fn spoilable() -> (Lab, Arc<Mutex<Option<Reply>>>) {
    let next: Arc<Mutex<Option<Reply>>> = Arc::default();
    let waiting = Arc::clone(&next);
    let lab = Lab::answering(move |passing| {
        let is_token = !passing.is_api();
        is_token.then(|| waiting.lock().unwrap().take()).flatten()
    });
    (lab, next)
}

fn own(lab: &Lab, credentials: Credentials) -> Own {
    Own {
        address: lab.simulator.base_url().replace("http://", ""),
        token_url: lab.simulator.token_url().to_owned(),
        credentials,
    }
}

/// The checks of a call, by name.
fn checks(ended: &Ended) -> BTreeMap<String, Value> {
    let report: Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{ended}"));
    let checks = report["checks"].as_array().unwrap().iter();
    checks
        .map(|check| (check["check"].as_str().unwrap().to_owned(), check.clone()))
        .collect()
}

fn doctor(desk: &Desk) -> Ended {
    desk.call(&["doctor", "--format", "json", "--quiet"])
}

/// Holds that `check` failed as `seen` says, and returns its cause and remedy.
#[track_caller]
fn failed(desk: &Desk, check: &str, seen: &str) -> (String, String) {
    let ended = doctor(desk).expect(1);
    let checks = checks(&ended);
    let found = checks
        .get(check)
        .unwrap_or_else(|| panic!("{check}: {ended}"));
    assert_eq!(found["outcome"], "fail", "{check}: {ended}");
    let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
    assert!(text("seen").contains(seen), "{seen}: {found}");
    assert!(
        !text("cause").is_empty() && !text("remedy").is_empty(),
        "{found}"
    );
    (text("cause"), text("remedy"))
}

#[test]
fn every_token_error_of_the_reference_has_its_own_cause_and_remedy() {
    let (lab, next) = spoilable();
    let credentials = lab.simulator.credentials(0);
    let mut replies: Vec<(u16, &str, Reply)> = Vec::new();
    for (status, description, spoil) in MISTAKES {
        let reply = own(&lab, credentials.clone()).ask(spoil);
        replies.push((status, description, reply));
    }
    for (status, description, odd) in ODD {
        let odd = own(&lab, lab.simulator.odd_credentials(odd));
        replies.push((status, description, odd.ask(|_| {})));
    }
    let used = Uuid::new_v4().to_string();
    for _ in 0..2 {
        let spent = own(&lab, credentials.clone()).ask(|ask| ask.claims["jti"] = json!(used));
        if spent.status != 200 {
            replies.push((400, "Non-unique 'jti' claim in client_assertion JWT", spent));
        }
    }
    let other = letterproof::keys::KeyPair::generate()
        .unwrap()
        .to_pem()
        .unwrap();
    let other = secrecy::ExposeSecret::expose_secret(&other).to_owned();
    let forged = own(&lab, credentials).ask(|ask| ask.key = Some(other.clone()));
    replies.push((401, "JWT signature verification failed", forged));

    let mut remedies = BTreeSet::new();
    let count = replies.len();
    assert_eq!(count, 25, "the rows of the table");
    for (status, description, reply) in replies {
        assert_eq!(reply.status, status, "{description}");
        *next.lock().unwrap() = Some(reply);
        let seen = format!("{status}: {description}");
        let seen = seen.trim_end_matches(": ").to_owned();
        remedies.insert(failed(&lab.desk, "token", &seen));
    }
    assert_eq!(remedies.len(), count, "each has its own: {remedies:#?}");
}

#[test]
fn a_right_configuration_is_green_and_nothing_is_leased() {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&asked);
    let lab = Lab::answering(move |passing: &mut Passing| {
        let line = format!("{} {}", passing.method, passing.path);
        heard.lock().unwrap().push(line);
        None
    });
    let ended = doctor(&lab.desk).expect(0);
    let checks = checks(&ended);
    for name in [
        "configuration",
        "dns",
        "clock",
        "base-path",
        "token",
        "registration",
        "letters",
    ] {
        assert_eq!(checks[name]["outcome"], "ok", "{name}: {ended}");
    }
    // Known deviations are warnings with their reference.
    let known = &checks["not-found-code"];
    assert_eq!(known["outcome"], "warning");
    assert!(
        known["cause"].as_str().unwrap().contains("2026-11-22"),
        "{known}"
    );
    let asked = asked.lock().unwrap().clone();
    assert!(asked.iter().all(|line| line != "GET /letters"), "{asked:?}");
    assert!(
        asked
            .iter()
            .all(|line| line.starts_with("GET ") || line == "POST /oauth2/token")
    );
    assert!(
        !lab.desk.evidence().exists(),
        "doctor leaves nothing behind"
    );

    let human = lab.desk.call(&["doctor"]).expect(0);
    human.says(&[
        "✓ token",
        "! not-found-code",
        "Nothing stands in the way of a run",
    ]);
}

#[test]
fn without_configuration_it_looks_at_the_simulator_in_this_process() {
    let desk = Desk::new();
    let checks = checks(&doctor(&desk).expect(0));
    assert_eq!(checks["letters"]["outcome"], "ok");
}

#[test]
fn an_application_that_nhs_notify_does_not_know_is_told_so() {
    let lab = Lab::honest();
    for odd in [
        OddApplication::NotRegistered,
        OddApplication::SupplierDisabled,
    ] {
        lab.configure(&lab.simulator.odd_credentials(odd));
        let (cause, remedy) = failed(&lab.desk, "registration", "explicit deny");
        assert!(cause.contains("not registered") && remedy.contains("@nhs.net"));
    }
}

#[test]
fn what_answers_in_the_servers_place_is_recognised() {
    let page = "<html><title>Sign in to the guest network</title></html>";
    let html = Lab::answering(move |passing| {
        (!passing.is_api()).then(|| Reply::of(200, "text/html", page))
    });
    let (cause, _) = failed(&html.desk, "token", "text/html");
    assert!(cause.contains("page"), "{cause}");

    let denied = Lab::changing(|passing, reply| {
        if passing.is_read() {
            *reply = Reply::json(
                401,
                &json!({ "errors": [{ "code": "NOTIFY_UNAUTHORIZED", "detail": "Access token is invalid" }] }),
            );
        }
    });
    let (cause, _) = failed(&denied.desk, "letters", "401");
    assert!(cause.contains("environment"), "{cause}");

    let late = Lab::changing(|_, reply| {
        reply.headers.retain(|(name, _)| name != "date");
        reply.headers.push((
            "date".to_owned(),
            "Thu, 01 Jan 2026 00:00:00 GMT".to_owned(),
        ));
    });
    let (_, remedy) = failed(&late.desk, "clock", "ahead");
    assert!(remedy.contains("clock"), "{remedy}");
}

#[test]
fn deviations_that_are_new_or_gone_are_observations() {
    let lab = Lab::changing(|passing, reply| {
        if passing.is_read() {
            let text = String::from_utf8(reply.body.clone()).unwrap();
            let text = text.replace("NOTIFY_NOT_FOUND", "NOTIFY_GONE_FISHING");
            *reply = Reply::of(reply.status, "application/vnd.api+json", &text);
        }
    });
    let checks = checks(&doctor(&lab.desk).expect(0));
    let told = |name: &str| {
        let check = &checks[name];
        assert_eq!(check["outcome"], "observation", "{check}");
        check["cause"].as_str().unwrap().to_owned()
    };
    assert!(told("response-media-type").contains("stale"));
    assert!(told("not-found-code").contains("not known yet"));
}

#[test]
fn the_other_documented_base_path_is_found() {
    let lab = Lab::answering(|passing: &mut Passing| {
        let path = passing
            .path
            .strip_prefix("/notify-supplier")
            .map(str::to_owned);
        match path {
            Some(path) => {
                passing.path = path;
                None
            }
            None if passing.path == "/oauth2/token" => None,
            None => Some(Reply::json(404, &json!({ "fault": "no such proxy" }))),
        }
    });
    let local = configuration(
        &format!("{}/nhs-notify-supplier", lab.base_url),
        &lab.token_url,
        "supplier1-1",
    );
    let int = local
        .replace("[target.local]", "[target.my-int]")
        .replace("kind = \"local\"", "kind = \"int\"");
    lab.desk.configure(&int);
    let ended = lab
        .desk
        .call(&[
            "doctor", "--target", "my-int", "--format", "json", "--quiet",
        ])
        .expect(1);
    let found = &checks(&ended)["base-path"];
    assert_eq!(found["outcome"], "fail", "{ended}");
    let remedy = found["remedy"].as_str().unwrap();
    assert!(
        remedy.contains(&format!("{}/notify-supplier", lab.base_url)),
        "{remedy}"
    );
}

/// What APIM answers where no API is at a path (service-behaviour §5, row 9).
fn no_such_proxy() -> Reply {
    let fault = json!({ "fault": {
        "faultstring": "Unable to identify proxy for host: secure and url: /wrong/letters",
        "detail": { "errorcode": "messaging.adaptors.http.flow.ApplicationNotFound" },
    } });
    Reply::json(404, &fault)
}

#[test]
fn a_404_of_the_gateway_proves_neither_registration_nor_base_url() {
    let page = || Reply::of(404, "text/html", "<html>not here</html>");
    for reply in [no_such_proxy as fn() -> Reply, page] {
        let lab = Lab::answering(move |passing| passing.is_api().then(reply));
        let (cause, remedy) = failed(&lab.desk, "letters", "404");
        assert!(cause.contains("not NHS Notify's own"), "{cause}");
        assert!(remedy.contains("base_url"), "{remedy}");
        let ended = doctor(&lab.desk).expect(1);
        let checks = checks(&ended);
        assert_eq!(checks["registration"]["outcome"], "skipped", "{ended}");
        for name in ["response-media-type", "not-found-code"] {
            assert_eq!(checks[name]["outcome"], "skipped", "{name}: {ended}");
        }
        assert!(!ended.out.contains("is known to NHS Notify") && !ended.out.contains("was let in"));
    }
}

#[test]
fn a_page_that_answers_200_to_everything_proves_nothing() {
    let lab = Lab::answering(|passing| {
        let page = || Reply::of(200, "text/html", "<html>Sign in</html>");
        passing.is_api().then(page)
    });
    let ended = doctor(&lab.desk).expect(1);
    let checks = checks(&ended);
    assert_eq!(checks["letters"]["outcome"], "fail", "{ended}");
    assert_eq!(checks["registration"]["outcome"], "skipped", "{ended}");
    assert_ne!(checks["base-path"]["outcome"], "ok", "{ended}");
}

#[test]
fn keys_and_their_published_half_are_held_against_each_other() {
    let lab = Lab::honest();
    let desk = &lab.desk;
    let own = lab.simulator.credentials(0);
    desk.call(&["keygen", "--kid", &own.kid, "--out", "keys"])
        .expect(0);
    let jwks = desk.path("keys").join(format!("{}.jwks.json", own.kid));

    // A JWKS of another key, under the kid of this one.
    let beside = desk.path(&format!("{}.jwks.json", own.kid));
    fs::copy(&jwks, &beside).unwrap();
    let (cause, _) = failed(desk, "jwks", "another key");
    assert!(cause.contains("not of one pair"), "{cause}");

    // A JWKS that does not know the kid; then no JWKS at all.
    let renamed = fs::read_to_string(&jwks)
        .unwrap()
        .replace(&own.kid, "old-1");
    fs::write(&beside, renamed).unwrap();
    let (_, remedy) = failed(desk, "jwks", "old-1");
    assert!(remedy.contains("upload"), "{remedy}");
    fs::write(&beside, "<html>").unwrap();
    failed(desk, "jwks", "no JSON Web Key Set");
    fs::remove_file(&beside).unwrap();

    // The pair that belongs together is in order, and its key is not the application's.
    let pem = fs::read_to_string(desk.path(&format!("keys/{}.pem", own.kid))).unwrap();
    write_secret(&desk.path("private-key.pem"), &pem);
    fs::copy(&jwks, &beside).unwrap();
    let ended = doctor(desk);
    let checks = checks(&ended);
    assert_eq!(checks["jwks"]["outcome"], "ok", "{ended}");
    assert_eq!(checks["key"]["outcome"], "ok", "{ended}");
    assert!(!format!("{}{}", ended.out, ended.err).contains(pem.lines().nth(3).unwrap()));
}

#[test]
fn a_key_that_cannot_be_used_says_which_and_why() {
    let lab = Lab::honest();
    let key = lab.desk.path("private-key.pem");
    let own = fs::read_to_string(&key).unwrap();
    let small = format!("-----BEGIN PRIVATE KEY-----\n{SMALL_KEY}-----END PRIVATE KEY-----\n");
    let wrong = [
        (
            "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
            "no RSA key",
        ),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "certificate",
        ),
        ("hello", "no PEM"),
        // RSA of 1,024 bits.
        (&small, "fewer than 2048 bits"),
    ];
    for (text, seen) in wrong {
        write_secret(&key, text);
        failed(&lab.desk, "key", seen);
    }
    write_secret(&key, &own);
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(&key, open).unwrap();
    failed(&lab.desk, "key", "chmod 600");
}

/// PKCS#8, made for this test by `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024`;
/// it opens nothing.
const SMALL_KEY: &str = include_str!("data/rsa-1024.der.base64");

#[test]
fn a_configuration_that_cannot_be_used_is_a_finding_and_shows_no_secret() {
    let desk = Desk::new();
    let secret = "s3cr3t-0f-the-house";
    let cases = [
        (
            format!("[target.int]\napi_key = \"{secret}\"\n"),
            "holds a secret in clear",
        ),
        (
            format!("[target.int]\napi_key_env = \"{secret}\"\n"),
            "must be the name of an environment variable",
        ),
        (
            "[target.int]\nbase_url = \"http://int.example.org/x\"\n".to_owned(),
            "must start with https://",
        ),
        (
            "[target.int]\nkid = \"my key\"\n".to_owned(),
            "one word without spaces",
        ),
        ("[target.int\n".to_owned(), "not TOML"),
    ];
    for (text, seen) in cases {
        desk.configure(&text);
        let ended = desk.call(&["doctor", "--target", "int"]).expect(1);
        let ended = ended.says(&["✗ configuration", seen, "line "]);
        assert!(
            !format!("{}{}", ended.out, ended.err).contains(secret),
            "{ended}"
        );
    }
}

#[test]
fn a_certificate_that_does_not_verify_is_named() {
    let (_runtime, port) = self_signed();
    let lab = Lab::honest();
    let base = format!("https://localhost:{port}");
    let text = configuration(&base, &format!("{base}/oauth2/token"), "k");
    lab.desk.configure(&text);
    let (cause, remedy) = failed(&lab.desk, "tls", "certificate");
    assert!(cause.contains("does not verify"), "{cause}");
    assert!(remedy.contains("cannot be turned off"), "{remedy}");
}

/// A server with a certificate of its own making, and its port.
fn self_signed() -> (tokio::runtime::Runtime, u16) {
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
    let bytes = |text: &str| {
        let packed: String = text.split_whitespace().collect();
        base64::engine::general_purpose::STANDARD
            .decode(packed)
            .unwrap()
    };
    let certificate = CertificateDer::from(bytes(include_str!("data/self-signed.cert.base64")));
    let key = PrivatePkcs8KeyDer::from(bytes(include_str!("data/self-signed.key.base64")));
    let config = tokio_rustls::rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(acceptor.accept(stream).await);
        }
    });
    (runtime, port)
}

#[test]
fn after_a_run_the_speed_is_measured() {
    let lab = Lab::honest();
    lab.run("AT2").expect(0);
    let ended = doctor(&lab.desk).expect(0);
    let seen = checks(&ended)["bandwidth"]["seen"].to_string();
    assert!(seen.contains("PDFs came with"), "{ended}");
}

#[test]
fn time_zone_locale_and_a_proxy_change_nothing_on_this_machine() {
    let lab = Lab::honest();
    let mut command = lab.desk.command(&["doctor", "--format", "json", "--quiet"]);
    command
        .env("TZ", "Asia/Kathmandu")
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("LANG", "tr_TR.UTF-8")
        .env("HTTPS_PROXY", "http://user:pa55word@127.0.0.1:9")
        .env("HTTP_PROXY", "http://user:pa55word@127.0.0.1:9");
    let ended = Ended::of(command.output().unwrap()).expect(0);
    let checks = checks(&ended);
    assert_eq!(checks["clock"]["outcome"], "ok", "{ended}");
    assert_eq!(checks["token"]["outcome"], "ok", "{ended}");
    let proxy = checks["proxy"]["seen"].as_str().unwrap();
    assert!(proxy.contains("HTTPS_PROXY"), "{proxy}");
    assert!(!ended.out.contains("pa55word"), "{ended}");
}

#[test]
fn production_is_not_asked() {
    let lab = Lab::answering(|passing| panic!("{} {}", passing.method, passing.path));
    let prod = configuration(&lab.base_url, &lab.token_url, "k").replace("local", "prod");
    lab.desk.configure(&prod);
    let ended = lab
        .desk
        .call(&["doctor", "--target", "prod", "--format", "json", "--quiet"]);
    let checks = checks(&ended.expect(0));
    assert_eq!(checks["network"]["outcome"], "skipped");
}
