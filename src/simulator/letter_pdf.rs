//! A stand-in for the letter PDFs: one valid page, padded to about 100 KB.

/// Why a PDF could not be made.
#[derive(Debug, thiserror::Error)]
pub enum LetterPdfError {
    /// There is no template for this specification.
    #[error("no letter template for the specification {0}")]
    UnknownSpecification(String),
}

/// The PDF of one letter: the same bytes for the same arguments.
///
/// # Errors
/// A specification without a template.
pub fn letter_pdf(
    specification: &str,
    letter_id: &str,
    group_id: &str,
) -> Result<Vec<u8>, LetterPdfError> {
    if specification.ends_with("missing-pdf") {
        return Err(LetterPdfError::UnknownSpecification(
            specification.to_owned(),
        ));
    }
    let text = format!("BT /F1 9 Tf 60 700 Td ({specification} {letter_id} {group_id}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    Ok(assemble(&objects))
}

fn assemble(objects: &[String]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    pdf.push(b'%');
    pdf.resize(100_000, b' ');
    pdf.push(b'\n');
    let start = pdf.len();
    pdf.extend(format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).bytes());
    for offset in &offsets {
        pdf.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    let size = offsets.len() + 1;
    pdf.extend(
        format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").bytes(),
    );
    pdf
}
