//! Where features come from: this binary, or a folder.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use cucumber::feature::Ext as _;
use cucumber::gherkin::{Feature, GherkinEnv};
use include_dir::{Dir, include_dir};

use crate::model::decode_text;

use super::EngineError;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/features");

/// Where features come from.
#[derive(Clone, Debug)]
pub enum FeatureSource {
    /// Those embedded in this binary, in the folder of one profile.
    Embedded(&'static str),
    /// Those below a folder.
    Folder(PathBuf),
}

impl FeatureSource {
    /// Reads every feature, in the order of their paths, with examples expanded.
    ///
    /// # Errors
    /// If a file cannot be read or is no feature, or there is none.
    pub fn read(&self) -> Result<Vec<Feature>, EngineError> {
        let mut texts = match self {
            Self::Embedded(profile) => embedded(profile),
            Self::Folder(folder) => below(folder)?,
        };
        if let (Self::Folder(folder), true) = (self, texts.is_empty()) {
            return Err(EngineError::NoFeatures(folder.clone()));
        }
        texts.sort();
        texts
            .into_iter()
            .map(|(path, text)| parse(path, &text))
            .collect()
    }
}

fn embedded(profile: &str) -> Vec<(PathBuf, String)> {
    let files = EMBEDDED.get_dir(profile).into_iter().flat_map(Dir::files);
    files
        .filter(|file| is_feature(file.path()))
        .map(|file| {
            let text = file.contents_utf8().unwrap_or_default().to_owned();
            (Path::new("features").join(file.path()), text)
        })
        .collect()
}

fn below(folder: &Path) -> Result<Vec<(PathBuf, String)>, EngineError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| EngineError::Read { path, source }
    };
    let mut texts = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(unreadable(&folder))? {
            let path = entry.map_err(unreadable(&folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if is_feature(&path) {
                let read = fs::read(&path).and_then(|bytes| {
                    decode_text(&bytes)
                        .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
                });
                let text = read.map_err(unreadable(&path))?;
                texts.push((path, text));
            }
        }
    }
    Ok(texts)
}

fn is_feature(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "feature")
}

fn parse(path: PathBuf, text: &str) -> Result<Feature, EngineError> {
    let broken = |why: String| EngineError::Parse {
        path: path.display().to_string(),
        why,
    };
    let mut feature =
        Feature::parse(text, GherkinEnv::default()).map_err(|error| broken(error.to_string()))?;
    feature.path = Some(path.clone());
    feature
        .expand_examples()
        .map_err(|error| broken(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_features_are_read_in_order() {
        let features = FeatureSource::Embedded("supplier").read().unwrap();
        let tags: Vec<&str> = features
            .iter()
            .map(|feature| feature.tags[0].as_str())
            .collect();
        assert_eq!(tags[..4], ["AT1", "AT2", "AT3", "AT4"]);
    }

    #[test]
    fn a_folder_without_features_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = FeatureSource::Folder(folder.path().to_owned())
            .read()
            .unwrap_err();
        assert!(matches!(error, EngineError::NoFeatures(_)), "{error}");
    }

    #[test]
    fn text_that_is_no_gherkin_is_named_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("odd.feature"), "Given nothing\n").unwrap();
        let error = FeatureSource::Folder(folder.path().to_owned())
            .read()
            .unwrap_err();
        assert!(error.to_string().contains("odd.feature"), "{error}");
    }
}
