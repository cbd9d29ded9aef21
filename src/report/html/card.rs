//! An exchange as a card: what the pack calls a screenshot of the response payload.

use maud::{Markup, html};

use crate::model::Exchange;

use super::body::{body, marked};
use super::context::Context;
use super::say::{cell, cut, moment, span};

/// The longest value of a header that is shown, in characters.
const HEADER: usize = 700;

/// The card of the exchange at `seq`; `why` says why it was chosen of a large group.
pub(super) fn card(context: &Context, seq: u64, exchange: &Exchange, why: Option<&str>) -> Markup {
    let id = context.id(seq);
    let title = format!("{id}-title");
    html! {
        article class="card" id=(id) aria-labelledby=(title) data-find=(found_by(exchange)) {
            h5 id=(title) {
                span class="method" { (cell(&exchange.method)) } " "
                span class="url" { (marked(&cut(&exchange.url, HEADER))) }
            }
            (outcome(exchange))
            (facts(seq, exchange, why))
            (headers("Request headers", &exchange.request.headers))
            @if let Some(sent) = &exchange.request.body {
                (body("Request body", sent, context.part.bodies))
            }
            @if let Some(answer) = &exchange.response {
                (headers("Response headers", &answer.headers))
                @match &answer.body {
                    Some(came) => (body("Response body", came, context.part.bodies)),
                    None => p class="hint" { "The response has no body." },
                }
            }
        }
    }
}

fn outcome(exchange: &Exchange) -> Markup {
    let status = exchange.status();
    let class = match status {
        Some(200..400) if exchange.error.is_none() => "status status-good",
        _ => "status status-bad",
    };
    html! {
        p class=(class) {
            @match status {
                Some(status) => {
                    "Answered " strong { (status) @if let Some(name) = phrase(status) { " " (name) } }
                }
                None => strong { "No answer" },
            }
            " in " (span(exchange.times.done_us))
            @if let Some(error) = &exchange.error { ": " (super::say::sentence(error)) }
        }
    }
}

fn facts(seq: u64, exchange: &Exchange, why: Option<&str>) -> Markup {
    let times = &exchange.times;
    html! {
        dl class="facts" {
            div { dt { "Sent (UTC)" } dd { (moment(times.sent)) } }
            @if let Some(first) = times.first_byte_us {
                div { dt { "First byte after" } dd { (span(first)) } }
            }
            div { dt { "Ended (UTC)" } dd { (moment(times.done())) } }
            div { dt { "Journal line" } dd {
                (seq)
                @if exchange.attempt > 1 { ", attempt " (exchange.attempt) }
                @if let Some(why) = why { ", " (why) " of its group" }
            } }
            @if let Some(id) = &exchange.request_id {
                div class="wide-fact" { dt { "Request id" } dd { code { (cell(id)) } } }
            }
        }
    }
}

fn headers(what: &str, headers: &[(String, String)]) -> Markup {
    if headers.is_empty() {
        return html! {};
    }
    html! {
        p class="body-head" { strong { (what) } }
        pre class="headers" { code {
            @for (name, value) in headers {
                span class="header-name" { (cell(name)) ":" } " " (marked(&cut(value, HEADER))) "\n"
            }
        } }
    }
}

/// What the search finds the card by, beside its text: ids that a cut URL may hide.
fn found_by(exchange: &Exchange) -> String {
    cell(exchange.request_id.as_deref().unwrap_or_default())
}

/// The name of a status code, of those that the API uses.
pub(super) fn phrase(status: u16) -> Option<&'static str> {
    Some(match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        303 => "See Other",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => return None,
    })
}
