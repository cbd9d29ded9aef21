//! Every row of the token endpoint's table is a case here, and the order in
//! which the endpoint checks.

#![allow(clippy::expect_used, clippy::panic, missing_docs)]

use crate::lab::{
    Ask, Lab, assertion_header, form, get, now_s, options, ordinary, sign, token_form,
};
use letterproof::simulator::{Credentials, OddApplication, Options};
use serde_json::{Value, json};

const DENIED: &str = r#"{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}"#;

/// A fault in an otherwise right request: `header`, `claims`, or the JWT.
struct Case {
    status: u16,
    error: &'static str,
    description: &'static str,
    jwt: String,
}

/// How a right assertion is spoilt.
type Spoil = fn(&mut Value, &mut Value);

fn nothing(_: &mut Value, _: &mut Value) {}

fn remove(object: &mut Value, name: &str) {
    object.as_object_mut().expect("an object").remove(name);
}

/// The rows that an assertion of the supplier's own application can reach.
const SPOILT: [(u16, &str, Spoil); 15] = [
    (
        400,
        "Invalid 'alg' header in client_assertion JWT - unsupported JWT algorithm - must be 'RS512'",
        |h, _| h["alg"] = json!("RS256"),
    ),
    (
        400,
        "Missing 'kid' header in client_assertion JWT",
        |h, _| remove(h, "kid"),
    ),
    (
        400,
        "Invalid 'typ' header in client_assertion JWT - must be 'JWT'",
        |h, _| remove(h, "typ"),
    ),
    (
        400,
        "Missing 'exp' claim in client_assertion JWT",
        |_, c| remove(c, "exp"),
    ),
    (
        400,
        "Invalid 'exp' claim in client_assertion JWT - must be an integer",
        |_, c| c["exp"] = json!((now_s() + 60).to_string()),
    ),
    (
        400,
        "Invalid 'exp' claim in client_assertion JWT - JWT has expired",
        |_, c| c["exp"] = json!(now_s() - 1),
    ),
    (
        400,
        "Invalid 'exp' claim in client_assertion JWT - more than 5 minutes in future",
        |_, c| c["exp"] = json!(now_s() + 330),
    ),
    (
        400,
        "Missing or non-matching 'iss'/'sub' claims in client_assertion JWT",
        |_, c| c["sub"] = json!("another"),
    ),
    (
        400,
        "Missing 'jti' claim in client_assertion JWT",
        |_, c| remove(c, "jti"),
    ),
    (
        400,
        "Invalid 'jti' claim in client_assertion JWT - must be a unique string value such as a GUID",
        |_, c| c["jti"] = json!(7),
    ),
    (
        401,
        "Invalid 'iss'/'sub' claims in client_assertion JWT",
        |_, c| {
            c["iss"] = json!("unknown");
            c["sub"] = json!("unknown");
        },
    ),
    (
        401,
        "Missing or invalid 'aud' claim in client_assertion JWT",
        |_, c| c["aud"] = json!("https://int.api.service.nhs.uk/oauth2/token"),
    ),
    (
        401,
        "Missing or invalid 'aud' claim in client_assertion JWT",
        |_, c| remove(c, "aud"),
    ),
    (
        401,
        "Invalid 'kid' header in client_assertion JWT - no matching public key",
        |h, _| h["kid"] = json!("another-1"),
    ),
    (
        400,
        "Missing or non-matching 'iss'/'sub' claims in client_assertion JWT",
        |_, c| remove(c, "iss"),
    ),
];

fn spoilt(lab: &Lab, credentials: &Credentials, spoil: Spoil) -> String {
    let (mut header, mut claims) = (assertion_header(credentials), lab.claims(credentials));
    spoil(&mut header, &mut claims);
    sign(&header, &claims, credentials)
}

/// The same claims signed by another key.
fn forged(lab: &Lab) -> String {
    let own = lab.simulator.credentials(0);
    let other = lab.simulator.credentials(1);
    sign(&assertion_header(&own), &lab.claims(&own), &other)
}

fn cases(lab: &Lab) -> Vec<Case> {
    let own = lab.simulator.credentials(0);
    let case = |status, error, description, jwt| Case {
        status,
        error,
        description,
        jwt,
    };
    let mut cases: Vec<Case> = SPOILT
        .iter()
        .map(|(status, description, spoil)| {
            case(
                *status,
                "invalid_request",
                *description,
                spoilt(lab, &own, *spoil),
            )
        })
        .collect();
    for malformed in ["abc", "a.b", "\"a.b.c\"", "e30.e30.", "!.!.!", "e30.W10.x"] {
        let alg = "Invalid 'alg' header in client_assertion JWT - unsupported JWT algorithm - must be 'RS512'";
        let description = if malformed == "e30.e30." {
            alg
        } else {
            "Malformed JWT in client_assertion"
        };
        cases.push(case(
            400,
            "invalid_request",
            description,
            malformed.to_owned(),
        ));
    }
    cases.push(case(
        401,
        "public_key error",
        "JWT signature verification failed",
        forged(lab),
    ));
    for (odd, status, error, description) in [
        (
            OddApplication::WithoutPublicKey,
            403,
            "public_key error",
            "You need to register a public key to use this authentication method - please contact support to configure",
        ),
        (
            OddApplication::JwksUnreachable,
            403,
            "public_key error",
            "The JWKS endpoint, for your client_assertion can't be reached",
        ),
        (
            OddApplication::WithoutProduct,
            401,
            "unauthorized_client",
            "you have tried to request authorization but your application is not configured to use this authorization grant type",
        ),
    ] {
        let credentials = lab.simulator.odd_credentials(odd);
        cases.push(case(
            status,
            error,
            description,
            spoilt(lab, &credentials, nothing),
        ));
    }
    cases
}

