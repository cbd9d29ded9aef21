//! What the filters of PDF undo.

use std::io::Write;

pub fn flate(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub fn hex(data: &[u8]) -> Vec<u8> {
    let digits: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}>").into_bytes()
}

pub fn runs(data: &[u8]) -> Vec<u8> {
    let mut runs = Vec::new();
    for piece in data.chunks(128) {
        runs.push(piece.len() as u8 - 1);
        runs.extend_from_slice(piece);
    }
    runs.push(128);
    runs
}

/// Codes of 9 bits for each byte, the table cleared before it grows.
pub fn lzw(data: &[u8]) -> Vec<u8> {
    let mut bits = String::new();
    for piece in data.chunks(200) {
        bits += &format!("{:09b}", 256);
        piece.iter().for_each(|byte| bits += &format!("{byte:09b}"));
    }
    bits += &format!("{:09b}0000000", 257);
    let bytes = bits.as_bytes().chunks_exact(8);
    let byte = |bits: &[u8]| u8::from_str_radix(std::str::from_utf8(bits).unwrap(), 2).unwrap();
    bytes.map(byte).collect()
}

pub fn base85(data: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for piece in data.chunks(4) {
        let mut four = [0; 4];
        four[..piece.len()].copy_from_slice(piece);
        let mut number = u32::from_be_bytes(four);
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = b'!' + (number % 85) as u8;
            number /= 85;
        }
        text.extend_from_slice(&digits[..=piece.len()]);
    }
    text.extend_from_slice(b"~>");
    text
}

/// A JPEG's frame of that size, with a scan of so many bytes.
pub fn jpeg(width: u16, height: u16, scan: usize) -> Vec<u8> {
    let mut data = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x48\x00\x48\x00\x00".to_vec();
    data.extend(b"\xff\xc0\x00\x0b\x08");
    data.extend(height.to_be_bytes());
    data.extend(width.to_be_bytes());
    data.extend(b"\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00");
    data.extend(std::iter::repeat_n(0x55, scan));
    data.extend(b"\xff\xd9");
    data
}
