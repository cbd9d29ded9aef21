//! URLs the client is willing to talk to.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

use crate::model::{Host, is_without_user};

use super::{Hosts, SettingsError};

/// What stays as it is; everything else could change the meaning of what it stands in.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The longest id that is put into a path, in bytes: the service's have 27.
const LONGEST_ID: usize = 500;

/// A configured URL: HTTPS, or HTTP to this machine, without credentials, query or fragment, at
/// one of `hosts`.
pub(super) fn configured(text: &str, hosts: &Hosts) -> Result<Url, SettingsError> {
    let url = formed(text)?;
    hosts
        .may_call(&url)
        .map_err(|reason| SettingsError::ForbiddenHost {
            url: shown(text),
            reason,
        })?;
    Ok(url)
}

fn formed(text: &str) -> Result<Url, SettingsError> {
    let url = Url::parse(text).map_err(|error| SettingsError::BadUrl {
        url: shown(text),
        reason: error.to_string(),
    })?;
    if !is_without_user(&url) || url.query().is_some() || url.fragment().is_some() {
        return Err(SettingsError::BadUrl {
            url: shown(text),
            reason: "it must not carry credentials, a query or a fragment".to_owned(),
        });
    }
    if is_safe(&url) {
        Ok(url)
    } else {
        Err(SettingsError::PlainHttp { url: shown(text) })
    }
}

/// True if `url` is encrypted or never leaves this machine.
fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host_str().is_some(),
        "http" => is_loopback(url),
        _ => false,
    }
}

/// True if `url` names this machine: 127.0.0.0/8, ::1 or `localhost`, in the plain form that no
/// name server is asked for.
pub(super) fn is_loopback(url: &Url) -> bool {
    let plain = |host: &Host| Some(host.as_str()) == url.host_str();
    let host = Host::of(url).filter(plain);
    host.is_some_and(|host| host.is_loopback())
}

/// `base` with `path` behind its own path; `path` begins with a slash and may carry a query.
pub(super) fn join(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let (path, query) = path
        .split_once('?')
        .map_or((path, None), |(path, query)| (path, Some(query)));
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_query(query);
    url
}

/// `id` as one segment of a path; `None` if no path can carry it.
///
/// `.` and `..` are resolved away by every URL parser, and an empty id would turn a look at
/// one letter into a GET of the list, which leases.
pub(super) fn segment(id: &str) -> Option<String> {
    let carried = !matches!(id, "" | "." | "..") && id.len() <= LONGEST_ID;
    carried.then(|| escaped(id))
}

/// `text` with everything escaped that has a meaning in a path, query or form.
pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// `url` without what may be secret in it: credentials, query, fragment.
pub(super) fn shown(url: &str) -> String {
    let plain = url.split(['?', '#']).next().unwrap_or("");
    let Some((scheme, rest)) = plain.split_once("://") else {
        return plain.to_owned();
    };
    let (authority, path) = rest
        .find('/')
        .map_or((rest, ""), |slash| rest.split_at(slash));
    let host = authority.rsplit('@').next().unwrap_or("");
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for url in [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://[::1]:2/x",
            "http://localhost/y",
            "https://int.api.service.nhs.uk/nhs-notify-supplier",
        ] {
            assert!(formed(url).is_ok(), "{url}");
        }
        for url in [
            "http://10.0.0.1",
            "http://localhost.example",
            "http://127.0.0.1.example",
            "http://localhost.",
            "ftp://127.0.0.1",
        ] {
            let error = formed(url).unwrap_err();
            assert!(error.to_string().contains(url), "{error}");
        }
    }

    #[test]
    fn credentials_in_a_url_are_refused_and_not_shown() {
        let error = formed("https://user:pa55word@h/p?key=s3cret").unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(!text.contains("pa55word") && !text.contains("s3cret"));
        assert!(text.contains("https://h/p"));
    }

    #[test]
    fn the_base_path_stays() {
        let base = formed("https://h/base/").unwrap();
        let url = join(&base, "/letters?limit=3");
        assert_eq!(url.as_str(), "https://h/base/letters?limit=3");
    }

    #[test]
    fn an_id_is_one_segment() {
        assert_eq!(segment("a/b?c#d e").as_deref(), Some("a%2Fb%3Fc%23d%20e"));
        assert_eq!(segment(""), None);
        assert_eq!(segment(".."), None);
        assert_eq!(segment(&"a".repeat(LONGEST_ID + 1)), None);
        let base = formed("https://h/base").unwrap();
        let url = join(&base, &format!("/letters/{}", segment("a/../b").unwrap()));
        assert_eq!(url.as_str(), "https://h/base/letters/a%2F..%2Fb");
    }
}
