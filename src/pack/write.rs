//! Makes a pack and the emails that carry it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;

use crate::acceptance::AcceptanceTest;
use crate::evidence::{EvidenceError, RunDir, Signer, SigningKey, sha256_hex};
use crate::mail::Draft;
use crate::model::{RunId, RunStarted, Sha256Hex};
use crate::report::{called_at, is_simulated, one_line};
use crate::targets::RealService;

use super::archive::{Entry, archive};
use super::build::{self, Whole, is_picture};
use super::canary::Canaries;
use super::choice::{SealedRun, choose, in_order};
use super::contents::{Piece, Source, of_run, piece, ready};
use super::cover::{Post, cover};
use super::error::PackError;
use super::manifest::{Given, Manifest, Part, SIGNATURE, SealedEntry};

/// Endings of the pictures that are given up where an email has no room, the largest first.
const GIVEN_UP: [&str; 2] = [".png", ".pdf"];

/// What is to be packed, and where to.
#[derive(Clone, Debug)]
pub struct Order<'o> {
    /// The folder of the runs.
    pub evidence: &'o Path,
    /// The folder of the reports, of which only pictures are taken.
    pub reports: &'o Path,
    /// Where the pack goes.
    pub out: &'o Path,
    /// Whose runs.
    pub target: &'o str,
    /// Ids of the runs to choose from; all of the target if empty.
    pub runs: &'o [String],
    /// Mandatory points may be open, and the target may be a simulator.
    pub draft: bool,
    /// What must not be written.
    pub canaries: &'o Canaries,
    /// Who writes to whom.
    pub post: &'o Post,
    /// The key that signs the pack, if one is set.
    pub signing_key: Option<&'o SigningKey>,
}

impl Order<'_> {
    fn packer(&self) -> Option<Signer> {
        self.signing_key.map(SigningKey::signer)
    }
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The zips with the drafts that carry them: one of each, or several parts.
    pub parts: Vec<WrittenPart>,
    /// Of the whole: for parts, what all of them hold together.
    pub manifest: Manifest,
    /// The pictures for which an email had no room, if there are any.
    pub left_out: Option<LeftOut>,
}

/// Pictures that were not packed, because an email with them would have been too large.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Their names, as they would stand in the pack.
    pub names: Vec<String>,
    /// Their size together in bytes.
    pub bytes: u64,
    /// The size in bytes of the email with them.
    pub email: usize,
}

/// A file that stood where one of the pack was written, with other bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Where.
    pub path: PathBuf,
    /// SHA-256 of what it held.
    pub sha256: String,
}

/// One zip and its email.
#[derive(Clone, Debug)]
pub struct WrittenPart {
    /// The zip.
    pub zip: PathBuf,
    /// Its size in bytes.
    pub bytes: usize,
    /// Its SHA-256.
    pub sha256: String,
    /// The draft.
    pub email: PathBuf,
    /// Its runs.
    pub runs: Vec<RunId>,
    /// What stood in their places before: an earlier pack of the same day.
    pub replaced: Vec<Replaced>,
}

