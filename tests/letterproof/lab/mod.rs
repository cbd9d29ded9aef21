//! A simulator with a client beside it, for the tests of the wire.
//!
//! The client is written by hand on purpose: it sends what no honest client
//! would.

#![allow(dead_code, clippy::expect_used, missing_docs)]

mod contract;

use contract::Contract;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use letterproof::simulator::{Credentials, Options, Simulator};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method};
use serde_json::{Value, json};

pub const SETTLE: Duration = Duration::from_millis(100);
pub const LEASE: Duration = Duration::from_millis(400);

/// Longer than the slowest update takes.
pub const SETTLED: Duration = Duration::from_millis(200);

/// Longer than a lease lasts.
pub const LEASE_OVER: Duration = Duration::from_millis(430);

pub struct Lab {
    pub simulator: Simulator,
    pub token: String,
    client: Client,
    pub contract: Contract,
}

/// One request, to be sent as it is.
#[derive(Clone)]
pub struct Ask {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Short times and few letters, on any free port.
pub fn options(letters: usize) -> Options {
    Options {
        addr: "127.0.0.1:0".parse().expect("address"),
        letters,
        visibility_timeout: LEASE,
        settle: SETTLE,
        requests_per_second: 0,
        ..Options::default()
    }
}

impl Lab {
    pub async fn start(options: Options) -> Lab {
        let simulator = Simulator::start(options).await.expect("simulator");
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        let client = client.build().expect("client");
        let contract = Contract::of(simulator.base_url(), simulator.token_url());
        let mut lab = Lab {
            contract,
            simulator,
            token: String::new(),
            client,
        };
        lab.token = lab.token_for(&lab.simulator.credentials(0)).await;
        lab
    }

    /// An access token of an application.
    pub async fn token_for(&self, credentials: &Credentials) -> String {
        let jwt = sign(
            &assertion_header(credentials),
            &self.claims(credentials),
            credentials,
        );
        let answer = self.ask(form(&token_form(&jwt))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"]
            .as_str()
            .expect("token")
            .to_owned()
    }

    /// The right claims for an application.
    pub fn claims(&self, credentials: &Credentials) -> Value {
        json!({
            "iss": credentials.api_key,
            "sub": credentials.api_key,
            "aud": self.simulator.token_url(),
            "jti": uuid::Uuid::new_v4().to_string(),
            "exp": now_s() + 240,
        })
    }

    /// Sends a request with the token; a path that starts with `http` is whole. Every answer is
    /// held against the description of the API.
    pub async fn ask(&self, ask: Ask) -> Answer {
        let url = match ask.path.starts_with("http") {
            true => ask.path.clone(),
            false => format!("{}{}", self.simulator.base_url(), ask.path),
        };
        let (method, asked) = (ask.method.to_string(), url.clone());
        let mut request = self.client.request(ask.method, url);
        for (name, value) in &ask.headers {
            let value = value.replace("{token}", &self.token);
            let value = value.replace("{status key}", self.simulator.status_api_key());
            request = request.header(name, value);
        }
        if let Some(body) = ask.body {
            request = request.body(body);
        }
        let answer = request.send().await.expect("answer");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.bytes().await.expect("body").to_vec();
        let answer = Answer {
            status,
            headers,
            body,
        };
        self.contract.hold(&method, &asked, &answer);
        answer
    }

    /// Lists and leases; the ids in their order.
    pub async fn list(&self, limit: usize) -> Vec<String> {
        let answer = self.ask(get(&format!("/letters?limit={limit}"))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.ids()
    }

    /// The attributes of a letter.
    pub async fn letter(&self, id: &str) -> Value {
        let answer = self.ask(get(&format!("/letters/{id}"))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["data"]["attributes"].clone()
    }

    /// Queues an update.
    pub async fn update(&self, id: &str, attributes: Value) {
        let answer = self.ask(patch(id, &document(id, attributes))).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str());
        value.and_then(Result::ok).unwrap_or_default()
    }

    pub fn ids(&self) -> Vec<String> {
        let document = self.json();
        let items = document["data"].as_array().expect("a list").iter();
        items
            .map(|item| item["id"].as_str().expect("an id").to_owned())
            .collect()
    }
}

impl Ask {
    pub fn new(method: Method, path: &str) -> Ask {
        let headers = vec![
            (
                "X-Request-ID".to_owned(),
                "3a1e6c1c-6f6e-4f3c-9d1b-0d8a3d0f7a55".to_owned(),
            ),
            ("X-Correlation-ID".to_owned(), "the-correlation".to_owned()),
            ("Authorization".to_owned(), "Bearer {token}".to_owned()),
        ];
        Ask {
            method,
            path: path.to_owned(),
            headers,
            body: None,
        }
    }

    /// Sets or replaces a header.
    pub fn with(mut self, name: &str, value: &str) -> Ask {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Ask {
        self.headers
            .retain(|(header, _)| !header.eq_ignore_ascii_case(name));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Ask {
        self.body = Some(body.into());
        self
    }
}

pub fn get(path: &str) -> Ask {
    Ask::new(Method::GET, path)
}

/// The signed link, followed as it should be: without the token.
pub fn follow(link: &str) -> Ask {
    get(link).without("Authorization")
}

pub fn patch(id: &str, body: &str) -> Ask {
    let ask = Ask::new(Method::PATCH, &format!("/letters/{id}"));
    ask.with("Content-Type", "application/vnd.api+json")
        .body(body)
}

pub fn post(path: &str, body: &str) -> Ask {
    let ask = Ask::new(Method::POST, path);
    ask.with("Content-Type", "application/vnd.api+json")
        .body(body)
}

/// A request to the token endpoint.
pub fn form(body: &str) -> Ask {
    let ask = Ask::new(Method::POST, "/oauth2/token").without("Authorization");
    ask.with("Content-Type", "application/x-www-form-urlencoded")
        .body(body)
}

pub fn item(id: &str, attributes: Value) -> Value {
    json!({ "id": id, "type": "Letter", "attributes": attributes })
}

pub fn document(id: &str, attributes: Value) -> String {
    json!({ "data": item(id, attributes) }).to_string()
}

pub fn accepted() -> Value {
    json!({ "status": "ACCEPTED" })
}

pub fn token_form(jwt: &str) -> String {
    format!(
        "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={jwt}"
    )
}

pub fn assertion_header(credentials: &Credentials) -> Value {
    json!({ "alg": "RS512", "typ": "JWT", "kid": credentials.kid })
}

/// A JWT of any header and claims, signed with RS512 whatever the header says.
pub fn sign(header: &Value, claims: &Value, credentials: &Credentials) -> String {
    use base64::Engine;
    let part =
        |value: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    let key = EncodingKey::from_rsa_pem(credentials.private_key_pem.as_bytes()).expect("key");
    let message = format!("{}.{}", part(header), part(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::RS512);
    format!("{message}.{}", signature.expect("signature"))
}

/// A JWT as an ordinary library makes it.
pub fn ordinary(claims: &Value, credentials: &Credentials) -> String {
    let mut header = Header::new(Algorithm::RS512);
    header.kid = Some(credentials.kid.clone());
    let key = EncodingKey::from_rsa_pem(credentials.private_key_pem.as_bytes()).expect("key");
    jsonwebtoken::encode(&header, claims, &key).expect("jwt")
}

pub fn now_s() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("a clock after 1970").as_secs()
}