async fn refuse(lab: &Lab, ask: Ask, status: u16, error: &str, description: &str) {
    let answer = lab.ask(ask).await;
    assert_eq!(answer.status, status, "{description}: {}", answer.text());
    let body = answer.json();
    assert_eq!(body["error"], error, "{description}");
    assert_eq!(body["error_description"], description);
    assert!(
        body["message_id"]
            .as_str()
            .is_some_and(|id| id.starts_with("rrt-"))
    );
    assert_eq!(body.as_object().map(|members| members.len()), Some(3));
}

#[tokio::test]
async fn a_right_assertion_gives_a_token_that_opens_the_api() {
    let lab = Lab::start(options(3)).await;
    let own = lab.simulator.credentials(0);
    let answer = lab
        .ask(form(&token_form(&ordinary(&lab.claims(&own), &own))))
        .await;
    let body = answer.json();
    assert_eq!(answer.status, 200);
    assert_eq!(body["expires_in"], "599");
    assert_eq!(body["token_type"], "Bearer");
    assert!(body["issued_at"].is_string());
    assert_eq!(lab.list(1).await.len(), 1);
}

#[tokio::test]
async fn every_fault_of_an_assertion_has_its_own_answer() {
    let suppliers = vec!["supplier1".to_owned(), "supplier2".to_owned()];
    let lab = Lab::start(Options {
        suppliers,
        ..options(1)
    })
    .await;
    for case in cases(&lab) {
        let ask = form(&token_form(&case.jwt));
        refuse(&lab, ask, case.status, case.error, case.description).await;
    }
}

#[tokio::test]
async fn every_fault_of_the_form_has_its_own_answer() {
    let lab = Lab::start(options(1)).await;
    let right = token_form("jwt");
    let wrong_type = form(&right).with("Content-Type", "application/json");
    refuse(
        &lab,
        wrong_type,
        415,
        "invalid_request",
        "Content-Type header must be application/x-www-form-urlencoded",
    )
    .await;
    let none = form(&right.replace("grant_type=client_credentials&", ""));
    refuse(&lab, none, 400, "invalid_request", "grant_type is missing").await;
    let code = form(&right.replace("client_credentials", "authorization_code"));
    refuse(
        &lab,
        code,
        400,
        "unsupported_grant_type",
        "grant_type is invalid",
    )
    .await;
    let saml = form(&right.replace("jwt-bearer", "saml2-bearer"));
    refuse(&lab, saml, 400, "invalid_request", "Missing or invalid client_assertion_type - must be 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'").await;
    let empty = form(&token_form(""));
    refuse(
        &lab,
        empty,
        400,
        "invalid_request",
        "Missing client_assertion",
    )
    .await;
}

#[tokio::test]
async fn another_method_is_405_and_post_is_allowed() {
    let lab = Lab::start(options(1)).await;
    let answer = lab.ask(get("/oauth2/token")).await;
    assert_eq!((answer.status, answer.text().as_str()), (405, ""));
    assert_eq!(answer.header("Allow"), "POST");
}

#[tokio::test]
async fn a_jti_works_once_and_is_burned_by_a_failed_try_too() {
    let lab = Lab::start(options(1)).await;
    let own = lab.simulator.credentials(0);
    let mut claims = lab.claims(&own);
    claims["aud"] = json!("wrong");
    let wrong = sign(&assertion_header(&own), &claims, &own);
    let audience = "Missing or invalid 'aud' claim in client_assertion JWT";
    refuse(
        &lab,
        form(&token_form(&wrong)),
        401,
        "invalid_request",
        audience,
    )
    .await;
    claims["aud"] = json!(lab.simulator.token_url());
    let right = sign(&assertion_header(&own), &claims, &own);
    let used = "Non-unique 'jti' claim in client_assertion JWT";
    refuse(
        &lab,
        form(&token_form(&right)),
        400,
        "invalid_request",
        used,
    )
    .await;
}

