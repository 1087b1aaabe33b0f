//! The order of records: `_sort=a,-b`.

use std::cell::OnceCell;
use std::cmp::Ordering;

use super::ordinals::Ordinals;
use super::rank::{Rank, compare, rank};
use super::record::{Numbered, Record};
use crate::document::patience::Pace;

pub(super) use super::rank::SortKey;

/// So many more records than twice those wanted are kept until the last ones are let go of.
const SPARE: usize = 1000;

/// The first `wanted` records in the order of the keys, those that are equal in all of them in the order in which they
/// came; and how many there are in all. A page takes the memory of a page, however many records there are.
pub(super) fn sort<'v>(
    records: impl Iterator<Item = Record<'v>>,
    keys: &[SortKey],
    wanted: usize,
) -> (Vec<Record<'v>>, usize) {
    let order = ItemOrder { keys, columns: Vec::new(), record: &Record::clone };
    let (sorted, total) = order.first(records, wanted);
    (sorted.into_iter().map(|ranked| ranked.item).collect(), total)
}

/// The same of records of a large collection, told by ascending numbers. What columns tell is not read.
pub(super) fn sort_numbers<'v>(
    all: &Numbered<'v>,
    numbers: impl Iterator<Item = u32>,
    keys: &[SortKey],
    wanted: usize,
) -> (Vec<u32>, usize) {
    let columns: Vec<_> = keys.iter().map(|key| Ordinals::of(all, key)).collect();
    let is_read = columns.first().is_none_or(Option::is_none);
    let mut pace = Pace::default();
    let numbers = numbers.take_while(|number| pace.goes_on(if is_read { all.record(*number).length() } else { 0 }));
    let order = ItemOrder { keys, columns, record: &|number: &u32| all.record(*number) };
    let (sorted, total) = order.first(numbers, wanted);
    (sorted.into_iter().map(|ranked| ranked.item).collect(), total)
}

/// How the items, which tell records, are ordered.
struct ItemOrder<'o, 'v, T> {
    keys: &'o [SortKey],
    /// What columns tell, by key.
    columns: Vec<Option<Ordinals<'v>>>,
    record: &'o dyn Fn(&T) -> Record<'v>,
}

impl<'v, T: Item> ItemOrder<'_, 'v, T> {
    fn first(&self, items: impl Iterator<Item = T>, wanted: usize) -> (Vec<Ranked<'_, 'v, T>>, usize) {
        let most = wanted.saturating_mul(2).saturating_add(SPARE);
        let (mut kept, mut total): (Vec<Ranked<'_, 'v, T>>, usize) = (Vec::new(), 0);
        // Once some were let go of, the last one wanted stands behind the others that are: what comes later is not.
        let (mut is_cut, mut last): (bool, Option<u64>) = (false, None);
        for item in items {
            let position = total;
            total += 1;
            let ordinal = last.and_then(|last| Some((self.ordinal(&item)?, last)));
            if ordinal.is_some_and(|(ordinal, last)| ordinal > last) {
                continue;
            }
            let ranked = Ranked { item, position, ranks: OnceCell::new(), order: self };
            if is_cut && kept.get(wanted.wrapping_sub(1)).is_some_and(|last| ranked > *last) {
                continue;
            }
            kept.push(ranked);
            if kept.len() == most {
                self.cut(&mut kept, wanted);
                is_cut = true;
                last = kept.last().and_then(|last| self.ordinal(&last.item));
            }
        }
        self.cut(&mut kept, wanted);
        kept.sort_unstable();
        (kept, total)
    }

    /// Lets go of all but those wanted, of which the last one then stands at the end.
    fn cut(&self, kept: &mut Vec<Ranked<'_, 'v, T>>, wanted: usize) {
        if wanted > 0 && kept.len() > wanted {
            kept.select_nth_unstable(wanted - 1);
        }
        kept.truncate(wanted);
    }

    /// Where the record stands by the first key, where a column says so.
    #[inline]
    fn ordinal(&self, item: &T) -> Option<u64> {
        self.columns.first()?.as_ref()?.at(item.number()?)
    }
}

/// What tells a record.
trait Item {
    /// Its number in a large collection.
    fn number(&self) -> Option<u32>;
}

impl Item for Record<'_> {
    fn number(&self) -> Option<u32> {
        None
    }
}

impl Item for u32 {
    #[inline]
    fn number(&self) -> Option<u32> {
        Some(*self)
    }
}

/// What tells a record, with what the record is sorted by as far as it had to be read. No two are equal: the position
/// decides between those that rank alike.
struct Ranked<'o, 'v, T> {
    item: T,
    position: usize,
    ranks: OnceCell<Box<[OnceCell<Rank<'v>>]>>,
    order: &'o ItemOrder<'o, 'v, T>,
}

impl<'v, T: Item> Ranked<'_, 'v, T> {
    fn rank(&self, at: usize) -> &Rank<'v> {
        let ranks = self.ranks.get_or_init(|| self.order.keys.iter().map(|_| OnceCell::new()).collect());
        ranks[at].get_or_init(|| rank(&(self.order.record)(&self.item), &self.order.keys[at]))
    }

    /// How the two compare by one key, where a column says so.
    #[inline]
    fn told(&self, other: &Self, at: usize) -> Option<Ordering> {
        let ordinals = self.order.columns.get(at)?.as_ref()?;
        let (one, other) = (ordinals.at(self.item.number()?)?, ordinals.at(other.item.number()?)?);
        Some(one.cmp(&other)).filter(|order| order.is_ne() || ordinals.is_exact)
    }
}

impl<T: Item> Ord for Ranked<'_, '_, T> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        for (at, key) in self.order.keys.iter().enumerate() {
            let order = self.told(other, at).unwrap_or_else(|| compare(self.rank(at), other.rank(at), key.descending));
            if order.is_ne() {
                return order;
            }
        }
        self.position.cmp(&other.position)
    }
}

impl<T: Item> PartialOrd for Ranked<'_, '_, T> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Item> PartialEq for Ranked<'_, '_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T: Item> Eq for Ranked<'_, '_, T> {}
