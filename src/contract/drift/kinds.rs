//! Each kind of change that a description can have, and what is told of it.

use serde_json::{Value, json};

use super::drift;
use crate::contract::Description;

const OPERATION: &str = "/paths/~1a~1{id}/post";

fn template() -> Value {
    let body = json!({ "application/json": { "schema": {
        "type": "object", "properties": { "f": { "type": "string" } },
    } } });
    json!({ "openapi": "3.1.0", "paths": { "/a/{id}": { "post": {
        "parameters": [
            { "in": "path", "name": "id", "schema": { "type": "string" } },
            { "in": "query", "name": "q", "schema": { "type": "string" } },
        ],
        "requestBody": { "content": body },
        "responses": { "200": {
            "headers": { "H": { "schema": { "type": "string" } } }, "content": body,
        } },
    } } } })
}

/// The template with `value` at `place`, which is told from the operation on.
fn with(place: &str, value: &Value) -> Description {
    let mut document = template();
    let (parent, name) = place.rsplit_once('/').unwrap();
    let parent = document
        .pointer_mut(&format!("{OPERATION}{parent}"))
        .unwrap();
    parent[name] = value.clone();
    Description::read(&document.to_string()).unwrap()
}

fn told(was: &Description, is: &Description) -> Vec<String> {
    let changes = drift(was, is).into_iter();
    let lines =
        changes.map(|it| format!("{:?}: {} · {}: {}", it.effect, it.part, it.place, it.what));
    lines.collect()
}