#[tokio::test]
async fn an_assertion_refused_before_its_jti_is_burned_may_use_it_again() {
    let lab = Lab::start(options(1)).await;
    let own = lab.simulator.credentials(0);
    let mut claims = lab.claims(&own);
    claims["exp"] = json!(now_s() + 1000);
    let far = sign(&assertion_header(&own), &claims, &own);
    let text = "Invalid 'exp' claim in client_assertion JWT - more than 5 minutes in future";
    refuse(&lab, form(&token_form(&far)), 400, "invalid_request", text).await;
    claims["exp"] = json!(now_s() + 60);
    let near = sign(&assertion_header(&own), &claims, &own);
    assert_eq!(lab.ask(form(&token_form(&near))).await.status, 200);
}

/// The faults in the order in which they are asked about.
const ORDER: [(&str, Spoil); 11] = [
    (
        "Invalid 'alg' header in client_assertion JWT - unsupported JWT algorithm - must be 'RS512'",
        |h, _| h["alg"] = json!("none"),
    ),
    (
        "Invalid 'exp' claim in client_assertion JWT - JWT has expired",
        |_, c| c["exp"] = json!(1),
    ),
    ("Missing 'kid' header in client_assertion JWT", |h, _| {
        remove(h, "kid")
    }),
    (
        "Invalid 'typ' header in client_assertion JWT - must be 'JWT'",
        |h, _| h["typ"] = json!("at+jwt"),
    ),
    ("Missing 'exp' claim in client_assertion JWT", |_, c| {
        remove(c, "exp")
    }),
    (
        "Invalid 'exp' claim in client_assertion JWT - must be an integer",
        |_, c| c["exp"] = json!("soon"),
    ),
    (
        "Missing or non-matching 'iss'/'sub' claims in client_assertion JWT",
        |_, c| remove(c, "sub"),
    ),
    ("Missing 'jti' claim in client_assertion JWT", |_, c| {
        remove(c, "jti")
    }),
    (
        "Invalid 'jti' claim in client_assertion JWT - must be a unique string value such as a GUID",
        |_, c| c["jti"] = json!(1),
    ),
    (
        "Invalid 'exp' claim in client_assertion JWT - more than 5 minutes in future",
        |_, c| c["exp"] = json!(now_s() * 1000),
    ),
    (
        "Invalid 'iss'/'sub' claims in client_assertion JWT",
        |_, c| {
            c["iss"] = json!("x");
            c["sub"] = json!("x");
        },
    ),
];

/// Whether two faults can be in one assertion.
fn go_together(first: usize, second: usize) -> bool {
    let claim = |fault: usize| match fault {
        1 | 4 | 5 | 9 => "exp",
        6 | 10 => "iss",
        7 | 8 => "jti",
        other => ["alg", "", "kid", "typ"][other],
    };
    claim(first) != claim(second)
}

#[tokio::test]
async fn of_two_faults_the_one_asked_about_first_is_answered() {
    let lab = Lab::start(options(1)).await;
    let own = lab.simulator.credentials(0);
    for (first, (description, spoil)) in ORDER.iter().enumerate() {
        for (second, (_, then)) in ORDER.iter().enumerate().skip(first + 1) {
            if !go_together(first, second) {
                continue;
            }
            let (mut header, mut claims) = (assertion_header(&own), lab.claims(&own));
            spoil(&mut header, &mut claims);
            then(&mut header, &mut claims);
            let jwt = sign(&header, &claims, &own);
            let answer = lab.ask(form(&token_form(&jwt))).await;
            assert_eq!(
                answer.json()["error_description"],
                *description,
                "{first} {second}"
            );
        }
    }
}

#[tokio::test]
async fn an_application_that_nhs_notify_does_not_know_is_denied_by_the_api() {
    let lab = Lab::start(options(1)).await;
    for odd in [
        OddApplication::NotRegistered,
        OddApplication::SupplierDisabled,
    ] {
        let token = lab.token_for(&lab.simulator.odd_credentials(odd)).await;
        let bearer = format!("Bearer {token}");
        let answer = lab
            .ask(get("/letters").with("Authorization", &bearer))
            .await;
        assert_eq!((answer.status, answer.text().as_str()), (403, DENIED));
    }
}

#[tokio::test]
async fn a_missing_unknown_or_expired_token_is_401() {
    let lifetime = std::time::Duration::from_secs(1);
    let lab = Lab::start(Options {
        token_lifetime: lifetime,
        ..options(1)
    })
    .await;
    assert_eq!(lab.ask(get("/letters")).await.status, 200);
    let calls = [
        get("/letters").without("Authorization"),
        get("/letters").with("Authorization", "invalid"),
        get("/letters").with("Authorization", "Bearer unknown"),
        get("/nowhere").without("Authorization"),
    ];
    for call in calls {
        let answer = lab.ask(call).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json()["errors"][0]["status"], "401");
    }
    tokio::time::sleep(lifetime).await;
    assert_eq!(lab.ask(get("/letters")).await.status, 401);
}

#[tokio::test]
async fn without_authentication_a_call_needs_no_token() {
    let lab = Lab::start(Options {
        no_auth: true,
        ..options(1)
    })
    .await;
    let answer = lab.ask(get("/letters").without("Authorization")).await;
    assert_eq!(answer.ids().len(), 1);
}