/// Makes the pack; nothing is written unless all of it can be.
///
/// # Errors
/// If there is nothing to pack, the evidence does not hold or does not suffice, a secret was
/// found, or files cannot be read or written.
pub fn write_pack(order: &Order<'_>) -> Result<Written, PackError> {
    let sealed = sealed_runs(order)?;
    let candidates = candidates(order, &sealed)?;
    let tests = choose(&candidates);
    let chosen: BTreeSet<&RunId> = tests
        .iter()
        .filter_map(|(_, run)| Some(run.as_ref()?.id()))
        .collect();
    let chosen: Vec<&SealedRun> = candidates
        .iter()
        .filter(|run| chosen.contains(run.id()))
        .collect();
    hold_targets(order, &chosen)?;
    let mut stock = Stock::of(order, &chosen)?;
    hold_requests(order, &stock.runs)?;
    let tests: Vec<_> = tests
        .iter()
        .map(|(test, run)| (*test, run.map(SealedRun::id)))
        .collect();
    let entries = sealed.iter().map(|run| entry(run, &chosen));
    let given = Given {
        draft: order.draft,
        part: None,
        sealed_runs: entries.collect::<Result<_, _>>()?,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let manifest = build::manifest(&stock.runs, &tests, given.clone())?;
    let open = manifest.open_points();
    if !open.is_empty() && !order.draft {
        return Err(PackError::NotGreen { lines: open });
    }
    let name = name_of(&manifest);
    let mut left_out = None;
    let bundles = loop {
        match stock.bundles(&manifest, &tests, &given, &name, order) {
            Err(PackError::TooLarge { bytes, .. }) if stock.leave_out(&mut left_out, bytes) => {}
            ended => break ended?,
        }
    };
    let parts = bundles.iter().map(|bundle| bundle.write(order.out));
    Ok(Written {
        parts: parts.collect::<Result<_, _>>()?,
        manifest,
        left_out,
    })
}

/// The sealed runs of the target, in order.
fn sealed_runs(order: &Order<'_>) -> Result<Vec<SealedRun>, PackError> {
    let nothing = || PackError::NothingSealed {
        target: order.target.to_owned(),
        evidence: order.evidence.to_owned(),
    };
    let entries = match fs::read_dir(order.evidence) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(nothing()),
        entries => entries.map_err(EvidenceError::io("read", order.evidence))?,
    };
    let mut sealed = Vec::new();
    for entry in entries {
        let path = entry
            .map_err(EvidenceError::io("read", order.evidence))?
            .path();
        let dir = RunDir::at(path);
        if dir.journal().is_file() {
            sealed.extend(SealedRun::read(&dir)?);
        }
    }
    sealed.retain(|run| run.started.target.name == order.target);
    in_order(&mut sealed);
    if sealed.is_empty() {
        return Err(nothing());
    }
    Ok(sealed)
}

fn candidates(order: &Order<'_>, sealed: &[SealedRun]) -> Result<Vec<SealedRun>, PackError> {
    for run in order.runs {
        if !sealed.iter().any(|known| **known.id() == **run) {
            let known: Vec<&str> = sealed.iter().map(|run| run.id().as_str()).collect();
            return Err(PackError::UnknownRun {
                run: run.chars().take(120).collect(),
                target: order.target.to_owned(),
                known: known.join(", "),
            });
        }
    }
    let named = |run: &&SealedRun| order.runs.iter().any(|id| **id == **run.id());
    let wrong = |run: &&SealedRun| !run.started.faults.is_empty();
    if let Some(run) = sealed.iter().filter(named).find(wrong) {
        return Err(PackError::WrongOnPurpose {
            run: run.id().to_string(),
            faults: run.started.faults.clone(),
        });
    }
    if sealed.iter().all(|run| wrong(&run)) {
        return Err(PackError::AllWrongOnPurpose {
            target: order.target.to_owned(),
            runs: sealed.iter().map(|run| run.id().to_string()).collect(),
        });
    }
    let wanted = |run: &&SealedRun| order.runs.is_empty() || named(run);
    Ok(sealed.iter().filter(wanted).cloned().collect())
}

/// What the first lines tell already, before anything is read whole.
fn hold_targets(order: &Order<'_>, chosen: &[&SealedRun]) -> Result<(), PackError> {
    let mut runs = chosen.iter().map(|run| &run.started);
    let simulated = runs.find(|run| !RealService::was_met(&run.target, []));
    refuse_simulated(
        order,
        simulated.map(|run| (run, run.target.base_url.clone())),
    )
}

/// Where the requests of each run went.
fn hold_requests(order: &Order<'_>, runs: &[Whole]) -> Result<(), PackError> {
    let mut results = runs.iter().map(|run| &run.result);
    let simulated = results.find(|result| is_simulated(result));
    refuse_simulated(
        order,
        simulated.map(|result| (&result.started, called_at(result))),
    )
}

