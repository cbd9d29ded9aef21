//! Maps of which each key stands there once: of two values for one key, two readers could take
//! different ones.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// For `#[serde(deserialize_with)]`: a map, refused if a key stands there twice.
///
/// # Errors
/// If it does, or what stands there is no such map.
pub fn unique_keys<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord + fmt::Display,
    V: Deserialize<'de>,
{
    deserializer.deserialize_map(Unique(PhantomData))
}

struct Unique<K, V>(PhantomData<(K, V)>);

impl<'de, K, V> Visitor<'de> for Unique<K, V>
where
    K: Deserialize<'de> + Ord + fmt::Display,
    V: Deserialize<'de>,
{
    type Value = BTreeMap<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((key, value)) = entries.next_entry::<K, V>()? {
            if map.contains_key(&key) {
                let told = format!("{:?} stands there twice", key.to_string());
                return Err(A::Error::custom(told));
            }
            map.insert(key, value);
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Event, Line, RunFinished};

    #[test]
    fn a_key_that_stands_there_twice_is_refused() {
        let once = r#"{"verdicts":{"AT1.1":"pass","AT1.2":"fail"},"exit_code":1}"#;
        assert!(serde_json::from_str::<RunFinished>(once).is_ok());
        let twice = r#"{"verdicts":{"AT1.1":"fail","AT1.1":"pass"},"exit_code":0}"#;
        let refused = serde_json::from_str::<RunFinished>(twice).unwrap_err();
        assert!(
            refused.to_string().contains("\"AT1.1\" stands there twice"),
            "{refused}"
        );
    }

    #[test]
    fn it_is_so_too_inside_a_line_of_a_journal() {
        let line = |verdicts: &str| {
            let prev = "0".repeat(64);
            let text = format!(
                r#"{{"seq":0,"at":"2026-11-22T04:03:01.145227Z","prev":"{prev}","kind":"run.finished","verdicts":{{{verdicts}}},"exit_code":0}}"#
            );
            Line::read(text.as_bytes())
        };
        let once = line(r#""AT1.1":"pass""#).unwrap();
        assert!(matches!(once.event, Event::RunFinished(_)));
        assert!(line(r#""AT1.1":"fail","AT1.1":"pass""#).is_err());
    }
}
