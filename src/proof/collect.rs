//! One letter a specification, looked at once more.

use crate::evidence::{BodyStore, RunDir, sha256_hex};
use crate::model::{RunStarted, Shown, Timestamp};
use crate::preflight::{
    CheckResult, Description, Letter, Pack, Policy, Preflight, UsedFont, describe,
};
use crate::targets::RealService;

use super::letters::{self, Fetched};
use super::{Lacking, NOT_A_PROOF, ProofError};

/// The proof of one specification: a letter, and what is known of it.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The specification.
    pub specification: String,
    /// The letter that stands for it.
    pub letter: String,
    /// Its group.
    pub group: Option<String>,
    /// When its PDF was fetched and checked.
    pub at: Timestamp,
    /// Lower-case hex SHA-256 of the PDF.
    pub sha256: String,
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Width and height of each page as viewed, in millimetres.
    pub pages: Vec<Option<(f64, f64)>>,
    /// Fonts that text is set in.
    pub fonts: Vec<UsedFont>,
    /// Every check.
    pub checks: Vec<CheckResult>,
    /// Name of the pack that it is produced as, and its facts.
    pub pack: (String, Option<Pack>),
    /// False if the pack is the default one, assumed for a specification that no policy names.
    pub pack_known: bool,
}

impl Proof {
    /// Sheets of paper.
    pub fn sheets(&self) -> Option<u32> {
        let pages = u32::try_from(self.pages.len()).ok()?;
        self.pack.1.as_ref().map(|pack| pack.sheets(pages))
    }

    /// The sizes of its pages, each once, in words: `210 × 297 mm`.
    pub fn page_sizes(&self) -> String {
        let mut sizes: Vec<String> = Vec::new();
        for page in &self.pages {
            let size = page.map_or_else(
                || "unknown".to_owned(),
                |(width, height)| format!("{width:.0} × {height:.0} mm"),
            );
            if !sizes.contains(&size) {
                sizes.push(size);
            }
        }
        sizes.join(", ")
    }
}

/// The proofs of a run.
#[derive(Clone, Debug)]
pub struct Proofs {
    /// How the run introduced itself.
    pub started: RunStarted,
    /// False if the letters did not come from the real service.
    pub real: bool,
    /// When the run wrote its last line.
    pub ended: Timestamp,
    /// In the order asked for.
    pub proofs: Vec<Proof>,
    /// Where all were asked for: those of which no sound PDF came, such as the one that INT seeds
    /// without PDFs.
    pub left_out: Vec<Lacking>,
}

impl Proofs {
    /// What must stand on everything, if the letters are no real ones.
    pub fn banner(&self) -> Option<&'static str> {
        (!self.real).then_some(NOT_A_PROOF)
    }
}

/// Takes the first sound letter of each specification whose PDF the run kept; if none is named, of
/// every specification that has a sound PDF.
///
/// # Errors
/// If the journal cannot be read, or a specification has no such letter.
pub fn collect(
    dir: &RunDir,
    specifications: &[String],
    policy: Policy,
) -> Result<Proofs, ProofError> {
    let letters = letters::read(dir)?;
    let bodies = BodyStore::at(dir.bodies());
    let preflight = Preflight::new(policy);
    let listed = letters.specifications.iter();
    let known: Vec<String> = listed.map(|(id, _)| id.clone()).collect();
    let asked = if specifications.is_empty() {
        &known
    } else {
        specifications
    };
    let (mut proofs, mut lacking) = (Vec::new(), Vec::new());
    for id in asked {
        let found = letters.specifications.iter().find(|(known, _)| known == id);
        let fetched = found.map(|(_, fetched)| fetched.as_slice());
        match first_sound(id, fetched, &bodies, &preflight)? {
            Ok(proof) => proofs.push(proof),
            Err(why) => lacking.push(why),
        }
    }
    let all_asked = specifications.is_empty();
    let spared = |why: &Lacking| all_asked && !matches!(why, Lacking::NotKept(_));
    if proofs.is_empty() || !lacking.iter().all(spared) {
        let run = letters.started.run_id;
        return Err(ProofError::Lacking {
            run,
            lacking,
            known,
        });
    }
    let called = letters.called.iter().map(String::as_str);
    Ok(Proofs {
        real: RealService::was_met(&letters.started.target, called),
        started: letters.started,
        ended: letters.ended,
        proofs,
        left_out: lacking,
    })
}

fn first_sound(
    id: &str,
    fetched: Option<&[Fetched]>,
    bodies: &BodyStore,
    preflight: &Preflight,
) -> Result<Result<Proof, Lacking>, ProofError> {
    let Some(fetched) = fetched else {
        return Ok(Err(Lacking::Unlisted(id.to_owned())));
    };
    if fetched.is_empty() {
        return Ok(Err(Lacking::Unfetched(id.to_owned())));
    }
    let sound: Vec<&Fetched> = fetched.iter().filter(|pdf| !pdf.failed).collect();
    if sound.is_empty() {
        return Ok(Err(Lacking::Defective(id.to_owned())));
    }
    let mut kept = false;
    for candidate in sound {
        let path = bodies.path_of(&candidate.sha256)?;
        let Ok(pdf) = bodies.read_kept(&candidate.sha256) else {
            continue;
        };
        if sha256_hex(&pdf) != candidate.sha256 {
            let why = Shown::of("its bytes are not those that its name says");
            return Err(ProofError::Damaged { path, why });
        }
        kept = true;
        // The run looked at what its tests need; a proof is looked at in full.
        if let Some(proof) = proof(id, candidate, pdf, preflight) {
            return Ok(Ok(proof));
        }
    }
    let why = if kept {
        Lacking::Defective
    } else {
        Lacking::NotKept
    };
    Ok(Err(why(id.to_owned())))
}

/// None if the letter must not be produced, or was not judged.
fn proof(id: &str, fetched: &Fetched, pdf: Vec<u8>, preflight: &Preflight) -> Option<Proof> {
    let policy = preflight.policy();
    let letter = Letter {
        specification: Some(id),
        ..Letter::new(&pdf)
    };
    let report = preflight.full(&letter);
    if report.defects().chain(report.unjudged()).next().is_some() {
        return None;
    }
    let Description { pages, fonts, .. } = describe(&pdf, policy).ok()?;
    Some(Proof {
        specification: id.to_owned(),
        letter: fetched.letter.clone(),
        group: fetched.group.clone(),
        at: fetched.at,
        sha256: fetched.sha256.clone(),
        pages,
        fonts: fonts.unwrap_or_default(),
        pack: (report.pack.clone(), policy.pack(&report.pack).cloned()),
        pack_known: policy.knows(id),
        checks: report.checks,
        pdf,
    })
}