fn refuse_simulated(
    order: &Order<'_>,
    simulated: Option<(&RunStarted, String)>,
) -> Result<(), PackError> {
    match simulated {
        Some((run, place)) if !order.draft => Err(PackError::NeedsDraft {
            run: one_line(&run.run_id),
            kind: one_line(&run.target.kind),
            place: one_line(&place),
        }),
        _ => Ok(()),
    }
}

fn entry(run: &SealedRun, chosen: &[&SealedRun]) -> Result<SealedEntry, PackError> {
    Ok(SealedEntry {
        run_id: run.id().clone(),
        head: Sha256Hex::parse(&run.seal.head).map_err(EvidenceError::from)?,
        sealed_at: run.seal.sealed_at,
        packed: chosen.iter().any(|chosen| chosen.id() == run.id()),
    })
}

/// `pack-example-print-2026-12-08`, dated by the last of the packed runs.
fn name_of(manifest: &Manifest) -> String {
    let supplier = manifest.supplier.to_lowercase();
    let plain = supplier
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    let plain: String = plain.take(40).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let supplier = match words.is_empty() {
        true => "supplier".to_owned(),
        false => words.join("-"),
    };
    format!("pack-{supplier}-{}", manifest.evidence_until.date())
}

/// Everything that goes into a pack but the pages about it, ready to be written.
struct Stock {
    runs: Vec<Whole>,
    pieces: Vec<Piece>,
}

impl Stock {
    /// Reads the runs one after another; while one is checked, its files are deflated.
    fn of(order: &Order<'_>, chosen: &[&SealedRun]) -> Result<Self, PackError> {
        let made = tempfile::tempdir().map_err(PackError::io("make", std::env::temp_dir()))?;
        let (mut runs, mut pieces) = (Vec::new(), Vec::new());
        for run in chosen {
            let (files, pdfs) = of_run(&run.dir, run.id())?;
            let (deflated, whole) = thread::scope(|scope| {
                let deflating = scope.spawn(|| ready(files, order.canaries));
                let whole = Whole::read(&run.dir, &BTreeSet::new());
                (deflating.join(), whole)
            });
            let mut whole = whole?;
            let ended = |_| PackError::Zip("a thread of the tool ended early".to_owned());
            pieces.extend(deflated.map_err(ended)??);
            whole.withheld.extend(pdfs);
            whole.withheld.sort();
            whole.withheld.dedup();
            let mut files = build::reports(&run.dir, &whole.result, made.path())?;
            files.extend(build::pictures(order.reports, run.id())?);
            pieces.extend(ready(files, order.canaries)?);
            runs.push(whole);
        }
        let seals = chosen.iter().map(|run| (run.id(), &run.seal));
        let packer = order.packer();
        let signatures = build::signatures(seals, packer.as_ref())?;
        pieces.extend(ready(signatures, order.canaries)?);
        pieces.extend(certificates(order, &runs)?);
        pieces.sort_by(|one, other| one.entry.name.cmp(&other.entry.name));
        Ok(Self { runs, pieces })
    }

