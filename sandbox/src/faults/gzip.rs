//! Compressed bodies, sound and hostile.

use std::io::Write as _;

use flate2::write::GzEncoder;
use flate2::{Compress, Compression, Crc, FlushCompress};

const MIB: usize = 1 << 20;

/// `bytes` as gzip.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// A gzip stream of so many zeros (in whole MiB): head, one MiB to be repeated, how often, tail.
///
/// A full flush makes each compressed MiB independent of those before it, so the same bytes can be
/// sent again and again and a bomb costs us nothing.
pub(super) fn bomb(bytes: u64) -> (Vec<u8>, Vec<u8>, u64, Vec<u8>) {
    let times = bytes.div_ceil(MIB as u64).max(1);
    let zeros = vec![0; MIB];
    let mut block = Vec::with_capacity(MIB);
    let _ = Compress::new(Compression::best(), false).compress_vec(&zeros, &mut block, FlushCompress::Full);
    let mut last = Vec::with_capacity(64);
    let _ = Compress::new(Compression::best(), false).compress_vec(&[], &mut last, FlushCompress::Finish);
    let mut one = Crc::new();
    one.update(&zeros);
    let mut whole = Crc::new();
    for _ in 0..times {
        whole.combine(&one);
    }
    last.extend(whole.sum().to_le_bytes());
    // The length field counts modulo 2^32 by its definition.
    last.extend(((times * MIB as u64) as u32).to_le_bytes());
    (vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], block, times, last)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_bomb_is_sound_gzip_of_the_wanted_size() {
        let (head, block, times, tail) = bomb(3 << 20);
        let stream = [head, block.repeat(times as usize), tail].concat();
        assert!(stream.len() < 20_000, "{}", stream.len());
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(stream.as_slice()).read_to_end(&mut plain).expect("sound gzip");
        assert!(plain.len() == 3 << 20 && plain.iter().all(|byte| *byte == 0));
    }
}