#[test]
fn no_kind_of_change_is_silent() {
    let sent = "/requestBody/content/application~1json/schema";
    let came = "/responses/200/content/application~1json/schema";
    let field = |schema: &str, keyword: &str| format!("{schema}/properties/f/{keyword}");
    let parameter = |keyword: &str| format!("/parameters/1/{keyword}");
    let header = |keyword: &str| format!("/responses/200/headers/H/{keyword}");
    let yes = || json!(true);
    let cases = [
        (
            "/deprecated".to_owned(),
            yes(),
            "Additive: endpoint · : is deprecated now",
        ),
        (
            "/requestBody/required".into(),
            yes(),
            "Breaking: request · body: is required now",
        ),
        (
            "/responses/404".into(),
            json!({}),
            "Additive: answer 404 · : is new",
        ),
        (
            "/responses/202".into(),
            json!({}),
            "Breaking: answer 202 · : is new",
        ),
        (
            parameter("required"),
            yes(),
            "Breaking: request · query q: is required now",
        ),
        (
            parameter("deprecated"),
            yes(),
            "Additive: request · query q: is deprecated now",
        ),
        (
            parameter("style"),
            json!("pipeDelimited"),
            "Breaking: request · query q: has `style` \"pipeDelimited\" now",
        ),
        (
            parameter("explode"),
            json!(false),
            "Breaking: request · query q: has `explode` false now",
        ),
        (
            parameter("allowReserved"),
            yes(),
            "Breaking: request · query q: has `allowReserved` true now",
        ),
        (
            parameter("allowEmptyValue"),
            yes(),
            "Breaking: request · query q: has `allowEmptyValue` true now",
        ),
        (
            parameter("content"),
            json!({ "text/plain": { "schema": { "type": "string" } } }),
            "Breaking: request · query q: has `content` \"text/plain\" now",
        ),
        (
            "/parameters/0/schema/format".into(),
            json!("uuid"),
            "Breaking: request · path parameter 1: has `format` \"uuid\" now",
        ),
        (
            header("required"),
            yes(),
            "Additive: answer 200 · header h: is required now",
        ),
        (
            header("deprecated"),
            yes(),
            "Additive: answer 200 · header h: is deprecated now",
        ),
        (
            header("schema/type"),
            json!("integer"),
            "Breaking: answer 200 · header h: is integer now, was string",
        ),
        (
            field(sent, "deprecated"),
            yes(),
            "Additive: request · body.f: is deprecated now",
        ),
        (
            field(came, "deprecated"),
            yes(),
            "Additive: answer 200 · body.f: is deprecated now",
        ),
        (
            field(sent, "readOnly"),
            yes(),
            "Breaking: request · body.f: is sent by the service alone now (`readOnly`)",
        ),
        (
            field(came, "readOnly"),
            yes(),
            "Additive: answer 200 · body.f: is sent by the service alone now (`readOnly`)",
        ),
        (
            field(sent, "writeOnly"),
            yes(),
            "Additive: request · body.f: is sent by the supplier alone now (`writeOnly`)",
        ),
        (
            field(came, "writeOnly"),
            yes(),
            "Breaking: answer 200 · body.f: is sent by the supplier alone now (`writeOnly`)",
        ),
        (
            field(sent, "default"),
            json!("x"),
            "Breaking: request · body.f: is \"x\" if it is left out, was none",
        ),
        (
            field(came, "default"),
            json!("x"),
            "Additive: answer 200 · body.f: is \"x\" if it is left out, was none",
        ),
        (
            field(sent, "type"),
            json!(["string", "null"]),
            "Additive: request · body.f: is null or string now, was string",
        ),
        (
            field(came, "type"),
            json!(["string", "null"]),
            "Breaking: answer 200 · body.f: is null or string now, was string",
        ),
        (
            field(came, "nullable"),
            yes(),
            "Breaking: answer 200 · body.f: is null or string now, was string",
        ),
        (
            field(sent, "enum"),
            json!(["x"]),
            "Breaking: request · body.f: is one of \"x\" now",
        ),
        (
            field(sent, "const"),
            json!("x"),
            "Breaking: request · body.f: has `const` \"x\" now",
        ),
        (
            field(sent, "format"),
            json!("date"),
            "Breaking: request · body.f: has `format` \"date\" now",
        ),
        (
            field(sent, "pattern"),
            json!("^x"),
            "Breaking: request · body.f: has `pattern` \"^x\" now",
        ),
        (
            field(sent, "minLength"),
            json!(1),
            "Breaking: request · body.f: has `minLength` 1 now",
        ),
        (
            field(sent, "contentEncoding"),
            json!("base64"),
            "Breaking: request · body.f: has `contentEncoding` \"base64\" now",
        ),
        (
            field(sent, "items"),
            json!({ "type": "string" }),
            "Breaking: request · body.f[]: is string now, was anything",
        ),
        (
            field(sent, "prefixItems"),
            json!([{}]),
            "Breaking: request · body.f: has `prefixItems` [{}] now",
        ),
        (
            format!("{sent}/required"),
            json!(["f"]),
            "Breaking: request · body.f: is required now",
        ),
        (
            format!("{came}/required"),
            json!(["f"]),
            "Additive: answer 200 · body.f: is required now",
        ),
        (
            format!("{sent}/additionalProperties"),
            json!(false),
            "Breaking: request · body: has `additionalProperties` false now",
        ),
        (
            format!("{sent}/minProperties"),
            json!(1),
            "Breaking: request · body: has `minProperties` 1 now",
        ),
        (
            format!("{sent}/oneOf"),
            json!([{}]),
            "Breaking: request · body: has `oneOf` [{}] now",
        ),
    ];
    let was = Description::read(&template().to_string()).unwrap();
    for (place, value, line) in cases {
        let is = with(&place, &value);
        assert_eq!(told(&was, &is), [line], "{place}");
        assert_eq!(told(&is, &was).len(), 1, "{place}, taken back");
    }
}

#[test]
fn what_is_stated_as_it_is_anyway_is_no_change() {
    let was = Description::read(&template().to_string()).unwrap();
    for (place, value) in [
        ("/parameters/1/style", json!("form")),
        ("/parameters/1/explode", json!(true)),
        ("/parameters/1/required", json!(false)),
        ("/parameters/0/style", json!("simple")),
        ("/parameters/0/required", json!(true)),
        ("/parameters/1/description", json!("words")),
        ("/deprecated", json!(false)),
        ("/requestBody/required", json!(false)),
        ("/summary", json!("words")),
    ] {
        assert_eq!(told(&was, &with(place, &value)), [""; 0], "{place}");
    }
}

#[test]
fn a_body_that_is_new_breaks_only_if_it_is_required() {
    let mut document = template();
    document
        .pointer_mut(OPERATION)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove("requestBody");
    let was = Description::read(&document.to_string()).unwrap();
    let required = with("/requestBody/required", &json!(true));
    let optional = with("/requestBody/required", &json!(false));
    assert_eq!(
        told(&was, &required),
        ["Breaking: request · body: is new, and required"]
    );
    assert_eq!(
        told(&was, &optional),
        ["Additive: request · body: is new, and optional"]
    );
    assert_eq!(told(&optional, &was), ["Breaking: request · body: is gone"]);
}