    /// The whole if an email can carry it, else a bundle a run.
    fn bundles(
        &self,
        manifest: &Manifest,
        tests: &[(&'static AcceptanceTest, Option<&RunId>)],
        given: &Given,
        name: &str,
        order: &Order<'_>,
    ) -> Result<Vec<Bundle>, PackError> {
        let whole = Bundle::of(manifest.clone(), &self.pieces, name, order)?;
        if whole.eml.len() <= order.post.limit {
            return Ok(vec![whole]);
        }
        let size = whole.eml.len();
        drop(whole);
        self.split(tests, given, name, order, size)
    }

    /// Gives up the pictures that take most room, and says so in `left_out`: `report.html` shows
    /// what they show. False if there are none; `email` is the size of the email with them.
    fn leave_out(&mut self, left_out: &mut Option<LeftOut>, email: usize) -> bool {
        for ending in GIVEN_UP {
            let is_it =
                |piece: &Piece| is_picture(&piece.entry.name) && piece.entry.name.ends_with(ending);
            let pieces = std::mem::take(&mut self.pieces);
            let (gone, kept): (Vec<_>, Vec<_>) = pieces.into_iter().partition(is_it);
            self.pieces = kept;
            if gone.is_empty() {
                continue;
            }
            let told = left_out.get_or_insert_with(|| LeftOut {
                email,
                ..LeftOut::default()
            });
            told.bytes += gone.iter().map(|piece| piece.entry.size).sum::<u64>();
            told.names
                .extend(gone.into_iter().map(|piece| piece.entry.name));
            return true;
        }
        false
    }

    /// A bundle a run.
    fn split(
        &self,
        tests: &[(&'static AcceptanceTest, Option<&RunId>)],
        given: &Given,
        name: &str,
        order: &Order<'_>,
        size: usize,
    ) -> Result<Vec<Bundle>, PackError> {
        let of = self.runs.len();
        let limit = order.post.limit;
        let too_large = |run: &str, bytes| PackError::TooLarge {
            run: run.to_owned(),
            bytes,
            limit,
        };
        if let [only] = self.runs.as_slice() {
            return Err(too_large(&only.result.started.run_id, size));
        }
        let ids: Vec<RunId> = self
            .runs
            .iter()
            .map(|run| run.result.started.run_id.clone())
            .collect();
        let mut bundles = Vec::new();
        for (place, run) in self.runs.chunks(1).enumerate() {
            let id = &ids[place];
            let others: Vec<&RunId> = ids.iter().filter(|other| *other != id).collect();
            let belongs = |run: &Option<&RunId>| run.map_or(place == 0, |run| run == id);
            let tests = tests.iter().filter(|(_, run)| belongs(run));
            let given = Given {
                part: Some(Part {
                    number: place + 1,
                    of,
                }),
                ..given.clone()
            };
            let manifest = build::manifest(run, &tests.copied().collect::<Vec<_>>(), given)?;
            let pieces = self
                .pieces
                .iter()
                .filter(|piece| !is_of(&piece.entry.name, &others));
            let pieces: Vec<Piece> = pieces.cloned().collect();
            let name = format!("{name}-{}of{of}", place + 1);
            let mut manifest = manifest;
            let signers = self.runs[place].signer.clone().into_iter();
            let signers: BTreeSet<Signer> = signers.chain(order.packer()).collect();
            let signers = signers.iter().map(Signer::allowed_line);
            let pieces = with_signers(pieces, signers.collect(), order.canaries)?;
            manifest.part = Some(Part {
                number: place + 1,
                of,
            });
            let bundle = Bundle::of(manifest, &pieces, &name, order)?;
            if bundle.eml.len() > limit {
                return Err(too_large(id, bundle.eml.len()));
            }
            bundles.push(bundle);
        }
        Ok(bundles)
    }
}

/// True if the file `name` belongs to one of the runs `ids`.
fn is_of(name: &str, ids: &[&RunId]) -> bool {
    let mut parts = name.split('/');
    let (folder, second) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let id = match folder {
        "signatures" => second.trim_end_matches(".sig").trim_end_matches(".json"),
        "evidence" | "reports" => second,
        _ => return false,
    };
    ids.iter().any(|other| **other == *id)
}

/// `pieces` with an `allowed_signers` of the run's own key.
fn with_signers(
    pieces: Vec<Piece>,
    lines: String,
    canaries: &Canaries,
) -> Result<Vec<Piece>, PackError> {
    const NAME: &str = "signatures/allowed_signers";
    let mut kept = pieces;
    kept.retain(|piece| piece.entry.name != NAME);
    if !lines.is_empty() {
        kept.push(piece(NAME, &Source::Bytes(lines.into_bytes()), canaries)?);
        kept.sort_by(|one, other| one.entry.name.cmp(&other.entry.name));
    }
    Ok(kept)
}

/// The selftest certificate of each version that made a packed run, where there is one.
fn certificates(order: &Order<'_>, runs: &[Whole]) -> Result<Vec<Piece>, PackError> {
    let versions: BTreeSet<&str> = runs
        .iter()
        .map(|run| run.result.started.tool.version.as_str())
        .collect();
    let mut pieces = Vec::new();
    for version in versions {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
        let name = format!("selftest-{version}.json");
        let path = order.evidence.join(&name);
        if version.chars().all(plain) && path.is_file() {
            pieces.push(piece(&name, &Source::File(path), order.canaries)?);
        }
    }
    Ok(pieces)
}

/// A zip and its email, in memory.
struct Bundle {
    name: String,
    zip: Vec<u8>,
    eml: Vec<u8>,
    runs: Vec<RunId>,
}

impl Bundle {
    fn of(
        mut manifest: Manifest,
        pieces: &[Piece],
        name: &str,
        order: &Order<'_>,
    ) -> Result<Self, PackError> {
        let hash = |piece: &Piece| (piece.entry.name.clone(), piece.sha256.clone());
        manifest.files = pieces.iter().map(hash).collect();
        let pages = ready(build::pages(&manifest), order.canaries)?;
        manifest.files.extend(pages.iter().map(hash));
        let bytes = manifest.json()?;
        let signature = signature(&bytes, order)?;
        let contents = piece("pack.json", &Source::Bytes(bytes), order.canaries)?;
        let first: Vec<&Entry> = pages
            .iter()
            .chain([&contents])
            .chain(&signature)
            .map(|piece| &piece.entry)
            .collect();
        let rest = pieces.iter().map(|piece| &piece.entry);
        let zip = archive(first.into_iter().chain(rest), manifest.evidence_until)?;
        let file = format!("{name}.zip");
        let draft = cover(&manifest, &file, &zip, order.post);
        look_at(&draft, order.canaries)?;
        Ok(Self {
            name: name.to_owned(),
            eml: draft.eml(),
            zip,
            runs: manifest.runs.into_iter().map(|run| run.run_id).collect(),
        })
    }

    fn write(&self, out: &Path) -> Result<WrittenPart, PackError> {
        fs::create_dir_all(out).map_err(PackError::io("make the folder", out))?;
        let zip = out.join(format!("{}.zip", self.name));
        let email = out.join(format!("{}.eml", self.name));
        let mut replaced = Vec::new();
        for (path, bytes) in [(&zip, &self.zip), (&email, &self.eml)] {
            replaced.extend(other_than(path, bytes)?);
            write_whole(path, bytes)?;
        }
        Ok(WrittenPart {
            zip,
            bytes: self.zip.len(),
            sha256: sha256_hex(&self.zip),
            email,
            runs: self.runs.clone(),
            replaced,
        })
    }
}

/// The signature of the table of contents, on which every other file hangs.
fn signature(contents: &[u8], order: &Order<'_>) -> Result<Option<Piece>, PackError> {
    let Some(key) = order.signing_key else {
        return Ok(None);
    };
    let signature = key.sign_pack(contents).map_err(EvidenceError::from)?;
    let source = Source::Bytes(signature.into_bytes());
    piece(SIGNATURE, &source, order.canaries).map(Some)
}

/// What stands at `path`, if it is not `bytes`.
fn other_than(path: &Path, bytes: &[u8]) -> Result<Option<Replaced>, PackError> {
    let before = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        before => before.map_err(PackError::io("read", path))?,
    };
    Ok((before != bytes).then(|| Replaced {
        path: path.to_owned(),
        sha256: sha256_hex(&before),
    }))
}

fn look_at(draft: &Draft, canaries: &Canaries) -> Result<(), PackError> {
    canaries.search("the email", draft.subject().as_bytes())?;
    canaries.search("the email", draft.shown().as_bytes())
}

/// Replaces the file as a whole. It is evidence of letters: for its owner alone.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), PackError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    };
    write().map_err(PackError::io("write", path))?;
    Ok(())
}
