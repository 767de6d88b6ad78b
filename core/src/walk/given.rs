//! The ids that a walk has given, in 16 bytes each.

use std::sync::Arc;

/// The bits that say on which page an id was given.
const PAGE: u128 = u32::MAX as u128;

/// A set of ids: 96 bits of an id's digest and the page it was given on, in sorted runs of growing
/// length, so that an id costs 16 bytes and nothing else, and adding costs little. Runs never
/// change, so a copy shares them.
#[derive(Debug, Clone, Default)]
pub(super) struct Given {
    runs: Vec<Arc<[u128]>>,
}

impl Given {
    pub(super) fn len(&self) -> usize {
        self.runs.iter().map(|run| run.len()).sum()
    }

    pub(super) fn has(&self, digest: u128) -> bool {
        let wanted = digest & !PAGE;
        self.runs
            .iter()
            .any(|run| run.get(run.partition_point(|entry| *entry < wanted)).is_some_and(|entry| entry & !PAGE == wanted))
    }

    /// Adds ids that are not in it yet, each once.
    pub(super) fn add(&mut self, digests: impl Iterator<Item = u128>, page: u32) {
        let mut run: Vec<u128> = digests.map(|digest| digest & !PAGE | u128::from(page)).collect();
        if run.is_empty() {
            return;
        }
        run.sort_unstable();
        while self.runs.last().is_some_and(|last| last.len() <= 2 * run.len()) {
            let Some(last) = self.runs.pop() else { break };
            let mut both = Vec::with_capacity(last.len() + run.len());
            both.extend_from_slice(&last);
            both.extend(run);
            // Two sorted halves: this merges them.
            both.sort();
            run = both;
        }
        self.runs.push(run.into());
    }

    /// Those that had been given when that page had been.
    pub(super) fn up_to(&self, page: u32) -> Self {
        let all = self.runs.iter().flat_map(|run| run.iter()).filter(|entry| *entry & PAGE <= u128::from(page));
        let mut run: Vec<u128> = all.copied().collect();
        run.sort_unstable();
        Self { runs: if run.is_empty() { Vec::new() } else { vec![run.into()] } }
    }

    #[cfg(test)]
    fn bytes(&self) -> usize {
        self.runs.iter().map(|run| size_of_val(&**run)).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::walk::changes::digest;

    proptest! {
        #[test]
        fn it_is_a_set_that_remembers_its_past(pages in proptest::collection::vec(proptest::collection::hash_set(0_u32..500, 0..40), 0..30)) {
            let (mut given, mut known) = (Given::default(), HashSet::new());
            let mut pasts = Vec::new();
            for (page, ids) in pages.iter().enumerate() {
                let new: Vec<u32> = ids.difference(&known).copied().collect();
                given.add(new.iter().map(|id| digest(&id.to_string())), page as u32);
                known.extend(new);
                pasts.push(known.clone());
                prop_assert_eq!(given.len(), known.len());
            }
            for (page, past) in pasts.iter().enumerate() {
                let then = given.up_to(page as u32);
                for id in 0..500 {
                    prop_assert_eq!(then.has(digest(&id.to_string())), past.contains(&id));
                }
            }
        }
    }

    #[test]
    fn an_id_costs_sixteen_bytes() {
        let mut given = Given::default();
        for page in 0..1000_u32 {
            given.add((0..100).map(|n| digest(&format!("{page}/{n}"))), page);
        }
        assert_eq!((given.len(), given.bytes()), (100_000, 1_600_000));
        assert!(given.runs.len() < 20);
    }
}
