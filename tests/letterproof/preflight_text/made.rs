//! Letters of one page, made of strings: each test adds what it is about.

use std::fmt::Write as _;

/// A letter of one page: what stands in its dictionaries, and further objects from number 10 on.
#[derive(Default, Clone)]
pub struct Made {
    pub content: String,
    /// Entries of the catalogue, the page and its resources.
    pub catalog: String,
    pub page: String,
    pub resources: String,
    pub objects: Vec<String>,
}

/// Number of the first further object.
const FIRST: usize = 10;

impl Made {
    /// A page with that content, whose font `F` is Helvetica with the Windows encoding.
    pub fn new(content: &str) -> Self {
        Self {
            content: content.to_owned(),
            ..Self::default()
        }
    }

    pub fn with(mut self, object: &str) -> Self {
        self.objects.push(object.to_owned());
        self
    }

    /// Adds a stream; `entries` stand in its dictionary.
    pub fn with_stream(self, entries: &str, data: &str) -> Self {
        self.with(&stream(entries, data))
    }

    pub fn bytes(&self) -> Vec<u8> {
        let Self {
            catalog,
            page,
            resources,
            ..
        } = self;
        let fixed = [
            format!("<</Type/Catalog/Pages 2 0 R{catalog}>>"),
            "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.28 841.89]/Contents 4 0 R{page}\
                 /Resources<</Font<</F 5 0 R/G 6 0 R>>{resources}>>>>"
            ),
            stream("", &self.content),
            HELVETICA.to_owned(),
            COURIER.to_owned(),
        ];
        let unused = std::iter::repeat_n("null".to_owned(), FIRST - fixed.len() - 1);
        let objects = fixed.into_iter().chain(unused).chain(self.objects.clone());
        pdf(objects)
    }
}

const HELVETICA: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";
const COURIER: &str = "<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding\
    /FirstChar 32/LastChar 32/Widths[600]/FontDescriptor<</Type/FontDescriptor/MissingWidth 600>>>>";

pub fn stream(entries: &str, data: &str) -> String {
    format!(
        "<</Length {}{entries}>>\nstream\n{data}\nendstream",
        data.len()
    )
}

/// Each character is a byte.
fn pdf(objects: impl Iterator<Item = String>) -> Vec<u8> {
    let mut text = "%PDF-1.7\n".to_owned();
    let mut table = String::new();
    let mut count = 1;
    for object in objects {
        writeln!(table, "{:010} 00000 n ", text.len()).unwrap();
        write!(text, "{count} 0 obj\n{object}\nendobj\n").unwrap();
        count += 1;
    }
    let start = text.len();
    write!(text, "xref\n0 {count}\n0000000000 65535 f \n{table}").unwrap();
    let trailer = format!("trailer\n<</Size {count}/Root 1 0 R>>");
    write!(text, "{trailer}\nstartxref\n{start}\n%%EOF\n").unwrap();
    assert!(text.is_ascii(), "offsets count bytes");
    text.into_bytes()
}

/// Contents that set lines one under the other, where NHS letters have the address.
pub fn set_lines(font: &str, lines: &[&str]) -> String {
    let rows = lines
        .iter()
        .map(|line| format!("({}) Tj T* ", escaped(line)));
    format!(
        "BT /{font} 10 Tf 13 TL 66 700 Td {}ET\n",
        rows.collect::<String>()
    )
}

fn escaped(line: &str) -> String {
    line.replace('\\', "\\\\")
        .replace('(', "\\(")
        .replace(')', "\\)")
}

pub fn lines(lines: &[&str]) -> Made {
    Made::new(&set_lines("F", lines))
}

/// The lines of an address that is good.
pub const GOOD: [&str; 4] = ["Jo Sample", "1 Sample Street", "Sampletown", "M1 1AA"];
